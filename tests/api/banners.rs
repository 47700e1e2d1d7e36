//! GET /banners

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, CUSTOMER_3, MSP, columns, fixture::Fixture, row, rows};

#[tokio::test]
async fn the_banners_of_a_company_tell_what_ends_and_what_has_ended() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(COMPANY, "/banners").await), @r#"
    {"alm":false,"deviceCount":30,"deviceType":"WIFI","effectDate":"2026-04-24T23:59:59Z","effectDays":45,"licenseType":"APSW","multipleLicense":true,"type":"INITIAL"}
    {"alm":false,"deviceCount":25,"deviceType":"WIFI","effectDate":"2026-04-27T23:59:59Z","effectDays":48,"licenseType":"APSW","multipleLicense":false,"type":"GRACE_PERIOD"}
    {"alm":false,"deviceCount":16,"deviceSubType":"ICX71","deviceType":"SWITCH","effectDate":"2026-03-15T23:59:59Z","effectDays":5,"licenseType":"APSW","multipleLicense":false,"type":"CLOSE_TO_EXPIRATION"}
    {"alm":false,"deviceCount":12,"deviceSubType":"ICX71","deviceType":"SWITCH","effectDate":"2025-05-03T23:59:59Z","effectDays":-311,"licenseType":"APSW","multipleLicense":false,"type":"AFTER_GRACE_PERIOD"}
    {"alm":false,"deviceCount":246,"deviceType":"ANALYTICS","effectDate":"2026-03-10T00:00:00Z","effectDays":0,"licenseType":"UNKNOWN","multipleLicense":false,"totalActiveDevices":246,"totalRALicense":190,"type":"RA_BELOW_90_PERCENT_OF_DEVICES"}
    "#);
}

#[tokio::test]
async fn banners_carry_both_generations_of_names_in_the_observed_style() {
    let app = App::observed("default");
    let banners = app.get_as(COMPANY, "/banners").await;
    assert_snapshot!(row(&banners, "type", "INITIAL"), @r#"{"alm":false,"deviceCount":30,"deviceType":"WIFI","effectDate":"2026-04-24T23:59:59.000+00:00","effectDays":45,"licenseType":"WIFI","multipleLicense":true,"type":"INITIAL","licenseCount":30,"effectiveDays":45}"#);
    assert_snapshot!(row(&banners, "deviceType", "ANALYTICS"), @r#"{"alm":false,"deviceCount":246,"deviceType":"ANALYTICS","effectDate":"2026-03-10T00:00:00.000+00:00","effectDays":0,"licenseType":"ANALYTICS","multipleLicense":false,"totalActiveDevices":246,"totalRALicense":190,"type":"RA_BELOW_90_PERCENT_OF_DEVICES","licenseCount":246,"effectiveDays":0}"#);
}

#[tokio::test]
async fn a_customer_has_banners_of_what_its_msp_assigned() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(CUSTOMER_3, "/banners").await), @r#"{"alm":false,"deviceCount":55,"deviceType":"APSW","effectDate":"2026-04-04T23:59:59Z","effectDays":25,"licenseType":"APSW","multipleLicense":false,"type":"INITIAL"}"#);
    assert_snapshot!(rows(&app.get_as(CUSTOMER, "/banners").await), @"");
}

#[tokio::test]
async fn an_msp_has_banners_of_what_it_assigned_to_itself() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(MSP, "/banners").await), @"");
}

