//! GET /mspBanners

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, MSP, columns, fixture::Fixture, row, rows};

#[tokio::test]
async fn the_banners_of_an_msp_tell_which_pools_end() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/mspBanners").await), @r#"
    {"affectedDeviceCount":0,"alm":false,"deviceCount":50,"deviceType":"MSP_WIFI","effectDate":"2026-03-15T23:59:59Z","effectDays":5,"multipleLicense":false,"type":"CLOSE_TO_EXPIRATION"}
    {"affectedDeviceCount":0,"alm":false,"deviceCount":20,"deviceType":"MSP_SWITCH","effectDate":"2026-04-24T23:59:59Z","effectDays":45,"multipleLicense":false,"type":"GRACE_PERIOD"}
    {"affectedDeviceCount":0,"alm":false,"deviceCount":100,"deviceType":"MSP_APSW","effectDate":"2026-04-18T23:59:59Z","effectDays":39,"multipleLicense":false,"type":"INITIAL"}
    "#);
}

#[tokio::test]
async fn the_observed_style_adds_the_newer_names() {
    let app = App::observed("default");
    let banners = app.get("/mspBanners").await;
    assert_snapshot!(row(&banners, "type", "CLOSE_TO_EXPIRATION"), @r#"{"affectedDeviceCount":0,"alm":false,"deviceCount":50,"deviceType":"MSP_WIFI","effectDate":"2026-03-15T23:59:59.000+00:00","effectDays":5,"multipleLicense":false,"type":"CLOSE_TO_EXPIRATION","licenseType":"MSP_WIFI","licenseCount":50,"effectiveDays":5}"#);
}

#[tokio::test]
async fn an_msp_banner_counts_licenses_of_one_purchase_and_purchases_of_several() {
    for scenario in ["expired", "grace", "legacy-skus"] {
        let app = App::new(scenario);
        let banners = app.get_as(MSP, "/mspBanners").await;
        let purchases = app.get_as(MSP, "/mspEntitlements").await;
        for banner in banners.as_array().unwrap().iter().filter(|banner| banner["multipleLicense"] == false) {
            let sizes = purchases.as_array().unwrap().iter();
            let mut of_type = sizes.filter(|purchase| purchase["deviceType"] == banner["deviceType"]);
            assert!(of_type.any(|purchase| purchase["quantity"] == banner["deviceCount"]), "{scenario}: {banner}");
        }
    }
}

#[tokio::test]
async fn the_summaries_of_an_msp_repeat_its_banners() {
    let app = App::new("expiring");
    let banners = app.get_as(MSP, "/mspBanners").await;
    let summaries = app.get_as(MSP, "/mspEntitlements/summaries").await;
    assert_eq!(summaries["mspEntitlementBanners"], banners);
    assert_ne!(banners, json!([]));
    assert_snapshot!(columns(&banners, &["deviceType", "type", "deviceCount", "affectedDeviceCount", "effectDays"]), @"
    MSP_WIFI CLOSE_TO_EXPIRATION 50 28 3
    MSP_APSW INITIAL 200 122 20
    ");
}

#[tokio::test]
async fn pools_that_cover_the_same_devices_leave_none_affected() {
    let app = App::new("device-agnostic");
    let banners = app.get_as(MSP, "/mspBanners").await;
    assert_snapshot!(columns(&banners, &["deviceType", "type", "deviceCount", "affectedDeviceCount"]), @"MSP_WIFI INITIAL 50 0");
}

/// An MSP with devices of its own and two pools, of which the first ends in ten days: the affected devices.
async fn affected(device_agnostic: bool, ending: &str, staying: &str) -> Value {
    let features = if device_agnostic { json!(["DEVICE_AGNOSTIC"]) } else { json!([]) };
    let msp = json!({ "id": MSP, "name": "n", "type": "MSP", "entitlementId": "1", "features": features, "devices": [{ "deviceType": "WIFI", "count": 120 }] });
    let pool = |id: &str, of: &str, quantity: i64, end: &str| json!({ "id": id, "deviceType": of, "sku": "S", "quantity": quantity, "effectiveDate": "today-9d", "expirationDate": end });
    let fixture = Fixture::new()
        .with("tenants.json", json!([msp]))
        .with(
            "msp-entitlements.json",
            json!({ MSP: [pool("1-1", ending, 120, "today+10d"), pool("1-2", staying, 300, "today+100d")] }),
        )
        .without("assignments.json");
    fixture.app().get("/mspBanners").await[0]["affectedDeviceCount"].clone()
}

#[tokio::test]
async fn devices_are_affected_if_nothing_else_covers_them() {
    assert_eq!(affected(true, "MSP_APSW", "MSP_WIFI").await, 0);
    assert_eq!(affected(true, "MSP_WIFI", "MSP_APSW").await, 0);
    assert_eq!(affected(true, "MSP_WIFI", "MSP_SLTN_TOKEN").await, 120);
    assert_eq!(affected(false, "MSP_WIFI", "MSP_WIFI").await, 0);
    assert_eq!(affected(false, "MSP_WIFI", "MSP_APSW").await, 120);
}

/// Observed: EXPIRED is what the vendor's UI calls more assigned than available.
#[tokio::test]
async fn an_msp_that_has_assigned_more_than_it_has_gets_a_banner() {
    let app = App::new("out-of-compliance");
    let banners = app.get_as(MSP, "/mspBanners").await;
    let names = ["deviceType", "type", "deviceCount", "affectedDeviceCount", "effectDate", "effectDays"];
    assert_snapshot!(columns(&banners, &names), @"
    MSP_SWITCH INITIAL 15 8 2026-04-09T23:59:59Z 30
    MSP_APSW EXPIRED 20 31 2026-03-10T00:00:00Z 0
    ");
    let assignments = app.get_as(MSP, "/assignments").await;
    let valid =
        assignments.as_array().unwrap().iter().find(|row| row["deviceType"] == "MSP_APSW" && row["status"] == "VALID");
    let body = json!([{ "assignmentId": valid.unwrap()["id"] }]);
    app.call("DELETE", "/assignments").tenant(MSP).json(body).send().await.expect(204);
    let banners = app.get_as(MSP, "/mspBanners").await;
    assert!(banners.as_array().unwrap().iter().all(|banner| banner["type"] != "EXPIRED"), "{banners}");
}
