use serde_json::{Value, json};

use crate::helpers::{MSP, Mock, REC, everything};

#[tokio::test]
async fn a_reset_gives_the_same_answers_byte_for_byte() {
    let mock = Mock::new("default");
    let before = everything(&mock, "").await;
    mock.get("/mspEntitlements/summaries?refresh=true").await.expect(202);
    mock.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    assert_ne!(everything(&mock, "").await, before);
    mock.put("/_mock/clock", json!({ "now": "2026-03-10T12:00:00Z" })).await.expect(200);
    mock.post("/_mock/reset", Value::Null).await.expect(204);
    assert_eq!(everything(&mock, "").await, before);
}

#[tokio::test]
async fn scenarios_are_listed_and_loaded() {
    let mock = Mock::new("default");
    let listed = mock.get("/_mock/scenarios").await.expect(200).json();
    assert_eq!(listed["current"], "default");
    assert!(listed["scenarios"].as_array().unwrap().iter().any(|s| s["name"] == "grace" && s["title"].is_string()));
    mock.post("/_mock/scenarios/empty/load", Value::Null).await.expect(204);
    assert_eq!(mock.get("/mspEntitlements").await.expect(200).text, "[]");
    mock.post("/_mock/scenarios/emty/load", Value::Null).await.expect(404);
    assert_eq!(mock.get("/_mock/scenarios").await.json()["current"], "empty");
}

#[tokio::test]
async fn a_snapshot_is_gone_back_to_forked_compared_and_deleted() {
    let mock = Mock::new("default");
    let before = everything(&mock, "").await;
    mock.post("/_mock/snapshots", json!({ "name": "before" })).await.expect(201);
    assert_eq!(
        mock.get("/_mock/snapshots/diff?from=before").await.expect(200).json(),
        json!({ "equal": true, "differences": [] })
    );
    let body = json!([{ "assignmentId": 130_470 }]).to_string();
    mock.call("DELETE", "/assignments", &[("content-type", "application/json")], body).await.expect(204);
    let differences = mock.get("/_mock/snapshots/diff?from=before&to=now").await.expect(200).json();
    let path = &differences["differences"][0]["path"];
    assert_eq!(path, "/assignments.json/130470/dateAssignmentRevoked", "{differences}");
    mock.post("/_mock/snapshots/before/fork", json!({ "sandbox": "fork" })).await.expect(201);
    assert_eq!(everything(&mock, "/sandboxes/fork").await, before);
    mock.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    mock.post("/_mock/snapshots/before/load", Value::Null).await.expect(204);
    assert_eq!(everything(&mock, "").await, before);
    assert_eq!(mock.get("/_mock/snapshots").await.json()[0]["name"], "before");
    mock.call("DELETE", "/_mock/snapshots/before", &[], "").await.expect(204);
    mock.post("/_mock/snapshots/before/load", Value::Null).await.expect(404);
    mock.get("/_mock/snapshots/diff?from=before").await.expect(404);
    mock.post("/_mock/snapshots", json!({ "name": "" })).await.expect(400);
}

