//! The body of an answer that a rule gives.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::Value;
use utoipa::ToSchema;

/// A body, as the bytes that are sent. A text is sent as it is, anything else as JSON.
///
/// Shared: a rule may apply to many requests, and its body may be large.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = Value)]
pub struct AnswerBody(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Text(Arc<[u8]>),
    Json(Arc<[u8]>),
}

impl AnswerBody {
    /// The bytes that are sent.
    pub fn bytes(&self) -> Arc<[u8]> {
        match &self.0 {
            Kind::Text(bytes) | Kind::Json(bytes) => Arc::clone(bytes),
        }
    }

    /// The content type, unless the rule gives another one.
    pub fn content_type(&self) -> &'static str {
        match self.0 {
            Kind::Text(_) => "text/plain; charset=utf-8",
            Kind::Json(_) => "application/json",
        }
    }
}

impl From<Value> for AnswerBody {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::String(text) => Kind::Text(text.into_bytes().into()),
            value => Kind::Json(value.to_string().into_bytes().into()),
        })
    }
}

impl Serialize for AnswerBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Text(bytes) => std::str::from_utf8(bytes).map_err(ser::Error::custom)?.serialize(serializer),
            Kind::Json(bytes) => {
                serde_json::from_slice::<Value>(bytes).map_err(ser::Error::custom)?.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for AnswerBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_sent_as_it_is_and_anything_else_as_json() {
        for (value, bytes, content_type) in [
            (json!("a \"b\""), "a \"b\"", "text/plain; charset=utf-8"),
            (json!({"b": [1, null]}), "{\"b\":[1,null]}", "application/json"),
            (json!(1.5), "1.5", "application/json"),
        ] {
            let body: AnswerBody = serde_json::from_value(value.clone()).unwrap();
            assert_eq!((&*body.bytes(), body.content_type()), (bytes.as_bytes(), content_type));
            assert_eq!(serde_json::to_value(&body).unwrap(), value);
        }
    }
}
