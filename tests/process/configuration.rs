//! Flags and environment variables: none is ever ignored.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::process::{Server, binary, refused, run, text};

#[test]
fn a_taken_port_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = refused(binary().args(["--listen", &address]));
    assert!(message.starts_with(&format!("r1-entitlements-mock: cannot listen on {address}")), "{message}");
    assert!(message.contains("--listen, port 0") && message.lines().count() == 1, "{message}");
}

#[test]
fn bad_flags_and_settings_are_refused_with_what_is_allowed() {
    for (args, settings, expected) in [
        (&["--scenari", "default"][..], &[][..], "--scenario"),
        (&["--style", "fancy"], &[], "[possible values: documented, observed]"),
        (&["--auth", "maybe"], &[], "[possible values: open, required]"),
        (&["--listen", "localhost"], &[], "such as 127.0.0.1:8080 or localhost:8080"),
        (&["--refresh-delay", "soon"], &[], "\"soon\" is not a duration: expected one such as"),
        (&["--refresh-delay", "2"], &[], "\"2\" has no unit: write \"2s\" or \"PT2S\""),
        (&["--sandbox-idle", "60"], &[], "\"60\" has no unit"),
        (&["--brownout", "PT2H"], &[], "2h is longer than 1 hour"),
        (&["--upstream-timeout", "0s"], &[], "0s is shorter than 1 ms"),
        (&["--log", "xml"], &[], "[possible values: pretty, json]"),
        (&[], &[("R1MOCK_STYLE", "fancy")], "[possible values: documented, observed]"),
        (&[], &[("R1MOCK_LISTEN", "nowhere")], "such as 127.0.0.1:8080 or localhost:8080"),
        (&["--control", "nowhere"], &[], "expected on, off, or where to listen"),
        (&["--clock", "soon"], &[], "such as 2026-03-10T12:00:00Z"),
        (&["--clock", "2026-03-10,freezing"], &[], "\",frozen\""),
        (&["--clock", "1969-12-31"], &[], "expected a moment from 1970 to 2400"),
        (&["--control-token", ""], &[], "--control-token"),
        (&["--upstream-token", ""], &[], "--upstream-token"),
        (&["--scenario", ""], &[], "--scenario"),
        (&["--cors-origins", ""], &[], "--cors-origins"),
        (&[], &[("RUST_LOG", "info,mock=nonsense")], "RUST_LOG"),
        (&[], &[("R1MOCK_REFRESH_DELAY", "-2s")], "--refresh-delay"),
        (&["serve", "--port", "1"], &[], "unexpected argument '--port'"),
        (&["launch"], &[], "launch"),
        (&["check"], &[], "<DIR>"),
    ] {
        let message = refused(binary().args(args).envs(settings.iter().copied()));
        assert!(message.contains(expected), "{args:?} {settings:?}: {message}");
    }
}

#[test]
fn settings_come_from_the_environment_and_flags_go_before_them() {
    let settings = [
        ("R1MOCK_LISTEN", "127.0.0.1:0"),
        ("R1MOCK_STYLE", "observed"),
        ("R1MOCK_SCENARIO", "expiring"),
        ("R1MOCK_AUTH", "required"),
    ];
    let server = Server::start(&[], &settings);
    assert!(server.announced.contains("scenario expiring: "), "{}", server.announced);
    assert_eq!(server.get("/entitlements").status, 401);
    let server = Server::start(&["--auth", "open"], &settings);
    let live = server.get("/entitlements").json()[0]["expirationDate"].as_str().unwrap().to_owned();
    assert!(live.contains(" UTC "), "{live}");
    let server =
        Server::start(&["serve", "--auth", "open", "--style", "documented", "--scenario", "default"], &settings);
    assert!(server.announced.contains("scenario default: "), "{}", server.announced);
    let rows = server.get("/mspEntitlements").json();
    let documented = rows[0]["expirationDate"].as_str().unwrap();
    assert!(documented.ends_with("T23:59:59Z"), "{documented}");
}

/// The environment variables that `--help` lists.
fn variables() -> Vec<String> {
    let help = text(&run(&["--help"]).stdout);
    let names = help.split("[env: ").skip(1).map(|rest| rest.split(['=', ']']).next().unwrap().to_owned());
    names.collect()
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let variables = variables();
    assert!(variables.len() > 30, "{variables:?}");
    let mut settings: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), "")).collect();
    settings.push(("RUST_LOG", ""));
    settings.push(("R1MOCK_WHATEVER", ""));
    let server = Server::start(&["--listen", "127.0.0.1:0"], &settings);
    assert!(server.announced.contains("scenario default: "), "{}", server.announced);
    assert_eq!(server.get("/_mock/clock").status, 200, "no token is needed");
    for command in [&["scenarios"][..], &["ctl", "check"], &["deprecations"]] {
        let url = format!("http://{}", server.address);
        let mut command_line = binary();
        command_line.args(command).envs(settings.iter().copied());
        if command != ["scenarios"] {
            command_line.args(["--url", &url]);
        }
        let output = command_line.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    }
}

