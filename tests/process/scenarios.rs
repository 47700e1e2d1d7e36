//! Scenarios from files: `check`, `scenarios`, `--fixtures`.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::support::process::{Server, binary, refused, run, text};

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
fn a_broken_fixture_is_reported_with_all_its_mistakes_and_their_places() {
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
fn a_directory_of_scenarios_that_is_none_is_refused_with_the_reason() {
    let scenario = Scenario::new("catalogs", &[("scenario.json", META), ("tenants.json", TENANTS)]);
    let root = scenario.0.parent().unwrap();
    let file = scenario.0.join("tenants.json");
    let empty = root.join("empty-root");
    fs::create_dir_all(empty.join("no-scenario")).unwrap();
    for (path, expected) in [
        (root.join("typo"), "cannot read"),
        (file, "it is not a directory"),
        (scenario.0.clone(), "it is itself a scenario; use it with --scenario"),
        (empty, "no directory in it has a scenario.json"),
    ] {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["scenarios"]] {
            let message = refused(binary().args(command).arg("--fixtures").arg(&path));
            assert!(message.contains(expected) && message.contains(path.to_str().unwrap()), "{message}");
        }
    }
}

#[test]
fn a_scenario_that_cannot_be_read_is_not_replaced_by_the_one_of_its_name_in_the_binary() {
    let scenario = Scenario::new("unreadable", &[("scenario.json", META), ("tenants.json", TENANTS)]);
    let root = scenario.0.parent().unwrap();
    // Not even root can read a link that leads to itself.
    std::os::unix::fs::symlink("default", root.join("default")).unwrap();
    fs::create_dir(root.join("expiring")).unwrap();
    for (name, expected) in [("default", "cannot read"), ("expiring", "scenario.json at $: is missing")] {
        let message = refused(binary().args(["--listen", "0", "--scenario", name, "--fixtures"]).arg(root));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn init_writes_a_scenario_that_can_be_served_and_never_into_a_full_directory() {
    let parent = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("init");
    let _ = fs::remove_dir_all(&parent);
    let dir = parent.join("mine");
    let path = dir.to_str().unwrap();
    let output = run(&["init", path, "--from", "grace"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(&format!("r1-entitlements-mock check {path}")));
    for entry in fs::read_dir("fixtures/grace").unwrap() {
        let entry = entry.unwrap();
        assert_eq!(fs::read(entry.path()).unwrap(), fs::read(dir.join(entry.file_name())).unwrap());
    }
    assert!(run(&["check", path]).status.success());

    let message = refused(binary().args(["init", path]));
    assert!(message.contains(&format!("{path} is not empty")), "{message}");
    let message = refused(binary().args(["init", parent.join("other").to_str().unwrap(), "--from", "grce"]));
    assert!(message.contains("did you mean \"grace\"?"), "{message}");
    assert!(!parent.join("other").exists());
}

#[test]
fn scenarios_are_listed_as_json_with_what_is_wrong_with_the_broken_ones() {
    let broken = Scenario::new("listed", &[("scenario.json", "{")]);
    let parent = broken.0.parent().unwrap().to_str().unwrap();
    let output = run(&["scenarios", "--json", "--fixtures", parent]);
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |name: &str| listed.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(of("default")["defaultTenant"], "a0000000000000000000000000000001");
    assert_eq!(of("grace")["title"], "Licences in their grace period");
    assert!(of("mine")["problem"].as_str().unwrap().contains("scenario.json"), "{}", of("mine"));
    assert_eq!(listed.len(), 13);
}

#[test]
fn completions_and_manual_pages_name_the_flags() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("refresh-delay"), "{shell}");
    }
    assert!(refused(binary().args(["completions", "tcsh"])).contains("bash"));
    let page = text(&run(&["man"]).stdout);
    assert!(
        page.starts_with(".ie") && page.contains("refresh\\-delay") && page.contains("R1MOCK_REFRESH_DELAY"),
        "{page}"
    );
    assert!(text(&run(&["man", "ctl"]).stdout).contains("ctl"));
    assert!(refused(binary().args(["man", "nothing"])).contains("there is no command nothing"));
}
