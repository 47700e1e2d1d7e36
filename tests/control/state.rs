//! Reset, scenarios, snapshots, states and single rows.

use serde_json::{Value, json};

use crate::support::{App, COMPANY, MSP, Setup, fixture::Fixture};

#[tokio::test]
async fn a_reset_gives_the_same_answers_byte_for_byte() {
    let app = App::new("default");
    let before = app.everything_under("").await;
    app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202);
    app.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    assert_ne!(app.everything_under("").await, before);
    app.post("/_mock/reset", Value::Null).await.expect(204);
    assert_eq!(app.everything_under("").await, before);
}

#[tokio::test]
async fn scenarios_are_listed_and_loaded() {
    let app = App::new("default");
    let listed = app.fetch("/_mock/scenarios").await.expect(200).json();
    assert_eq!(listed["current"], "default");
    assert!(listed["scenarios"].as_array().unwrap().iter().any(|s| s["name"] == "grace" && s["title"].is_string()));
    app.post("/_mock/scenarios/empty/load", Value::Null).await.expect(204);
    assert_eq!(app.fetch("/mspEntitlements").await.expect(200).text(), "[]");
    app.post("/_mock/scenarios/emty/load", Value::Null).await.expect(404);
    assert_eq!(app.fetch("/_mock/scenarios").await.json()["current"], "empty");
}

#[tokio::test]
async fn a_snapshot_is_gone_back_to_forked_compared_and_deleted() {
    let app = App::new("default");
    let before = app.everything_under("").await;
    app.post("/_mock/snapshots", json!({ "name": "before" })).await.expect(201);
    assert_eq!(
        app.fetch("/_mock/snapshots/diff?from=before").await.expect(200).json(),
        json!({ "equal": true, "differences": [] })
    );
    let body = json!([{ "assignmentId": 130_470 }]).to_string();
    app.send("DELETE", "/assignments", &[("content-type", "application/json")], body).await.expect(204);
    let differences = app.fetch("/_mock/snapshots/diff?from=before&to=now").await.expect(200).json();
    let path = &differences["differences"][0]["path"];
    assert_eq!(path, "/assignments.json/130470/dateAssignmentRevoked", "{differences}");
    app.post("/_mock/snapshots/before/fork", json!({ "sandbox": "fork" })).await.expect(201);
    assert_eq!(app.everything_under("/sandboxes/fork").await, before);
    app.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    app.post("/_mock/snapshots/before/load", Value::Null).await.expect(204);
    assert_eq!(app.everything_under("").await, before);
    assert_eq!(app.fetch("/_mock/snapshots").await.json()[0]["name"], "before");
    app.send("DELETE", "/_mock/snapshots/before", &[], "").await.expect(204);
    app.post("/_mock/snapshots/before/load", Value::Null).await.expect(404);
    app.fetch("/_mock/snapshots/diff?from=before").await.expect(404);
    app.post("/_mock/snapshots", json!({ "name": "" })).await.expect(400);
}

#[tokio::test]
async fn every_scenario_exported_and_loaded_again_gives_the_same_answers() {
    for name in ["default", "expiring", "out-of-compliance", "trial-only", "legacy-skus", "device-agnostic"] {
        let app = App::new(name);
        let body = json!([{ "assignmentId": 130_470 }]).to_string();
        app.send("DELETE", "/assignments", &[("content-type", "application/json")], body).await;
        let before = app.everything_under("").await;
        let state = app.fetch("/_mock/state").await.expect(200).json();
        app.sandbox("copy", "empty").await;
        app.put("/sandboxes/copy/_mock/state", state.clone()).await.expect(204);
        assert_eq!(app.everything_under("/sandboxes/copy").await, before, "{name}");
        let again = app.fetch("/sandboxes/copy/_mock/state").await.expect(200).json();
        assert_eq!(again, state, "{name}");
        for prefix in ["", "/sandboxes/copy"] {
            for tenant in [COMPANY, MSP] {
                app.fetch_as(tenant, &format!("{prefix}/entitlements/summaries?refresh=true")).await.expect(202);
            }
            app.post(&format!("{prefix}/_mock/clock/advance"), json!({ "by": "PT2S" })).await.expect(200);
        }
        assert_eq!(app.everything_under("/sandboxes/copy").await, app.everything_under("").await, "{name}, refreshed");
    }
}

