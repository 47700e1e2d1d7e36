//! Problem details (RFC 9457): how the simulator's own surface says no.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scenario::{Finding, LoadError};

/// Why the simulator's own surface did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The status.
    pub status: u16,
    /// The status in words.
    pub title: String,
    /// What was wrong, where, what was expected.
    pub detail: String,
    /// More of the same kind, if several things are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

impl Problem {
    /// A no.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { status: status.as_u16(), title, detail: detail.into(), findings: Vec::new() }
    }

    /// 400: the request is wrong.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404: there is no such thing.
    pub fn unknown(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 422: something that was sent or named is wrong in itself; all that is wrong is told.
    fn found(what: &str, findings: &[Finding]) -> Self {
        let detail = format!("{what} cannot be used; nothing has changed");
        let findings = findings.iter().map(ToString::to_string).collect();
        Self { findings, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// 409: it does not fit what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = serde_json::to_vec(&self).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], bytes).into_response()
    }
}

impl From<LoadError> for Problem {
    fn from(error: LoadError) -> Self {
        let detail = error.to_string();
        match error {
            LoadError::Unknown { .. } => Self::unknown(detail),
            LoadError::Unreadable { source, .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{detail}: {source}"))
            }
            LoadError::Broken { name, findings } => Self::found(&format!("scenario \"{name}\""), &findings),
            LoadError::BadRow { findings } => Self::found("the row", &findings),
        }
    }
}
