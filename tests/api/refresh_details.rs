//! What refreshes leave alone, what becomes of their activities, and how these are queried.

use chrono::TimeDelta;
use r1_entitlements_mock::model::{RefreshOutcome, WhileRunning};
use serde_json::{Value, json};

use crate::support::{App, COMPANY, MSP, fixture::Fixture};

async fn refresh(app: &App) -> String {
    let accepted = app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202).json();
    accepted["requestId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_write_is_not_refused_while_a_refresh_runs() {
    let app = App::edited("default", |scenario| scenario.refresh.while_running = Some(WhileRunning::Refuse));
    refresh(&app).await;
    app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(423);
    let row = json!({ "deviceType": "MSP_APSW", "quantity": 1 });
    app.post("/assignments", json!({ "endDate": "2026-08-31", "assignments": [row] })).await.expect(201);
    app.patch("/assignments", json!([{ "assignmentId": 130_481, "quantity": 2 }])).await.expect(200);
    app.call("DELETE", "/assignments").json(json!([{ "assignmentId": 130_482 }])).send().await.expect(204);
}

#[tokio::test]
async fn a_failed_refresh_has_an_error_of_its_own_unless_the_scenario_names_one() {
    let app = App::edited("default", |scenario| scenario.refresh.outcome = Some(RefreshOutcome::Fail));
    let id = refresh(&app).await;
    app.advance(TimeDelta::seconds(2));
    let activity = app.get(&format!("/activities/{id}")).await;
    let error: Value = serde_json::from_str(activity["error"].as_str().unwrap()).unwrap();
    let inner: Value = serde_json::from_str(error["errors"][0].as_str().unwrap()).unwrap();
    assert_eq!(inner, json!({ "code": "ENTITLEMENT-10001", "message": "The licensing system could not be reached." }));
}

#[tokio::test]
async fn the_latest_thousand_ended_activities_are_kept() {
    let app = App::new("default");
    app.patch("/_mock/activities/policy", json!({ "progress": "now" })).await.expect(200);
    let first = refresh(&app).await;
    let second = refresh(&app).await;
    for _ in 0..998 {
        refresh(&app).await;
    }
    app.fetch(&format!("/activities/{first}")).await.expect(200);
    refresh(&app).await;
    app.fetch(&format!("/activities/{first}")).await.expect(404);
    app.fetch(&format!("/activities/{second}")).await.expect(200);
}

#[tokio::test]
async fn a_refresh_leaves_assignments_and_devices_alone() {
    let app = App::new("default");
    let untouched = async || {
        let summary = app.get("/entitlements/summaries").await["summary"].clone();
        let devices: Vec<_> =
            summary.as_array().unwrap().iter().map(|row| row["activeDeviceCountMap"].clone()).collect();
        (app.get("/assignments").await, devices)
    };
    let (before, pools) = (untouched().await, app.get("/mspEntitlements").await);
    refresh(&app).await;
    app.advance(TimeDelta::seconds(2));
    assert_ne!(app.get("/mspEntitlements").await, pools);
    assert_eq!(untouched().await, before);
}

#[tokio::test]
async fn a_sync_takes_over_purchases_and_pools_whatever_usage_type_it_names() {
    let row = |of: &str| json!({ "id": "1-1", "deviceType": of, "sku": "S", "quantity": 5, "effectiveDate": "today-1d", "expirationDate": "today+9d" });
    for usage_type in ["SELF", "ASSIGNED"] {
        let app = Fixture::new()
            .with("entitlements.json", json!({ MSP: [row("APSW")] }))
            .with("msp-entitlements.json", json!({ MSP: [row("MSP_APSW")] }))
            .with("licensing.json", json!({ MSP: [{ "change": [{ "id": "1-1", "quantity": 8 }] }] }))
            .without("assignments.json")
            .app();
        app.patch("/entitlements", json!({ "usageType": usage_type })).await.expect(202);
        app.advance(TimeDelta::seconds(2));
        for path in ["/entitlements", "/mspEntitlements"] {
            assert_eq!(app.get(path).await[0]["quantity"], 8, "{usage_type} {path}");
        }
    }
}

async fn query(app: &App, with: Value) -> Vec<Value> {
    let mut body = json!({ "page": 1, "pageSize": 10, "sortField": "requestId", "sortOrder": "ASC" });
    body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let page = app.post("/activities/query", body).await.ok();
    page["data"].as_array().unwrap().iter().map(|row| row["requestId"].clone()).collect()
}

#[tokio::test]
async fn by_an_unknown_field_activities_are_in_the_order_of_acceptance_or_reversed() {
    let app = App::new("default");
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(json!(refresh(&app).await));
    }
    assert_eq!(query(&app, json!({ "sortField": "colour" })).await, ids);
    ids.reverse();
    assert_eq!(query(&app, json!({ "sortField": "colour", "sortOrder": "DESC" })).await, ids);
    ids.sort_by_key(ToString::to_string);
    assert_eq!(query(&app, json!({})).await, ids);
}

#[tokio::test]
async fn a_page_has_at_least_one_row() {
    let app = App::new("default");
    for _ in 0..3 {
        refresh(&app).await;
    }
    for page_size in [0, -1, 1] {
        assert_eq!(query(&app, json!({ "pageSize": page_size })).await.len(), 1, "{page_size}");
    }
    assert_eq!(app.ask(COMPANY, "POST /entitlements/query", json!({ "pageSize": 1 })).await.ok()["pageSize"], 1);
}