#[tokio::test]
async fn an_exported_state_brings_its_clock_its_activities_and_how_refreshes_go() {
    let app = App::new("default");
    let policy = |body: Value| app.send("PATCH", "/_mock/activities/policy", &[], body.to_string());
    let refresh = "/mspEntitlements/summaries?refresh=true";
    app.fetch(refresh).await.expect(202);
    app.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    policy(json!({ "outcome": "fail" })).await.expect(200);
    app.fetch(refresh).await.expect(202);
    app.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    policy(json!({ "progress": "polls", "polls": 2, "outcome": "success" })).await.expect(200);
    app.fetch(refresh).await.expect(202);
    policy(json!({ "progress": "time", "delay": "1h" })).await.expect(200);
    let held = app.fetch(refresh).await.expect(202).json()["requestId"].as_str().unwrap().to_owned();
    app.post(&format!("/_mock/activities/{held}/hold"), Value::Null).await.expect(204);
    let state = app.fetch("/_mock/state").await.json();
    assert_eq!(state["scenario.json"]["clock"], json!({ "start": "2026-03-10T12:00:04Z", "frozen": true }));
    assert_eq!(state["activities.json"].as_array().unwrap().len(), 4);

    app.post("/_mock/sandboxes", json!({ "name": "copy", "settings": { "clock": { "now": "2030-01-01" } } })).await;
    app.put("/sandboxes/copy/_mock/state", state.clone()).await.expect(204);
    assert_eq!(app.fetch("/sandboxes/copy/_mock/state").await.json(), state);
    for path in ["/_mock/activities", "/_mock/activities/policy", "/_mock/clock"] {
        assert_eq!(app.fetch(&format!("/sandboxes/copy{path}")).await.text(), app.fetch(path).await.text(), "{path}");
    }
    for prefix in ["", "/sandboxes/copy"] {
        app.post(&format!("{prefix}/_mock/activities/{held}/release"), Value::Null).await.expect(204);
        app.post(&format!("{prefix}/_mock/clock/advance"), json!({ "by": "PT1H" })).await.expect(200);
        app.fetch(&format!("{prefix}/mspEntitlements/summaries?refresh=true")).await.expect(202);
    }
    assert_eq!(app.everything_under("/sandboxes/copy").await, app.everything_under("").await);
    let ids = |activities: Value| -> Vec<String> {
        activities.as_array().unwrap().iter().map(|activity| activity["requestId"].to_string()).collect()
    };
    let copied = ids(app.fetch("/sandboxes/copy/_mock/activities").await.json());
    assert_eq!(copied.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "no id is given out twice");
}

#[tokio::test]
async fn activities_of_a_fixture_must_fit_the_rest_of_it() {
    let app = App::new("default");
    let mut state = app.fetch("/_mock/state").await.json();
    let id = "9e107d9d-372b-4b82-a0d0-4f8b2f5e3c11";
    let row = |tenant: &str, end: &str| json!({ "requestId": id, "tenantId": tenant, "startDatetime": "2026-03-01T00:00:00Z", "endDatetime": end });
    state["activities.json"] =
        json!([row(COMPANY, "2026-02-01"), row(COMPANY, "2026-03-02"), row(&"f".repeat(32), "2026-03-02")]);
    let findings = app.put("/_mock/state", state.clone()).await.expect(422).json()["findings"].to_string();
    for expected in ["$[0].endDatetime: lies before", "$[1].requestId: another", "$[2].tenantId: no tenant"] {
        assert!(findings.contains(expected), "{expected}: {findings}");
    }
    state["activities.json"] = json!([row(COMPANY, "2026-03-02T10:00:00Z")]);
    app.put("/_mock/state", state).await.expect(204);
    let shown = app.fetch_as(COMPANY, &format!("/activities/{id}")).await.expect(200).json();
    assert_eq!((&shown["status"], &shown["endDatetime"]), (&json!("SUCCESS"), &json!("2026-03-02T10:00:00Z")));
}

