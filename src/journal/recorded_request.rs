//! A request and its answer. All text is copied, because a slice of what came from the network would keep its buffer. Bodies
//! that the server keeps anyway are shared.

use std::{
    borrow::Cow,
    cell::OnceCell,
    fmt,
    sync::{Arc, OnceLock},
};

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::matching::Facts;
use crate::support::secrets;

/// A request and its answer.
#[derive(Clone, Debug, Default)]
pub struct RecordedRequest {
    /// From 1, in the order in which requests were answered.
    pub seq: u64,
    /// The id that the answer carried, if any.
    pub id: Option<Uuid>,
    /// When the request came, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// How long the answer took, by the sandbox's clock.
    pub took: TimeDelta,
    /// The HTTP method, in capitals.
    pub method: Cow<'static, str>,
    /// The prefix of its sandbox, such as `/sandboxes/one`.
    pub prefix: Arc<str>,
    /// The path, without the prefix.
    pub path: Box<str>,
    /// The query, without its question mark.
    pub query: Option<Box<str>>,
    /// The operation, by the name that it has in the OpenAPI document.
    pub operation_id: Option<&'static str>,
    /// The tenant that the request was for.
    pub tenant: Option<Box<str>>,
    /// The API client or user that called.
    pub client: Option<Box<str>>,
    /// Whether no operation has this path and method.
    pub unmatched: bool,
    /// The ids of the faults that applied.
    pub faults: Arc<[Arc<str>]>,
    /// Headers and body of the request.
    pub request: Message,
    /// The status of the answer; 0 if there was none.
    pub status: u16,
    /// Headers and body of the answer.
    pub response: Message,
    /// Whether the whole answer was sent.
    pub complete: bool,
}

/// Headers and a body.
#[derive(Clone, Default)]
pub struct Message {
    /// `name: value`, a line each, names in lower case.
    headers: Arc<str>,
    /// The body, or its beginning, with its secrets. Nothing but `body` reads it.
    sent: Bytes,
    /// The same without its secrets, computed when it is first read. Most bodies are dropped unread, and searching them for
    /// secrets took longer than all else that a request needs.
    masked: OnceLock<Bytes>,
    /// How long the body was, in bytes.
    pub size: u64,
    /// Whether only its beginning is kept.
    pub cut: bool,
}

/// A body as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// There is no body.
    Empty,
    /// JSON, or a form as an object.
    Json(Value),
    /// Text.
    Text(String),
    /// Neither text nor JSON.
    Binary,
}

impl RecordedRequest {
    /// What a match looks at.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref().unwrap_or_default(),
            tenant: self.tenant.as_deref(),
            client: self.client.as_deref(),
            operation_id: self.operation_id,
            unmatched: self.unmatched,
            message: &self.request,
            content: OnceCell::new(),
            status: Some(self.status),
        }
    }

    /// About how much memory it takes.
    pub fn weight(&self) -> usize {
        let text = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
        let message = |message: &Message| message.headers.len() + message.sent.len();
        size_of::<Self>()
            + self.path.len()
            + text(&self.query)
            + text(&self.tenant)
            + text(&self.client)
            + message(&self.request)
            + message(&self.response)
    }

    /// The path and the query.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.to_string(),
        }
    }

    /// The URL under which it was called.
    pub fn url(&self) -> String {
        let first = |name: &str| self.request.header(name).next();
        let host = first("x-forwarded-host").or_else(|| first("host")).unwrap_or("localhost:8080");
        let scheme = first("x-forwarded-proto").unwrap_or("http");
        format!("{scheme}://{host}{}{}", self.prefix, self.target())
    }
}

/// The body has secrets as it was sent.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { headers, sent: _, masked: _, size, cut } = self;
        let mut shown = f.debug_struct("Message");
        shown.field("headers", headers).field("body", self.body()).field("size", size).field("cut", cut).finish()
    }
}

impl Message {
    /// Headers without a body; lines as `line` writes them.
    pub fn new(headers: impl Into<Arc<str>>) -> Self {
        Self { headers: headers.into(), ..Self::default() }
    }

    /// Sets the body: `size` bytes, of which this is the beginning.
    pub fn set_body(&mut self, beginning: Vec<u8>, size: u64) {
        // Without the room for more: it is kept for long.
        self.share_body(beginning.into_boxed_slice().into(), size);
    }

    /// The same, of a body that others have too.
    pub fn share_body(&mut self, beginning: Bytes, size: u64) {
        self.cut = beginning.len() as u64 != size;
        self.size = size;
        self.sent = beginning;
        self.masked = OnceLock::new();
    }

    /// The body, or its beginning, without its secrets.
    pub fn body(&self) -> &Bytes {
        self.masked.get_or_init(|| {
            let masked = secrets::body(&self.sent, self.content_type(), !self.cut);
            masked.map_or_else(|| self.sent.clone(), Bytes::from)
        })
    }

    /// The headers: names in lower case, in the order in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.lines().filter_map(|line| line.split_once(": "))
    }

    /// The values of a header; the name in lower case.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers().filter(move |(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The content type, or the empty text.
    pub fn content_type(&self) -> &str {
        self.header("content-type").next().unwrap_or_default()
    }

    /// The body as text, if it is text.
    pub fn text(&self) -> Option<&str> {
        match std::str::from_utf8(self.body()) {
            Ok(text) => Some(text),
            // Cut within a character.
            Err(error) if error.error_len().is_none() && self.cut => {
                std::str::from_utf8(&self.body()[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        }
    }

    /// The body as far as it can be read.
    pub fn content(&self) -> Content {
        if self.sent.is_empty() {
            return Content::Empty;
        }
        let Some(text) = self.text() else { return Content::Binary };
        if secrets::is_form(self.content_type()) {
            let pairs = form_urlencoded::parse(text.as_bytes());
            return Content::Json(Value::Object(pairs.map(|(name, value)| (name.into(), value.into())).collect()));
        }
        serde_json::from_str(text).map_or_else(|_| Content::Text(text.to_owned()), Content::Json)
    }
}

/// Adds a header to the lines of a message, without its secrets. The name is in lower case.
pub fn line(lines: &mut String, name: &str, value: &[u8]) {
    let value = std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed);
    lines.push_str(name);
    lines.push_str(": ");
    lines.push_str(&secrets::header(name, value.trim()));
    lines.push('\n');
}
