//! Entity tags (RFC 9110, section 8.8.3), and documents that are sent with one.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Whether `If-None-Match` names a tag (RFC 9110, section 13.1.2).
pub fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    tags.any(|own| own == b"*" || own.strip_prefix(b"W/").unwrap_or(own) == tag.as_bytes())
}

/// A JSON document as it is sent, and its tag.
pub struct TaggedJson {
    text: Bytes,
    tag: HeaderValue,
}

impl TaggedJson {
    /// A document as text, and a tag of that text.
    pub fn of(document: &impl Serialize) -> Self {
        let text = serde_json::to_vec(document).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let tag = HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish()));
        Self { text: text.into(), tag: tag.unwrap_or(HeaderValue::from_static("\"\"")) }
    }

    /// The document as it is sent.
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// The document, or 304 for a caller that has it.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let tag = (header::ETAG, self.tag.clone());
        if is_known(headers, &self.tag) {
            return (StatusCode::NOT_MODIFIED, [tag]).into_response();
        }
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ([content_type, tag], self.text.clone()).into_response()
    }
}
