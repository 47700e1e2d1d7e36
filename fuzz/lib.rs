//! What the targets share: a simulator, and requests made of arbitrary bytes.

use std::{cell::OnceCell, convert::Infallible};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, Request},
};
use http_body_util::BodyExt;
use r1_entitlements_mock::{MockServer, Simulator};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// An MSP, its customer and a company of the scenario `default`.
pub const TENANTS: [&str; 3] =
    ["a0000000000000000000000000000001", "ec000000000000000000000000000001", "c0000000000000000000000000000001"];

/// A simulator that lives as long as the fuzzer.
pub struct World {
    pub simulator: Simulator,
    pub router: Router,
    runtime: Runtime,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Bytes,
}

thread_local! {
    static WORLD: OnceCell<World> = const { OnceCell::new() };
}

/// Runs with the simulator of this thread, which is as it was at its start.
pub fn with_world<T>(run: impl FnOnce(&World) -> T) -> T {
    WORLD.with(|world| {
        let world = world.get_or_init(|| {
            let builder = MockServer::builder().frozen_at("2026-03-10T12:00:00Z");
            let simulator = builder.without_port().expect("the scenario is in the binary");
            let router = simulator.service();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
            World { simulator, router, runtime }
        });
        world.simulator.reset().expect("the scenario was good before");
        run(world)
    })
}

impl World {
    /// Sends a request, unless its parts are no HTTP.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(target).header("host", "localhost");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        let request = request.body(Body::from(body.to_vec())).ok()?;
        Some(self.runtime.block_on(async {
            let response =
                self.router.clone().oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
            let status = response.status().as_u16();
            let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
            let content_type = content_type.unwrap_or_default().to_owned();
            let body = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            Answer { status, content_type, body }
        }))
    }
}

/// Takes the bytes apart at each 0xFF, into at most `N` parts; what is missing is empty.
pub fn parts<const N: usize>(bytes: &[u8]) -> [&[u8]; N] {
    let mut parts = bytes.splitn(N, |byte| *byte == 0xff);
    [(); N].map(|()| parts.next().unwrap_or_default())
}

/// One of several, as a byte says.
pub fn chosen<T>(of: &[T], byte: Option<u8>) -> &T {
    &of[usize::from(byte.unwrap_or_default()) % of.len()]
}
