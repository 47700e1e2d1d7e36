//! The simulator in a Rust test, in every build: also in one without any feature of the crate.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use r1_entitlements_mock::{
    MockServer,
    faults::{Effect, Rule},
    journal::Match,
};

/// The answer to a GET request, from its status line on.
fn get(server: &MockServer, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn expiring() -> MockServer {
    MockServer::builder().scenario("expiring").frozen_at("2026-03-10T12:00:00Z").start_blocking().unwrap()
}

#[test]
fn a_server_answers_from_its_state_and_its_clock() {
    let server = expiring();
    assert!(!get(&server, "/banners").contains("GRACE_PERIOD"));
    server.clock().advance_days(30);
    assert!(get(&server, "/banners").contains("GRACE_PERIOD"));
}

#[test]
fn a_fault_strikes_once_and_the_journal_has_seen_both_requests() {
    let server = expiring();
    let rule: Rule = serde_json::from_value(serde_json::json!({
        "match": { "method": "GET", "path": "/banners" },
        "times": 1,
        "effects": [{ "status": { "code": 503 } }],
    }))
    .unwrap();
    assert!(matches!(rule.effects[..], [Effect::Status { code: 503, .. }]));
    server.faults().add(rule).unwrap();
    assert!(get(&server, "/banners").starts_with("HTTP/1.1 503 "));
    assert!(get(&server, "/banners").starts_with("HTTP/1.1 200 "));
    server.requests().verify(Match::to("GET", "/banners").status("503"), 1).unwrap();
    server.requests().verify(Match::to("GET", "/banners"), 2).unwrap();
}

#[test]
fn a_build_that_leaves_out_the_console_and_the_socket_has_no_such_pages() {
    let server = expiring();
    let status = |path| get(&server, path)[9..12].to_owned();
    assert_eq!(status("/"), if cfg!(feature = "console") { "200" } else { "404" });
    assert_eq!(status("/api/websocket/socket.io/?EIO=4&transport=polling") == "404", !cfg!(feature = "socket"));
    assert_eq!(status("/_mock/health"), "200");
    assert_eq!(status("/_mock/clock"), "200");
}
