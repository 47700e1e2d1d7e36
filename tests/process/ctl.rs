//! `ctl`: the commonest calls of the control API, for scripts.

use crate::support::process::{Server, binary, refused, text};

/// What `ctl` says to a server, on standard output and standard error, and its exit code.
fn ctl(server: &Server, args: &[&str]) -> (Option<i32>, String, String) {
    let url = format!("http://{}", server.address);
    let output = binary().args(["ctl", "--url", &url]).args(args).output().unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn done(server: &Server, args: &[&str]) -> String {
    let (code, out, error) = ctl(server, args);
    assert_eq!(code, Some(0), "{args:?}: {error}");
    out
}

#[test]
fn ctl_moves_the_clock_resets_and_loads() {
    let server = Server::any();
    done(&server, &["clock", "freeze", "2026-03-10T12:00:00Z"]);
    // Dates in it are relative to the day on which it is loaded.
    assert_eq!(done(&server, &["load", "default", "--keep", "clock"]), "");
    let frozen = done(&server, &["clock", "show"]);
    assert!(frozen.starts_with("2026-03-10T12:00:00Z (frozen)\nnext     "), "{frozen}");
    let advanced = done(&server, &["clock", "advance", "P6D"]);
    assert!(advanced.starts_with("2026-03-16T12:00:00Z (frozen)\nhappened 2026-03-16T00:00:00Z "), "{advanced}");
    let next = done(&server, &["clock", "next"]);
    assert!(next.contains("\nhappened "), "{next}");
    assert!(done(&server, &["clock", "set", "2027-01-01"]).starts_with("2027-01-01T00:00:00Z"));
    assert!(done(&server, &["clock", "resume"]).starts_with("2027-01-01T00:00:0"));
    assert_eq!(done(&server, &["load", "empty"]), "");
    assert_eq!(server.get("/mspEntitlements").text(), "[]");
    done(&server, &["clock", "freeze"]);
    assert_eq!(done(&server, &["reset", "--keep", "clock,faults"]), "");
    assert!(done(&server, &["clock", "show"]).contains("(frozen)"));
    assert_eq!(done(&server, &["reset"]), "");
    assert!(!done(&server, &["clock", "show"]).contains("(frozen)"));
    assert!(done(&server, &["check"]).ends_with(" statements hold\n"));
}

#[test]
fn ctl_adds_faults_and_verifies_requests() {
    let server = Server::any();
    let added = done(&server, &["fault", "add", r#"{"id":"mine","effects":[{"status":{"code":503}}],"times":1}"#]);
    assert!(added.contains("\"id\":\"mine\""), "{added}");
    assert_eq!(server.get("/banners").status, 503);
    assert!(done(&server, &["fault", "list"]).contains("\"applied\":1"));
    assert_eq!(done(&server, &["fault", "clear", "mine"]), "");
    assert!(done(&server, &["fault", "set", "rate-limited", "--seed", "7"]).contains("rateLimit"));
    assert_eq!(done(&server, &["fault", "clear"]), "");
    assert_eq!(done(&server, &["fault", "list"]), "");

    assert_eq!(done(&server, &["requests", "list", "--path", "/ban*"]), "1 503 GET /banners\n");
    let once = ["requests", "verify", "--method", "GET", "--path", "/banners", "--status", "5xx", "--count", "1"];
    assert_eq!(done(&server, &once), "1 of 1 request matched; expected exactly 1\n");
    let (code, out, error) = ctl(&server, &["requests", "verify", "--path", "/banner", "--at-least", "2"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(error.contains("nearest is request 1, GET /banners: path: expected \"/banner\""), "{error}");
    assert_eq!(done(&server, &["requests", "clear"]), "");
    let (code, _, error) = ctl(&server, &["requests", "verify", "--path", "/banners"]);
    assert_eq!((code, error.as_str()), (Some(1), "expected at least 1, but 0 of 0 requests matched\n"));
}

#[test]
fn ctl_reaches_a_sandbox_and_brings_the_token() {
    let server = Server::start(&["--listen", "127.0.0.1:0", "--sandboxes", "auto", "--control-token", "s3cret"], &[]);
    let (code, _, error) = ctl(&server, &["reset"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("--control-token"), "{error}");
    let with = |args: &[&str]| done(&server, &[&["--control-token", "s3cret", "--sandbox", "One"], args].concat());
    assert!(with(&["clock", "freeze", "2030-01-01"]).starts_with("2030-01-01T00:00:00Z (frozen)"));
    let root = done(&server, &["--control-token", "s3cret", "clock", "show"]);
    assert!(!root.starts_with("2030"), "{root}");
}

#[test]
fn ctl_distinguishes_a_refusal_from_no_answer_by_its_exit_code() {
    let server = Server::any();
    for (args, expected) in [
        (&["clock", "advance", "soon"][..], "\"soon\" is not a duration"),
        (&["load", "defualt"], "did you mean \"default\"?"),
        (&["fault", "set", "flaky"], "did you mean \"flaky-5xx\"?"),
        (&["--sandbox", "a/b", "reset"], "\"a%2Fb\" is no name for a sandbox"),
    ] {
        let (code, out, error) = ctl(&server, args);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{args:?}");
        assert!(error.contains(expected), "{error}");
    }
    let (code, _, error) = ctl(&server, &["fault", "add", "{"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("the rule is no JSON"), "{error}");
    for url in ["http://127.0.0.1:1", "127.0.0.1:8080", "https://127.0.0.1", "http://"] {
        let output = binary().args(["ctl", "--url", url, "reset"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}: {}", text(&output.stderr));
    }
}

#[test]
fn faults_are_in_force_from_the_start_and_the_journal_is_as_long_as_asked() {
    let server = Server::start(&["--listen", "127.0.0.1:0", "--faults", "maintenance", "--journal", "1"], &[]);
    assert_eq!(server.get("/banners").status, 503);
    assert_eq!(server.get("/entitlements").status, 503);
    assert_eq!(done(&server, &["requests", "list"]), "2 503 GET /entitlements\n");
    let message = refused(binary().args(["--faults", "maintainance"]));
    assert!(message.contains("did you mean \"maintenance\"?"), "{message}");
}

/// A server that is no simulator: it answers the first request with this, and closes.
fn stranger(answer: &'static str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    url
}

#[test]
fn ctl_does_not_take_the_answer_of_another_server_for_success() {
    for answer in [
        "HTTP/1.1 200 OK\r\n\r\n<html></html>",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\":true}",
        "HTTP/1.1 404 Not Found\r\n\r\nnothing here",
        "SSH-2.0-OpenSSH\r\n",
        "",
    ] {
        for command in [&["check"][..], &["requests", "verify"]] {
            let url = stranger(answer);
            let output = binary().args(["ctl", "--url", &url]).args(command).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{answer:?}: {}", text(&output.stdout));
        }
    }
}
