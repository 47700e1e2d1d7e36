//! GET /entitlements, GET /entitlements/summaries

use insta::assert_snapshot;
use serde_json::json;

use crate::helpers::{COMPANY, CUSTOMER, CUSTOMER_2, MSP, app::App, columns, row, rows};

#[tokio::test]
async fn the_entitlements_of_a_company_come_in_the_order_of_their_expiry() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(COMPANY, "/entitlements").await), @"");
}

#[tokio::test]
async fn a_customer_sees_what_its_msp_assigned() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(CUSTOMER, "/entitlements").await), @"");
}

#[tokio::test]
async fn entitlements_have_java_dates_in_the_live_style() {
    let app = App::live("default");
    let list = app.get_as(COMPANY, "/entitlements").await;
    assert_snapshot!(row(&list, "id", "358889506-1"), @"");
    let summaries = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_eq!(summaries["entitlements"], list);
}

#[tokio::test]
async fn the_summary_sets_quantities_against_use() {
    let app = App::new("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(rows(&body["summary"]), @"");
}

#[tokio::test]
async fn the_summary_of_an_msp_tells_what_is_left_for_customers() {
    let app = App::new("default");
    let body = app.get_as(MSP, "/entitlements/summaries").await;
    assert_snapshot!(rows(&body["summary"]), @"");
}

#[tokio::test]
async fn summaries_have_dates_with_milliseconds_and_offset_in_the_live_style() {
    let app = App::live("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(row(&body["summary"], "deviceSubType", "ICX71"), @"");
}

#[tokio::test]
async fn the_summary_holds_the_banners_and_the_entitlements_too() {
    let app = App::new("default");
    for tenant in [COMPANY, CUSTOMER, MSP] {
        let body = app.get_as(tenant, "/entitlements/summaries").await;
        let keys: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["banners", "entitlements", "summary"]);
        assert_eq!(body["banners"], app.get_as(tenant, "/banners").await);
        assert_eq!(body["entitlements"], app.get_as(tenant, "/entitlements").await);
    }
}

#[tokio::test]
async fn lists_and_summaries_can_be_limited_to_a_device_type_or_a_license_type() {
    let app = App::new("default");
    for query in ["type=SWITCH", "licenseType=UNKNOWN", "type=APSW&licenseType=APSW", "type=RWG"] {
        let list = app.get_as(COMPANY, &format!("/entitlements?{query}")).await;
        let body = app.get_as(COMPANY, &format!("/entitlements/summaries?{query}")).await;
        assert_eq!(body["entitlements"], list, "{query}");
        assert_eq!(body["banners"], app.get_as(COMPANY, &format!("/banners?{query}")).await, "{query}");
    }
    let shown = async |query: &str| columns(&app.get_as(COMPANY, &format!("/entitlements?{query}")).await, &["id"]);
    assert_snapshot!(shown("type=SWITCH").await, @"");
    assert_snapshot!(shown("type=APSW").await, @"");
    assert_snapshot!(shown("licenseType=UNKNOWN").await, @"");
    assert_snapshot!(shown("type=SWITCH&licenseType=UNKNOWN").await, @"");
    let summary = app.get_as(COMPANY, "/entitlements/summaries?type=SWITCH").await;
    assert_snapshot!(columns(&summary["summary"], &["deviceType", "deviceSubType", "tempLicense"]), @"");
}

#[tokio::test]
async fn for_a_device_agnostic_tenant_every_type_but_analytics_means_apsw() {
    let app = App::new("device-agnostic");
    let apsw = app.get_as(COMPANY, "/entitlements?type=APSW").await;
    assert_ne!(apsw, json!([]));
    for word in ["WIFI", "SWITCH", "EDGE", "VIRTUAL_EDGE", "SLTN_TOKEN", "IOT_CTRL"] {
        assert_eq!(app.get_as(COMPANY, &format!("/entitlements?type={word}")).await, apsw, "{word}");
    }
    let analytics = app.get_as(COMPANY, "/entitlements?type=ANALYTICS").await;
    assert_ne!(analytics, json!([]));
    assert!(analytics.as_array().unwrap().iter().all(|row| row["deviceType"] == "ANALYTICS"));
    let summary = app.get_as(COMPANY, "/entitlements/summaries?type=WIFI").await;
    assert_snapshot!(columns(&summary["summary"], &["deviceType", "tempLicense", "quantity", "deviceCount", "activeDeviceCountMap"]), @"");
}

#[tokio::test]
async fn a_virtual_edge_uses_five_licenses() {
    let app = App::new("legacy-skus");
    let body = app.get_as(COMPANY, "/entitlements/summaries?type=VIRTUAL_EDGE").await;
    let edge = &body["summary"][0];
    let devices = edge["activeDeviceCountMap"]["VIRTUAL_EDGE"].as_i64().unwrap();
    assert!(devices > 0);
    assert_eq!(edge["deviceCount"], devices * 5);
}

#[tokio::test]
async fn used_remaining_and_missing_licenses_add_up_in_every_row() {
    for scenario in ["default", "out-of-compliance", "legacy-skus", "trial-only", "expired", "device-agnostic"] {
        let app = App::new(scenario);
        for tenant in [COMPANY, CUSTOMER, MSP] {
            let body = app.get_as(tenant, "/entitlements/summaries").await;
            for row in body["summary"].as_array().unwrap() {
                let number = |name: &str| row[name].as_i64().unwrap();
                assert_eq!(number("remainingQuantity"), number("quantity") - number("deviceCount"), "{row}");
                assert_eq!(number("outOfComplianceDevices"), (-number("remainingQuantity")).max(0), "{row}");
                assert_eq!(number("closestLicenseQuantity"), number("closestLiceseQtty"), "{row}");
            }
        }
    }
}

#[tokio::test]
async fn trial_and_paid_never_mix_in_a_row() {
    let app = App::new("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(
        columns(&body["summary"], &["deviceType", "deviceSubType", "tempLicense", "quantity", "trialQuantity", "sku"]),
        @""
    );
    for row in body["summary"].as_array().unwrap() {
        assert_eq!(row.get("trialQuantity").is_some(), row["tempLicense"] == true, "{row}");
    }
}

#[tokio::test]
async fn a_shortfall_to_come_is_announced_with_its_day_and_size() {
    let app = App::new("out-of-compliance");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    let names = ["deviceType", "quantity", "deviceCount", "futureOfComplianceDate", "futureOutOfComplianceDevices"];
    assert_snapshot!(columns(&body["summary"], &names), @"");
    let day =
        body["summary"].as_array().unwrap().iter().find_map(|row| row["futureOfComplianceDate"].as_str()).unwrap();
    app.turn_to(day);
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(columns(&body["summary"], &["deviceType", "quantity", "deviceCount", "outOfComplianceDevices"]), @"");
}

#[tokio::test]
async fn the_first_start_is_empty_lists() {
    let app = App::new("empty");
    for tenant in [COMPANY, CUSTOMER, CUSTOMER_2] {
        let answer = app.call("GET", "/entitlements").tenant(tenant).send().await;
        if tenant == CUSTOMER_2 {
            assert_eq!(answer.code(), (404, "ENTITLEMENT-10001".into()));
        } else {
            assert_eq!(answer.json(), json!([]));
        }
    }
    assert_eq!(
        app.get_as(COMPANY, "/entitlements/summaries").await,
        json!({ "banners": [], "entitlements": [], "summary": [] })
    );
    for path in ["/assignments", "/assignments/summaries", "/mspBanners", "/mspEntitlements", "/banners"] {
        assert_eq!(app.get(path).await, json!([]), "{path}");
    }
}
