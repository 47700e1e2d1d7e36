//! futureOfComplianceDate and futureOutOfComplianceDevices: what a row announces comes true. For random
//! stores, `parity` checks the same.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, MSP, columns, fixture::Fixture};

const FORECAST: [&str; 5] =
    ["tempLicense", "deviceCount", "outOfComplianceDevices", "futureOfComplianceDate", "futureOutOfComplianceDevices"];

fn purchase(id: &str, sku: &str, quantity: i64, from: &str, to: &str) -> Value {
    json!({ "id": id, "deviceType": "APSW", "sku": sku, "quantity": quantity, "effectiveDate": from, "expirationDate": to })
}

async fn forecast(devices: Value, purchases: Value) -> String {
    let app = Fixture::company(&devices, &[], purchases).app();
    columns(&app.get("/entitlements/summaries").await["summary"], &FORECAST)
}

/// Of all tenants, what their rows announce: moment, tenant, kind, devices.
async fn announced(app: &App, tenants: &[String]) -> BTreeMap<String, Vec<(String, Value, Value, Value)>> {
    let mut announced = BTreeMap::<_, Vec<_>>::new();
    for tenant in tenants {
        for row in app.get_as(tenant, "/entitlements/summaries").await["summary"].as_array().unwrap() {
            if let Some(day) = row["futureOfComplianceDate"].as_str() {
                let of = (tenant.clone(), row["deviceType"].clone(), row["deviceSubType"].clone());
                let missing = row["futureOutOfComplianceDevices"].clone();
                announced.entry(day.to_owned()).or_default().push((of.0, of.1, of.2, missing));
            }
        }
    }
    announced
}

#[tokio::test]
async fn every_shortage_that_a_scenario_announces_is_there_on_its_day() {
    let mut checked = 0;
    for scenario in
        ["default", "device-agnostic", "expiring", "grace", "legacy-skus", "out-of-compliance", "trial-only"]
    {
        let app = App::new(scenario);
        let mut tenants = vec![MSP.to_owned(), COMPANY.to_owned()];
        let (store, _) = app.sandbox.look();
        tenants.extend(store.tenants().filter(|tenant| tenant.parent.is_some()).map(|tenant| tenant.id.to_string()));
        for (day, rows) in announced(&app, &tenants).await {
            app.turn_to(&day);
            for (tenant, device_type, sub_type, missing) in rows {
                let summary = app.get_as(&tenant, "/entitlements/summaries").await;
                let of_kind = summary["summary"].as_array().unwrap().iter();
                let of_kind =
                    of_kind.filter(|row| row["deviceType"] == device_type && row["deviceSubType"] == sub_type);
                let short: i64 = of_kind.map(|row| row["outOfComplianceDevices"].as_i64().unwrap()).sum();
                assert_eq!(json!(short), missing, "{scenario}: {tenant} {device_type} at {day}");
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[tokio::test]
async fn a_purchase_that_starts_when_a_trial_ends_leaves_nothing_short() {
    let rows = json!([
        purchase("1-1", "CLD-R1-TMP090-REC", 50, "today-10d", "today+4d"),
        purchase("1-2", "CLD-PROF-APSW-REC1", 50, "today+5d", "today+369d"),
    ]);
    assert_snapshot!(forecast(json!([{ "deviceType": "APSW", "count": 50 }]), rows).await, @"
    false 0 0 2027-03-15T00:00:00Z 50
    true 50 0 - -
    ");
}

#[tokio::test]
async fn a_trial_covers_what_an_ending_purchase_leaves() {
    let rows = json!([
        purchase("1-1", "CLD-PROF-APSW-REC1", 50, "today-360d", "today+4d"),
        purchase("1-2", "CLD-R1-TMP090-REC", 60, "today-10d", "today+49d"),
    ]);
    assert_snapshot!(forecast(json!([{ "deviceType": "APSW", "count": 50 }]), rows).await, @"
    false 50 0 2026-04-29T00:00:00Z 50
    true 0 0 - -
    ");
}

#[tokio::test]
async fn devices_that_come_and_go_on_known_days_count_from_and_until_then() {
    let rows = json!([
        purchase("1-1", "CLD-PROF-APSW-REC1", 30, "today-10d", "today+354d"),
        purchase("1-2", "CLD-PROF-APSW-REC1", 20, "today-360d", "today+4d"),
    ]);
    let leaving = json!([{ "deviceType": "APSW", "count": 30 }, { "deviceType": "APSW", "count": 20, "removedDate": "today+3d" }]);
    assert_snapshot!(forecast(leaving, rows.clone()).await, @"false 50 0 2027-02-28T00:00:00Z 30");
    let coming = json!([{ "deviceType": "APSW", "count": 45 }, { "deviceType": "APSW", "count": 7, "installedDate": "today+2d" }]);
    assert_snapshot!(forecast(coming, rows).await, @"false 45 0 2026-03-12T00:00:00Z 2");
}

#[tokio::test]
async fn what_is_short_already_and_analytics_have_no_forecast() {
    let rows = json!([
        purchase("1-1", "CLD-PROF-APSW-REC1", 10, "today-360d", "today+4d"),
        { "id": "1-2", "deviceType": "ANALYTICS", "sku": "CLD-ANAP-1001", "quantity": 18, "effectiveDate": "today-360d", "expirationDate": "today+4d" },
    ]);
    assert_snapshot!(forecast(json!([{ "deviceType": "APSW", "count": 18 }]), rows).await, @"
    false 18 0 - -
    false 18 8 - -
    ");
}
