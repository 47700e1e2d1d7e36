//! Extractors of the control API: JSON bodies, parts of the path, the query. They are strict: an unknown key or a
//! wrong value is a 400 that names its place, and the nearest key.

use axum::{
    body::Bytes,
    extract::{
        self, DefaultBodyLimit, FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{
    echo, json_text,
    problem::Problem,
    strict_json::{self, InvalidJson},
    suggest::nearest,
};

/// The most bytes of a body, unless a handler says less: a whole state must fit.
pub const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A JSON object of at most `MOST` bytes; an empty body is `{}`.
pub struct Strict<T, const MOST: usize = BODY_LIMIT>(pub T);

impl<S: Send + Sync, T: DeserializeOwned, const MOST: usize> FromRequest<S> for Strict<T, MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::<MOST>::from_request(request, state).await?;
        let bytes = bytes.trim_ascii();
        parse(if bytes.is_empty() { b"{}" } else { bytes }).map(Self)
    }
}

/// The bytes of a body, of which there may be `MOST`.
pub struct Raw<const MOST: usize = BODY_LIMIT>(pub Bytes);

impl<S: Send + Sync, const MOST: usize> FromRequest<S> for Raw<MOST> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        DefaultBodyLimit::max(MOST).apply(&mut request);
        Bytes::from_request(request, state).await.map(Self).map_err(|error| unreadable(&error))
    }
}

/// Any JSON, which the handler checks itself.
pub struct Any(pub Value);

impl<S: Send + Sync> FromRequest<S> for Any {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::<BODY_LIMIT>::from_request(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// Parts of the path.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = extract::Path::from_request_parts(parts, state).await;
        path.map(|extract::Path(path)| Self(path))
            .map_err(|wrong| Problem::bad(format!("the path is wrong: {}", wrong.body_text())))
    }
}

/// A query string, read strictly: an unknown parameter is a 400.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = extract::Query::from_request_parts(parts, state).await;
        query
            .map(|extract::Query(query)| Self(query))
            .map_err(|wrong| Problem::bad(format!("the query is wrong: {}", wrong.body_text())))
    }
}

fn unreadable(error: &BytesRejection) -> Problem {
    match error {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
        }
        // The caller sent less than it announced, or wrong chunks.
        _ => Problem::bad("the body could not be read to its end"),
    }
}

/// A value from the bytes of a JSON text. The error says where the value is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Some(path) = json_text::repeated_keys(bytes).first() {
        let problem = "the key is there twice, and only one of its values would count";
        return Err(Problem::bad(format!("the body is wrong at {}: {problem}", echo::cut(path))));
    }
    strict_json::from_slice(bytes).map_err(|InvalidJson { path, problem }| {
        let at = if path.is_empty() { String::new() } else { format!(" at {}", echo::cut(&path)) };
        Problem::bad(format!("the body is wrong{at}: {}{}", echo::cut_parts(&problem), advice(&problem)))
    })
}

/// The nearest of the names that serde says it expected.
fn advice(text: &str) -> String {
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((found, expected)) if text.starts_with("unknown") => nearest(found, expected.iter().copied()),
        _ => String::new(),
    }
}
