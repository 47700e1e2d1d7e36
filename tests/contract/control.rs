//! Every operation of the control API.

use std::collections::BTreeSet;

use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::unseen;
use crate::support::{
    App, COMPANY, MSP,
    contract::{CONTROL, Formats},
};

/// A session with the control API that calls all of it: request, body (null is none), status.
fn session(activity: &str) -> Vec<(String, Value, u16)> {
    let purchase = json!({
        "id": "358889999-1", "deviceType": "APSW", "sku": "CLD-PROF-APSW-REC1", "quantity": 7,
        "effectiveDate": "today", "expirationDate": "today+1y",
    });
    let pool = json!({
        "id": "358889998-1", "deviceType": "MSP_WIFI", "sku": "CLD-MW00-1001", "quantity": 20,
        "effectiveDate": "today", "expirationDate": "today+1y",
    });
    let rule = json!({ "id": "one", "match": { "path": "/nowhere" }, "effects": [{ "status": { "code": 503 } }] });
    let none = Value::Null;
    let calls: Vec<(String, Value, u16)> = vec![
        ("GET /_mock/health".into(), none.clone(), 200),
        ("GET /_mock/ready".into(), none.clone(), 200),
        ("GET /_mock/activities".into(), none.clone(), 200),
        (format!("POST /_mock/activities/{activity}/hold"), none.clone(), 204),
        (format!("POST /_mock/activities/{activity}/release"), none.clone(), 204),
        (format!("POST /_mock/activities/{activity}/complete"), none.clone(), 204),
        ("GET /_mock/activities/policy".into(), none.clone(), 200),
        ("PATCH /_mock/activities/policy".into(), json!({ "outcome": "fail", "delay": "2s" }), 200),
        ("PATCH /_mock/activities/policy".into(), json!({ "progress": "polls", "polls": 2 }), 200),
        ("GET /_mock/check".into(), none.clone(), 200),
        ("GET /_mock/fingerprint".into(), none.clone(), 200),
        ("GET /_mock/clock".into(), none.clone(), 200),
        ("PUT /_mock/clock".into(), json!({ "now": "2026-03-11T12:00:00Z", "frozen": true }), 200),
        ("POST /_mock/clock/advance".into(), json!({ "by": "P30D" }), 200),
        ("POST /_mock/clock/next".into(), none.clone(), 200),
        ("POST /_mock/clock/resume".into(), none.clone(), 200),
        ("POST /_mock/clock/freeze".into(), json!({ "at": "2027-01-01T00:00:00Z" }), 200),
        ("GET /_mock/deprecations".into(), none.clone(), 200),
        ("GET /_mock/deprecations?format=text".into(), none.clone(), 200),
        ("DELETE /_mock/deprecations".into(), none.clone(), 204),
        ("GET /_mock/deprecations/all".into(), none.clone(), 200),
        ("DELETE /_mock/deprecations/all".into(), none.clone(), 204),
        ("GET /_mock/requests".into(), none.clone(), 200),
        ("GET /_mock/requests/unmatched".into(), none.clone(), 200),
        ("GET /_mock/requests/1".into(), none.clone(), 200),
        ("GET /_mock/requests/1/curl".into(), none.clone(), 200),
        ("GET /_mock/requests/har".into(), none.clone(), 200),
        ("POST /_mock/requests/verify".into(), json!({ "match": { "path": "/banners" } }), 200),
        ("POST /_mock/requests/verify".into(), json!({ "match": { "path": "/never" } }), 409),
        ("POST /_mock/requests/wait".into(), json!({ "match": { "path": "/banners" } }), 200),
        ("POST /_mock/requests/wait".into(), json!({ "match": { "path": "/never" }, "timeout": "1ms" }), 409),
        ("DELETE /_mock/requests".into(), none.clone(), 204),
        ("POST /_mock/faults".into(), rule.clone(), 201),
        ("PUT /_mock/faults".into(), json!([rule]), 200),
        ("GET /_mock/faults".into(), none.clone(), 200),
        ("GET /_mock/faults/one".into(), none.clone(), 200),
        ("DELETE /_mock/faults/one".into(), none.clone(), 204),
        ("GET /_mock/faults/sets".into(), none.clone(), 200),
        ("POST /_mock/faults/sets/lossy".into(), json!({ "seed": 1, "match": { "path": "/nowhere" } }), 201),
        ("DELETE /_mock/faults/sets/lossy".into(), none.clone(), 204),
        ("GET /_mock/faults/outcomes".into(), none.clone(), 200),
        ("DELETE /_mock/faults".into(), none.clone(), 204),
        ("POST /_mock/sandboxes".into(), json!({ "name": "one", "scenario": "expiring" }), 201),
        ("GET /_mock/sandboxes".into(), none.clone(), 200),
        ("GET /_mock/sandboxes/one".into(), none.clone(), 200),
        ("DELETE /_mock/sandboxes/one".into(), none.clone(), 204),
        ("GET /_mock/scenarios".into(), none.clone(), 200),
        ("GET /_mock/settings".into(), none.clone(), 200),
        ("PATCH /_mock/settings".into(), json!({ "style": "observed", "auth": "open" }), 200),
        ("POST /_mock/sessions/end".into(), json!({ "tenantId": MSP }), 204),
        ("POST /_mock/snapshots".into(), json!({ "name": "here" }), 201),
        ("GET /_mock/snapshots".into(), none.clone(), 200),
        ("GET /_mock/snapshots/here".into(), none.clone(), 200),
        ("GET /_mock/snapshots/diff?from=here".into(), none.clone(), 200),
        ("POST /_mock/snapshots/here/fork".into(), json!({ "sandbox": "two" }), 201),
        ("POST /_mock/snapshots/here/load".into(), none.clone(), 204),
        ("DELETE /_mock/snapshots/here".into(), none.clone(), 204),
        (format!("PUT /_mock/state/entitlements/{COMPANY}"), purchase, 204),
        (format!("DELETE /_mock/state/purchases/{COMPANY}/358889999-1"), none.clone(), 204),
        (format!("PUT /_mock/state/msp-entitlements/{MSP}"), pool, 204),
        (format!("PUT /_mock/state/devices/{COMPANY}"), json!([{ "deviceType": "APSW", "count": 9 }]), 204),
        ("GET /_mock/tenants".into(), none.clone(), 200),
        (format!("POST /_mock/tenants/{COMPANY}/clone"), json!({ "id": "c0000000000000000000000000000002" }), 201),
        ("GET /_mock/state".into(), none.clone(), 200),
        ("GET /_mock/upstream".into(), none.clone(), 200),
        ("GET /_mock/upstream/recorded".into(), none.clone(), 404),
        ("DELETE /_mock/upstream/recorded".into(), none.clone(), 404),
        ("POST /_mock/scenarios/grace/load".into(), none.clone(), 204),
        ("POST /_mock/reset".into(), none, 204),
    ];
    calls
}

