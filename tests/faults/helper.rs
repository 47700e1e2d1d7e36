//! A world under frozen clocks, and requests to it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    sandbox::{
        Auth, Sandbox, Settings, StartClock,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
};
use serde_json::Value;
use tower::ServiceExt;

pub const MSP: &str = "a0000000000000000000000000000001";
pub const REC: &str = "c0000000000000000000000000000001";

pub struct App {
    pub sandbox: Arc<Sandbox>,
    pub router: Router,
}

/// What came back. The body is none if it broke off.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body.as_deref().expect("a whole body")).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl App {
    pub fn new() -> Self {
        Self::with_auth(Auth::Open)
    }

    pub fn with_auth(auth: Auth) -> Self {
        let clock = Some(StartClock { at: "2026-03-01T12:00:00Z".parse().unwrap(), frozen: true });
        let settings = Settings { auth, clock, ..Settings::default() };
        let sandbox = Arc::new(Sandbox::new(Catalog::default().load("default").unwrap(), settings).unwrap().0);
        let rules = RegistryLimits { on_first_use: true, ..RegistryLimits::default() };
        let registry = Arc::new(Registry::new(Arc::clone(&sandbox), Catalog::default(), rules));
        Self { router: serve::world_router(registry, Vec::new()), sandbox }
    }

    /// With these faults.
    pub async fn with(faults: &str) -> Self {
        let app = Self::new();
        app.add(faults).await;
        app
    }

    #[track_caller]
    pub fn add(&self, faults: &str) -> impl Future<Output = Value> {
        let answer = self.send("POST", "/_mock/faults", &[], faults);
        async move {
            let answer = answer.await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()
        }
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> impl Future<Output = Answer> + use<> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let router = self.router.clone();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.ok().map(|body| body.to_bytes().to_vec());
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// The statuses of so many requests for one path.
    pub async fn statuses(&self, path: &str, count: usize) -> Vec<u16> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.get(path).await.status);
        }
        all
    }

    pub fn advance(&self, by: TimeDelta) {
        self.sandbox.turn_clock(|clock| clock.advance(by));
    }
}
