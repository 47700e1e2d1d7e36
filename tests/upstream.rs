//! The simulator in front of a real system, which is a server on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{
        Request, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use r1_entitlements_mock::{
    app,
    fixtures::Catalog,
    http::operations,
    sandbox::{Sandbox, Settings},
    upstream::{Config, Upstream, bearer, choice::Choice},
    world::{Rules, World},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// The simulator, and how it is connected.
struct Mock {
    router: Router,
    world: Arc<World>,
}

fn config(upstream: &str) -> Config {
    Config {
        target: upstream.parse().unwrap(),
        token: None,
        timeout: Duration::from_secs(20),
        choice: Choice::new(operations(), &[], &[]).unwrap(),
        origins: vec!["https://ui.test".parse().unwrap()],
        hosts: Vec::new(),
        ca: None,
    }
}

fn mock_with(scenario: &str, config: Config) -> Mock {
    let catalog = Catalog::default();
    let (sandbox, _) = Sandbox::new(catalog.load(scenario).unwrap(), Settings::default()).unwrap();
    let world = Arc::new(World::new(Arc::new(sandbox), catalog, Rules::default()));
    let upstream = Arc::new(Upstream::new(config).unwrap());
    Mock { router: app::router_before(&upstream, Arc::clone(&world), Vec::new()), world }
}

fn mock(config: Config) -> Mock {
    mock_with("default", config)
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

/// A real system: it tells what it was sent, and has a few paths of its own.
async fn real() -> String {
    let app = Router::new()
        .route("/redirect", get(|| async { redirect() }))
        .route("/old", get(|| async { Json(json!({ "from": "the real one" })) }))
        .route("/userProfiles", get(|headers: HeaderMap| async move { profile(&headers) }))
        .route("/oauth2/token", post(|| async { Json(json!({ "access_token": "secret" })) }))
        .route("/never", get(std::future::pending::<()>))
        .route("/live", any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo_frames) }))
        .route("/api/websocket/socket.io/", get(|| async { "the real socket" }))
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

impl Mock {
    async fn answer(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Response {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Value) {
        let response = self.answer(method, path, headers, Body::empty()).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> (u16, HeaderMap, Value) {
        self.call("GET", path, &[("host", "localhost:8080")]).await
    }
}

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
    let response = mock.answer("PUT", "/venues/1?deep=a%20b&deep=c", &headers, Body::from("hello")).await;
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
        ("DELETE", "/venues/1", 418),
        ("PROPFIND", "/venues", 418),
        ("GET", "/", 200),
        ("GET", "/elsewhere", 418),
    ] {
        assert_eq!(mock.call(method, path, &[("host", "localhost:8080")]).await.0, status, "{method} {path}");
    }
}

#[tokio::test]
async fn operations_can_be_chosen() {
    let real = real().await;
    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let banners = operations().at("/banners")[0].id.to_string();
    let only = Choice::new(operations(), &ids(&[&banners]), &[]).unwrap();
    let except = Choice::new(operations(), &[], &ids(&[&banners, "activitySocket"])).unwrap();
    let (only, except) =
        (mock(Config { choice: only, ..config(&real) }), mock(Config { choice: except, ..config(&real) }));
    assert_eq!(only.get("/banners").await.0, 200);
    assert_eq!(only.get("/entitlements").await.0, 418);
    assert_eq!(except.get("/banners").await.0, 418);
    assert_eq!(except.get("/entitlements").await.0, 200);
    assert_eq!(except.get("/api/websocket/socket.io/?transport=polling").await.0, 200);
    assert_eq!(mock(config(&real)).get("/api/websocket/socket.io/?transport=polling").await.0, 400);
}

