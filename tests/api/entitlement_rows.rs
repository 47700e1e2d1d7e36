//! What fields of GET /entitlements and GET /mspEntitlements follow from, by rows that differ in nothing else.

use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, CUSTOMER_2, MSP, columns, fixture::Fixture, row};

/// A purchase of ten licences, with other members.
fn purchase(id: &str, with: Value) -> Value {
    let mut row = json!({ "id": id, "deviceType": "APSW", "sku": "S", "quantity": 10, "effectiveDate": "today-9d", "expirationDate": "today+90d" });
    row.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    row
}

#[tokio::test]
async fn rows_that_expire_on_one_day_come_by_id() {
    let expected = "2-1\n1-1\n3-1";
    let rows = |device_type: &str| {
        json!([
            purchase("3-1", json!({ "deviceType": device_type })),
            purchase("1-1", json!({ "deviceType": device_type })),
            purchase("2-1", json!({ "deviceType": device_type, "expirationDate": "today+80d" })),
        ])
    };
    let app = Fixture::company(&json!([]), &[], rows("APSW")).app();
    assert_eq!(columns(&app.get("/entitlements").await, &["id"]), expected);
    let app = Fixture::new().with("msp-entitlements.json", json!({ MSP: rows("MSP_APSW") })).app();
    assert_eq!(columns(&app.get("/mspEntitlements").await, &["id"]), expected);
}

