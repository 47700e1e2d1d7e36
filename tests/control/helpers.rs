//! A world under a frozen clock, and requests to it through the real router.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    sandbox::{
        Sandbox, Settings, StartClock,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
};
use serde_json::Value;
use tower::ServiceExt;

pub const MSP: &str = "a0000000000000000000000000000001";
pub const REC: &str = "c0000000000000000000000000000001";
pub const START: &str = "2026-03-10T12:00:00Z";

#[derive(Clone)]
pub struct Mock {
    pub registry: Arc<Registry>,
    pub router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

impl Mock {
    pub fn new(scenario: &str) -> Self {
        Self::with(scenario, RegistryLimits::default())
    }

    pub fn with(scenario: &str, rules: RegistryLimits) -> Self {
        let settings =
            Settings { clock: Some(StartClock { at: START.parse().unwrap(), frozen: true }), ..Settings::default() };
        let catalog = Catalog::default();
        let (root, _) = Sandbox::new(catalog.load(scenario).unwrap(), settings).unwrap();
        let registry = Arc::new(Registry::new(Arc::new(root), catalog, rules));
        Self { router: serve::world_router(Arc::clone(&registry), Vec::new()), registry }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call("POST", path, &[("content-type", "application/json")], body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, &[], body.to_string()).await
    }

    pub async fn get_as(&self, tenant: &str, path: &str) -> Answer {
        self.call("GET", path, &[("x-rks-tenantid", tenant)], Body::empty()).await
    }

    /// A new sandbox.
    pub async fn sandbox(&self, name: &str, scenario: &str) -> Value {
        let body = serde_json::json!({ "name": name, "scenario": scenario });
        self.post("/_mock/sandboxes", body).await.expect(201).json()
    }
}

/// What is read of one tenant, byte for byte.
pub async fn everything(mock: &Mock, prefix: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (tenant, paths) in [
        (REC, &["/entitlements", "/entitlements/summaries", "/banners"][..]),
        (MSP, &["/mspEntitlements/summaries", "/assignments", "/assignments/summaries", "/mspBanners"][..]),
    ] {
        for path in paths {
            all.push(mock.get_as(tenant, &format!("{prefix}{path}")).await.expect(200).text);
        }
    }
    all
}
