//! Faults that apply to forwarded requests: how a page behaves when the real system fails.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite;

use crate::{
    proxy::helpers::{config, get, mock, real, respond, serve},
    support::App,
};

async fn wish(mock: &App, outcome: &str) -> (u16, axum::http::HeaderMap, Option<Bytes>) {
    let headers = [("host", "localhost"), ("x-mock-outcome", outcome)];
    let (parts, body) = respond(mock, "GET", "/old", &headers, Body::empty()).await.into_parts();
    (parts.status.as_u16(), parts.headers, body.collect().await.ok().map(http_body_util::Collected::to_bytes))
}

#[tokio::test]
async fn a_passed_request_meets_the_fate_that_it_asks_for() {
    let mock = mock(config(&real().await));
    let whole = json!({ "from": "the real one" });
    let (status, headers, body) = wish(&mock, "503").await;
    assert_eq!((status, &headers["x-mock-fault"]), (503, &"x-mock-outcome".parse().unwrap()));
    assert!(!headers.contains_key("x-mock-upstream"), "the upstream was not asked");
    let body: Value = serde_json::from_slice(&body.unwrap()).unwrap();
    assert_eq!((&body["path"], &body["status"]), (&json!("/old"), &json!(503)));
    for outcome in ["truncated", "malformed", "garbage"] {
        let (status, headers, body) = wish(&mock, outcome).await;
        assert_eq!(status, 200, "{outcome}");
        assert!(headers.contains_key("x-mock-upstream"), "{outcome}");
        serde_json::from_slice::<Value>(&body.unwrap()).expect_err(outcome);
    }
    for outcome in ["cut", "cut-body", "empty", "lost"] {
        assert_eq!(wish(&mock, outcome).await.2, None, "{outcome}");
    }
    let (_, headers, body) = wish(&mock, "html").await;
    assert_eq!(headers["content-type"], "text/html");
    assert_eq!(serde_json::from_slice::<Value>(&body.unwrap()).unwrap(), whole);
    let (_, _, body) = wish(&mock, "slow-body").await;
    assert_eq!(serde_json::from_slice::<Value>(&body.unwrap()).unwrap(), whole);
    assert_eq!(wish(&mock, "teapot").await.0, 400);
}

#[tokio::test]
async fn rules_strike_what_passes_but_not_by_what_only_the_simulators_state_can_do() {
    let mock = mock(config(&real().await));
    let rules = json!([
        { "match": { "path": "/old" }, "times": 1, "effects": [{ "status": { "code": 429, "retryAfter": 3 } }] },
        { "id": "lag", "effects": [{ "readLag": { "requests": 1 } }] },
        { "id": "refresh", "effects": [{ "activity": { "outcome": "fail" } }] },
    ]);
    let headers = [("host", "localhost"), ("content-type", "application/json")];
    assert_eq!(respond(&mock, "POST", "/_mock/faults", &headers, Body::from(rules.to_string())).await.status(), 201);
    let (status, headers, _) = get(&mock, "/old").await;
    assert_eq!((status, &headers["retry-after"]), (429, &"3".parse().unwrap()));
    let (status, headers, _) = get(&mock, "/old").await;
    assert_eq!((status, headers.get("x-mock-fault")), (200, None));
    for id in ["lag", "refresh"] {
        assert_eq!(get(&mock, &format!("/_mock/faults/{id}")).await.2["hits"]["applied"], 0, "{id}");
    }
    assert_eq!(get(&mock, "/banners").await.1["x-mock-fault"], "lag");
}

#[tokio::test]
async fn a_fault_that_leaves_the_body_alone_lets_it_stream() {
    let (send, receive) = mpsc::unbounded_channel::<Result<_, std::io::Error>>();
    let parts = futures_util::stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) });
    let body = std::sync::Arc::new(std::sync::Mutex::new(Some(Body::new(StreamBody::new(parts)))));
    let app = Router::new().fallback(move || async move { Response::new(body.lock().unwrap().take().unwrap()) });
    let mock = mock(config(&format!("http://{}", serve(app).await)));
    let rule = r#"{"effects": [{"delay": {"fixed": "1ms"}}, {"contentType": {"value": "text/html"}}]}"#;
    let headers = [("host", "localhost"), ("content-type", "application/json")];
    let made = respond(&mock, "POST", "/_mock/faults", &headers, Body::from(rule)).await;
    assert_eq!(made.status(), 201, "{:?}", made.into_body().collect().await.unwrap().to_bytes());
    send.send(Ok(hyper::body::Frame::data(Bytes::from("one")))).unwrap();
    let answer = respond(&mock, "GET", "/stream", &[("host", "localhost")], Body::empty());
    let answer = tokio::time::timeout(Duration::from_secs(10), answer).await.expect("it does not wait for the end");
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.into_body().frame().await.unwrap().unwrap().into_data().unwrap(), "one");
}

#[tokio::test]
async fn an_answer_of_the_upstream_that_breaks_off_still_does_when_a_fault_looks_at_it() {
    let real = crate::proxy::helpers::raw("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n[1, 2, 3, 4, 5, 6, 7").await;
    assert_eq!(wish(&mock(config(&real)), "slow-body").await.2, None);
}

#[tokio::test]
async fn websockets_are_left_alone() {
    let mock = mock(config(&real().await));
    let rule = json!({ "effects": [{ "status": { "code": 503 } }] });
    let headers = [("host", "localhost"), ("content-type", "application/json")];
    respond(&mock, "POST", "/_mock/faults", &headers, Body::from(rule.to_string())).await;
    let address = serve(mock.router).await;
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(format!("ws://{address}/live"), stream).await.unwrap();
    socket.send(tungstenite::Message::text("hello")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap(), "hello!");
}