#[tokio::test]
async fn what_is_no_regular_file_is_not_read() {
    let files = Fixture::new().write();
    let app = App::with(Setup { catalog: files.catalog(), ..Setup::default() });
    std::fs::remove_file(files.path.join("assignments.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", files.path.join("assignments.json")).unwrap();
    let refused = app.post("/_mock/sandboxes", json!({ "scenario": files.name() })).await;
    assert!(refused.expect(422).text().contains("no regular file"));
}

#[tokio::test]
async fn a_state_that_cannot_be_used_leaves_the_old_one_and_tells_all_that_is_wrong() {
    let app = App::new("default");
    let before = app.everything_under("").await;
    let mut state = app.fetch("/_mock/state").await.json();
    state["scenario.json"]["titel"] = json!("x");
    state["assignments.json"][0]["quantity"] = json!(-1);
    let refused = app.put("/_mock/state", state).await.expect(422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    let findings = refused.json()["findings"].to_string();
    assert!(findings.contains("did you mean") && findings.contains("$[0].quantity"), "{findings}");
    assert_eq!(app.everything_under("").await, before);
}

#[tokio::test]
async fn single_rows_are_put_changed_and_removed_and_refreshes_keep_them() {
    let app = App::new("empty");
    let row = json!({
        "id": "358889999-1", "deviceType": "APSW", "sku": "CLD-PROF-APSW-REC1", "quantity": 7,
        "effectiveDate": "today", "expirationDate": "today+1y", "graceEndDate": "whenever"
    });
    app.put(&format!("/_mock/state/entitlements/{COMPANY}"), row.clone()).await.expect(204);
    assert_eq!(app.fetch_as(COMPANY, "/entitlements/summaries").await.json()["summary"][0]["quantity"], 7);
    app.put(&format!("/_mock/state/devices/{COMPANY}"), json!([{ "deviceType": "APSW", "count": 9 }]))
        .await
        .expect(204);
    let summary = app.fetch_as(COMPANY, "/entitlements/summaries").await.json()["summary"][0].clone();
    assert_eq!((&summary["deviceCount"], &summary["outOfComplianceDevices"]), (&json!(9), &json!(2)));
    app.fetch_as(COMPANY, "/entitlements/summaries?refresh=true").await.expect(202);
    app.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    assert_eq!(app.fetch_as(COMPANY, "/entitlements").await.json().as_array().unwrap().len(), 1);
    let pool = json!({
        "id": "358889998-1", "deviceType": "MSP_WIFI", "sku": "CLD-MW00-1001", "quantity": 20,
        "effectiveDate": "today", "expirationDate": "today+1y"
    });
    app.put(&format!("/_mock/state/msp-entitlements/{MSP}"), pool.clone()).await.expect(204);
    app.put(&format!("/_mock/state/msp-entitlements/{COMPANY}"), pool).await.expect(409);
    assert_eq!(app.fetch_as(MSP, "/assignments/summaries").await.json()[0]["remainingDevices"], 20);
    let gone = format!("/_mock/state/purchases/{COMPANY}/358889999-1");
    app.send("DELETE", &gone, &[], "").await.expect(204);
    app.send("DELETE", &gone, &[], "").await.expect(404);
    let mut bad = row;
    bad["quantty"] = json!(1);
    let refused = app.put(&format!("/_mock/state/entitlements/{COMPANY}"), bad).await.expect(422);
    assert!(
        refused.text().contains("did you mean \\\\\\\"quantity\\\\\\\"") || refused.text().contains("quantity"),
        "{}",
        refused.text()
    );
    app.put("/_mock/state/devices/nobody", json!([])).await.expect(400);
    app.put("/_mock/state/devices/ffffffffffffffffffffffffffffffff", json!([])).await.expect(404);
}

#[tokio::test]
async fn a_tenant_is_cloned() {
    let app = App::new("default");
    let copy = "c0000000000000000000000000000002";
    app.post(&format!("/_mock/tenants/{COMPANY}/clone"), json!({ "id": copy, "name": "Twin" })).await.expect(201);
    let twin = app.fetch_as(copy, "/entitlements/summaries").await.expect(200).text();
    let ids = |text: &str| -> Vec<String> {
        let summaries: Value = serde_json::from_str(text).unwrap();
        summaries["entitlements"].as_array().unwrap().iter().map(|row| row["id"].to_string()).collect()
    };
    let original = app.fetch_as(COMPANY, "/entitlements/summaries").await.text();
    let mut renamed = twin.clone();
    for (new, old) in ids(&twin).iter().zip(ids(&original)) {
        assert_ne!(*new, old, "ids are unique among all tenants");
        renamed = renamed.replace(new, &old);
    }
    assert_eq!(renamed, original);
    let state = app.fetch("/_mock/state").await.json();
    app.put("/_mock/state", state).await.expect(204);
    app.post(&format!("/_mock/tenants/{COMPANY}/clone"), json!({ "id": copy })).await.expect(409);
    assert!(app.fetch("/_mock/tenants").await.text().contains("Twin"));
}

#[tokio::test]
async fn the_live_state_is_checked_and_equal_histories_have_equal_fingerprints() {
    let (one, two) = (App::new("default"), App::new("default"));
    for app in [&one, &two] {
        app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202);
        app.post("/_mock/clock/advance", json!({ "by": "P20D" })).await.expect(200);
    }
    let checked = one.fetch("/_mock/check").await.expect(200).json();
    assert_eq!((&checked["ok"], &checked["violations"]), (&json!(true), &json!([])));
    assert!(checked["statements"].as_i64().unwrap() > 20);
    let fingerprint = one.fetch("/_mock/fingerprint").await.text();
    assert_eq!((fingerprint.len(), &fingerprint), (64, &two.fetch("/_mock/fingerprint").await.text()));
    two.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_ne!(fingerprint, two.fetch("/_mock/fingerprint").await.text());
}
