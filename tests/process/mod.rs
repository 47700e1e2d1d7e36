//! The binary as a process: what it prints, how it stops, and how it says no.

mod log;

use std::{fs, net::TcpListener, path::PathBuf};

use serde_json::Value;

use crate::support::process::{Connection, Server, binary, refused, run, text};

#[test]
fn it_says_where_it_listens_what_it_serves_and_a_line_to_try() {
    let server = Server::any();
    assert_ne!(server.address.port(), 0);
    let said = &server.announced;
    for expected in [
        "scenario default: A company of ordinary size",
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
fn a_request_that_is_no_http_is_told_so_and_the_next_one_is_served() {
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

#[test]
fn healthcheck_tells_by_its_exit_code() {
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
fn a_taken_port_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = refused(binary().args(["--listen", &address]));
    assert!(message.starts_with(&format!("r1-entitlements-mock: cannot listen on {address}")), "{message}");
    assert!(message.contains("--listen, port 0") && message.lines().count() == 1, "{message}");
}

#[test]
fn bad_flags_and_settings_are_told_with_what_is_allowed() {
    for (args, settings, expected) in [
        (&["--scenari", "default"][..], &[][..], "--scenario"),
        (&["--style", "fancy"], &[], "[possible values: documented, live]"),
        (&["--auth", "maybe"], &[], "[possible values: open, required]"),
        (&["--listen", "8080"], &[], "invalid socket address"),
        (&["--refresh-delay", "soon"], &[], "\"soon\" is not a duration: expected one such as"),
        (&["--refresh-delay", "2"], &[], "\"2\" has no unit: write \"2s\" or \"PT2S\""),
        (&["--sandbox-idle", "60"], &[], "\"60\" has no unit"),
        (&["--brownout", "PT2H"], &[], "2h is longer than 1 hour"),
        (&["--upstream-timeout", "0s"], &[], "0s is shorter than 1 ms"),
        (&["--log", "xml"], &[], "[possible values: pretty, json]"),
        (&[], &[("R1MOCK_STYLE", "fancy")], "[possible values: documented, live]"),
        (&[], &[("R1MOCK_LISTEN", "nowhere")], "invalid socket address"),
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
fn an_unknown_scenario_is_answered_with_the_nearest_name() {
    for mut command in [binary(), binary()].map(|mut command| {
        command.args(["--listen", "127.0.0.1:0"]);
        command
    }) {
        command.args(["--scenario", "expirng"]);
        let message = refused(&mut command);
        assert!(
            message.starts_with("r1-entitlements-mock: there is no scenario \"expirng\"; did you mean \"expiring\"?"),
            "{message}"
        );
    }
    let message = refused(binary().args(["check", "defualt"]));
    assert!(message.contains("did you mean \"default\"?"), "{message}");
}

/// A directory with a scenario of its own, that goes when the test ends.
struct Scenario(PathBuf);

impl Scenario {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).join("mine");
        fs::create_dir_all(&path).unwrap();
        for (file, content) in files {
            fs::write(path.join(file), content).unwrap();
        }
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().unwrap());
    }
}

const META: &str = r#"{ "title": "Mine", "description": "d", "defaultTenant": "c0000000000000000000000000000001" }"#;
const TENANTS: &str =
    r#"[{ "id": "c0000000000000000000000000000001", "name": "n", "type": "REC", "entitlementId": "1" }]"#;

#[test]
fn a_broken_fixture_is_told_with_all_its_mistakes_and_their_places() {
    let broken = r#"[{ "id": "c1", "name": "n", "typ": "REC", "devices": [{ "deviceType": "WIFI", "count": -1 }] }]"#;
    let scenario =
        Scenario::new("broken", &[("scenario.json", META), ("tenants.json", broken), ("assignments.json", "[")]);
    for mut command in [binary(), binary(), binary()]
        .into_iter()
        .zip([&["check"][..], &["--scenario"], &["serve", "--scenario"]])
        .map(|(mut command, args)| {
            command.args(args).arg(scenario.path());
            command
        })
    {
        let message = refused(&mut command);
        for expected in [
            "tenants.json at $[0].id: \"c1\" is not a tenant",
            "tenants.json at $[0]: \"type\" is missing",
            "tenants.json at $[0].typ: unknown key \"typ\"; did you mean \"type\"?",
            "tenants.json at $[0].devices[0].count: -1 is not within 0 and 10000000",
            "assignments.json at line 1, column 1: is not JSON",
        ] {
            assert!(message.contains(expected), "{expected:?} is not in\n{message}");
        }
    }
}

#[test]
fn a_scenario_of_ones_own_is_checked_and_served() {
    let scenario = Scenario::new("good", &[("scenario.json", META), ("tenants.json", TENANTS)]);
    let output = run(&["check", scenario.path()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).ends_with("is fine: Mine\n"), "{}", text(&output.stdout));
    let directory = scenario.0.parent().unwrap().to_str().unwrap();
    let server = Server::start(&["--listen", "127.0.0.1:0", "--fixtures", directory, "--scenario", "mine"], &[]);
    assert!(server.announced.contains("scenario mine: Mine"), "{}", server.announced);
    assert_eq!(server.get("/entitlements").text(), "[]");
    let listed = text(&run(&["scenarios", "--fixtures", directory]).stdout);
    assert!(listed.lines().any(|line| line.starts_with("mine ")), "{listed}");
}

#[test]
fn check_scenarios_and_openapi_print_what_they_found() {
    let names: Vec<String> =
        text(&run(&["scenarios"]).stdout).lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 12);
    for name in &names {
        let output = run(&["check", name]);
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains(&format!("scenario \"{name}\" is fine: ")));
    }
    let document: Value = serde_json::from_slice(&run(&["openapi"]).stdout).unwrap();
    assert_eq!(document["info"]["version"], "0.2.0");
    let server = Server::any();
    assert_eq!(server.get("/openapi.json").json()["paths"], document["paths"]);
    let help = text(&run(&["--help"]).stdout);
    for name in ["LISTEN", "SCENARIO", "FIXTURES", "REFRESH_DELAY", "AUTH", "STYLE", "LOG"] {
        assert!(help.contains(&format!("R1MOCK_{name}")), "{name} is not in\n{help}");
    }
}

