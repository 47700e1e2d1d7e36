//! What passes, and how.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use r1_entitlements_mock::proxy::{Config, bearer, choice::Choice};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::proxy::helpers::{call, config, get, mock, real, respond, serve};

#[tokio::test]
async fn what_is_not_simulated_is_passed_on_as_it_is() {
    let real = real().await;
    let mock = mock(config(&real));
    let headers = [
        ("host", "localhost:8080"),
        ("authorization", "Bearer mine"),
        ("x-rks-tenantid", "1"),
        ("x-mock-sandbox", ""),
        ("origin", "http://localhost:3000"),
        ("content-type", "text/plain"),
    ];
    let response = respond(&mock, "PUT", "/venues/1?deep=a%20b&deep=c", &headers, Body::from("hello")).await;
    assert_eq!(response.status(), 418);
    assert!(response.headers().contains_key("x-request-id"));
    let told: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(told["method"], "PUT");
    assert_eq!(told["uri"], "/venues/1?deep=a%20b&deep=c");
    assert_eq!(told["body"], "hello");
    let authority = real.strip_prefix("http://").unwrap();
    for (name, value) in [
        ("host", authority),
        ("origin", real.as_str()),
        ("authorization", "Bearer mine"),
        ("x-rks-tenantid", "1"),
        ("content-type", "text/plain"),
        ("via", "1.1 r1-entitlements-mock"),
    ] {
        assert_eq!(told["headers"][name], value, "{name}");
    }
    assert_eq!(told["headers"]["x-mock-sandbox"], Value::Null);
}

#[tokio::test]
async fn what_is_simulated_stays_here_and_what_is_not_goes_for_every_method() {
    let mock = mock(config(&real().await));
    for (method, path, status) in [
        ("GET", "/banners", 200),
        ("HEAD", "/banners", 200),
        ("OPTIONS", "/banners", 204),
        ("GET", "/openapi.json", 200),
        ("GET", "/_mock/health", 200),
        ("GET", "/_mock/nothing", 404),
        ("PUT", "/banners", 418),
        ("OPTIONS", "/venues", 418),
        ("DELETE", "/venues/2", 418),
        ("PROPFIND", "/venues", 418),
        ("GET", "/", 200),
        ("GET", "/elsewhere", 418),
    ] {
        assert_eq!(call(&mock, method, path, &[("host", "localhost:8080")]).await.0, status, "{method} {path}");
    }
}

#[tokio::test]
async fn operations_can_be_chosen() {
    let real = real().await;
    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let banners = "getBanners_1".to_owned();
    let only = Choice::new(&ids(&[&banners]), &[]).unwrap();
    let except = Choice::new(&[], &ids(&[&banners, "activitySocket"])).unwrap();
    let (only, except) =
        (mock(Config { choice: only, ..config(&real) }), mock(Config { choice: except, ..config(&real) }));
    assert_eq!(get(&only, "/banners").await.0, 200);
    assert_eq!(get(&only, "/entitlements").await.0, 418);
    assert_eq!(get(&except, "/banners").await.0, 418);
    assert_eq!(get(&except, "/entitlements").await.0, 200);
    assert_eq!(get(&except, "/api/websocket/socket.io/?transport=polling").await.0, 200);
    assert_eq!(get(&mock(config(&real)), "/api/websocket/socket.io/?transport=polling").await.0, 400);
}

