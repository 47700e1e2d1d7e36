//! Sandboxes: how a request chooses one, and how they are kept apart.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use r1_entitlements_mock::sandbox::registry::RegistryLimits;
use serde_json::{Value, json};

use crate::support::{App, MSP, Setup};

fn with(limits: RegistryLimits) -> App {
    App::with(Setup { limits, ..Setup::default() })
}

#[tokio::test]
async fn a_sandbox_is_reached_by_path_host_header_and_token() {
    let app = App::new("default");
    let made = app.sandbox("one", "empty").await;
    assert_eq!(made["baseUrl"], "http://localhost:8080/sandboxes/one");
    assert_eq!(made["host"], "one.localhost:8080");
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let root = app.fetch("/mspEntitlements").await.expect(200).text();
    assert_ne!(root, "[]");
    for (path, headers) in [
        ("/sandboxes/one/mspEntitlements", vec![]),
        ("/mspEntitlements", vec![("host", "one.localhost:8080")]),
        ("/mspEntitlements", vec![("x-mock-sandbox", "one")]),
        ("/mspEntitlements", vec![("authorization", bearer.as_str())]),
    ] {
        let mut headers = headers;
        headers.push(("x-rks-tenantid", MSP));
        let headers: Vec<_> = headers.into_iter().filter(|(n, _)| path.len() > 20 || *n != "none").collect();
        assert_eq!(app.send("GET", path, &headers, Body::empty()).await.expect(200).text(), "[]", "{path} {headers:?}");
    }
}

#[tokio::test]
async fn names_know_no_upper_case_as_hosts_do_not() {
    let app = App::new("default");
    let made = app.post("/_mock/sandboxes", json!({ "name": "CaSe_1", "scenario": "empty" })).await.expect(201).json();
    assert_eq!((&made["name"], &made["host"]), (&json!("case_1"), &json!("case_1.localhost:8080")));
    app.post("/_mock/sandboxes", json!({ "name": "CASE_1" })).await.expect(409);
    for (path, headers) in [
        ("/sandboxes/CaSe_1/mspEntitlements", vec![]),
        ("/mspEntitlements", vec![("host", "CASE_1.LOCALHOST:8080")]),
        ("/mspEntitlements", vec![("x-mock-sandbox", "Case_1")]),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([("x-rks-tenantid", MSP)]).collect();
        assert_eq!(app.send("GET", path, &headers, Body::empty()).await.expect(200).text(), "[]", "{path} {headers:?}");
    }
    app.send("DELETE", "/_mock/sandboxes/cAsE_1", &[], "").await.expect(204);
}

