//! Strict JSON bodies: unknown keys and wrong values are told with their path and the nearest name.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use crate::{fixtures::check::nearest, problem::Problem};

/// A JSON body; an empty one is `{}`.
pub struct Strict<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"))?;
        parse(if bytes.trim_ascii().is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

/// A value from JSON text, or what is wrong with the text and where.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let text = error.inner().to_string();
        Problem::bad(format!("the body is wrong at {path}: {text}{}", advice(&text)))
    })?;
    deserializer.end().map_err(|error| Problem::bad(format!("the body goes on after its end: {error}")))?;
    Ok(value)
}

/// The nearest of the names that serde says it expected.
fn advice(text: &str) -> String {
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((found, expected)) if text.starts_with("unknown") => nearest(found, expected.iter().copied()),
        _ => String::new(),
    }
}
