//! A request being built.

use axum::{
    body::Body,
    http::{Method, Request},
    response::Response,
};
use serde_json::Value;
use tower::ServiceExt;

use super::{Answer, App};

/// A request being built.
pub struct Call<'a> {
    app: &'a App,
    request: Request<Body>,
}

impl<'a> Call<'a> {
    pub fn new(app: &'a App, method: &str, path: &str) -> Self {
        let method: Method = method.parse().unwrap();
        Self { app, request: Request::builder().method(method).uri(path).body(Body::empty()).unwrap() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: axum::http::HeaderName = name.parse().unwrap();
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub fn headers(self, headers: &[(&str, &str)]) -> Self {
        headers.iter().fold(self, |call, (name, value)| call.header(name, value))
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

    /// A body without a content type.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// Sends it; the body of the response is not read.
    pub async fn respond(self) -> Response {
        self.app.router.clone().oneshot(self.request).await.unwrap()
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        let (app, method, uri) = (self.app, self.request.method().to_string(), self.request.uri().to_string());
        let answer = Answer::read(self.respond().await).await;
        app.contract.check(&method, &uri, &answer);
        answer
    }

    /// Sends it from a test that is not async.
    pub fn wait(self) -> Answer {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(self.send())
    }

    /// Sends it; the JSON of a 200.
    pub async fn ok(self) -> Value {
        self.send().await.ok()
    }
}
