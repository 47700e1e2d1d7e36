//! Long control calls run beside the thread that serves: only their callers wait for them.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
};

use r1_entitlements_mock::{MockServer, support::heavy};

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

/// Takes all the room that long computations have, until the sender is dropped.
fn occupy_the_room() -> Vec<mpsc::Sender<()>> {
    let (started, starts) = mpsc::channel();
    let occupied = (0..heavy::AT_A_TIME).map(|_| {
        let (release, released) = mpsc::channel();
        let started = started.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(heavy::run(move || {
                started.send(()).unwrap();
                // It ends when the sender is gone.
                let _ = released.recv();
            }));
        });
        release
    });
    let occupied: Vec<_> = occupied.collect();
    for _ in 0..heavy::AT_A_TIME {
        starts.recv().unwrap();
    }
    occupied
}

#[test]
fn while_a_long_control_call_waits_for_its_turn_other_requests_are_answered() {
    let server = MockServer::builder().frozen_at("2026-03-10T12:00:00Z").start_blocking().unwrap();
    let to = server.address();
    let state = answer(send(to, "GET /_mock/state", ""));
    let state = state.split_once("\r\n\r\n").unwrap().1.to_owned();
    for (request, body) in [
        ("GET /_mock/check", ""),
        ("GET /_mock/fingerprint", ""),
        ("GET /_mock/state", ""),
        ("PUT /_mock/state", &*state),
        ("POST /_mock/scenarios/default/load", ""),
        ("POST /_mock/reset", ""),
        ("GET /_mock/snapshots/diff?from=now", ""),
        ("POST /_mock/sandboxes", ""),
        ("GET /_mock/requests/har", ""),
        ("POST /_mock/requests/verify", "{\"match\":{\"path\":\"/x\"},\"count\":0}"),
        ("GET /_mock/console/overview", ""),
    ] {
        let occupied = occupy_the_room();
        let long = send(to, request, body);
        // The server reads both requests in this order.
        let short = answer(send(to, "GET /banners", ""));
        assert!(short.starts_with("HTTP/1.1 200"), "{request}: {short}");
        assert!(is_open(&long), "{request} did not wait for room");
        drop(occupied);
        let long = answer(long);
        assert!(long.starts_with("HTTP/1.1 20"), "{request}: {long}");
    }
}