#[tokio::test]
async fn future_and_expired_assignments_are_rows_and_revoked_ones_are_not() {
    let app = App::new("default");
    let rows = app.get_as(CUSTOMER_2, "/entitlements").await;
    insta::assert_snapshot!(columns(&rows, &["id", "effectiveDate", "historical"]), @"
    900130465-1 2025-02-19T00:00:00Z true
    900130469-1 2025-09-11T00:00:00Z false
    900130470-1 2025-09-11T00:00:00Z false
    900130476-1 2026-01-09T00:00:00Z false
    900130480-1 2026-04-09T00:00:00Z false
    ");
    let revoked = app.get("/assignments").await;
    assert_eq!(row(&revoked, "id", 130_466)["mspEcTenantId"], CUSTOMER);
    let rows = app.get_as(CUSTOMER, "/entitlements").await;
    assert_eq!(columns(&rows, &["externalId"]), "130471\n130475\n130468");
}

#[tokio::test]
async fn the_flags_of_a_row_follow_from_its_sku() {
    let skus = [
        ("CLD-R1-TMP090-REC", [true, false, false]),
        ("CLD-PROF-APSW-REC1", [true, false, false]),
        ("CLD-ESSN-APSW-REC1", [true, false, false]),
        ("CLD-CORE-APSW-REC1", [true, false, false]),
        ("CLD-ESSENTIALS-APSW", [true, false, false]),
        ("CLD-PROF-APSW-MSP1", [true, true, false]),
        ("CLD-MW00-1001", [false, true, false]),
        ("CLD-RKWF-1001", [false, false, false]),
        ("CLD-RKWF-1001-EXT", [false, false, true]),
        ("CLD-RKWF-EXT-1001", [false, false, false]),
    ];
    let purchases: Vec<Value> =
        (1..).zip(skus).map(|(n, (sku, _))| purchase(&format!("{n}-1"), json!({ "sku": sku }))).collect();
    let rows = Fixture::company(&json!([]), &[], json!(purchases)).app().get("/entitlements").await;
    for (sku, flags) in skus {
        let row = row(&rows, "sku", sku);
        let found = ["r1Sku", "mspSku", "extendedLicensesAssignment"].map(|name| row[name].clone());
        assert_eq!(found, flags, "{sku}");
    }
}

#[tokio::test]
async fn a_fixture_says_whether_a_row_is_a_trial_and_what_its_sales_order_is() {
    let rows = json!([
        purchase("1-1", json!({ "sku": "CLD-R1-TMP090-REC", "tempLicense": false })),
        purchase("1-2", json!({ "tempLicense": true })),
        purchase("1-3", json!({ "alm": true })),
        purchase("1-4", json!({ "alm": true, "almActivationId": "A", "almSoEntQuantity": 30 })),
        purchase("1-5", json!({ "almActivationId": "A", "almSoEntQuantity": 30 })),
    ]);
    let rows = Fixture::company(&json!([]), &[], rows).app().get("/entitlements").await;
    let names = ["id", "tempLicense", "almActivationId", "almSoEntQuantity"];
    let expected = "1-1 false - -\n1-2 true - -\n1-3 false ALM-ACT-0 10\n1-4 false A 30\n1-5 false - -";
    assert_eq!(columns(&rows, &names), expected);
}

#[tokio::test]
async fn licenses_are_used_up_by_model_then_tier_then_expiry_and_trials_last() {
    let managed = |id: &str, sku: &str, tier: &str, end: &str, license_type: &str| {
        purchase(
            id,
            json!({ "alm": true, "sku": sku, "skuTier": tier, "expirationDate": end, "licenseType": license_type }),
        )
    };
    let rows = json!([
        managed("1-1", "S", "Silver", "today+10d", "UNKNOWN"),
        managed("1-2", "S", "Gold", "today+20d", "APSW"),
        managed("1-3", "S", "Silver", "today+40d", "APSW"),
        managed("1-4", "S", "Silver", "today+30d", "APSW"),
        managed("1-5", "CLD-R1-TMP090-REC", "Silver", "today+5d", "APSW"),
    ]);
    for (devices, last) in [(5, "1-4"), (15, "1-3"), (25, "1-2"), (35, "1-1"), (45, "1-5")] {
        let devices_ = json!([{ "deviceType": "APSW", "count": devices }]);
        let rows = Fixture::company(&devices_, &[], rows.clone()).app().get("/entitlements").await;
        let used = rows.as_array().unwrap().iter().map(|row| row["almUsedQuantity"].as_i64().unwrap());
        assert_eq!(used.sum::<i64>(), devices);
        assert_eq!(row(&rows, "almUsedQuantity", 5)["id"], last, "{devices} devices");
    }
}

#[tokio::test]
async fn expiry_mails_begin_on_days_that_are_settings_and_later_for_analytics() {
    let rows = json!([
        purchase("1-1", json!({ "deviceType": "WIFI", "expirationDate": "2026-12-31" })),
        purchase("1-2", json!({ "deviceType": "ANALYTICS", "expirationDate": "2026-12-31" })),
    ]);
    let fixture = |policy: Value| {
        let meta = json!({ "title": "t", "description": "d", "defaultTenant": COMPANY, "policy": policy });
        Fixture::company(&json!([]), &[], rows.clone()).with("scenario.json", meta).app()
    };
    let usual = fixture(json!({}));
    let other = fixture(json!({ "mailDays": 10, "analyticsMailDays": 20 }));
    for (app, moment, expected) in [
        (&usual, "2026-11-30T23:59:59Z", "-\n-"),
        (&usual, "2026-12-01T00:00:00Z", "INITIAL\n-"),
        (&usual, "2026-12-23T23:59:59Z", "INITIAL\n-"),
        (&usual, "2026-12-24T00:00:00Z", "CLOSE_TO_EXPIRATION\nCLOSE_TO_EXPIRATION"),
        (&other, "2026-12-10T23:59:59Z", "-\n-"),
        (&other, "2026-12-11T00:00:00Z", "-\nINITIAL"),
        (&other, "2026-12-21T00:00:00Z", "INITIAL\nINITIAL"),
    ] {
        app.turn_to(moment);
        assert_eq!(columns(&app.get("/entitlements").await, &["emailStage"]), expected, "{moment}");
    }
}

#[tokio::test]
async fn an_assignment_without_any_purchase_has_a_sku_of_its_product() {
    let app = Fixture::new().with("msp-entitlements.json", json!({})).app();
    let rows = app.get_as(CUSTOMER, "/entitlements").await;
    assert_eq!(columns(&rows, &["id", "sku", "skuTier"]), "900000001-1 ASGN-MSP_APSW -");
}
