//! Requests, as clients make them, and their answers.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    http,
};
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Collected};
use serde_json::Value;
use tower::ServiceExt;

use super::{COMPANY, CUSTOMERS, MSP};

/// Reads whose kept replies are compared with computed ones.
pub(super) const READS: [&str; 8] = [
    "/entitlements",
    "/entitlements/summaries",
    "/banners",
    "/mspEntitlements",
    "/mspEntitlements/summaries",
    "/mspBanners",
    "/assignments",
    "/assignments/summaries",
];

/// Method, path and body; null is none.
pub(super) type Request = (&'static str, String, Value);

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

pub(super) fn reads() -> impl Iterator<Item = (&'static str, &'static str)> {
    [MSP, COMPANY, CUSTOMERS[0]].into_iter().flat_map(|tenant| READS.map(|path| (path, tenant)))
}

/// The body, without those of errors, which have the id of the request.
pub(super) fn comparable(answer: &Answer) -> Bytes {
    if answer.status == 200 { answer.body.clone() } else { Bytes::new() }
}

/// A request whose body comes in pieces.
pub(super) async fn call(router: Router, tenant: &'static str, (method, path, body): Request, pieces: usize) -> Answer {
    let request = http::Request::builder().method(method).uri(path).header("x-rks-tenantid", tenant);
    let request = request.header("content-type", "application/json").header("host", "localhost");
    let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let size = bytes.len().div_ceil(pieces).max(1);
    let pieces: Vec<Bytes> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
    let slowly = stream::iter(pieces).then(|piece| async {
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(piece)
    });
    let response = router.oneshot(request.body(Body::from_stream(slowly)).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    Answer { status, body }
}
