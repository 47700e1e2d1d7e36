//! Which requests are meant: one vocabulary for faults, lists, `verify` and `wait`.
//!
//! A match is a set of criteria, all of which must hold. It sees a request as the journal keeps it: secrets are
//! `***` already, and of a long body only the beginning is there. Where a name occurs several times in a query
//! or among the headers, one of its values must be as expected.
//!
//! | file | what |
//! |---|---|
//! | `criteria` | one word or several, one status or several |
//! | `differences` | where a request is not as expected, and how far it is from that |
//! | `check` | what a match may say, and the limits on its size |

mod check;
mod criteria;
mod differences;

use std::{cell::OnceCell, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use self::{
    check::InvalidMatch,
    criteria::{Statuses, Words},
    differences::{Difference, distance},
};
use super::recorded_request::{Content, Message};
use crate::support::glob::PathPattern;

/// What a request must be like; what is not given may be anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = RequestMatch)]
pub struct Match {
    /// The method, or one of several, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Words>,
    /// The path, without the prefix of a sandbox: `*` is anything within a segment, `**` any number of segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathPattern>,
    /// Parameters of the query, in which `*` is anything; null if there must be none of this name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, Option<String>>,
    /// Headers of the request, in which `*` is anything; null if there must be none of this name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Option<String>>,
    /// Values in the JSON or form of the request's body, by JSON pointer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Value>,
    /// The tenant that the request is for, or one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Words>,
    /// The API client or user that calls, or one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Words>,
    /// The operation by its id in the OpenAPI document, or one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<Words>,
    /// The status of the answer: `404`, `"4xx"`, or one of several; 0 if there was none. Not for faults, which are
    /// chosen before there is an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub status: Option<Statuses>,
    /// Whether no operation has this path and method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmatched: Option<bool>,
}

/// What a match looks at in a request.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The path, without the prefix of a sandbox.
    pub path: &'a str,
    /// The query as it was sent, without its question mark, without secrets.
    pub query: &'a str,
    /// The tenant that the request is for, if it can be told.
    pub tenant: Option<&'a str>,
    /// The API client or user that calls, if it can be told.
    pub client: Option<&'a str>,
    /// The operation, if it is one.
    pub operation_id: Option<&'a str>,
    /// Whether no operation has this path and method.
    pub unmatched: bool,
    /// Headers and body, without secrets.
    pub message: &'a Message,
    /// The body as far as it can be read; filled when a match asks for it first.
    pub content: OnceCell<Content>,
    /// The status of the answer, 0 if there was none; `None` while there cannot be one yet.
    pub status: Option<u16>,
}

/// For tests in Rust: `Match::to("GET", "/banners").tenant("...")`.
impl Match {
    /// Requests with this method and path. In the path `*` is anything within a segment and `**` any number
    /// of segments.
    pub fn to(method: &str, path: &str) -> Self {
        let path = PathPattern::from(path);
        Self { method: Some(method.into()), path: Some(path), ..Self::default() }
    }

    /// With this parameter in the query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// With this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// With this value at a JSON pointer in the body.
    pub fn body(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        self.body.insert(pointer.to_owned(), value.into());
        self
    }

    /// About this tenant.
    pub fn tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.into()), ..self }
    }

    /// By this API client.
    pub fn client(self, client: &str) -> Self {
        Self { client: Some(client.into()), ..self }
    }

    /// That call this operation, by its id in the OpenAPI document.
    pub fn operation(self, id: &str) -> Self {
        Self { operation_id: Some(id.into()), ..self }
    }

    /// That were answered with this status, such as `404` or `4xx`. A text that is not a status is reported when
    /// the match is used.
    pub fn status(self, status: &str) -> Self {
        Self { status: Some(Statuses::lenient(status)), ..self }
    }
}

impl Match {
    /// Whether it means every request.
    pub fn is_any(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it looks at headers.
    pub fn reads_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    /// Whether it looks at the body.
    pub fn reads_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// Whether it means this request. The body comes last, as reading it costs most.
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.differences_before_body(facts).next().is_none() && self.differences_in_body(facts).next().is_none()
    }

    /// Where the request is not as expected.
    pub fn differences(&self, facts: &Facts<'_>) -> Vec<Difference> {
        self.differences_before_body(facts).chain(self.differences_in_body(facts)).collect()
    }
}

impl Facts<'_> {
    /// The body as far as it can be read.
    pub fn content(&self) -> &Content {
        self.content.get_or_init(|| self.message.content())
    }
}
