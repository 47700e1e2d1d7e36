//! `MockServer` and `Simulator`, as a test in Rust uses them.

use chrono::TimeDelta;
use r1_entitlements_mock::{
    MockServer,
    embed::mock_server::StartError,
    journal::Match,
    model::{RefreshKind, TenantId},
};
use tower::ServiceExt;

fn tenant(text: &str) -> TenantId {
    text.parse().unwrap()
}

/// What a real client gets over a real socket.
fn fetch(server: &MockServer, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    let prefix =
        server.url().split_once("127.0.0.1").unwrap().1.split_once('/').map_or(String::new(), |(_, p)| format!("/{p}"));
    write!(stream, "GET {prefix}{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_server_starts_inside_an_async_test_and_ends_with_its_value() {
    let server = MockServer::builder().scenario("expiring").frozen_at("2026-03-10T12:00:00Z").start().await.unwrap();
    let address = server.address();
    assert!(fetch(&server, "/banners").contains("\"effectDays\":22"));
    server.clock().advance_days(90);
    assert!(fetch(&server, "/banners").contains("AFTER_GRACE_PERIOD"));
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_server_starts_from_a_test_that_is_not_async() {
    let server = MockServer::builder().frozen_at("2026-03-10").start_blocking().unwrap();
    assert!(fetch(&server, "/mspEntitlements/summaries").starts_with("HTTP/1.1 200 OK"));
    assert_eq!(server.token().unwrap().split('.').count(), 3);
}

#[test]
fn a_sandbox_has_a_state_and_a_clock_of_its_own() {
    let server = MockServer::builder().frozen_at("2026-03-10").start_blocking().unwrap();
    let sandbox = server.sandbox().unwrap();
    sandbox.clock().advance(TimeDelta::days(400));
    assert_ne!(fetch(&sandbox, "/mspBanners"), fetch(&server, "/mspBanners"));
    assert_eq!(server.clock().now().to_rfc3339(), "2026-03-10T00:00:00+00:00");
    sandbox.clock().set("2026-03-10T00:00:00Z".parse().unwrap());
    let body = |text: String| text.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(fetch(&sandbox, "/mspBanners")), body(fetch(&server, "/mspBanners")));
}

#[test]
fn a_snapshot_is_gone_back_to() {
    let server = MockServer::builder().frozen_at("2026-03-10").start_blocking().unwrap();
    let before = server.state();
    let snapshot = server.snapshot();
    assert!(fetch(&server, "/mspEntitlements/summaries?refresh=true").starts_with("HTTP/1.1 202"));
    server.clock().advance(TimeDelta::seconds(2));
    let msp = tenant("a0000000000000000000000000000001");
    assert_ne!(server.state().msp_entitlements(msp), before.msp_entitlements(msp));
    snapshot.restore();
    assert_eq!(server.state(), before);
}

#[tokio::test]
async fn a_service_needs_no_port() {
    let simulator = MockServer::builder().frozen_at("2026-03-10").without_port().unwrap();
    let sandbox = simulator.sandbox().unwrap();
    sandbox.load("empty").unwrap();
    for (simulator, empty) in [(&simulator, false), (&sandbox, true)] {
        let request = axum::http::Request::get("/mspEntitlements").body(axum::body::Body::empty()).unwrap();
        let answer = simulator.service().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body == "[]", empty);
        simulator.requests().verify(Match::to("GET", "/mspEntitlements").status("200"), 1).unwrap();
    }
}

#[test]
fn requests_are_verified_by_count_and_order_and_a_miss_is_explained() {
    let server = MockServer::builder().frozen_at("2026-03-10").start_blocking().unwrap();
    fetch(&server, "/banners?type=WIFI");
    fetch(&server, "/entitlements");
    let requests = server.requests();
    requests.verify(Match::to("GET", "/banners").query("type", "WIFI"), 1).unwrap();
    requests.verify(Match::default().header("host", "localhost"), 2..=3).unwrap();
    requests.verify(Match::default().status("5xx"), 0).unwrap();
    requests.verify(Match::default().operation("getEntitlements_1").client("nobody"), ..=0).unwrap();
    requests.verify_order([Match::to("GET", "/banners"), Match::to("GET", "/entitlements")]).unwrap();
    let missed = requests.verify(Match::to("GET", "/banners").query("type", "SWITCH"), 1..).unwrap_err();
    assert_eq!(
        missed.to_string(),
        "expected at least 1, but 0 of 2 requests matched; nearest is request 1, GET /banners?type=WIFI: query.type: expected \"SWITCH\", found \"WIFI\""
    );
    let wrong = requests.verify_order([Match::to("GET", "/entitlements"), Match::to("GET", "/banners")]).unwrap_err();
    assert!(wrong.to_string().contains("came before"), "{wrong}");
    // A mistake in what is expected is not taken for "never".
    assert!(requests.verify(Match::default().status("5x"), 0).unwrap_err().to_string().contains("5x"));
    assert!(requests.verify(Match::default().body("quantity", 5), 0).unwrap_err().to_string().contains("JSON pointer"));
    assert_eq!(requests.list().len(), 2);
    requests.clear();
    assert_eq!(requests.list().len(), 0);
}

#[tokio::test]
async fn a_test_waits_until_a_request_has_come() {
    let server = MockServer::builder().start().await.unwrap();
    let wanted = || Match::to("GET", "/banners");
    let address = server.address();
    let fetching = tokio::task::spawn_blocking(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /banners HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    server.requests().wait(wanted(), 1, std::time::Duration::from_secs(5)).await.unwrap();
    fetching.await.unwrap();
    let missed = server.requests().wait(wanted(), 2, std::time::Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(missed.0.matched, [1]);
}

#[test]
fn what_cannot_start_says_why() {
    let date = MockServer::builder().frozen_at("yesterday").start_blocking().unwrap_err();
    assert!(matches!(&date, StartError::BadDate(text) if text == "yesterday"));
    let scenario = MockServer::builder().scenario("defualt").start_blocking().unwrap_err();
    assert!(scenario.to_string().contains("did you mean \"default\""), "{scenario}");
}

#[test]
fn a_store_can_be_driven_without_a_server() {
    let (scenario, now) = (
        r1_entitlements_mock::scenario::Catalog::default().load("default").unwrap(),
        "2026-03-10T00:00:00Z".parse().unwrap(),
    );
    let (mut store, _) = scenario.build(now).unwrap();
    let rec = tenant("c0000000000000000000000000000001");
    store.begin_refresh(rec, RefreshKind::Entitlements, "test", now).unwrap();
    store.settle(now + TimeDelta::seconds(2));
    assert_eq!(store.tenant(rec).unwrap().upstream.taken, 1);
}
