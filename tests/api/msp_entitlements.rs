//! GET /mspEntitlements, GET /mspEntitlements/summaries

use insta::assert_snapshot;

use crate::support::{App, MSP, columns, row, rows};

#[tokio::test]
async fn the_purchases_of_an_msp_come_in_the_order_of_their_expiry() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/mspEntitlements").await), @r#"
    {"alm":false,"deviceSubType":"ICX76","deviceType":"MSP_SWITCH","effectiveDate":"2025-02-24T00:00:00Z","expirationDate":"2026-02-23T23:59:59Z","id":"358880106-1","isR1Sku":"false","isTrial":false,"lastNotificationDate":"2026-02-21T00:00:00Z","quantity":20,"r1Sku":false,"sku":"CLD-MS76-1001","skuTier":"Gold","status":"EXPIRED"}
    {"alm":false,"deviceType":"MSP_WIFI","effectiveDate":"2025-03-16T00:00:00Z","expirationDate":"2026-03-15T23:59:59Z","id":"358880104-2","isR1Sku":"false","isTrial":false,"lastNotificationDate":"2026-03-06T00:00:00Z","quantity":50,"r1Sku":false,"sku":"CLD-MW00-1001","skuTier":"Gold","status":"VALID"}
    {"alm":false,"deviceType":"MSP_APSW","effectiveDate":"2025-04-19T00:00:00Z","expirationDate":"2026-04-18T23:59:59Z","id":"358880102-1","isR1Sku":"true","isTrial":false,"quantity":100,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP1","skuTier":"Platinum","status":"VALID"}
    {"alm":false,"deviceType":"MSP_APSW","effectiveDate":"2026-02-23T00:00:00Z","expirationDate":"2026-05-23T23:59:59Z","id":"358880103-1","isR1Sku":"true","isTrial":true,"quantity":50,"r1Sku":true,"sku":"CLD-R1-TMP090-MSP","skuTier":"Platinum","status":"VALID"}
    {"alm":false,"deviceSubType":"ICX76","deviceType":"MSP_SWITCH","effectiveDate":"2024-10-26T00:00:00Z","expirationDate":"2027-10-25T23:59:59Z","id":"358880105-1","isR1Sku":"false","isTrial":false,"quantity":60,"r1Sku":false,"sku":"CLD-MS76-3001","skuTier":"Gold","status":"VALID"}
    {"alm":false,"deviceType":"MSP_APSW","effectiveDate":"2025-02-03T00:00:00Z","expirationDate":"2028-02-02T23:59:59Z","id":"358880101-1","isR1Sku":"true","isTrial":false,"quantity":400,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP3","skuTier":"Platinum","status":"VALID"}
    {"alm":false,"deviceType":"MSP_WIFI","effectiveDate":"2025-08-22T00:00:00Z","expirationDate":"2028-08-20T23:59:59Z","id":"358880104-1","isR1Sku":"false","isTrial":false,"quantity":150,"r1Sku":false,"sku":"CLD-MW00-3001","skuTier":"Gold","status":"VALID"}
    {"alm":true,"almActivationId":"ALM-ACT-204417","almSoEntQuantity":250,"deviceType":"MSP_SLTN_TOKEN","effectiveDate":"2025-11-10T00:00:00Z","expirationDate":"2028-11-08T23:59:59Z","id":"358880107-1","isR1Sku":"false","isTrial":false,"quantity":200,"r1Sku":false,"sku":"CLD-SLTN-TOKN-MSP3","skuTier":"Gold","status":"VALID"}
    "#);
}

#[tokio::test]
async fn the_pools_of_an_msp_are_summed_by_product_and_trial() {
    let app = App::new("default");
    let body = app.get("/mspEntitlements/summaries").await;
    assert_eq!(body["mspEntitlements"], app.get("/mspEntitlements").await);
    assert_snapshot!(rows(&body["mspEntitlementSummaries"]), @r#"
    {"courtesyQuantity":0,"deviceType":"MSP_WIFI","effectiveDate":"2025-03-16T00:00:00Z","expirationDate":"2026-03-15T23:59:59Z","licenseType":"MSP_WIFI","quantity":200,"remainingDays":5,"remainingLicenses":115,"trial":false}
    {"courtesyQuantity":3,"deviceSubType":"ICX76","deviceType":"MSP_SWITCH","effectiveDate":"2024-10-26T00:00:00Z","expirationDate":"2027-10-25T23:59:59Z","licenseType":"MSP_ICX76","quantity":60,"remainingDays":594,"remainingLicenses":29,"trial":false}
    {"courtesyQuantity":20,"deviceType":"MSP_APSW","effectiveDate":"2025-04-19T00:00:00Z","expirationDate":"2026-04-18T23:59:59Z","licenseType":"MSP_APSW","quantity":500,"remainingDays":39,"remainingLicenses":230,"trial":false}
    {"courtesyQuantity":0,"deviceType":"MSP_APSW","effectiveDate":"2026-02-23T00:00:00Z","expirationDate":"2026-05-23T23:59:59Z","licenseType":"MSP_APSW_TEMP","quantity":50,"remainingDays":74,"remainingLicenses":30,"trial":true}
    {"courtesyQuantity":0,"deviceType":"MSP_SLTN_TOKEN","effectiveDate":"2025-11-10T00:00:00Z","expirationDate":"2028-11-08T23:59:59Z","licenseType":"MSP_SLTN_TOKEN","quantity":200,"remainingDays":974,"remainingLicenses":140,"trial":false}
    "#);
}

#[tokio::test]
async fn the_two_lists_have_two_shapes_of_date_in_the_observed_style() {
    let app = App::observed("default");
    let body = app.get("/mspEntitlements/summaries").await;
    assert_snapshot!(row(&body["mspEntitlements"], "id", "358880102-1"), @r#"{"alm":false,"deviceType":"MSP_APSW","effectiveDate":"Sat Apr 19 00:00:00 UTC 2025","expirationDate":"Sat Apr 18 23:59:59 UTC 2026","id":"358880102-1","isR1Sku":"true","isTrial":false,"quantity":100,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP1","skuTier":"Platinum","status":"VALID"}"#);
    assert_snapshot!(row(&body["mspEntitlementSummaries"], "licenseType", "MSP_WIFI"), @r#"{"courtesyQuantity":0,"deviceType":"MSP_WIFI","effectiveDate":"2025-03-16T00:00:00.000+00:00","expirationDate":"2026-03-15T23:59:59.000+00:00","licenseType":"MSP_WIFI","quantity":200,"remainingDays":5,"remainingLicenses":115,"trial":false}"#);
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
        let until = r1_entitlements_mock::scenario::format::When(until.into());
        let app = App::edited("default", |scenario| scenario.policy.courtesy_until = until);
        let body = app.get("/mspEntitlements/summaries").await;
        columns(&body["mspEntitlementSummaries"], &["licenseType", "quantity", "courtesyQuantity", "remainingLicenses"])
    };
    assert_snapshot!(pool("2025-01-01").await, @"
    MSP_WIFI 200 0 115
    MSP_ICX76 60 3 29
    MSP_APSW 500 0 210
    MSP_APSW_TEMP 50 0 30
    MSP_SLTN_TOKEN 200 0 140
    ");
    assert_snapshot!(pool("today-325d").await, @"
    MSP_WIFI 200 3 118
    MSP_ICX76 60 3 29
    MSP_APSW 500 20 230
    MSP_APSW_TEMP 50 0 30
    MSP_SLTN_TOKEN 200 0 140
    ");
    assert_snapshot!(pool("today-324d").await, @"
    MSP_WIFI 200 3 118
    MSP_ICX76 60 3 29
    MSP_APSW 500 25 235
    MSP_APSW_TEMP 50 0 30
    MSP_SLTN_TOKEN 200 0 140
    ");
}

#[tokio::test]
async fn url_filtering_has_no_device_type() {
    let app = App::new("device-agnostic");
    let body = app.get_as(MSP, "/mspEntitlements/summaries").await;
    let pool = row(&body["mspEntitlementSummaries"], "licenseType", "MSP_URLF");
    assert!(pool.get("deviceType").is_none(), "{pool}");
}
