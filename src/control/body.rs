//! What a request says: strict JSON bodies, of which unknown keys and wrong values are told with their path
//! and the nearest name; parts of the path; the query.

use axum::{
    body::Bytes,
    extract::{self, FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{echo, problem::Problem, suggest::nearest};

/// A JSON body; an empty one is `{}`.
pub struct Strict<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        let bytes = bytes.trim_ascii();
        // serde would take a list for the members of an object, in their order.
        if bytes.starts_with(b"[") {
            return Err(Problem::bad("the body is wrong at $: expected an object, found a list"));
        }
        parse(if bytes.is_empty() { b"{}" } else { bytes }).map(Self)
    }
}

/// A body as it is.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(Self).map_err(|_| too_large())
    }
}

/// A JSON body that may be anything: what it holds is checked elsewhere.
pub struct Any(pub Value);

impl<S: Send + Sync> FromRequest<S> for Any {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
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

/// The query.
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

fn too_large() -> Problem {
    Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
}

/// A value from JSON text, or what is wrong with the text and where.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let text = without_position(error.inner());
        Problem::bad(format!("the body is wrong at {path}: {}{}", echo::cut_parts(&text), advice(&text)))
    })?;
    deserializer.end().map_err(|error| Problem::bad(format!("the body goes on after its end: {error}")))?;
    Ok(value)
}

/// The text of an error. Where a value is wrong the path says where, so the line and column go.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) if error.is_data() => text[..end].to_owned(),
        _ => text,
    }
}

/// The nearest of the names that serde says it expected.
fn advice(text: &str) -> String {
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((found, expected)) if text.starts_with("unknown") => nearest(found, expected.iter().copied()),
        _ => String::new(),
    }
}
