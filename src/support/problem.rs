//! Problem details (RFC 9457): the errors of the control API.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{echo, secrets::without_tokens};

/// The most characters of a detail.
const LONGEST_DETAIL: usize = 4_000;
/// The most characters of one of several problems.
const LONGEST_FINDING: usize = 1_000;
/// How many of several problems are listed.
const MOST_FINDINGS: usize = 100;

/// Why a control request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The status in words.
    pub title: String,
    /// What was wrong, where, and what was expected.
    pub detail: String,
    /// Each problem, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

impl Problem {
    /// A problem with this status. Of a detail that repeats what was sent, tokens are masked, and the end is cut if it
    /// is long.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        let detail = echo::first(&without_tokens(&detail.into()), LONGEST_DETAIL).into_owned();
        Self { status: status.as_u16(), title, detail, findings: Vec::new() }
    }

    /// 400: the request is wrong.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404: what the request names does not exist.
    pub fn unknown(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The first of several problems; each is cut if it is long.
    pub fn with_findings<T: ToString>(self, found: &[T]) -> Self {
        let one = |finding: &T| echo::first(&without_tokens(&finding.to_string()), LONGEST_FINDING).into_owned();
        let mut findings: Vec<String> = found.iter().take(MOST_FINDINGS).map(one).collect();
        if found.len() > MOST_FINDINGS {
            findings.push(format!("and {} more", found.len() - MOST_FINDINGS));
        }
        Self { findings, ..self }
    }

    /// 409: the request conflicts with the present state.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stays_short_whatever_it_repeats() {
        let detail = Problem::bad("x".repeat(1_000_000)).detail;
        assert_eq!(detail.len(), LONGEST_DETAIL + 3);
        let problem = Problem::bad("").with_findings(&vec!["y".repeat(10_000); 101]);
        assert_eq!((problem.findings.len(), problem.findings[100].as_str()), (101, "and 1 more"));
        assert!(problem.findings[0].len() < 1_100);
    }
}
