//! How the process ends.

use serde_json::Value;

use crate::support::process::{Connection, Server};

#[test]
fn a_signal_ends_it_well() {
    for signal in ["TERM", "INT"] {
        let server = Server::any();
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_signal_ends_it_well_with_an_idle_connection_open() {
    for signal in ["TERM", "INT"] {
        let server = Server::any();
        let mut idle = server.connect();
        let answer = idle.ask("GET /banners HTTP/1.1\r\nHost: r1\r\nConnection: keep-alive\r\n\r\n");
        assert_eq!(answer.status, 200);
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}");
    }
}

/// A request whose body the server waits for.
fn in_flight(server: &Server, body: &str) -> Connection {
    let mut connection = server.connect();
    let length = body.len();
    connection.send(&format!(
        "POST /activities/query HTTP/1.1\r\nHost: r1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    ));
    assert_eq!(connection.head(), ["HTTP/1.1 100 Continue"]);
    connection
}

#[test]
fn a_request_in_flight_is_answered_before_the_end() {
    let server = Server::any();
    let body = r#"{"page":1,"pageSize":1,"sortField":"status","sortOrder":"ASC"}"#;
    let mut connection = in_flight(&server, body);
    server.signal("TERM");
    let answer = connection.ask(body);
    assert_eq!((answer.status, &answer.json()["totalCount"]), (200, &Value::from(0)));
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_request_that_never_ends_does_not_keep_it() {
    let server = Server::any();
    let _stuck = in_flight(&server, "{}");
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
}
