//! Long control calls run beside the thread that serves: only their callers wait for them.

use std::{sync::mpsc, thread};

use r1_entitlements_mock::{MockServer, support::heavy};

use crate::support::process::Connection;

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
    let ask = |request: &str, body: &str| {
        let mut connection = Connection::to(server.address());
        connection.send_json(request, body);
        connection
    };
    let state = ask("GET /_mock/state", "").read().text();
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
        let mut long = ask(request, body);
        // The server reads both requests in this order.
        let short = ask("GET /banners", "").read();
        assert_eq!(short.status, 200, "{request}: {}", short.text());
        assert!(long.is_silent(), "{request} did not wait for room");
        drop(occupied);
        let long = long.read();
        assert!((200..210).contains(&long.status), "{request}: {}", long.text());
    }
}
