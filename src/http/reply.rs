//! A reply in the hands of faults: its whole body, and how that will be sent.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderValue, StatusCode, header, response::Parts},
    response::Response,
};
use serde_json::Value;

use super::scripted::Scripted;
use crate::fault::{After, LostHow, broken, tomorrow};

/// A reply that has not been sent yet.
pub struct Reply {
    parts: Parts,
    body: Bytes,
    /// Whether it may have no body: the answer to HEAD, a 204, a switch of protocols.
    bare: bool,
    /// Pieces, and the pause after each.
    pace: Option<(usize, Duration)>,
    /// After how many bytes it breaks off.
    breaks_after: Option<usize>,
    /// That it gets lost, and how.
    pub lost: Option<LostHow>,
}

impl Reply {
    /// Takes a response in hand.
    pub async fn new(response: Response, to_head: bool) -> Self {
        let (parts, body) = response.into_parts();
        // The answers are this server's own: they are whole and not endless.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let bare = to_head
            || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED, StatusCode::SWITCHING_PROTOCOLS]
                .contains(&parts.status);
        Self { parts, body, bare, pace: None, breaks_after: None, lost: None }
    }

    /// Lets something happen to it. `schema` is the OpenAPI document, and in it that of the body.
    pub fn suffer(&mut self, after: After, schema: Option<(&Value, &Value)>) {
        match after {
            After::Lose(how) => self.lost = self.lost.or(Some(how)),
            After::CutBody(bytes) => {
                self.breaks_after = self.breaks_after.or(Some(bytes.unwrap_or(self.body.len() / 2)));
            }
            After::Slow { chunk, pause } => self.pace = self.pace.or(Some((chunk, pause))),
            After::ContentType(value) => {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    self.parts.headers.insert(header::CONTENT_TYPE, value);
                }
            }
            _ if self.bare => {}
            After::Truncate(keep) => self.body = self.body.slice_ref(broken::truncated(&self.body, keep)),
            After::Malform(mut draw) => {
                self.body = broken::malformed(&String::from_utf8_lossy(&self.body), &mut draw).into();
            }
            After::Garbage(bytes) => self.body = bytes.into(),
            After::Tomorrow(changes, mut draw) => {
                if let Ok(mut value) = serde_json::from_slice::<Value>(&self.body)
                    && self.parts.status.is_success()
                {
                    let (document, schema) = schema.unwrap_or((&Value::Null, &Value::Null));
                    tomorrow::change(&mut value, schema, document, changes, &mut draw);
                    self.body = value.to_string().into();
                }
            }
        }
    }

    /// Whether less of it arrives than it promises.
    pub fn breaks_off(&self) -> bool {
        self.breaks_after.is_some()
    }

    /// The response; none if not a byte of it may be sent.
    pub fn into_response(self) -> Option<Response> {
        let Self { mut parts, body, bare, pace, breaks_after, .. } = self;
        if bare {
            // To HEAD: the length of what GET would have answered.
            let length = Some(body.len()).filter(|length| *length > 0);
            parts.headers.extend(length.map(|length| (header::CONTENT_LENGTH, length.into())));
            return breaks_after.is_none().then(|| Response::from_parts(parts, Body::empty()));
        }
        parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
        let Some(end) = breaks_after else {
            let body = match pace {
                Some(_) => Scripted::new(body, pace).into_body(),
                None => Body::from(body),
            };
            return Some(Response::from_parts(parts, body));
        };
        if body.is_empty() {
            return None;
        }
        // The last byte stays away at least: what arrives must not look whole.
        let end = end.min(body.len() - 1);
        let script = Scripted::new(body.slice(..end), pace).break_off();
        Some(Response::from_parts(parts, script.into_body()))
    }
}
