//! GET /mspEntitlements, GET /mspEntitlements/summaries

use insta::assert_snapshot;

use crate::helpers::{MSP, app::App, columns, row, rows};

#[tokio::test]
async fn the_purchases_of_an_msp_come_in_the_order_of_their_expiry() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/mspEntitlements").await), @"");
}

#[tokio::test]
async fn the_pools_of_an_msp_are_summed_by_product_and_trial() {
    let app = App::new("default");
    let body = app.get("/mspEntitlements/summaries").await;
    assert_eq!(body["mspEntitlements"], app.get("/mspEntitlements").await);
    assert_snapshot!(rows(&body["mspEntitlementSummaries"]), @"");
}

#[tokio::test]
async fn the_two_lists_have_two_shapes_of_date_in_the_live_style() {
    let app = App::live("default");
    let body = app.get("/mspEntitlements/summaries").await;
    assert_snapshot!(row(&body["mspEntitlements"], "id", "358880102-1"), @"");
    assert_snapshot!(row(&body["mspEntitlementSummaries"], "licenseType", "MSP_WIFI"), @"");
}

#[tokio::test]
async fn courtesy_is_five_percent_of_paid_pools_rounded_up_and_trials_get_none() {
    for scenario in ["default", "legacy-skus", "trial-only", "out-of-compliance", "device-agnostic"] {
        let app = App::new(scenario);
        let body = app.get_as(MSP, "/mspEntitlements/summaries").await;
        for pool in body["mspEntitlementSummaries"].as_array().unwrap() {
            let (quantity, courtesy) = (pool["quantity"].as_i64().unwrap(), pool["courtesyQuantity"].as_i64().unwrap());
            let most = if pool["trial"] == true { 0 } else { (quantity * 5 + 99) / 100 };
            assert!((0..=most).contains(&courtesy), "{scenario}: {pool}");
        }
    }
}

#[tokio::test]
async fn subscriptions_that_start_on_or_after_the_last_day_of_courtesy_earn_none() {
    let pool = async |until: &str| {
        let until = r1_entitlements_mock::fixtures::format::When(until.into());
        let app = App::edited("default", |scenario| scenario.policy.courtesy_until = until);
        let body = app.get("/mspEntitlements/summaries").await;
        columns(&body["mspEntitlementSummaries"], &["licenseType", "quantity", "courtesyQuantity", "remainingLicenses"])
    };
    assert_snapshot!(pool("2025-01-01").await, @"");
    assert_snapshot!(pool("today-325d").await, @"");
    assert_snapshot!(pool("today-324d").await, @"");
}

#[tokio::test]
async fn url_filtering_has_no_device_type() {
    let app = App::new("device-agnostic");
    let body = app.get_as(MSP, "/mspEntitlements/summaries").await;
    let pool = row(&body["mspEntitlementSummaries"], "licenseType", "MSP_URLF");
    assert!(pool.get("deviceType").is_none(), "{pool}");
}
