//! The vendor's form that assigns licences, as it calls POST and PATCH /assignments (observed): it sends a
//! row for each device type, zeros too.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, CUSTOMER, MSP, columns, fixture::Fixture, row};

async fn assignments(app: &App) -> Vec<Value> {
    app.get("/assignments").await.as_array().unwrap().clone()
}

#[tokio::test]
async fn rows_of_zero_alone_make_nothing_and_are_no_mistake() {
    let app = App::new("default");
    let before = assignments(&app).await;
    let rows = json!([{ "quantity": 0, "deviceType": "MSP_SWITCH" }, { "quantity": 0, "deviceType": "MSP_WIFI" }]);
    let body = json!({ "ownAssignments": true, "startDate": "", "endDate": "2026-12-01", "assignments": rows });
    let answer = app.call("POST", "/assignments").json(body).send().await.expect(201);
    assert_eq!((&answer.json()["success"], &answer.json()["assignments"]), (&json!(true), &json!([])));
    assert_eq!(assignments(&app).await, before);
}

#[tokio::test]
async fn a_change_to_zero_takes_the_licenses_back() {
    let app = App::new("default");
    let before = assignments(&app).await.len();
    let change = json!([{ "startDate": "", "endDate": "2026-12-01", "quantity": 0, "assignmentId": 130_474 }]);
    let answer = app.call("PATCH", "/assignments").json(change).send().await.expect(200);
    assert_eq!(answer.json()["assignments"], json!([]));
    let after = app.get("/assignments").await;
    assert_eq!(after.as_array().unwrap().len(), before);
    assert_snapshot!(row(&after, "id", 130_474), @r#"{"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-08-22T00:00:00Z","dateAssignmentRevoked":"2026-03-10T12:00:00Z","dateEffective":"2025-08-22T00:00:00Z","dateExpires":"2026-08-21T23:59:59Z","deviceType":"MSP_WIFI","id":130474,"mspEcTenantId":"a0000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":15,"revokedBy":"r1mock","status":"REVOKED","trialAssignment":false}"#);
}

#[tokio::test]
async fn trial_licenses_of_the_default_scenario_can_be_assigned_as_the_form_offers_them() {
    let app = App::new("default");
    let body = json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-05-01", "assignments": [{ "deviceType": "MSP_APSW", "quantity": 30, "isTrial": true }] });
    app.call("POST", "/assignments").json(body).send().await.expect(201);
    let pools = app.get("/assignments/summaries").await;
    let names = ["licenseType", "trial", "quantity", "remainingDevices"];
    assert!(columns(&pools, &names).contains("MSP_APSW_TEMP true 50 0"), "{pools}");
}

/// An MSP that has 30 licences and has assigned 90 of them.
fn overdrawn() -> App {
    let pool = json!({ "id": "1-1", "deviceType": "MSP_APSW", "sku": "CLD-PROF-APSW-MSP1", "quantity": 30, "effectiveDate": "today-100d", "expirationDate": "today+264d" });
    let granted = json!({ "id": 5, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "quantity": 90, "dateEffective": "today-10d", "dateExpires": "today+90d" });
    Fixture::new()
        .with("msp-entitlements.json", json!({ MSP: [pool] }))
        .with("assignments.json", json!([granted]))
        .app()
}

#[tokio::test]
async fn an_overdrawn_assignment_can_be_made_smaller_and_not_larger() {
    let app = overdrawn();
    let change = |id: i64, quantity: i64| json!([{ "assignmentId": id, "quantity": quantity }]);
    app.call("PATCH", "/assignments").json(change(5, 91)).send().await.expect(409);
    let answer = app.call("PATCH", "/assignments").json(change(5, 50)).send().await.expect(200);
    assert_eq!(answer.json()["assignments"][0]["quantity"], 50);
    let longer = json!([{ "assignmentId": 6, "endDate": "2026-12-31", "quantity": 49 }]);
    app.call("PATCH", "/assignments").json(longer).send().await.expect(409);
    app.call("PATCH", "/assignments").json(change(6, 30)).send().await.expect(200);
}

#[tokio::test]
async fn a_whole_number_may_be_written_as_a_floating_point() {
    let app = App::new("default");
    let revoke = |id: &str| format!("[{{\"assignmentId\":{id}}}]");
    for (id, status) in [("130470.0", 204), ("1.3e5", 404), ("130470.5", 400), ("1e300", 400), ("\"130470\"", 400)] {
        let call = app.call("DELETE", "/assignments").header("content-type", "application/json").body(revoke(id));
        let answer = call.send().await.expect(status);
        assert!(status != 400 || answer.text().contains("expected a whole number"), "{id}: {}", answer.text());
    }
    app.ask(MSP, "POST /entitlements/query", json!({ "page": 1.0, "pageSize": 5.0 })).await.ok();
}

#[tokio::test]
async fn assignments_can_be_limited_to_one_customer() {
    let app = App::new("default");
    let of = |customer: &str| format!("/assignments?mspEcTenantId={customer}");
    let all = assignments(&app).await;
    for tenant in [CUSTOMER, MSP] {
        let expected: Vec<&Value> = all.iter().filter(|row| row["mspEcTenantId"] == tenant).collect();
        assert_eq!(app.get(&of(tenant)).await, json!(expected));
        assert_ne!(expected.len(), 0);
    }
    assert_eq!(app.get(&of("")).await, json!(all));
    app.call("GET", &of("x")).send().await.expect(400);
}