#[tokio::test]
async fn places_and_cookies_of_the_upstream_become_this_servers() {
    let mock = mock(config(&real().await));
    let (status, headers, _) = get(&mock, "/redirect").await;
    assert_eq!(status, 302);
    assert_eq!(headers["location"], "http://localhost:8080/userProfiles?page=1");
    assert_eq!(headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
    mock.registry.create("one", None, None).unwrap();
    let (_, headers, _) = get(&mock, "/sandboxes/one/redirect").await;
    assert_eq!(headers["location"], "http://localhost:8080/sandboxes/one/userProfiles?page=1");
}

#[tokio::test]
async fn a_page_of_another_origin_reads_answers_of_both() {
    let mock = mock(config(&real().await));
    let page = [("host", "localhost:8080"), ("origin", "http://localhost:3000")];
    let (status, headers, _) = call(&mock, "GET", "/userProfiles", &page).await;
    assert_eq!(status, 200);
    assert_eq!(headers.get_all("access-control-allow-origin").iter().collect::<Vec<_>>(), ["http://localhost:3000"]);
    assert_eq!(headers["login-token"], "next");
    let preflight = [page[0], page[1], ("access-control-request-method", "GET")];
    let (status, headers, _) = call(&mock, "OPTIONS", "/userProfiles", &preflight).await;
    assert_eq!((status, &headers["access-control-max-age"]), (200, &"600".parse().unwrap()));
}

#[tokio::test]
async fn a_configured_token_takes_the_place_of_the_callers_but_not_for_other_sites() {
    let config = Config { token: Some(bearer("real").unwrap()), ..config(&real().await) };
    let mock = mock(config);
    for headers in [
        vec![("host", "localhost:8080"), ("authorization", "Bearer mine")],
        vec![("host", "127.0.0.1:8080"), ("origin", "http://localhost:3000")],
        vec![("host", "mock:8080"), ("origin", "https://ui.test")],
    ] {
        let (status, _, told) = call(&mock, "POST", "/venues", &headers).await;
        assert_eq!((status, &told["headers"]["authorization"]), (418, &json!("Bearer real")));
    }
    for headers in [
        vec![("host", "localhost:8080"), ("origin", "https://evil.example")],
        vec![("host", "localhost:8080"), ("sec-fetch-site", "cross-site")],
        vec![("host", "rebound.evil.example:8080")],
    ] {
        let (status, _, body) = call(&mock, "POST", "/venues", &headers).await;
        assert_eq!((status, &body["errors"][0]["code"]), (403, &json!("RCG-10002")), "{body}");
        assert!(body["errors"][0]["message"].as_str().unwrap().starts_with("the upstream's token is not for"));
    }
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    // More than the simulator itself would take.
    let mock = mock(config(&real().await));
    let large = Body::from(vec![b'x'; 5 * 1024 * 1024]);
    let response = respond(&mock, "POST", "/upload", &[("host", "localhost")], large).await;
    let told: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(told["length"], 5 * 1024 * 1024);

    // The second part of the answer comes only after the first was read.
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<Result<_, std::io::Error>>();
    let parts = futures_util::stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) });
    let body = Arc::new(std::sync::Mutex::new(Some(Body::new(StreamBody::new(parts)))));
    let slow = Router::new().fallback(move || async move { Response::new(body.lock().unwrap().take().unwrap()) });
    let mock = self::mock(config(&format!("http://{}", serve(slow).await)));
    let frame = |text: &'static str| Ok(hyper::body::Frame::data(Bytes::from(text)));
    send.send(frame("one")).unwrap();
    let mut body = respond(&mock, "GET", "/slow", &[("host", "localhost")], Body::empty()).await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    send.send(frame("two")).unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "two");
    drop(send);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn websockets_are_forwarded_to_the_upstream() {
    let mock = mock(config(&real().await));
    let address = serve(mock.router).await;
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut socket, response) = tokio_tungstenite::client_async(format!("ws://{address}/live"), stream).await.unwrap();
    assert_eq!(response.status(), 101);
    for text in ["hello", "again"] {
        socket.send(tokio_tungstenite::tungstenite::Message::text(text)).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap(), format!("{text}!"));
    }
    socket.close(None).await.unwrap();
}

#[tokio::test]
async fn an_upstream_that_is_down_slow_or_this_server_itself_is_told_in_the_vendors_shape() {
    let nobody = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let down = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let down = get(&mock(config(&down)), "/venues").await;
    let slow = Config { timeout: Duration::from_millis(50), ..config(&real().await) };
    let slow = get(&mock(slow), "/never").await;
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let own = mock(config(&format!("http://{}", listener.local_addr().unwrap())));
    tokio::spawn(axum::serve(TcpListener::from_std(listener).unwrap(), own.router.clone()).into_future());
    let looped = get(&own, "/venues").await;
    for ((status, headers, body), expected, message) in [
        (down, 502, "cannot be reached: Connection refused"),
        (slow, 504, "did not answer within 50ms"),
        (looped, 502, "sends requests back to this server"),
    ] {
        assert_eq!((status, &headers["content-type"]), (expected, &"application/json".parse().unwrap()), "{body}");
        assert_eq!((&body["status"], &body["path"].is_string()), (&json!(expected), &true));
        let error = &body["errors"][0];
        assert!(error["message"].as_str().unwrap().contains(message), "{body}");
        assert!(error["code"] == "RCG-10020" && error["suggestion"].is_string());
    }
}
