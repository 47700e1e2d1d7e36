//! GET /mspBanners

use insta::assert_snapshot;
use serde_json::json;

use crate::helpers::{MSP, app::App, columns, row, rows};

#[tokio::test]
async fn the_banners_of_an_msp_tell_which_pools_end() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/mspBanners").await), @"");
}

#[tokio::test]
async fn the_live_style_adds_the_newer_names() {
    let app = App::live("default");
    let banners = app.get("/mspBanners").await;
    assert_snapshot!(row(&banners, "type", "CLOSE_TO_EXPIRATION"), @"");
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
    assert_snapshot!(columns(&banners, &["deviceType", "type", "deviceCount", "affectedDeviceCount", "effectDays"]), @"");
}