/// The control surface is open then, which somebody who set the variable does not expect.
#[test]
fn an_empty_control_token_is_warned_of() {
    let started = |token: &str| refused(binary().args(["--scenario", "/nowhere"]).env("R1MOCK_CONTROL_TOKEN", token));
    assert!(started("").contains("R1MOCK_CONTROL_TOKEN is empty, so the control surface asks for no token"));
    assert!(!started("x").contains("R1MOCK_CONTROL_TOKEN"));
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest() {
    let message = refused(binary().env("R1MOCK_SCENRIO", "expiring"));
    assert!(message.contains("no environment variable R1MOCK_SCENRIO; did you mean \"R1MOCK_SCENARIO\"?"), "{message}");
    let message = refused(binary().env("R1MOCK_PORT", "80"));
    assert!(message.contains("no environment variable R1MOCK_PORT"), "{message}");
    let others = [("R1MOCK_URL", "http://127.0.0.1:1"), ("R1MOCK_SANDBOX", "one"), ("R1MOCK_BIN", "/bin/mock")];
    drop(Server::start(&["--listen", "127.0.0.1:0"], &others));
    assert!(binary().arg("scenarios").env("R1MOCK_PORT", "80").output().unwrap().status.success());
}

/// Of a Service called `r1mock` in the namespace.
#[test]
fn the_variables_that_kubernetes_makes_of_services_are_not_taken_for_settings() {
    let of_services = [
        ("R1MOCK_SERVICE_HOST", "10.0.0.1"),
        ("R1MOCK_SERVICE_PORT", "8080"),
        ("R1MOCK_SERVICE_PORT_HTTP", "8080"),
        ("R1MOCK_PORT", "tcp://10.0.0.1:8080"),
        ("R1MOCK_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("R1MOCK_PORT_8080_TCP_PROTO", "tcp"),
        ("R1MOCK_PORT_8080_TCP_PORT", "8080"),
        ("R1MOCK_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    drop(Server::start(&["--listen", "127.0.0.1:0"], &of_services));
}

#[test]
fn a_port_alone_and_a_name_are_addresses_to_listen_on() {
    for (listen, expected) in [("0", "127.0.0.1"), (":0", "0.0.0.0"), ("localhost:0", "127.0.0.1")] {
        let server = Server::start(&["--listen", listen], &[]);
        assert_eq!(server.address.ip().to_string(), expected, "{listen}");
        assert_eq!(server.get("/_mock/health").status, 200, "{listen}");
    }
    let message = refused(binary().args(["--listen", "203.0.113.1:80"]));
    assert!(message.contains("this machine does not have that address"), "{message}");
}

#[test]
fn the_clock_starts_where_a_flag_says() {
    let server = Server::start(&["--listen", "127.0.0.1:0", "--clock", "2026-03-10T12:00:00Z,frozen"], &[]);
    let clock = server.get("/_mock/clock").json();
    assert_eq!((&clock["now"], &clock["frozen"]), (&"2026-03-10T12:00:00Z".into(), &true.into()));
    let server = Server::start(&["--listen", "127.0.0.1:0"], &[("R1MOCK_CLOCK", "2026-03-10")]);
    let clock = server.get("/_mock/clock").json();
    assert_eq!((&clock["now"].as_str().unwrap()[..15], &clock["frozen"]), ("2026-03-10T00:0", &false.into()));
}

/// Every line is a JSON object with these members.
#[track_caller]
fn json_lines(text: &str) -> Vec<Value> {
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty());
    for line in &lines {
        for member in ["timestamp", "level", "message"] {
            assert!(line[member].is_string(), "{member} is not in {line}");
        }
    }
    lines
}

#[test]
fn with_the_json_log_every_line_is_json() {
    let server = Server::start(&["--listen", "127.0.0.1:0", "--log", "json"], &[]);
    let line = &json_lines(&server.announced)[0];
    assert_eq!(line["message"], format!("listening on http://{}", server.address));
    assert_eq!((&line["scenario"], &line["level"]), (&"default".into(), &"INFO".into()));
    for (args, expected) in [
        (&["--scenario", "defalt"][..], "there is no scenario"),
        (&["--listen", "203.0.113.1:80"], "cannot listen"),
        (&["--nonsense"], "unexpected argument"),
        (&["--auth", "maybe"], "possible values"),
    ] {
        for rust_log in ["", "off"] {
            let settings = [("R1MOCK_LOG", "json"), ("RUST_LOG", rust_log)];
            let message = refused(binary().args(args).envs(settings));
            let lines = json_lines(&message);
            assert!(lines[0]["message"].as_str().unwrap().contains(expected), "{args:?}: {message}");
        }
    }
}