#[test]
fn the_schemas_of_the_fixtures_are_written_where_one_wants_them() {
    let directory = Scenario::new("schemas", &[]);
    assert!(run(&["check", "empty", "--write-schemas", directory.path()]).status.success());
    let written = fs::read_to_string(directory.0.join("tenants.schema.json")).unwrap();
    let own = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schema/tenants.schema.json")).unwrap();
    assert_eq!(written, own);
}

#[test]
fn settings_come_from_the_environment_and_flags_go_before_them() {
    let settings = [
        ("R1MOCK_LISTEN", "127.0.0.1:0"),
        ("R1MOCK_STYLE", "live"),
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
    assert_eq!(done(&server, &["load", "default"]), "");
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
    assert_eq!(done(&server, &["reset"]), "");
    assert!(done(&server, &["check"]).ends_with(" statements hold\n"));
}

#[test]
fn ctl_adds_faults_and_verifies_requests() {
    let server = Server::any();
    let added = done(&server, &["fault", "add", r#"{"id":"mine","effects":[{"status":{"code":503}}],"times":1}"#]);
    assert!(added.contains("\"id\":\"mine\""), "{added}");
    assert_eq!(server.get("/banners").status, 503);
    assert!(done(&server, &["fault", "list"]).contains("\"struck\":1"));
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
fn ctl_tells_a_no_from_no_answer_by_its_exit_code() {
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
fn ctl_takes_nobody_elses_answer_for_a_yes() {
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
