//! What fields of the summaries follow from, by licences and devices that differ in nothing else.

use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, MSP, columns, fixture::Fixture};

fn purchase(id: &str, device_type: &str, sku: &str, quantity: i64, period: [&str; 2]) -> Value {
    let [start, end] = period;
    json!({ "id": id, "deviceType": device_type, "sku": sku, "quantity": quantity, "effectiveDate": start, "expirationDate": end })
}

const LONG: [&str; 2] = ["today-9d", "today+200d"];

/// Columns of the summary of a company.
async fn summary(devices: Value, purchases: Value, names: &[&str]) -> String {
    let body = Fixture::company(&devices, &[], purchases).app().get("/entitlements/summaries").await;
    columns(&body["summary"], names)
}

/// The pools of an MSP, by its purchases and what it has assigned to a customer out of the pool of APSW.
fn msp(purchases: Value, assigned: i64) -> Fixture {
    let row = json!({ "id": 5, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "quantity": assigned, "dateEffective": "today-9d", "dateExpires": "today+90d" });
    Fixture::new().with("msp-entitlements.json", json!({ MSP: purchases })).with("assignments.json", json!([row]))
}

async fn pools(fixture: Fixture, names: &[&str]) -> String {
    columns(&fixture.app().get("/mspEntitlements/summaries").await["mspEntitlementSummaries"], names)
}

#[tokio::test]
async fn a_shortage_stands_on_the_paid_row_or_on_the_trial_row_if_only_trials_are_on_record() {
    let devices = json!([{ "deviceType": "APSW", "count": 20 }]);
    let (paid, trial) = (purchase("1-1", "APSW", "S", 10, LONG), purchase("1-2", "APSW", "CLD-R1-TMP090-REC", 5, LONG));
    let names = ["tempLicense", "quantity", "deviceCount", "outOfComplianceDevices"];
    assert_eq!(summary(devices.clone(), json!([paid, trial]), &names).await, "false 10 15 5\ntrue 5 5 0");
    assert_eq!(summary(devices, json!([trial]), &names).await, "true 5 20 15");
}

#[tokio::test]
async fn analytics_licenses_in_use_are_the_active_hardware_or_all_of_them() {
    let devices = json!([{ "deviceType": "WIFI", "count": 5 }, { "deviceType": "SLTN_PIN_FOR_IDENTITY", "count": 7 }]);
    for (licenses, expected) in [(10, "ANALYTICS 10 5 0"), (3, "ANALYTICS 3 3 0")] {
        let rows = json!([purchase("1-1", "ANALYTICS", "S", licenses, LONG)]);
        let names = ["deviceType", "quantity", "deviceCount", "outOfComplianceDevices"];
        let found = summary(devices.clone(), rows, &names).await;
        assert_eq!(found.lines().find(|line| line.starts_with("ANALYTICS")), Some(expected), "{found}");
    }
}

#[tokio::test]
async fn a_switch_uses_rows_of_its_sub_type_then_icx_any_then_icx_then_rows_without_one() {
    let devices = json!([{ "deviceType": "SWITCH", "deviceSubType": "ICX76", "count": 5 }]);
    let sub_types = [json!("ICX76"), json!("ICX_ANY"), json!("ICX"), Value::Null];
    let rows: Vec<Value> = (1..)
        .zip(&sub_types)
        .map(|(n, sub_type)| {
            let mut row = purchase(&format!("{n}-1"), "SWITCH", "S", 9, LONG);
            row["deviceSubType"] = sub_type.clone();
            row
        })
        .collect();
    for (missing, expected) in ["ICX76 5", "ICX_ANY 5", "ICX 5", "- 5"].into_iter().enumerate() {
        let found = summary(devices.clone(), json!(rows[missing..]), &["deviceSubType", "deviceCount"]).await;
        let used: Vec<_> = found.lines().filter(|line| !line.ends_with(" 0")).collect();
        assert_eq!(used, [expected]);
    }
}

