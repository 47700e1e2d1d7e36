//! The simulator in front of a server on this machine, and that server.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{
        Request, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{self, any, delete, post},
};
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    proxy::{Config, choice::Choice},
    sandbox::Start,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{App, Setup, app::scenario};

pub fn config(upstream: &str) -> Config {
    Config {
        target: upstream.parse().unwrap(),
        token: None,
        timeout: Duration::from_secs(20),
        choice: Choice::new(&[], &[]).unwrap(),
        origins: vec!["https://ui.test".parse().unwrap()],
        hosts: Vec::new(),
        ca: None,
    }
}

pub fn mock_with(name: &str, config: Config) -> App {
    let upstream = Some(config);
    App::with(Setup { scenario: scenario(name), start: Start::default(), upstream, ..Setup::default() })
}

pub fn mock(config: Config) -> App {
    mock_with("default", config)
}

pub async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

/// A real system: it echoes what it was sent, and has a few paths of its own.
pub async fn real() -> String {
    let app = Router::new()
        .route("/redirect", routing::get(|| async { redirect() }))
        .route("/old", routing::get(|| async { Json(json!({ "from": "the real one" })) }))
        .route("/userProfiles", routing::get(|headers: HeaderMap| async move { profile(&headers) }))
        .route("/oauth2/token", post(|| async { Json(json!({ "access_token": "secret" })) }))
        .route("/venues/1", delete(|| async { StatusCode::NO_CONTENT }).fallback(tell))
        .route("/never", routing::get(std::future::pending::<()>))
        .route("/live", any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo_frames) }))
        .route("/api/websocket/socket.io/", routing::get(|| async { "the real socket" }))
        .fallback(tell);
    format!("http://{}", serve(app).await)
}

fn redirect() -> Response {
    let headers = [
        (header::LOCATION, "/userProfiles?page=1"),
        (header::SET_COOKIE, "a=1; Domain=ruckus.cloud; Path=/; Secure"),
        (header::SET_COOKIE, "b=2"),
    ];
    let mut response = StatusCode::FOUND.into_response();
    for (name, value) in headers {
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}

fn profile(headers: &HeaderMap) -> Response {
    let tenant = headers.get("x-rks-tenantid").map(|id| id.to_str().unwrap().to_owned());
    let cors = [("access-control-allow-origin", "https://the-real-ui.test"), ("login-token", "next")];
    (cors, Json(json!({ "profileOf": tenant }))).into_response()
}

async fn echo_frames(mut socket: WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        socket.send(Message::text(format!("{text}!"))).await.unwrap();
    }
}

/// What was sent, as JSON.
async fn tell(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers: serde_json::Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into()))
        .collect();
    let bytes = body.collect().await.unwrap().to_bytes();
    let told = json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": headers,
        "length": bytes.len(),
        "body": String::from_utf8_lossy(&bytes[..bytes.len().min(100)]),
    });
    (StatusCode::IM_A_TEAPOT, Json(told)).into_response()
}

/// A request whose response is not read.
pub async fn respond(app: &App, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Response {
    app.call(method, path).headers(headers).body(body).respond().await
}

/// Status, headers, and the body if it is JSON.
pub async fn call(app: &App, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Value) {
    let answer = app.send(method, path, headers, Body::empty()).await;
    let body = serde_json::from_slice(answer.bytes()).unwrap_or_default();
    (answer.status, answer.headers, body)
}

/// The same for a GET of a browser on this machine.
pub async fn get(app: &App, path: &str) -> (u16, HeaderMap, Value) {
    call(app, "GET", path, &[("host", "localhost:8080")]).await
}

/// A real system that answers every request with these bytes, and closes.
pub async fn raw(answer: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}")
}
