//! The binary as a process: what it prints, how it stops, and how it reports errors.

mod configuration;
mod connections;
mod ctl;
mod deprecations;
mod handover;
mod linearizable;
mod log;
mod scenarios;
mod signals;
mod watch;

use serde_json::Value;

use crate::support::process::{Connection, Server, binary, refused, run};

#[test]
fn it_says_where_it_listens_what_it_serves_and_a_line_to_try() {
    let server = Server::any();
    assert_ne!(server.address.port(), 0);
    let said = &server.announced;
    for expected in [
        "scenario default: An MSP and a company of ordinary size",
        "a0000000000000000000000000000001 MSP      Northgate Managed Networks (default); API clients: r1mock, r1mock-readonly (read only)",
        "ec000000000000000000000000000001 MSP_EC   Alder Street Clinics",
        "d0000000000000000000000000000001 REC      Eastfield Workshops",
        &format!("try: curl http://{}/entitlements/summaries", server.address),
    ] {
        assert!(said.contains(expected), "{expected:?} is not in\n{said}");
    }
    let answer = server.get("/entitlements/summaries");
    assert_eq!(answer.status, 200);
    assert!(answer.json()["summary"].is_array());
}

#[test]
fn a_head_request_has_no_body_on_the_wire() {
    let server = Server::any();
    let mut connection = server.connect();
    for path in ["/entitlements", "/nothing", "/entitlements?type=TOASTER"] {
        connection.send(&format!("HEAD {path} HTTP/1.1\r\nHost: r1\r\n\r\n"));
        assert!(connection.head()[0].starts_with("HTTP/1.1 "));
    }
    // Had a body come, it would be read as the next answer.
    let answer = connection.ask("GET /_mock/health HTTP/1.1\r\nHost: r1\r\n\r\n");
    assert_eq!((answer.status, &answer.json()["status"]), (200, &Value::from("UP")));
}

#[test]
fn a_request_that_is_no_http_is_refused_and_the_next_one_is_served() {
    let server = Server::any();
    for nonsense in ["hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n", "\r\n\r\n\r\nx\r\n\r\n"]
    {
        let mut connection = server.connect();
        connection.send(nonsense);
        let head = connection.head();
        assert!(head.first().is_none_or(|status| status.contains(" 4") || status.contains(" 5")), "{head:?}");
    }
    assert_eq!(server.get("/banners").status, 200);
}

#[test]
fn healthcheck_answers_by_its_exit_code() {
    let server = Server::any();
    let address = server.address.to_string();
    assert!(run(&["healthcheck", "--listen", &address]).status.success());
    let everywhere = format!("0.0.0.0:{}", server.address.port());
    assert!(binary().arg("healthcheck").env("R1MOCK_LISTEN", everywhere).status().unwrap().success());
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    let message = refused(binary().args(["healthcheck", "--listen", &address]));
    assert!(
        message.starts_with(&format!("r1-entitlements-mock: unhealthy: no answer from http://{address}")),
        "{message}"
    );
}

#[test]
fn a_control_surface_elsewhere_has_the_page_and_the_operations_that_the_page_calls() {
    let args = ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--control-token", "s3cret"];
    let server = Server::start(&args, &[]);
    let rest = server.announced.split("control surface on http://").nth(1).unwrap();
    let address = rest.split('/').next().unwrap().parse().unwrap();
    let page = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n";
    for path in ["/", "/_mock", "/_mock/clock", "/_mock/console/docs.html"] {
        assert_eq!(server.get(path).status, 404, "{path} on the vendor's port");
    }
    assert_eq!(server.connect().ask(page).status, 404);

    let mut own = Connection::to(address);
    assert!(own.ask(page).text().starts_with("<!doctype html>"));
    assert_eq!(own.get("/_mock/clock").status, 401, "the token guards what is under /_mock");
    assert_eq!(own.get("/openapi.json").status, 200);
    let link = own.get("/mspEntitlements/summaries?refresh=true").json()["link"].as_str().unwrap().to_owned();
    let path = link.split_once("r1").unwrap().1;
    assert_eq!(server.get(path).json()["status"], "INPROGRESS", "both ports are of one system");
}