#[tokio::test]
async fn a_summary_row_has_the_dates_of_the_next_to_expire_else_the_next_to_start_else_the_last_expired() {
    let of = |device_type: &str| {
        [
            purchase("1-1", device_type, "EXPIRED-LATER", 1, ["2025-01-01", "2026-03-01"]),
            purchase("1-2", device_type, "EXPIRED-EARLIER", 2, ["2025-01-01", "2026-02-01"]),
            purchase("1-3", device_type, "STARTS-LATER", 4, ["2026-05-01", "2026-06-01"]),
            purchase("1-4", device_type, "STARTS-EARLIER", 8, ["2026-04-01", "2026-07-01"]),
            purchase("1-5", device_type, "EXPIRES-LATER", 16, ["2026-01-01", "2026-12-01"]),
            purchase("1-6", device_type, "EXPIRES-EARLIER", 32, ["2026-01-01", "2026-11-01"]),
            purchase("1-7", device_type, "EXPIRES-TOO", 64, ["2026-01-01", "2026-11-01"]),
        ]
    };
    for (count, sku, start, end, days, closest) in [
        (2, "EXPIRED-LATER", "2025-01-01", "2026-03-01", -9, 0),
        (4, "STARTS-EARLIER", "2026-04-01", "2026-07-01", 113, 0),
        (7, "EXPIRES-EARLIER", "2026-01-01", "2026-11-01", 236, 96),
    ] {
        let dates = format!("{start}T00:00:00Z {end}T23:59:59Z {days}");
        let names =
            ["sku", "effectiveDate", "expirationDate", "remainingDays", "closestLiceseQtty", "closestLicenseQuantity"];
        let found = summary(json!([]), json!(of("APSW")[..count]), &names).await;
        assert_eq!(found, format!("{sku} {dates} {closest} {closest}"));
        let fixture = msp(json!(of("MSP_APSW")[..count]), 1);
        assert_eq!(pools(fixture, &["effectiveDate", "expirationDate", "remainingDays"]).await, dates);
    }
}

#[tokio::test]
async fn what_is_free_for_customers_can_be_negative_and_what_remains_cannot() {
    let body = App::new("out-of-compliance").get_as(MSP, "/entitlements/summaries").await;
    let names = ["deviceType", "availablePaidQuantityForMspEcs", "remainingQuantityForMspEcs"];
    assert_eq!(columns(&body["summary"], &names), "WIFI 30 30\nSWITCH 5 5\nAPSW -20 0");
}

#[tokio::test]
async fn the_licenses_of_a_virtual_edge_are_a_setting() {
    let meta = json!({ "title": "t", "description": "d", "defaultTenant": COMPANY, "policy": { "licensesPerVirtualEdge": 3 } });
    let devices = json!([{ "deviceType": "VIRTUAL_EDGE", "count": 2 }]);
    let app = Fixture::company(&devices, &[], json!([])).with("scenario.json", meta).app();
    assert_eq!(app.get("/entitlements/summaries").await["summary"][0]["deviceCount"], 6);
}

#[tokio::test]
async fn courtesy_is_of_the_sum_of_a_pool_and_not_of_each_purchase() {
    let of = |id: &str| purchase(id, "MSP_APSW", "S", 10, ["2024-12-31", "2030-01-01"]);
    assert_eq!(pools(msp(json!([of("1-1"), of("1-2")]), 1), &["quantity", "courtesyQuantity"]).await, "20 1");
}

#[tokio::test]
async fn courtesy_is_in_use_when_more_is_assigned_than_was_bought() {
    for (start, assigned, expected) in
        [("2024-12-31", 100, "false"), ("2024-12-31", 101, "true"), ("2025-01-01", 101, "false")]
    {
        let pool = purchase("1-1", "MSP_APSW", "S", 100, [start, "2030-01-01"]);
        let rows = msp(json!([pool]), assigned).app().get("/assignments/summaries").await;
        assert_eq!(columns(&rows, &["courtesyMspEntitlementsUsed"]), expected, "{start} {assigned}");
    }
}

#[tokio::test]
async fn an_assignment_that_runs_without_a_purchase_has_a_row() {
    assert_eq!(
        pools(msp(json!([]), 7), &["licenseType", "quantity", "remainingLicenses", "expirationDate"]).await,
        "MSP_APSW 0 -7 -"
    );
}

#[tokio::test]
async fn a_trial_pool_without_a_word_of_its_own_has_the_plain_word() {
    let mut trial = purchase("1-1", "MSP_SWITCH", "CLD-MS76-1001-TEMP", 9, LONG);
    trial["deviceSubType"] = json!("ICX76");
    let found = pools(msp(json!([trial]), 1), &["licenseType", "trial"]).await;
    assert!(found.contains("MSP_ICX76 true"), "{found}");
}
