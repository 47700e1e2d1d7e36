//! The SKU and tier of an assignment: kept when it is made, from a valid purchase with room.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, MSP, columns, fixture::Fixture};

fn pool(id: &str, tier: &str, quantity: i64, from: &str, to: &str) -> Value {
    let sku = match tier {
        "Silver" => "CLD-CORE-APSW-MSP1",
        "Gold" => "CLD-ESSN-APSW-MSP1",
        _ => "CLD-PROF-APSW-MSP1",
    };
    json!({ "id": id, "deviceType": "MSP_APSW", "sku": sku, "skuTier": tier, "quantity": quantity, "effectiveDate": from, "expirationDate": to })
}

fn msp(pools: Value, assignments: Value) -> App {
    Fixture::new().with("msp-entitlements.json", json!({ MSP: pools })).with("assignments.json", assignments).app()
}

async fn assign(app: &App, row: Value, status: u16) {
    let body = json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-08-01", "assignments": [row] });
    app.call("POST", "/assignments").json(body).send().await.expect(status);
}

async fn of_customer(app: &App) -> String {
    columns(&app.get_as(CUSTOMER, "/entitlements").await, &["sku", "skuTier", "quantity", "updatedDate"])
}

#[tokio::test]
async fn an_assignment_comes_from_a_valid_purchase_with_room_and_not_from_a_dead_one() {
    let dead = pool("1-1", "Silver", 10, "2022-12-31", "2023-12-31");
    let app = msp(json!([dead, pool("1-2", "Platinum", 300, "today-10d", "today+300d")]), json!([]));
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 120 }), 201).await;
    assert_snapshot!(of_customer(&app).await, @"CLD-PROF-APSW-MSP1 Platinum 120 2026-03-10T12:00:00Z");
    let query = format!("POST /tenants/{CUSTOMER}/entitlements/assignments/query");
    let rows = app.ask(MSP, &query, json!({})).await.ok();
    assert_eq!(rows["data"][0]["skuTier"], "Platinum");
    let rows = app.ask(CUSTOMER, "POST /entitlements/query", json!({ "filters": { "skuTier": ["Platinum"] } })).await;
    assert_eq!(rows.ok()["totalCount"], 1);
}

#[tokio::test]
async fn a_purchase_that_comes_or_goes_later_does_not_change_an_assignment() {
    let app = msp(json!([pool("1-2", "Platinum", 300, "today-10d", "today+300d")]), json!([]));
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 120 }), 201).await;
    let before = of_customer(&app).await;
    let added = pool("1-1", "Gold", 10, "2025-12-31", "2026-03-31");
    app.call("PUT", &format!("/_mock/state/msp-entitlements/{MSP}")).json(added).send().await.expect(204);
    assert_eq!(of_customer(&app).await, before);
    app.call("DELETE", &format!("/_mock/state/purchases/{MSP}/1-2")).send().await.expect(204);
    assert_eq!(of_customer(&app).await, before);
}

#[tokio::test]
async fn purchases_that_end_first_are_used_up_first_and_a_tier_can_be_asked_for() {
    let pools = json!([
        pool("1-1", "Silver", 200, "today-10d", "today+200d"),
        pool("1-2", "Gold", 300, "today-10d", "today+250d"),
        pool("1-3", "Platinum", 300, "today-10d", "today+300d"),
    ]);
    let app = msp(pools, json!([]));
    for quantity in [150, 60, 50] {
        assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": quantity }), 201).await;
    }
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 5, "skuTier": "platinum" }), 201).await;
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 0, "skuTier": "" }), 201).await;
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 1, "skuTier": "" }), 201).await;
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 1, "skuTier": "Silver" }), 409).await;
    assign(&app, json!({ "deviceType": "MSP_APSW", "quantity": 1, "skuTier": "Bronze" }), 404).await;
    assert_snapshot!(of_customer(&app).await, @"
    CLD-CORE-APSW-MSP1 Silver 150 2026-03-10T12:00:00Z
    CLD-ESSN-APSW-MSP1 Gold 60 2026-03-10T12:00:00Z
    CLD-CORE-APSW-MSP1 Silver 50 2026-03-10T12:00:00Z
    CLD-PROF-APSW-MSP1 Platinum 5 2026-03-10T12:00:00Z
    CLD-ESSN-APSW-MSP1 Gold 1 2026-03-10T12:00:00Z
    ");
}

#[tokio::test]
async fn a_change_keeps_the_tier_and_fixtures_can_name_it() {
    let granted = json!({ "id": 5, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "skuTier": "Gold", "quantity": 9, "dateEffective": "today-5d", "dateExpires": "today+90d" });
    let pools = json!([
        pool("1-1", "Silver", 200, "today-10d", "today+200d"),
        pool("1-2", "Gold", 300, "today-10d", "today+250d")
    ]);
    let app = msp(pools, json!([granted]));
    let before = of_customer(&app).await;
    let change = json!([{ "assignmentId": 5, "quantity": 11 }]);
    app.call("PATCH", "/assignments").json(change).send().await.expect(200);
    assert_snapshot!(format!("{before}\n{}", of_customer(&app).await), @"
    CLD-ESSN-APSW-MSP1 Gold 9 2026-03-05T00:00:00Z
    CLD-ESSN-APSW-MSP1 Gold 11 2026-03-10T12:00:00Z
    ");
    let exported = app.get("/_mock/state").await;
    let rows = exported["assignments.json"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["skuTier"] == "Gold"), "{rows:?}");
}

#[tokio::test]
async fn analytics_trials_are_known_by_their_sku() {
    let row = json!({ "id": "1-1", "deviceType": "ANALYTICS", "sku": "CLD-ANAP-TM90", "quantity": 5, "effectiveDate": "today-10d", "expirationDate": "today+79d" });
    let app = Fixture::company(&json!([]), &[], json!([row])).app();
    let rows = app.get_as(COMPANY, "/entitlements").await;
    assert_eq!((&rows[0]["tempLicense"], &rows[0]["graceEndDate"]), (&json!(true), &rows[0]["expirationDate"]));
}
