//! A sandbox under a frozen clock, and requests to it through the real router.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    sandbox::{Auth, Sandbox, Settings, StartClock},
    scenario::{Catalog, Scenario, format},
    wire::Style,
};
use serde_json::Value;
use tower::ServiceExt;

use super::{
    START, at,
    together::{among_others, is_together},
};

/// A running system.
#[derive(Clone)]
pub struct App {
    pub sandbox: Arc<Sandbox>,
    pub router: Router,
}

/// A scenario of the binary.
pub fn scenario(name: &str) -> Arc<Scenario> {
    Catalog::default().load(name).unwrap()
}

/// A scenario of the binary with other settings.
pub fn edited(name: &str, edit: impl FnOnce(&mut format::Scenario)) -> Arc<Scenario> {
    let mut scenario = Scenario::clone(&scenario(name));
    edit(&mut scenario.meta);
    Arc::new(scenario)
}

/// A clock that stands at [`START`], and nothing else set.
pub fn settings() -> Settings {
    Settings { clock: Some(StartClock { at: at(START), frozen: true }), ..Settings::default() }
}

impl App {
    /// A scenario in the documented style, open to all.
    pub fn new(name: &str) -> Self {
        Self::of(scenario(name), settings())
    }

    /// In the live style.
    pub fn live(name: &str) -> Self {
        Self::of(scenario(name), Settings { style: Style::Live, ..settings() })
    }

    /// For callers who prove who they are.
    pub fn guarded(name: &str) -> Self {
        Self::of(scenario(name), Settings { auth: Auth::Required, ..settings() })
    }

    /// A scenario with other settings.
    pub fn edited(name: &str, edit: impl FnOnce(&mut format::Scenario)) -> Self {
        Self::of(edited(name, edit), settings())
    }

    /// Any scenario under any settings.
    pub fn of(scenario: Arc<Scenario>, settings: Settings) -> Self {
        if is_together() {
            return among_others(scenario, settings);
        }
        let sandbox = Arc::new(Sandbox::new(scenario, settings).unwrap().0);
        Self { router: serve::router(Arc::clone(&sandbox), Vec::new()), sandbox }
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.sandbox.turn_clock(|clock| clock.advance(by));
    }

    /// Puts the clock to a moment.
    pub fn turn_to(&self, moment: &str) {
        self.sandbox.turn_clock(|clock| clock.set(at(moment)));
    }

    /// A request.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        let method: Method = method.parse().unwrap();
        Call { app: self, request: Request::builder().method(method).uri(path).body(Body::empty()).unwrap() }
    }

    /// The body of a 200 to GET, for the default tenant.
    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path).ok().await
    }

    /// The body of a 200 to GET, for a tenant.
    pub async fn get_as(&self, tenant: &str, path: &str) -> Value {
        self.call("GET", path).tenant(tenant).ok().await
    }

    /// A new token of an API client of a tenant.
    pub async fn token(&self, tenant: &str, client: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret=r1mock-secret");
        let answer = self.call("POST", &format!("/oauth2/token/{tenant}")).form(form).send().await;
        answer.expect(200).json()["access_token"].as_str().unwrap().to_owned()
    }

    /// What every read answers for a tenant, byte for byte.
    pub async fn everything(&self, tenant: &str, paths: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for path in paths {
            all.push(self.call("GET", path).tenant(tenant).send().await.text());
        }
        all
    }
}

/// A request in the making.
pub struct Call<'a> {
    app: &'a App,
    request: Request<Body>,
}

impl Call<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub fn tenant(self, tenant: &str) -> Self {
        self.header("x-rks-tenantid", tenant)
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: impl serde::Serialize) -> Self {
        self.header("content-type", "application/json").body(serde_json::to_vec(&body).unwrap())
    }

    pub fn form(self, body: impl Into<Body>) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// A body with no content type of its own.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.app.router.clone().oneshot(self.request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() }
    }

    /// Sends it and expects a 200.
    pub async fn ok(self) -> Value {
        self.send().await.expect(200).json()
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
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
        (self.status.as_u16(), self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Status and `errorBrief`, having seen that the rest of a refused write is there.
    #[track_caller]
    pub fn brief(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["success"], false, "{body}");
        assert_eq!(body["assignments"], Value::Array(Vec::new()), "{body}");
        assert!(!body["errorMessage"].as_str().unwrap().is_empty());
        for member in ["expected", "object", "objectName", "value"] {
            assert!(body["ve"][member].is_string(), "ve.{member} in {body}");
        }
        (self.status.as_u16(), body["errorBrief"].as_str().unwrap().to_owned())
    }
}