/// Two refreshes in progress: one to be steered, one to be failed.
async fn refresh(app: &App) -> [String; 2] {
    let mut ids = Vec::new();
    for path in ["/entitlements/summaries?refresh=true", "/mspEntitlements/summaries?refresh=true"] {
        ids.push(app.fetch(path).await.expect(202).json()["requestId"].as_str().unwrap().to_owned());
    }
    ids.try_into().unwrap()
}

#[tokio::test]
async fn every_operation_of_the_control_api_is_called_and_answers_as_documented() {
    let app = App::new("default").with_formats(Formats::Checked);
    let mut events = app.call("GET", "/_mock/events").respond().await;
    assert_eq!(
        (events.status().as_u16(), &events.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    app.fetch("/banners").await.expect(200);
    let first = event(events.body_mut()).await;
    CONTROL.check_schema("Event", &first);
    let [steered, failed] = refresh(&app).await;
    let failure = json!({ "code": "ENTITLEMENT-1", "message": "No." });
    app.post(&format!("/_mock/activities/{failed}/fail"), failure).await.expect(204);
    for (request, body, status) in session(&steered) {
        let (method, path) = request.split_once(' ').unwrap();
        let call = app.call(method, path);
        let call = if body.is_null() { call } else { call.json(body) };
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{request}: {}", answer.text());
    }
    let state = app.get("/_mock/state").await;
    app.put("/_mock/state", state).await.expect(204);
    // The stream of events does not end, so that its answer is not read as a whole.
    let missing = unseen(&CONTROL, &app.seen(), |status| status < 300);
    // Without an upstream nothing is recorded; the tests of the proxy read these.
    assert_eq!(missing, ["clearRecorded 204", "listRecorded 200", "streamEvents 200"]);
}

/// The data of the next event.
async fn event(body: &mut Body) -> Value {
    let frame = tokio::time::timeout(std::time::Duration::from_secs(5), body.frame()).await.expect("an event");
    let text = String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(data).unwrap()
}

#[tokio::test]
async fn every_operation_of_the_control_api_refuses_a_foreign_page_as_documented() {
    let app = App::new("default");
    let mut refused = BTreeSet::new();
    for operation in &CONTROL.operations {
        let path = operation.path.replace("{id}", "1").replace("{name}", "x").replace("{tenant}", MSP);
        let call = app.call(&operation.method, &path).header("origin", "https://evil.example");
        if call.send().await.status == 403 {
            refused.insert(operation.id.clone());
        }
    }
    let answered: Vec<_> = CONTROL.operations.iter().map(|own| &own.id).filter(|id| !refused.contains(*id)).collect();
    assert_eq!(answered, ["getHealth", "getReadiness"], "probes are for anyone");
}
