//! Replays docs/COOKBOOK.md: every `$ ` line of a console block is run, and what it prints must be what
//! stands below it. Each section has a server of its own, whose clock stands at 2026-03-10T12:00:00Z.
//!
//! `COOKBOOK=write cargo test --test suite cookbook` writes what is printed into the document instead.

use std::{path::PathBuf, process::Command};

use r1_entitlements_mock::MockServer;

const BASE: &str = "http://localhost:8080";

fn cookbook() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/COOKBOOK.md"))
}

/// The document with everything printed anew.
fn replayed(text: &str) -> String {
    let mut out = String::new();
    let (mut server, mut in_block, mut keep_output) = (start(), false, true);
    for line in text.lines() {
        if line.starts_with("## ") {
            server = start();
        }
        match line {
            "```console" => (in_block, keep_output) = (true, false),
            "```" if in_block => (in_block, keep_output) = (false, true),
            _ => {}
        }
        let command = line.strip_prefix("$ ").filter(|_| in_block);
        if keep_output || line == "```console" || command.is_some() {
            out.push_str(line);
            out.push('\n');
        }
        if let Some(command) = command {
            out.push_str(&run(&server, command));
        }
    }
    out
}

fn start() -> MockServer {
    MockServer::builder().frozen_at("2026-03-10T12:00:00Z").start_blocking().unwrap()
}

fn run(server: &MockServer, command: &str) -> String {
    let address = server.address().to_string();
    let command = command.replace("localhost:8080", &address);
    let mut shell = Command::new("bash");
    // The binary under its own name, which finds the server as it would at the usual port.
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_r1-entitlements-mock"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    shell.env("PATH", path).env("R1MOCK_URL", server.url()).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    let done = shell.arg("-c").arg(&command).output().unwrap();
    let printed = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    let port = format!(":{}", server.address().port());
    let mut printed = printed.replace(&address, "localhost:8080").replace(&port, ":8080").replace('\r', "");
    if !printed.is_empty() && !printed.ends_with('\n') {
        printed.push('\n');
    }
    printed
}

#[test]
fn the_cookbook_prints_what_it_says() {
    let written = std::fs::read_to_string(cookbook()).unwrap();
    assert!(written.matches("$ curl").count() > 20 && written.contains(BASE));
    let printed = replayed(&written);
    if std::env::var_os("COOKBOOK").is_some_and(|mode| mode == "write") {
        std::fs::write(cookbook(), printed).unwrap();
        return;
    }
    for (number, (written, printed)) in written.lines().zip(printed.lines()).enumerate() {
        assert_eq!(written, printed, "docs/COOKBOOK.md, line {}", number + 1);
    }
    assert_eq!(written, printed);
}
