//! Problem details (RFC 9457): how the simulator's own surface says no.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fixtures::LoadError;

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
            LoadError::Broken { name, findings } => Self {
                findings: findings.iter().map(ToString::to_string).collect(),
                ..Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    format!("scenario \"{name}\" cannot be used; nothing has changed"),
                )
            },
        }
    }
}
