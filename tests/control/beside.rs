//! Long control calls run beside the thread that serves: only the caller waits for them.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
};

use r1_entitlements_mock::MockServer;
use serde_json::Value;

fn send(to: SocketAddr, request: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to).unwrap();
    let length = body.len();
    let head = format!(
        "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    stream
}

fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Whether no byte of an answer has come yet.
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let open = stream.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    stream.set_nonblocking(false).unwrap();
    open
}

#[test]
fn while_a_long_control_call_runs_other_requests_are_answered() {
    let server = MockServer::builder().scenario("large").frozen_at("2026-03-10T12:00:00Z").start_blocking().unwrap();
    let to = server.address();
    // A tenth of it is long enough.
    let state = answer(send(to, "GET /_mock/state", ""));
    let mut state: Value = serde_json::from_str(state.split_once("\r\n\r\n").unwrap().1).unwrap();
    state["assignments.json"].as_array_mut().unwrap().truncate(1_000);
    let state = state.to_string();
    assert!(answer(send(to, "PUT /_mock/state", &state)).starts_with("HTTP/1.1 204"));
    for (request, body) in [
        ("GET /_mock/check", ""),
        ("GET /_mock/fingerprint", ""),
        ("GET /_mock/state", ""),
        ("PUT /_mock/state", &state),
        ("POST /_mock/scenarios/large/load", ""),
        ("GET /_mock/snapshots/diff?from=now", ""),
    ] {
        // The server reads them in this order: the second comes when the first is under way. On a busy machine the first can
        // be done by then, but not each time, unless the second has to wait for it.
        let overtakes = |_| {
            let long = send(to, request, body);
            let short = answer(send(to, "GET /_mock/health", ""));
            assert!(short.starts_with("HTTP/1.1 200"), "{request}: {short}");
            let is_under_way = is_open(&long);
            assert!(answer(long).starts_with("HTTP/1.1 20"), "{request}");
            is_under_way
        };
        assert!((0..200).any(overtakes), "{request} was always answered first");
    }
}
