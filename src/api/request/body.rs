//! Bodies: read within a limit, decoded, and parsed as JSON, with the place of what is wrong.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, header},
};
use serde::de::DeserializeOwned;

use crate::{
    api::response::error::ApiError,
    support::{
        json_text,
        strict_json::{self, InvalidJson},
    },
};

/// The most bytes that a body may have.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A body as it was sent.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        check_coding(request.headers())?;
        Bytes::from_request(request, state).await.map(Self).map_err(rejected)
    }
}

/// A body that is longer than it may be, or one that ended before it was whole.
fn rejected(rejection: BytesRejection) -> ApiError {
    use axum::extract::rejection::FailedToBufferBody;
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ApiError::TooLarge { limit: BODY_LIMIT }
        }
        broken => ApiError::BrokenBody { reason: innermost(&broken) },
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// A JSON body. The content type may be missing, but no other than JSON.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        check_content_type(request.headers())?;
        let Raw(bytes) = Raw::from_request(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// The JSON body of a query, all of whose members are optional: no body at all means `{}`.
pub struct QueryBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for QueryBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = check_content_type(request.headers());
        let Raw(bytes) = Raw::from_request(request, state).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        content_type?;
        parse(&bytes).map(Self)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let bad = |path: String, problem: String| ApiError::BadBody { path, problem };
    let bytes =
        json_text::utf8(bytes).map_err(|encoding| bad("$".into(), format!("the body is {encoding}; send UTF-8")))?;
    if bytes.trim_ascii().is_empty() {
        return Err(bad("$".into(), "a JSON body is expected, none was sent".into()));
    }
    strict_json::from_slice(bytes).map_err(|InvalidJson { path, problem }| bad(json_path(&path), problem))
}

fn json_path(path: &str) -> String {
    match path {
        "" | "." => "$".into(),
        path if path.starts_with('[') => format!("${path}"),
        path => format!("$.{path}"),
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let content_type = String::from_utf8_lossy(value.as_bytes());
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        Ok(())
    } else {
        Err(ApiError::UnsupportedMediaType { content_type: content_type.into_owned() })
    }
}

/// Content codings are not decoded: the answer is a 415 that names the one that was sent (RFC 9110, section 15.5.16).
fn check_coding(headers: &HeaderMap) -> Result<(), ApiError> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings = codings.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase());
    match codings.filter(|coding| !matches!(coding.as_str(), "" | "identity")).reduce(|a, b| format!("{a}, {b}")) {
        None => Ok(()),
        Some(coding) => Err(ApiError::UnsupportedCoding { coding }),
    }
}
