//! Requests as JSON: a row of a list, and the whole.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    RecordedRequest,
    recorded_request::{Content, Message},
};

/// A request in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "as in RecordedRequest")]
#[schema(as = RequestRow)]
pub struct Row<'e> {
    pub seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub method: &'e str,
    pub path: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<&'e str>,
    /// 0 if there was no answer.
    pub status: u16,
    pub unmatched: bool,
    /// Whether the whole answer was sent.
    pub complete: bool,
    /// The ids of the faults that applied.
    #[schema(value_type = Vec<String>)]
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub faults: &'e [Arc<str>],
}

/// A request and its answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Request)]
pub struct Whole<'e> {
    #[serde(flatten)]
    row: Row<'e>,
    took_ms: i64,
    request: RequestView,
    response: RequestView,
}

/// Headers and a body.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RequestMessage)]
struct RequestView {
    /// A text; a list of them, if a header came several times.
    headers: Map<String, Value>,
    /// Absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    /// How to read `body`: `json`, `text` or `base64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_as: Option<&'static str>,
    /// In bytes, as it was sent.
    body_size: u64,
    /// Whether only the beginning of the body was kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    body_cut: bool,
}

impl<'e> From<&'e RecordedRequest> for Row<'e> {
    fn from(recorded: &'e RecordedRequest) -> Self {
        Self {
            seq: recorded.seq,
            id: recorded.id,
            at: recorded.at,
            method: &recorded.method,
            path: &recorded.path,
            query: recorded.query.as_deref(),
            operation_id: recorded.operation_id,
            tenant: recorded.tenant.as_deref(),
            client: recorded.client.as_deref(),
            status: recorded.status,
            unmatched: recorded.unmatched,
            complete: recorded.complete,
            faults: &recorded.faults,
        }
    }
}

impl<'e> From<&'e RecordedRequest> for Whole<'e> {
    fn from(recorded: &'e RecordedRequest) -> Self {
        Self {
            row: recorded.into(),
            took_ms: recorded.took.num_milliseconds(),
            request: (&recorded.request).into(),
            response: (&recorded.response).into(),
        }
    }
}

impl From<&Message> for RequestView {
    fn from(message: &Message) -> Self {
        let mut headers = Map::new();
        for (name, value) in message.headers() {
            match headers.get_mut(name) {
                None => {
                    headers.insert(name.to_owned(), value.into());
                }
                Some(Value::Array(values)) => values.push(value.into()),
                Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
            }
        }
        let (body, body_as) = match message.content() {
            Content::Empty => (None, None),
            Content::Json(value) => (Some(value), Some("json")),
            Content::Text(text) => (Some(text.into()), Some("text")),
            Content::Binary => (Some(STANDARD.encode(message.body()).into()), Some("base64")),
        };
        Self { headers, body, body_as, body_size: message.size, body_cut: message.cut }
    }
}