#[tokio::test]
async fn banners_can_be_limited_to_a_device_type_or_a_license_type() {
    let app = App::new("default");
    let shown = async |query: &str| {
        let banners = app.get_as(COMPANY, &format!("/banners?{query}")).await;
        columns(&banners, &["deviceType", "licenseType", "type"])
    };
    assert_snapshot!(shown("").await, @"
    WIFI APSW INITIAL
    WIFI APSW GRACE_PERIOD
    SWITCH APSW CLOSE_TO_EXPIRATION
    SWITCH APSW AFTER_GRACE_PERIOD
    ANALYTICS UNKNOWN RA_BELOW_90_PERCENT_OF_DEVICES
    ");
    assert_snapshot!(shown("type=SWITCH").await, @"
    SWITCH APSW CLOSE_TO_EXPIRATION
    SWITCH APSW AFTER_GRACE_PERIOD
    ");
    assert_snapshot!(shown("type=ANALYTICS").await, @"ANALYTICS UNKNOWN RA_BELOW_90_PERCENT_OF_DEVICES");
    assert_snapshot!(shown("licenseType=UNKNOWN").await, @"ANALYTICS UNKNOWN RA_BELOW_90_PERCENT_OF_DEVICES");
    assert_snapshot!(shown("type=WIFI&licenseType=UNKNOWN").await, @"");
    assert_snapshot!(shown("type=RWG").await, @"");
}

#[tokio::test]
async fn analytics_banners_compare_licenses_with_active_devices() {
    for (scenario, expected) in [
        ("out-of-compliance", "RA_BELOW_50_PERCENT_OF_DEVICES"),
        ("default", "RA_BELOW_90_PERCENT_OF_DEVICES"),
        ("expired", "RA_BELOW_50_PERCENT_OF_DEVICES"),
    ] {
        let app = App::new(scenario);
        let banners = app.get_as(COMPANY, "/banners?type=ANALYTICS").await;
        let types: Vec<_> = banners.as_array().unwrap().iter().map(|row| row["type"].as_str().unwrap()).collect();
        assert!(types.contains(&expected), "{scenario}: {types:?}");
        let banner = row(&banners, "type", expected);
        let (licenses, devices) = (&banner["totalRALicense"], &banner["totalActiveDevices"]);
        assert!(licenses.as_i64().unwrap() * 10 < devices.as_i64().unwrap() * 9, "{banner}");
        // As recorded: the devices, and at once.
        assert_eq!((&banner["deviceCount"], &banner["effectDays"]), (devices, &0.into()), "{banner}");
    }
}

#[tokio::test]
async fn several_entitlements_of_one_type_in_one_state_make_one_banner() {
    let app = App::new("expired");
    let banners = app.get_as(COMPANY, "/banners").await;
    assert_snapshot!(columns(&banners, &["deviceType", "type", "multipleLicense", "deviceCount", "effectDays"]), @"
    WIFI AFTER_GRACE_PERIOD false 10 -10
    SWITCH AFTER_GRACE_PERIOD false 20 -140
    ANALYTICS AFTER_GRACE_PERIOD false 110 -53
    APSW AFTER_GRACE_PERIOD false 100 -5
    ANALYTICS RA_BELOW_50_PERCENT_OF_DEVICES false 104 0
    ");
}

#[tokio::test]
async fn banners_are_of_the_rows_that_pass_the_filter() {
    let row = |id: &str, of: &str, quantity: i64, end: &str| json!({ "id": id, "deviceType": of, "sku": "S", "quantity": quantity, "effectiveDate": "today-9d", "expirationDate": end });
    let rows = json!([row("1-1", "APSW", 20, "today+40d"), row("1-2", "IOT_CTRL", 7, "today+30d")]);
    let app = Fixture::company(&json!([]), &["DEVICE_AGNOSTIC"], rows).app();
    for (query, expected) in [("", 27), ("?licenseType=APSW", 20), ("?licenseType=UNKNOWN", 7), ("?type=APSW", 27)] {
        let banners = app.get(&format!("/banners{query}")).await;
        assert_eq!(banners[0]["deviceCount"], expected, "{query}: {banners}");
    }
}

#[tokio::test]
async fn an_alm_purchase_says_the_same_in_summary_and_banner() {
    let row = |id: &str, alm: bool, quantity: i64, end: &str| json!({ "id": id, "deviceType": "APSW", "sku": "S", "quantity": quantity, "effectiveDate": "2025-01-01", "expirationDate": end, "alm": alm });
    let shown = async |rows: Value| {
        let app = Fixture::company(&json!([{ "deviceType": "APSW", "count": 64 }]), &[], rows).app();
        let body = app.get("/entitlements/summaries").await;
        [
            body["summary"][0]["remainingQuantity"].clone(),
            body["summary"][0]["almExtraInfo"]["remainingQuantity"].clone(),
            body["banners"][0]["almExtraInfo"]["remainingQuantity"].clone(),
        ]
    };
    // An expired licence has nothing left; of 80 in use first, 16 are left.
    assert_eq!(shown(json!([row("1-1", true, 80, "today-9d")])).await, [-64, 0, 0]);
    let both = json!([row("1-1", true, 80, "today+9d"), row("1-2", false, 20, "today+90d")]);
    assert_eq!(shown(both).await, [36, 16, 16]);
}

/// Recorded: 1 device and no licence are RA_BELOW_50_PERCENT_OF_DEVICES, deviceCount 1, effectDays 0.
#[tokio::test]
async fn the_analytics_banner_counts_devices_and_takes_effect_at_once() {
    let app = Fixture::company(&json!([{ "deviceType": "WIFI", "count": 1 }]), &["ANALYTICS"], json!([])).app();
    assert_snapshot!(rows(&app.get("/banners").await), @r#"{"alm":false,"deviceCount":1,"deviceType":"ANALYTICS","effectDate":"2026-03-10T00:00:00Z","effectDays":0,"licenseType":"UNKNOWN","multipleLicense":false,"totalActiveDevices":1,"totalRALicense":0,"type":"RA_BELOW_50_PERCENT_OF_DEVICES"}"#);
}
