//! A reply, read to its end.

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use http_body_util::BodyExt;
use serde_json::Value;

/// A reply, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// None if the body broke off.
    body: Option<Vec<u8>>,
}

impl Answer {
    pub fn new(status: u16, headers: HeaderMap, body: Option<Vec<u8>>) -> Self {
        Self { status, headers, body }
    }

    /// Reads the body of a response.
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok().map(|body| body.to_bytes().to_vec());
        Self::new(parts.status.as_u16(), parts.headers, body)
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        self.check(status);
        self
    }

    /// The same, for an answer that is used again.
    #[track_caller]
    pub fn check(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The JSON of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200).json()
    }

    /// Whether the connection ended within the body.
    pub fn broke_off(&self) -> bool {
        self.body.is_none()
    }

    #[track_caller]
    pub fn bytes(&self) -> &[u8] {
        self.body.as_deref().expect("a whole body")
    }

    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header's value; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE.as_str())
    }

    /// Status and `errors[0].code`.
    #[track_caller]
    pub fn code(&self) -> (u16, String) {
        (self.status, self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Status and `errorBrief` of a refused write, after a look at the rest of its body.
    #[track_caller]
    pub fn brief(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["success"], false, "{body}");
        assert_eq!(body["assignments"], Value::Array(Vec::new()), "{body}");
        assert!(!body["errorMessage"].as_str().unwrap().is_empty());
        for member in ["expected", "object", "objectName", "value"] {
            assert!(body["ve"][member].is_string(), "ve.{member} in {body}");
        }
        (self.status, body["errorBrief"].as_str().unwrap().to_owned())
    }
}