#[tokio::test]
async fn places_and_cookies_of_the_upstream_become_this_servers() {
    let mock = mock(config(&real().await));
    let (status, headers, _) = mock.get("/redirect").await;
    assert_eq!(status, 302);
    assert_eq!(headers["location"], "http://localhost:8080/userProfiles?page=1");
    assert_eq!(headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
    mock.world.create("one", None, None).unwrap();
    let (_, headers, _) = mock.get("/sandboxes/one/redirect").await;
    assert_eq!(headers["location"], "http://localhost:8080/sandboxes/one/userProfiles?page=1");
}

#[tokio::test]
async fn a_page_of_another_origin_reads_answers_of_both() {
    let mock = mock(config(&real().await));
    let page = [("host", "localhost:8080"), ("origin", "http://localhost:3000")];
    let (status, headers, _) = mock.call("GET", "/userProfiles", &page).await;
    assert_eq!(status, 200);
    assert_eq!(headers.get_all("access-control-allow-origin").iter().collect::<Vec<_>>(), ["http://localhost:3000"]);
    assert_eq!(headers["login-token"], "next");
    let preflight = [page[0], page[1], ("access-control-request-method", "GET")];
    let (status, headers, _) = mock.call("OPTIONS", "/userProfiles", &preflight).await;
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
        let (status, _, told) = mock.call("POST", "/venues", &headers).await;
        assert_eq!((status, &told["headers"]["authorization"]), (418, &json!("Bearer real")));
    }
    for headers in [
        vec![("host", "localhost:8080"), ("origin", "https://evil.example")],
        vec![("host", "localhost:8080"), ("sec-fetch-site", "cross-site")],
        vec![("host", "rebound.evil.example:8080")],
    ] {
        let (status, _, body) = mock.call("POST", "/venues", &headers).await;
        assert_eq!(status, 403, "{body}");
        assert!(body["errors"][0]["message"].as_str().unwrap().starts_with("the upstream's token is not for"));
    }
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    // More than the simulator itself would take.
    let mock = mock(config(&real().await));
    let large = Body::from(vec![b'x'; 5 * 1024 * 1024]);
    let response = mock.answer("POST", "/upload", &[("host", "localhost")], large).await;
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
    let mut body = mock.answer("GET", "/slow", &[("host", "localhost")], Body::empty()).await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    send.send(frame("two")).unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "two");
    drop(send);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn websockets_pass_through() {
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
    let down = mock(config(&down)).get("/venues").await;
    let slow = Config { timeout: Duration::from_millis(50), ..config(&real().await) };
    let slow = mock(slow).get("/never").await;
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let own = mock(config(&format!("http://{}", listener.local_addr().unwrap())));
    tokio::spawn(axum::serve(TcpListener::from_std(listener).unwrap(), own.router.clone()).into_future());
    let looped = own.get("/venues").await;
    for ((status, headers, body), expected, message) in [
        (down, 502, "cannot be reached: Connection refused"),
        (slow, 504, "did not answer within 50ms"),
        (looped, 502, "sends requests back to this server"),
    ] {
        assert_eq!((status, &headers["content-type"]), (expected, &"application/json".parse().unwrap()), "{body}");
        assert_eq!((&body["status"], &body["path"].is_string()), (&json!(expected), &true));
        let error = &body["errors"][0];
        assert!(error["message"].as_str().unwrap().contains(message), "{body}");
        assert!(error["code"].as_str().unwrap().starts_with("RCG-") && error["suggestion"].is_string());
    }
}

#[tokio::test]
async fn what_passed_through_can_be_put_into_a_scenario() {
    let mock = mock(config(&real().await));
    let rec = "c0000000000000000000000000000001";
    let as_rec = [("host", "localhost"), ("x-rks-tenantid", rec)];
    mock.call("GET", "/userProfiles?page=1", &as_rec).await;
    mock.call("GET", "/userProfiles?page=2", &as_rec).await;
    mock.get("/old").await;
    mock.get("/redirect").await;
    mock.call("POST", "/oauth2/token", &[("host", "localhost")]).await;
    mock.call("PUT", "/venues", &[("host", "localhost")]).await;
    mock.get("/banners").await;
    let (status, _, rows) = mock.get("/_mock/upstream/recorded").await;
    assert_eq!(status, 200);
    assert_eq!(
        rows,
        json!([
            { "operation": "GET /userProfiles", "tenant": rec, "status": 200, "body": { "profileOf": rec } },
            { "operation": "GET /old", "status": 200, "body": { "from": "the real one" } },
        ])
    );

    let scenario = std::env::temp_dir().join(format!("r1mock-recorded-{}", std::process::id()));
    std::fs::create_dir_all(&scenario).unwrap();
    for file in Path::new("fixtures/default").read_dir().unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), scenario.join(file.file_name())).unwrap();
    }
    std::fs::write(scenario.join("overrides.json"), rows.to_string()).unwrap();
    // Without the real system: nobody is there.
    let later = mock_with(scenario.to_str().unwrap(), config("http://127.0.0.1:9"));
    assert_eq!(later.get("/old").await.2, json!({ "from": "the real one" }));
    assert_eq!(later.call("GET", "/userProfiles", &as_rec).await.2, json!({ "profileOf": rec }));
    std::fs::remove_dir_all(&scenario).unwrap();

    assert_eq!(mock.call("DELETE", "/_mock/upstream/recorded", &[("host", "localhost")]).await.0, 204);
    assert_eq!(mock.get("/_mock/upstream/recorded").await.2, json!([]));
}
