//! `overrides.json`: verbatim answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Tenant;

/// `overrides.json`: a list of verbatim answers that take the place of computed ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverrideRow {
    /// Method and path, such as `GET /banners`.
    #[schema(pattern = r"^(GET|POST|PATCH|DELETE) /")]
    pub operation: String,
    /// Exactly these parameters, in any order, such as `page=1&q=a%20b`; none if empty, any if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// For this tenant only; for all if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// The HTTP status of the answer.
    #[serde(default = "ok")]
    #[schema(default = ok, minimum = 200, maximum = 599)]
    pub status: u16,
    /// The body; none, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<serde_json::Value>,
}

/// The parameters of a request, written as in an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Query(pub String);

impl Query {
    /// Whether another query has the same parameters, in whatever order.
    pub fn is(&self, other: &str) -> bool {
        let parameters = |text: &str| {
            let mut pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            pairs.sort();
            pairs
        };
        parameters(&self.0) == parameters(other)
    }
}

fn ok() -> u16 {
    200
}
