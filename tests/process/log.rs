//! The log can never matter: whatever becomes of standard error, answers are the same, nothing waits, and a signal
//! ends the process.

use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader},
    process::{ChildStderr, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::process::Server;

/// How long a line of the log may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Enough requests, with lines long enough, to fill a pipe (64 KiB) and the queue behind it.
const REQUESTS: usize = 400;

/// The log names the path, not the query.
fn long_path() -> String {
    format!("/nothing/{}", "x".repeat(8_000))
}

/// A server answers, applies a write and ends in its time, whatever its standard error is.
#[track_caller]
fn works_without_its_log(server: Server) {
    let mut connection = server.connect();
    let before = connection.get("/entitlements").text();
    for _ in 0..REQUESTS {
        assert_eq!(connection.get(&long_path()).status, 404);
    }
    assert_eq!(connection.get("/entitlements").text(), before);
    let revoke = "[{\"assignmentId\":130468}]";
    let revoked = connection.ask(&format!(
        "DELETE /assignments HTTP/1.1\r\nHost: r1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{revoke}",
        revoke.len()
    ));
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    assert_eq!(server.get("/_mock/health").status, 200);
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
}

fn formats() -> [&'static [&'static str]; 2] {
    [&["--listen", "127.0.0.1:0"], &["--listen", "127.0.0.1:0", "--log", "json"]]
}

#[test]
fn answers_do_not_depend_on_whether_the_log_is_read() {
    for args in formats() {
        let mut server = Server::start_logging(args, Stdio::piped());
        let unread = server.log();
        works_without_its_log(server);
        drop(unread);
    }
}

#[test]
fn answers_do_not_depend_on_whether_the_reader_of_the_log_is_there() {
    for args in formats() {
        let mut server = Server::start_logging(args, Stdio::piped());
        drop(server.log());
        works_without_its_log(server);
    }
}

#[test]
fn answers_do_not_depend_on_whether_the_disk_of_the_log_is_full() {
    for args in formats() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        works_without_its_log(Server::start_logging(args, full.into()));
    }
}

/// The lines from here on, as they come.
fn lines_of(log: ChildStderr) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || BufReader::new(log).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

#[test]
fn a_log_that_is_read_late_says_how_many_lines_were_dropped() {
    let mut server = Server::start_logging(&["--listen", "127.0.0.1:0", "--log", "json"], Stdio::piped());
    let unread = server.log();
    let mut connection = server.connect();
    for _ in 0..REQUESTS {
        connection.get(&long_path());
    }
    let log = lines_of(unread);
    let next = || serde_json::from_str::<Value>(&log.recv_timeout(PATIENCE).unwrap()).unwrap();
    let lines = std::iter::repeat_with(next);
    let mut written = 0;
    let dropped = lines.inspect(|_| written += 1).find_map(|line| line["dropped"].as_u64()).unwrap();
    assert!(dropped > 0 && usize::try_from(dropped).unwrap() + written - 1 == REQUESTS, "{written} and {dropped}");
    connection.get("/entitlements");
    let last = next();
    assert_eq!((&last["path"], &last["status"]), (&Value::from("/entitlements"), &Value::from(200)));
}

#[test]
fn what_was_logged_before_a_signal_is_written() {
    let mut server = Server::start_logging(&["--listen", "127.0.0.1:0"], Stdio::piped());
    let log = server.log();
    assert_eq!(server.get("/entitlements").status, 200);
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    let lines: Vec<String> = BufReader::new(log).lines().map(Result::unwrap).collect();
    assert!(lines.iter().any(|line| line.contains("path=/entitlements status=200")), "{lines:?}");
}