#[tokio::test]
async fn a_name_that_is_none_never_means_the_root() {
    let app = App::new("default");
    for (path, headers) in [
        ("/_mock/reset", vec![("x-mock-sandbox", "é")]),
        ("/_mock/reset", vec![("x-mock-sandbox", "a b")]),
        ("/sandboxes//_mock/reset", vec![]),
    ] {
        let refused = app.send("POST", path, &headers, Body::empty()).await.expect(400);
        assert!(refused.text().contains("is no name for a sandbox"), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_token_is_good_only_in_the_sandbox_that_issued_it() {
    let app = App::new("default");
    let settings = json!({ "auth": "required" });
    let mut tokens = Vec::new();
    for name in ["one", "two"] {
        let made = app.post("/_mock/sandboxes", json!({ "name": name, "settings": settings })).await.expect(201);
        tokens.push(format!("Bearer {}", made.json()["token"].as_str().unwrap()));
    }
    let with = |token: &str| [("authorization", token.to_owned())];
    for (path, token, status) in [
        ("/sandboxes/one/mspEntitlements", &tokens[0], 200),
        ("/sandboxes/two/mspEntitlements", &tokens[0], 401),
        ("/mspEntitlements", &tokens[1], 200),
    ] {
        let headers = with(token);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        app.send("GET", path, &headers, Body::empty()).await.expect(status);
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_request_is_told_as_a_problem() {
    let app = App::new("default");
    for (method, path, body, expected) in [
        ("GET", "/_mock/snapshots/diff", "", "missing field `from`"),
        ("POST", "/_mock/activities/nope/complete", "", "UUID"),
        ("GET", "/_mock/faults/%FF", "", "UTF-8"),
        ("POST", "/_mock/clock/advance", "[\"1d\",null]", "expected an object, found a list"),
        ("PUT", "/_mock/clock", "{\"frozen\":true,\"speed\":5}", "leave one of them out"),
        ("PATCH", "/_mock/activities/policy", "{\"progress\":\"polls\",\"polls\":0}", "polls: 0"),
        ("PATCH", "/_mock/activities/policy", "{\"delay\":\"P99Y\"}", "delay: \"P99Y\" has months or years"),
        ("POST", "/_mock/requests/verify", "{\"match\":{},\"count\":{\"atLeast\":3,\"atMost\":1}}", "more than"),
        ("POST", "/_mock/requests/verify", "{\"match\":{},\"count\":\"two\"}", "expected a number"),
        (
            "POST",
            "/_mock/clock/advance",
            "{\"by\":\"P4294967295W4294967295W4294967295W4294967295W\"}",
            "is not a duration",
        ),
    ] {
        let refused = app.send(method, path, &[], body).await.expect(400);
        assert_eq!(refused.headers["content-type"], "application/problem+json", "{path}");
        assert!(refused.json()["detail"].as_str().unwrap().contains(expected), "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn links_of_a_sandbox_lead_back_into_it() {
    let app = App::new("default");
    app.sandbox("one", "default").await;
    let accepted = app.fetch("/sandboxes/one/mspEntitlements/summaries?refresh=true").await.expect(202);
    let location = accepted.headers["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with("http://localhost:8080/sandboxes/one/activities/"), "{location}");
    let path = location.strip_prefix("http://localhost:8080").unwrap();
    app.fetch(path).await.expect(200);
    app.fetch(path.strip_prefix("/sandboxes/one").unwrap()).await.expect(404);
}

#[tokio::test]
async fn names_are_checked_and_sandboxes_are_made_once_listed_and_removed() {
    let app = App::new("default");
    for name in ["", "-a", "a/b", "a.b", "é", &"a".repeat(64)] {
        app.post("/_mock/sandboxes", json!({ "name": name })).await.expect(400);
    }
    app.sandbox("one", "default").await;
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await.expect(409);
    let unnamed = app.post("/_mock/sandboxes", Value::Null).await.expect(201).json();
    assert_eq!(unnamed["name"], "s1");
    app.post("/_mock/sandboxes", json!({ "scenario": "defualt" })).await.expect(404);
    let names = app.fetch("/_mock/sandboxes").await.expect(200).json();
    assert_eq!(names.as_array().unwrap().iter().map(|s| &s["name"]).collect::<Vec<_>>(), ["one", "s1"]);
    app.send("DELETE", "/_mock/sandboxes/one", &[], "").await.expect(204);
    app.send("DELETE", "/_mock/sandboxes/one", &[], "").await.expect(404);
    app.fetch("/sandboxes/one/banners").await.expect(404);
    app.fetch("/_mock/sandboxes/s1").await.expect(200);
}

#[tokio::test]
async fn a_new_name_makes_a_sandbox_if_the_server_is_told_so() {
    let app = with(RegistryLimits { on_first_use: true, ..RegistryLimits::default() });
    app.fetch("/sandboxes/new/mspBanners").await.expect(200);
    app.send("GET", "/mspBanners", &[("x-mock-sandbox", "newer")], "").await.expect(200);
    assert_eq!(app.registry.list().len(), 2);
}

#[tokio::test]
async fn an_idle_sandbox_goes_and_there_are_never_too_many() {
    let gone_at_once = with(RegistryLimits { idle: Duration::ZERO, ..RegistryLimits::default() });
    gone_at_once.sandbox("one", "default").await;
    gone_at_once.fetch("/sandboxes/one/mspBanners").await.expect(404);
    let few = with(RegistryLimits { most: 2, ..RegistryLimits::default() });
    few.sandbox("one", "default").await;
    few.sandbox("two", "default").await;
    few.post("/_mock/sandboxes", json!({ "name": "three" })).await.expect(507);
}

#[tokio::test]
async fn settings_are_a_sandboxs_own() {
    let app = App::new("default");
    let settings = json!({
        "style": "observed", "auth": "required", "refreshDelay": "PT9S", "clock": { "now": "2027-01-01", "frozen": true },
        "sunset": { "mode": "silent", "brownout": "5m", "only": ["getBanners_1"] }, "journal": { "count": 2 },
        "faults": ["slow"],
    });
    app.post("/_mock/sandboxes", json!({ "name": "one", "settings": settings })).await.expect(201);
    let shown = app.fetch("/sandboxes/one/_mock/settings").await.expect(200).json();
    let expected = json!({
        "style": "observed", "auth": "required", "tenantFromReferer": false, "refreshDelay": "9s",
        "sunset": { "mode": "silent", "date": "2026-08-31T00:00:00Z", "brownout": "5m", "only": ["getBanners_1"] },
        "journal": { "count": 2, "bytes": 8_388_608, "bodyBytes": 65_536 },
    });
    assert_eq!(shown, expected);
    assert_eq!(app.fetch("/sandboxes/one/_mock/faults").await.json()[0]["id"], "slow");
    app.send("DELETE", "/sandboxes/one/_mock/faults", &[], "").await.expect(204);
    assert_eq!(app.fetch("/sandboxes/one/_mock/clock").await.json()["now"], "2027-01-01T00:00:00Z");
    app.fetch("/sandboxes/one/banners").await.expect(401);
    let root = app.fetch("/_mock/settings").await.expect(200).json();
    let expected = json!({
        "style": "documented", "auth": "open", "tenantFromReferer": false, "refreshDelay": "2s",
        "sunset": { "mode": "headers", "date": "2026-08-31T00:00:00Z", "brownout": null, "only": [] },
        "journal": { "count": 1000, "bytes": 8_388_608, "bodyBytes": 65_536 },
    });
    assert_eq!(root, expected);
    app.send("PATCH", "/_mock/settings", &[], root.to_string()).await.expect(200);
    assert_eq!(app.fetch("/_mock/settings").await.json(), expected, "what is shown can be sent back");
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_with_the_place_and_what_was_expected() {
    let app = App::new("default");
    for (patch, expected) in [
        (json!({ "style": "alive" }), "style"),
        (json!({ "stile": "observed" }), "did you mean \"style\"?"),
        (json!({ "refreshDelay": "soon" }), "refreshDelay: \"soon\" is not a duration"),
        (json!({ "refreshDelay": 2 }), "refreshDelay: \"2\" has no unit: write \"2s\" or \"PT2S\""),
        (json!({ "refreshDelay": "P4000D" }), "refreshDelay: 4000d is longer than 3650 days"),
        (json!({ "sunset": { "brownout": "2h" } }), "sunset.brownout: 2h is longer than 1 hour"),
        (json!({ "sunset": { "only": ["getBaners_1"] } }), "did you mean \"getBanners_1\"?"),
        (json!({ "sunset": { "date": "someday" } }), "sunset.date: \"someday\""),
        (json!({ "journal": { "count": -1 } }), "journal.count"),
        (json!({ "faults": ["slow"] }), "/_mock/faults/sets"),
        (json!({ "clock": { "now": "2027-01-01" } }), "/_mock/clock"),
    ] {
        let refused = app.send("PATCH", "/_mock/settings", &[], patch.to_string()).await.expect(400).json();
        assert!(refused["detail"].as_str().unwrap().contains(expected), "{patch}: {refused}");
    }
    let new = json!({ "settings": { "faults": ["slo"] } });
    let refused = app.post("/_mock/sandboxes", new).await.expect(400).json();
    assert!(refused["detail"].as_str().unwrap().contains("did you mean \"slow\"?"), "{refused}");
}

#[tokio::test]
async fn a_journal_keeps_as_much_as_the_settings_say() {
    let app = App::new("default");
    for _ in 0..3 {
        app.fetch("/banners").await;
    }
    app.send("PATCH", "/_mock/settings", &[], json!({ "journal": { "count": 2 } }).to_string()).await.expect(200);
    assert_eq!(app.fetch("/_mock/requests").await.json()["requests"].as_array().unwrap().len(), 2);
    app.send("PATCH", "/_mock/settings", &[], json!({ "journal": { "count": 0 } }).to_string()).await.expect(200);
    app.fetch("/banners").await;
    assert_eq!(app.fetch("/_mock/requests").await.json()["requests"], json!([]));
}

/// One history of writes, refreshes and clock moves, and all that can be read on the way.
async fn history(app: &App, prefix: &str, days: usize) -> Vec<String> {
    let mut seen = app.everything_under(prefix).await;
    app.post(&format!("{prefix}/_mock/clock/advance"), json!({ "by": format!("P{days}D") })).await.expect(200);
    for id in [130_468, 130_469, 130_470] {
        let body = json!([{ "assignmentId": id }]).to_string();
        let headers = [("content-type", "application/json"), ("x-rks-tenantid", MSP)];
        seen.push(app.send("DELETE", &format!("{prefix}/assignments"), &headers, body).await.text());
        tokio::task::yield_now().await;
    }
    let refresh = format!("{prefix}/mspEntitlements/summaries?refresh=true");
    seen.push(app.fetch_as(MSP, &refresh).await.expect(202).json()["requestId"].to_string());
    seen.extend(app.everything_under(prefix).await);
    app.post(&format!("{prefix}/_mock/clock/advance"), json!({ "by": "PT2S" })).await.expect(200);
    seen.extend(app.everything_under(prefix).await);
    seen
}

#[tokio::test]
async fn sixty_four_sandboxes_at_once_do_not_disturb_each_other() {
    let alone = App::new("default");
    let mut expected = Vec::new();
    for n in 0..64 {
        alone.sandbox(&format!("n{n}"), "default").await;
        expected.push(history(&alone, &format!("/sandboxes/n{n}"), n).await);
    }
    let together = App::new("default");
    let mut running = tokio::task::JoinSet::new();
    for n in 0..64 {
        together.sandbox(&format!("n{n}"), "default").await;
        let together = together.clone();
        running.spawn(async move { (n, history(&together, &format!("/sandboxes/n{n}"), n).await) });
    }
    while let Some(done) = running.join_next().await {
        let (n, seen) = done.unwrap();
        assert_eq!(seen, expected[n], "sandbox {n}");
    }
    assert_eq!(together.everything_under("").await, App::new("default").everything_under("").await);
}

#[tokio::test]
async fn the_control_surface_refuses_pages_of_other_sites() {
    let app = App::new("default");
    app.send("POST", "/_mock/reset", &[("origin", "https://evil.example")], "").await.expect(403);
    app.send("POST", "/_mock/reset", &[("host", "evil.example")], "").await.expect(403);
    app.send("POST", "/_mock/reset", &[("origin", "http://localhost:3000")], "").await.expect(204);
    app.fetch("/_mock/nothing").await.expect(404);
    app.send("DELETE", "/_mock/clock", &[], "").await.expect(405);
}

#[tokio::test]
async fn pages_of_this_machine_may_read_what_the_control_surface_answers_and_others_may_not() {
    let app = App::new("default");
    let page = ("origin", "http://localhost:3000");
    let asked = [page, ("access-control-request-method", "POST"), ("access-control-request-headers", "x-mock-token")];
    let preflight = app.send("OPTIONS", "/_mock/sandboxes", &asked, "").await.expect(200);
    assert_eq!(preflight.headers["access-control-allow-origin"], "http://localhost:3000");
    assert_eq!(preflight.headers["access-control-allow-headers"], "x-mock-token");
    let made = app.send("POST", "/_mock/sandboxes", &[page], "{}").await.expect(201);
    assert_eq!(made.headers["access-control-allow-origin"], "http://localhost:3000");
    let refused = app.send("POST", "/_mock/reset", &[("origin", "https://evil.example")], "").await.expect(403);
    assert_eq!(refused.headers.get("access-control-allow-origin"), None);
}

#[tokio::test]
async fn the_path_of_an_error_leaves_the_sandbox_out() {
    let app = App::new("default");
    app.sandbox("one", "default").await;
    for path in ["/entitlements?type=x", "/nothing"] {
        let body = app.fetch(&format!("/sandboxes/one{path}")).await.json();
        assert_eq!(body["path"], path.split('?').next().unwrap());
    }
}

#[tokio::test]
async fn a_sweep_frees_what_idle_sandboxes_hold() {
    let app = with(RegistryLimits { idle: Duration::ZERO, ..RegistryLimits::default() });
    let sandbox = Arc::downgrade(&app.registry.create("idle", None, None).unwrap());
    assert!(sandbox.upgrade().is_some());
    app.registry.sweep();
    assert!(sandbox.upgrade().is_none(), "nobody used it");
}
