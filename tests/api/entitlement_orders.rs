//! /entitlements/settings and /entitlements/orders, which the vendor's licence pages call.

use serde_json::{Value, json};

use crate::{
    api::{documented, observed},
    support::{App, COMPANY, MSP, columns},
};

const SETTING: [&str; 4] = ["featureType", "enabled", "capped", "maxQuantity"];

async fn settings(app: &App, tenant: &str) -> String {
    columns(&app.get_as(tenant, "/entitlements/settings").await, &SETTING)
}

#[tokio::test]
async fn settings_of_solution_tokens_change_row_by_row_and_member_by_member() {
    let app = documented();
    assert_eq!(
        settings(&app, MSP).await,
        "SLTN_PIN_FOR_IDENTITY false false 0\nSLTN_PMS_INTEGRATION false false 0\nSLTN_ADAPT_POLICY false false 0"
    );
    // As both forms of the vendor's pages send them: with members that cannot be changed, and the cap alone.
    let enabled = json!([{
        "featureType": "SLTN_ADAPT_POLICY", "enabled": true, "capped": false, "featureCostUnit": "per Policy",
    }]);
    let answer = app.ask(MSP, "PATCH /entitlements/settings", enabled).await;
    assert_eq!(answer.check(200).json()["requestId"], answer.header("x-request-id"));
    let capped = json!([
        { "featureType": "SLTN_ADAPT_POLICY", "capped": true, "maxQuantity": 12 },
        { "featureType": "SLTN_PMS_INT", "maxQuantity": 3 },
    ]);
    app.ask(MSP, "PATCH /entitlements/settings", capped).await.check(200);
    let changed =
        "SLTN_PIN_FOR_IDENTITY false false 0\nSLTN_PMS_INTEGRATION false false 3\nSLTN_ADAPT_POLICY true true 12";
    assert_eq!(settings(&app, MSP).await, changed);
    assert!(settings(&app, COMPANY).await.ends_with("SLTN_ADAPT_POLICY false false 0"));
    // A state that was exported has them.
    let state = app.get("/_mock/state").await;
    let other = documented();
    other.put("/_mock/state", state).await.check(204);
    assert_eq!(settings(&other, MSP).await, changed);
}

#[tokio::test]
async fn a_setting_that_cannot_be_is_refused_and_nothing_changes() {
    let app = documented();
    let good = json!({ "featureType": "SLTN_ADAPT_POLICY", "enabled": true });
    for wrong in [
        json!({ "featureType": "SLTN_ADAPT_POLICY", "maxQuantity": -1 }),
        json!({ "featureType": "SLTN_COFFEE" }),
        json!({ "enabled": true }),
        json!({ "featureType": "SLTN_ADAPT_POLICY", "capped": "maybe" }),
    ] {
        app.ask(MSP, "PATCH /entitlements/settings", json!([good, wrong])).await.check(400);
        app.ask(MSP, "PATCH /entitlements/settings", wrong).await.check(400);
    }
    assert!(settings(&app, MSP).await.ends_with("SLTN_ADAPT_POLICY false false 0"));
    let token = app.token(MSP, "r1mock-readonly").await;
    app.call("PATCH", "/entitlements/settings").bearer(&token).json(json!([good])).send().await.check(403);
    app.call("PATCH", "/entitlements/orders/x").bearer(&token).json(json!({})).send().await.check(403);
}

#[tokio::test]
async fn in_the_observed_style_settings_have_the_words_of_compliances() {
    assert!(settings(&observed(), COMPANY).await.contains("SLTN_PMS_INT "));
}

const ORDER: [&str; 4] = ["orderId", "quantity", "registeredQuantity", "remainingQuantity"];

async fn orders(app: &App, status: &[&str]) -> String {
    let answer = app.ask(COMPANY, "POST /entitlements/orders/query", json!({ "filters": { "status": status } })).await;
    columns(&answer.ok()["data"], &ORDER)
}

#[tokio::test]
async fn activating_an_order_gives_all_its_licences_and_refreshes_keep_them() {
    let app = documented();
    let pending = orders(&app, &[]).await;
    assert_eq!(pending, "ALM-ACT-310052 120 80 40");
    assert_eq!(orders(&app, &["PENDING"]).await, pending);
    assert_eq!(orders(&app, &["ACTIVATED"]).await, "");
    let form = json!({ "region": "US", "startDate": "2026-05-05", "orderAcxRegistrationCode": "ALM-ACT-310052" });
    let path = "PATCH /entitlements/orders/ALM-ACT-310052";
    let answer = app.ask(COMPANY, path, form.clone()).await;
    assert!(answer.check(200).json()["requestId"].is_string());
    let activated = "ALM-ACT-310052 120 120 0";
    assert_eq!(orders(&app, &["ACTIVATED"]).await, activated);
    app.ask(COMPANY, path, form).await.check(200);
    app.ask(COMPANY, "GET /entitlements/summaries?refresh=true", Value::Null).await.check(202);
    app.advance(chrono::TimeDelta::seconds(3));
    assert_eq!(orders(&app, &[]).await, activated);
}

#[tokio::test]
async fn an_order_that_is_not_there_or_a_start_that_is_no_date_is_refused() {
    let app = documented();
    app.ask(MSP, "PATCH /entitlements/orders/ALM-ACT-310052", json!({})).await.check(404);
    app.ask(COMPANY, "PATCH /entitlements/orders/x", json!({})).await.check(404);
    let soon = json!({ "startDate": "soon" });
    app.ask(COMPANY, "PATCH /entitlements/orders/ALM-ACT-310052", soon).await.check(400);
    assert_eq!(orders(&app, &["PENDING"]).await, "ALM-ACT-310052 120 80 40");
}
