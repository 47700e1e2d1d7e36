//! GET /mspBanners

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{App, MSP, columns, row, rows};

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
async fn the_live_style_adds_the_newer_names() {
    let app = App::live("default");
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
