//! A reply in the hands of faults: its whole body, and how that will be sent.

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, StatusCode, header, response::Parts},
    response::Response,
};
use http_body::Frame;
use serde_json::Value;

use crate::faults::{LostHow, ResponseEffect, future_api, malformed};
use crate::support::paced_body::PacedBody;

/// A reply that has not been sent yet.
pub struct Reply {
    parts: Parts,
    /// Not read yet. Nothing reads it if nothing happens to it.
    unread: Option<Body>,
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

/// The most bytes that are read of a body that something happens to; there it breaks off. Only the upstream has
/// longer ones.
const MOST_BYTES: usize = 64 * 1024 * 1024;

impl Reply {
    /// Takes a response in hand.
    pub fn new(response: Response, to_head: bool) -> Self {
        let (parts, body) = response.into_parts();
        let bare = to_head
            || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED, StatusCode::SWITCHING_PROTOCOLS]
                .contains(&parts.status);
        Self { parts, unread: Some(body), body: Bytes::new(), bare, pace: None, breaks_after: None, lost: None }
    }

    /// Reads the body. One that breaks off, as the upstream's can, does so again when it is sent.
    pub async fn read_body(&mut self) {
        let Some(mut body) = self.unread.take() else { return };
        let mut read = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            match frame.map(Frame::into_data) {
                Ok(Ok(data)) if read.len() + data.len() <= MOST_BYTES => read.extend_from_slice(&data),
                // Trailers.
                Ok(Err(_)) => {}
                Ok(Ok(_)) | Err(_) => {
                    self.breaks_after = Some(read.len());
                    break;
                }
            }
        }
        self.body = read.into();
    }

    /// Lets something happen to it. `schema` is the OpenAPI document, and in it that of the body.
    pub fn apply(&mut self, after: ResponseEffect, schema: Option<(&Value, &Value)>) {
        match after {
            ResponseEffect::Lose(how) => self.lost = self.lost.or(Some(how)),
            ResponseEffect::CutBody(bytes) => {
                let here = bytes.unwrap_or(self.body.len() / 2);
                self.breaks_after = Some(self.breaks_after.map_or(here, |earlier| earlier.min(here)));
            }
            ResponseEffect::Slow { chunk, pause } => self.pace = self.pace.or(Some((chunk, pause))),
            ResponseEffect::ContentType(value) => {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    self.parts.headers.insert(header::CONTENT_TYPE, value);
                }
            }
            _ if self.bare => {}
            ResponseEffect::Truncate(keep) => self.body = self.body.slice_ref(malformed::truncated(&self.body, keep)),
            ResponseEffect::Malform(mut rng) => {
                self.body = malformed::malformed(&String::from_utf8_lossy(&self.body), &mut rng).into();
            }
            ResponseEffect::Garbage(bytes) => self.body = bytes.into(),
            ResponseEffect::FutureApi(changes, mut rng) => {
                if let Ok(mut value) = serde_json::from_slice::<Value>(&self.body)
                    && self.parts.status.is_success()
                {
                    let (document, schema) = schema.unwrap_or((&Value::Null, &Value::Null));
                    future_api::change(&mut value, schema, document, changes, &mut rng);
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
        let Self { mut parts, unread, body, bare, pace, breaks_after, lost: _ } = self;
        if let Some(body) = unread {
            return Some(Response::from_parts(parts, body));
        }
        if bare {
            // To HEAD: the length of what GET would have answered.
            let length = Some(body.len()).filter(|length| *length > 0);
            parts.headers.extend(length.map(|length| (header::CONTENT_LENGTH, length.into())));
            return breaks_after.is_none().then(|| Response::from_parts(parts, Body::empty()));
        }
        parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
        let Some(end) = breaks_after else {
            let body = match pace {
                Some(_) => PacedBody::new(body, pace).into_body(),
                None => Body::from(body),
            };
            return Some(Response::from_parts(parts, body));
        };
        if body.is_empty() {
            return None;
        }
        // The last byte stays away at least: what arrives must not look whole.
        let end = end.min(body.len() - 1);
        let script = PacedBody::new(body.slice(..end), pace).break_off();
        Some(Response::from_parts(parts, script.into_body()))
    }
}
