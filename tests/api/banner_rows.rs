//! What fields of the banners follow from, by purchases that differ in nothing else.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{COMPANY, MSP, columns, fixture::Fixture};

fn ending(id: &str, with: Value) -> Value {
    let mut row = json!({ "id": id, "deviceType": "SWITCH", "sku": "S", "quantity": 10, "effectiveDate": "today-300d", "expirationDate": "today+30d" });
    row.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    row
}

/// The banners of an MSP with these pools.
async fn of_msp(pools: Value) -> Value {
    let fixture = Fixture::new().with("msp-entitlements.json", json!({ MSP: pools }));
    fixture.app().get("/mspBanners").await
}

#[tokio::test]
async fn entitlements_of_several_sub_types_share_a_banner_without_a_sub_type() {
    let rows = |second: &str| {
        json!([ending("1-1", json!({ "deviceSubType": "ICX71" })), ending("1-2", json!({ "deviceSubType": second }))])
    };
    for (second, expected) in [("ICX76", "SWITCH - true"), ("ICX71", "SWITCH ICX71 true")] {
        let banners = Fixture::company(&json!([]), &[], rows(second)).app().get("/banners").await;
        assert_eq!(columns(&banners, &["deviceType", "deviceSubType", "multipleLicense"]), expected);
    }
}

#[tokio::test]
async fn add_ons_are_no_active_devices_of_the_analytics_banner() {
    let devices = json!([{ "deviceType": "WIFI", "count": 3 }, { "deviceType": "SLTN_PIN_FOR_IDENTITY", "count": 5 }, { "deviceType": "RWG", "count": 1 }]);
    let banners = Fixture::company(&devices, &["ANALYTICS"], json!([])).app().get("/banners").await;
    assert_eq!(columns(&banners, &["totalActiveDevices", "deviceCount"]), "4 4");
}

#[tokio::test]
async fn a_renewal_does_not_silence_the_banner_of_the_old_purchase_until_a_refresh_removes_it() {
    let rows = json!([
        ending("1-1", json!({ "expirationDate": "today-100d" })),
        ending("1-2", json!({ "effectiveDate": "today-99d", "expirationDate": "today+3000d" })),
    ]);
    let fixture = Fixture::company(&json!([]), &[], rows);
    let app = fixture.with("licensing.json", json!({ COMPANY: [{ "remove": ["1-1"] }] })).app();
    for _ in 0..2 {
        assert_eq!(columns(&app.get("/banners").await, &["type", "deviceCount"]), "AFTER_GRACE_PERIOD 10");
        app.advance(TimeDelta::days(1_000));
    }
    app.call("GET", "/entitlements/summaries?refresh=true").send().await.expect(202);
    app.advance(TimeDelta::seconds(2));
    assert_eq!(app.get("/banners").await, json!([]));
}

#[tokio::test]
async fn paid_and_trial_purchases_of_one_category_share_an_msp_banner_that_counts_them() {
    let pool = |id: &str, sku: &str| ending(id, json!({ "deviceType": "MSP_WIFI", "sku": sku }));
    let names = ["deviceType", "type", "deviceCount", "multipleLicense"];
    let banners = of_msp(json!([pool("1-1", "S"), pool("1-2", "CLD-R1-TMP090-MSP")])).await;
    assert_eq!(columns(&banners, &names).lines().next(), Some("MSP_WIFI INITIAL 2 true"));
    let banners = of_msp(json!([pool("1-1", "S")])).await;
    assert_eq!(columns(&banners, &names).lines().next(), Some("MSP_WIFI INITIAL 10 false"));
}

#[tokio::test]
async fn an_msp_banner_of_url_filtering_has_no_device_type() {
    let pool = ending("1-1", json!({ "deviceType": null, "licenseType": "MSP_URLF" }));
    assert_eq!(columns(&of_msp(json!([pool])).await, &["deviceType", "type"]).lines().next(), Some("- INITIAL"));
}

#[tokio::test]
async fn an_msp_banner_has_the_sales_order_and_what_is_free_in_its_pool() {
    // The fixture has assigned 40 licences of this pool.
    let pool =
        ending("1-1", json!({ "deviceType": "MSP_APSW", "quantity": 100, "alm": true, "almSoEntQuantity": 250 }));
    let banners = of_msp(json!([pool])).await;
    let expected = json!({ "licenseType": "APSW", "remainingQuantity": 60, "soEntQuantity": 250 });
    assert_eq!(banners[0]["almExtraEntitlementInfoDto"], expected, "{banners}");
}

#[tokio::test]
async fn msp_banners_come_by_category_and_then_by_state() {
    let pool = |id: &str, of: &str, end: &str| ending(id, json!({ "deviceType": of, "expirationDate": end }));
    let pools = json!([
        pool("1-1", "MSP_SLTN_TOKEN", "today+30d"),
        pool("1-2", "MSP_WIFI", "today-9d"),
        pool("1-3", "MSP_WIFI", "today+3d"),
        pool("1-4", "MSP_WIFI", "today+30d"),
    ]);
    let app = Fixture::new().with("msp-entitlements.json", json!({ MSP: pools })).without("assignments.json").app();
    let expected = "MSP_WIFI INITIAL\nMSP_WIFI CLOSE_TO_EXPIRATION\nMSP_WIFI GRACE_PERIOD\nMSP_SLTN_TOKEN INITIAL";
    assert_eq!(columns(&app.get("/mspBanners").await, &["deviceType", "type"]), expected);
}