#[tokio::test]
async fn every_scenario_exported_and_loaded_again_gives_the_same_answers() {
    for name in ["default", "expiring", "out-of-compliance", "trial-only", "legacy-skus", "device-agnostic"] {
        let mock = Mock::new(name);
        let body = json!([{ "assignmentId": 130_470 }]).to_string();
        mock.call("DELETE", "/assignments", &[("content-type", "application/json")], body).await;
        let before = everything(&mock, "").await;
        let state = mock.get("/_mock/state").await.expect(200).json();
        mock.sandbox("copy", "empty").await;
        mock.put("/sandboxes/copy/_mock/state", state.clone()).await.expect(204);
        assert_eq!(everything(&mock, "/sandboxes/copy").await, before, "{name}");
        let again = mock.get("/sandboxes/copy/_mock/state").await.expect(200).json();
        assert_eq!(again, state, "{name}");
        for prefix in ["", "/sandboxes/copy"] {
            for tenant in [REC, MSP] {
                mock.get_as(tenant, &format!("{prefix}/entitlements/summaries?refresh=true")).await.expect(202);
            }
            mock.post(&format!("{prefix}/_mock/clock/advance"), json!({ "by": "PT2S" })).await.expect(200);
        }
        assert_eq!(everything(&mock, "/sandboxes/copy").await, everything(&mock, "").await, "{name}, refreshed");
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_used_leaves_the_old_one_and_tells_all_that_is_wrong() {
    let mock = Mock::new("default");
    let before = everything(&mock, "").await;
    let mut state = mock.get("/_mock/state").await.json();
    state["scenario.json"]["titel"] = json!("x");
    state["assignments.json"][0]["quantity"] = json!(-1);
    let refused = mock.put("/_mock/state", state).await.expect(422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    let findings = refused.json()["findings"].to_string();
    assert!(findings.contains("did you mean") && findings.contains("$[0].quantity"), "{findings}");
    assert_eq!(everything(&mock, "").await, before);
}

#[tokio::test]
async fn single_rows_are_put_changed_and_removed_and_refreshes_keep_them() {
    let mock = Mock::new("empty");
    let row = json!({
        "id": "358889999-1", "deviceType": "APSW", "sku": "CLD-PROF-APSW-REC1", "quantity": 7,
        "effectiveDate": "today", "expirationDate": "today+1y", "graceEndDate": "whenever"
    });
    mock.put(&format!("/_mock/state/entitlements/{REC}"), row.clone()).await.expect(204);
    assert_eq!(mock.get_as(REC, "/entitlements/summaries").await.json()["summary"][0]["quantity"], 7);
    mock.put(&format!("/_mock/state/devices/{REC}"), json!([{ "deviceType": "APSW", "count": 9 }])).await.expect(204);
    let summary = mock.get_as(REC, "/entitlements/summaries").await.json()["summary"][0].clone();
    assert_eq!((&summary["deviceCount"], &summary["outOfComplianceDevices"]), (&json!(9), &json!(2)));
    mock.get_as(REC, "/entitlements/summaries?refresh=true").await.expect(202);
    mock.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200);
    assert_eq!(mock.get_as(REC, "/entitlements").await.json().as_array().unwrap().len(), 1);
    let pool = json!({
        "id": "358889998-1", "deviceType": "MSP_WIFI", "sku": "CLD-MW00-1001", "quantity": 20,
        "effectiveDate": "today", "expirationDate": "today+1y"
    });
    mock.put(&format!("/_mock/state/msp-entitlements/{MSP}"), pool.clone()).await.expect(204);
    mock.put(&format!("/_mock/state/msp-entitlements/{REC}"), pool).await.expect(409);
    assert_eq!(mock.get_as(MSP, "/assignments/summaries").await.json()[0]["remainingDevices"], 20);
    let gone = format!("/_mock/state/purchases/{REC}/358889999-1");
    mock.call("DELETE", &gone, &[], "").await.expect(204);
    mock.call("DELETE", &gone, &[], "").await.expect(404);
    let mut bad = row;
    bad["quantty"] = json!(1);
    let refused = mock.put(&format!("/_mock/state/entitlements/{REC}"), bad).await.expect(422);
    assert!(
        refused.text.contains("did you mean \\\\\\\"quantity\\\\\\\"") || refused.text.contains("quantity"),
        "{}",
        refused.text
    );
    mock.put("/_mock/state/devices/nobody", json!([])).await.expect(400);
    mock.put("/_mock/state/devices/ffffffffffffffffffffffffffffffff", json!([])).await.expect(404);
}

#[tokio::test]
async fn a_tenant_is_cloned() {
    let mock = Mock::new("default");
    let copy = "c0000000000000000000000000000002";
    mock.post(&format!("/_mock/tenants/{REC}/clone"), json!({ "id": copy, "name": "Twin" })).await.expect(201);
    let twin = mock.get_as(copy, "/entitlements/summaries").await.expect(200).text;
    assert_eq!(twin, mock.get_as(REC, "/entitlements/summaries").await.text);
    mock.post(&format!("/_mock/tenants/{REC}/clone"), json!({ "id": copy })).await.expect(409);
    assert!(mock.get("/_mock/tenants").await.text.contains("Twin"));
}

#[tokio::test]
async fn the_live_state_is_checked_and_equal_histories_have_equal_fingerprints() {
    let (one, two) = (Mock::new("default"), Mock::new("default"));
    for mock in [&one, &two] {
        mock.get("/mspEntitlements/summaries?refresh=true").await.expect(202);
        mock.post("/_mock/clock/advance", json!({ "by": "P20D" })).await.expect(200);
    }
    let checked = one.get("/_mock/check").await.expect(200).json();
    assert_eq!((&checked["ok"], &checked["violations"]), (&json!(true), &json!([])));
    assert!(checked["statements"].as_i64().unwrap() > 20);
    let fingerprint = one.get("/_mock/fingerprint").await.text;
    assert_eq!((fingerprint.len(), &fingerprint), (64, &two.get("/_mock/fingerprint").await.text));
    two.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_ne!(fingerprint, two.get("/_mock/fingerprint").await.text);
}
