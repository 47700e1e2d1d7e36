//! What the bodies of POST and PATCH /assignments may say, and the dates of their answers.

use serde_json::{Value, json};

use crate::support::{App, CUSTOMER, CUSTOMER_2, MSP, columns, fixture::Fixture};

const MADE: [&str; 5] = ["id", "mspEcTenantId", "dateEffective", "dateExpires", "quantity"];

/// The rows of GET /assignments that a test has made.
async fn made(app: &App) -> String {
    let all = app.get("/assignments").await;
    let made = all.as_array().unwrap().iter().filter(|row| row["createdBy"] == "r1mock").cloned().collect();
    columns(&Value::Array(made), &MADE)
}

fn apsw(quantity: i64) -> Value {
    json!({ "deviceType": "MSP_APSW", "quantity": quantity })
}

#[tokio::test]
async fn a_row_may_name_its_own_customer_and_dates() {
    let app = App::new("default");
    let mut own = apsw(2);
    own.as_object_mut().unwrap().extend(
        json!({ "mspEcTenantId": CUSTOMER_2, "startDate": "2026-04-01", "endDate": "2026-05-31" })
            .as_object()
            .unwrap()
            .clone(),
    );
    let body = json!({ "mspEcTenantId": CUSTOMER, "startDate": "2026-03-20", "endDate": "2026-08-31", "assignments": [apsw(1), own] });
    app.post("/assignments", body).await.expect(201);
    let expected = [
        format!("130481 {CUSTOMER} 2026-03-20T00:00:00Z 2026-08-31T23:59:59Z 1"),
        format!("130482 {CUSTOMER_2} 2026-04-01T00:00:00Z 2026-05-31T23:59:59Z 2"),
    ];
    assert_eq!(made(&app).await, expected.join("\n"));
}

#[tokio::test]
async fn own_assignments_go_before_a_named_customer() {
    let app = App::new("default");
    let body =
        json!({ "mspEcTenantId": CUSTOMER, "ownAssignments": true, "endDate": "2026-08-31", "assignments": [apsw(1)] });
    app.post("/assignments", body).await.expect(201);
    assert_eq!(made(&app).await, format!("130481 {MSP} 2026-03-10T12:00:00Z 2026-08-31T23:59:59Z 1"));
}

#[tokio::test]
async fn a_date_that_cannot_be_is_refused_with_its_field() {
    let app = App::new("default");
    let post = |start: &str, end: &str| json!({ "startDate": start, "endDate": end, "assignments": [apsw(1)] });
    for (method, body, field) in [
        ("POST", post("", ""), "assignments[0].endDate"),
        ("POST", post("soon", "2026-08-31"), "assignments[0].startDate"),
        ("POST", post("", "2501-01-01"), "assignments[0].endDate"),
        ("POST", post("1899-12-31", "2026-08-31"), "assignments[0].startDate"),
        ("PATCH", json!([{ "assignmentId": 130_468, "endDate": "" }]), "[0].endDate"),
        ("PATCH", json!([{ "assignmentId": 130_468, "startDate": "soon" }]), "[0].startDate"),
    ] {
        let answer = app.call(method, "/assignments").json(&body).send().await.expect(400);
        assert!(answer.json()["errorMessage"].as_str().unwrap().contains(field), "{body}: {}", answer.text());
    }
    // The last day that is a date is one, only too late for the pool.
    app.post("/assignments", post("1900-01-01", "2500-12-31")).await.expect(409);
    app.post("/assignments", post("1900-01-01", "2026-08-31")).await.expect(201);
}

#[tokio::test]
async fn answers_of_writes_have_java_dates_in_the_observed_style() {
    let app = App::observed("default");
    let names = ["createdDate", "effectiveDate", "expirationDate"];
    let body = json!({ "endDate": "2026-08-31", "assignments": [apsw(1)] });
    let posted = app.post("/assignments", body).await.expect(201).json();
    let expected = "Tue Mar 10 12:00:00 UTC 2026 Tue Mar 10 12:00:00 UTC 2026 Mon Aug 31 23:59:59 UTC 2026";
    assert_eq!(columns(&posted["assignments"], &names), expected);
    let change = json!([{ "assignmentId": posted["assignments"][0]["id"], "quantity": 2 }]);
    let patched = app.patch("/assignments", change).await.expect(200).json();
    assert_eq!(columns(&patched["assignments"], &names), expected);
}

#[tokio::test]
async fn a_switch_without_a_sub_type_comes_from_the_first_pool_with_enough_left() {
    let pool = |id: &str, sub_type: &str, quantity: i64| json!({ "id": id, "deviceType": "MSP_SWITCH", "deviceSubType": sub_type, "sku": "S", "quantity": quantity, "effectiveDate": "today", "expirationDate": "today+90d" });
    let pools = json!({ MSP: [pool("1-1", "ICX76", 10), pool("1-2", "ICX71", 5)] });
    let app = Fixture::new().with("msp-entitlements.json", pools).without("assignments.json").app();
    for (quantity, expected) in [(3, "ICX71 3"), (7, "ICX76 7"), (3, "ICX76 3")] {
        let row = json!({ "deviceType": "MSP_SWITCH", "quantity": quantity });
        app.post("/assignments", json!({ "endDate": "2026-04-01", "assignments": [row] })).await.expect(201);
        let made = app.get("/assignments").await;
        assert_eq!(columns(&made, &["deviceSubType", "quantity"]).lines().last(), Some(expected));
    }
}

#[tokio::test]
async fn a_change_may_name_another_start() {
    let app = App::new("default");
    let change = json!([{ "assignmentId": 130_480, "quantity": 40, "startDate": "2026-05-01" }]);
    app.patch("/assignments", change).await.expect(200);
    let expected = format!("130481 {CUSTOMER_2} 2026-05-01T00:00:00Z 2027-04-08T23:59:59Z 40");
    assert!(made(&app).await.ends_with(&expected), "{}", made(&app).await);
}
