//! GET /entitlements, GET /entitlements/summaries

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{App, COMPANY, CUSTOMER, CUSTOMER_2, MSP, columns, fixture::Fixture, row, rows};

#[tokio::test]
async fn the_entitlements_of_a_company_come_in_the_order_of_their_expiry() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(COMPANY, "/entitlements").await), @r#"
    {"alm":false,"assignedLicense":false,"createdDate":"2022-03-06T00:00:00Z","deviceSubType":"ICX71","deviceType":"SWITCH","effectiveDate":"2022-03-06T00:00:00Z","emailStage":"AFTER_GRACE_PERIOD","expirationDate":"2025-03-04T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2025-05-03T23:59:59Z","historical":true,"id":"358889508-1","licenseName":"Cloud Switch ICX 7150 3-Yr","mspSku":false,"quantity":12,"r1Sku":false,"sku":"CLD-S71M-3001","skuTier":"Silver","tempLicense":false,"updatedDate":"2022-03-06T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-02-27T00:00:00Z","deviceType":"WIFI","effectiveDate":"2025-02-27T00:00:00Z","emailStage":"GRACE_PERIOD","expirationDate":"2026-02-26T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2026-04-27T23:59:59Z","historical":true,"id":"358889503-1","licenseDesc":"Cloud management of one access point for one year","licenseName":"Cloud Wi-Fi 1-Yr","mspSku":false,"quantity":25,"r1Sku":false,"sku":"CLD-RKWF-1001","skuTier":"Gold","tempLicense":false,"updatedDate":"2025-02-27T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-03-16T00:00:00Z","deviceSubType":"ICX71","deviceType":"SWITCH","effectiveDate":"2025-03-16T00:00:00Z","emailStage":"CLOSE_TO_EXPIRATION","expirationDate":"2026-03-15T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2026-05-14T23:59:59Z","historical":false,"id":"358889506-1","licenseName":"Cloud Switch ICX 7150 1-Yr","mspSku":false,"quantity":16,"r1Sku":false,"sku":"CLD-S71M-1001","skuTier":"Silver","tempLicense":false,"updatedDate":"2025-03-16T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-04-25T00:00:00Z","deviceType":"WIFI","effectiveDate":"2025-04-25T00:00:00Z","expirationDate":"2026-04-24T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2026-06-23T23:59:59Z","historical":false,"id":"358889502-1","licenseDesc":"Cloud management of one access point for one year","licenseName":"Cloud Wi-Fi 1-Yr","mspSku":false,"quantity":20,"r1Sku":false,"sku":"CLD-RKWF-1001","skuTier":"Gold","tempLicense":false,"updatedDate":"2025-04-25T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2026-01-30T00:00:00Z","deviceType":"WIFI","effectiveDate":"2026-01-30T00:00:00Z","expirationDate":"2026-04-29T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2026-04-29T23:59:59Z","historical":false,"id":"358889504-1","licenseName":"RUCKUS One Trial REC 90-Day","mspSku":false,"quantity":10,"r1Sku":true,"sku":"CLD-R1-TMP090-REC","skuTier":"Platinum","tempLicense":true,"updatedDate":"2026-01-30T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-09-25T14:20:00Z","deviceType":"ANALYTICS","effectiveDate":"2025-09-26T00:00:00Z","expirationDate":"2026-09-25T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2026-10-02T23:59:59Z","historical":false,"id":"358889507-1","licenseDesc":"Analytics for one device for one year","licenseName":"Analytics 1-Yr","mspSku":false,"quantity":190,"r1Sku":false,"sku":"CLD-ANAP-1001","skuTier":"Gold","tempLicense":false,"updatedDate":"2026-02-08T08:05:00Z"}
    {"alm":true,"almActivationId":"ALM-ACT-310052","almLicenseType":"APSW","almSoEntQuantity":120,"almUsedQuantity":64,"assignedLicense":false,"createdDate":"2026-02-08T00:00:00Z","deviceType":"APSW","effectiveDate":"2026-02-08T00:00:00Z","expirationDate":"2027-02-07T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2027-04-08T23:59:59Z","historical":false,"id":"358889510-1","licenseDesc":"One access point or switch, Professional tier, for one year","licenseName":"R1 Pro 1 AP/SW REC 1-Yr","mspSku":false,"quantity":80,"r1Sku":true,"sku":"CLD-PROF-APSW-REC1","skuTier":"Platinum","tempLicense":false,"updatedDate":"2026-02-08T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2026-03-07T10:40:00Z","deviceType":"APSW","effectiveDate":"2026-04-09T00:00:00Z","expirationDate":"2027-04-08T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2027-06-07T23:59:59Z","historical":false,"id":"358889511-1","licenseDesc":"One access point or switch, Professional tier, for one year","licenseName":"R1 Pro 1 AP/SW REC 1-Yr","mspSku":false,"quantity":20,"r1Sku":true,"sku":"CLD-PROF-APSW-REC1","skuTier":"Platinum","tempLicense":false,"updatedDate":"2026-03-07T10:40:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-02-03T00:00:00Z","deviceType":"WIFI","effectiveDate":"2025-02-03T00:00:00Z","expirationDate":"2028-02-02T23:59:59Z","extendedLicensesAssignment":false,"graceEndDate":"2028-04-02T23:59:59Z","historical":false,"id":"358889501-1","licenseDesc":"Cloud management of one access point for three years","licenseName":"Cloud Wi-Fi 3-Yr","mspSku":false,"quantity":150,"r1Sku":false,"sku":"CLD-RKWF-3001","skuTier":"Gold","tempLicense":false,"updatedDate":"2025-02-03T00:00:00Z"}
    {"alm":false,"assignedLicense":false,"createdDate":"2025-08-22T00:00:00Z","deviceSubType":"ICX76","deviceType":"SWITCH","effectiveDate":"2025-08-22T00:00:00Z","expirationDate":"2028-08-20T23:59:59Z","extendedLicensesAssignment":false,"externalId":"SE-0082417","graceEndDate":"2028-10-19T23:59:59Z","historical":false,"id":"358889505-1","licenseDesc":"Cloud management of one ICX 7650 for three years","licenseName":"Cloud Switch ICX 7650 3-Yr","mspSku":false,"parentId":"358889505","quantity":24,"r1Sku":false,"sku":"CLD-S76M-3001","skuTier":"Gold","tempLicense":false,"updatedDate":"2025-08-22T00:00:00Z"}
    "#);
}

#[tokio::test]
async fn a_customer_sees_what_its_msp_assigned() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get_as(CUSTOMER, "/entitlements").await), @r#"
    {"alm":false,"assignedLicense":true,"createdDate":"2025-12-10T09:42:00Z","deviceType":"APSW","effectiveDate":"2025-12-10T00:00:00Z","expirationDate":"2026-12-09T23:59:59Z","extendedLicensesAssignment":false,"externalId":"130471","graceEndDate":"2027-02-07T23:59:59Z","historical":false,"id":"900130471-1","licenseName":"APSW assigned by MSP","mspSku":true,"quantity":40,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP3","skuTier":"Platinum","tempLicense":false,"updatedDate":"2025-12-10T09:42:00Z"}
    {"alm":false,"assignedLicense":true,"createdDate":"2025-12-10T00:00:00Z","deviceType":"SLTN_TOKEN","effectiveDate":"2025-12-10T00:00:00Z","expirationDate":"2026-12-09T23:59:59Z","extendedLicensesAssignment":false,"externalId":"130475","graceEndDate":"2027-02-07T23:59:59Z","historical":false,"id":"900130475-1","licenseName":"SLTN_TOKEN assigned by MSP","mspSku":true,"quantity":60,"r1Sku":false,"sku":"CLD-SLTN-TOKN-MSP3","skuTier":"Gold","tempLicense":false,"updatedDate":"2025-12-10T00:00:00Z"}
    {"alm":false,"assignedLicense":true,"createdDate":"2025-02-23T00:00:00Z","deviceType":"APSW","effectiveDate":"2025-02-23T00:00:00Z","expirationDate":"2027-02-22T23:59:59Z","extendedLicensesAssignment":false,"externalId":"130468","graceEndDate":"2027-04-23T23:59:59Z","historical":false,"id":"900130468-1","licenseName":"APSW assigned by MSP","mspSku":true,"quantity":120,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP3","skuTier":"Platinum","tempLicense":false,"updatedDate":"2025-02-23T00:00:00Z"}
    "#);
}

#[tokio::test]
async fn entitlements_have_java_dates_in_the_observed_style() {
    let app = App::observed("default");
    let list = app.get_as(COMPANY, "/entitlements").await;
    assert_snapshot!(row(&list, "id", "358889506-1"), @r#"{"alm":false,"assignedLicense":false,"createdDate":"Sun Mar 16 00:00:00 UTC 2025","deviceSubType":"ICX71","deviceType":"SWITCH","effectiveDate":"Sun Mar 16 00:00:00 UTC 2025","emailStage":"CLOSE_TO_EXPIRATION","expirationDate":"Sun Mar 15 23:59:59 UTC 2026","extendedLicensesAssignment":false,"graceEndDate":"Thu May 14 23:59:59 UTC 2026","historical":false,"id":"358889506-1","licenseName":"Cloud Switch ICX 7150 1-Yr","mspSku":false,"quantity":16,"r1Sku":false,"sku":"CLD-S71M-1001","skuTier":"Silver","tempLicense":false,"updatedDate":"Sun Mar 16 00:00:00 UTC 2025"}"#);
    let summaries = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_eq!(summaries["entitlements"], list);
}

#[tokio::test]
async fn the_summary_sets_quantities_against_use() {
    let app = App::new("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(rows(&body["summary"]), @r#"
    {"activeDeviceCountMap":{"WIFI":148},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":20,"closestLiceseQtty":20,"deviceCount":148,"deviceType":"WIFI","effectiveDate":"2025-04-25T00:00:00Z","expirationDate":"2026-04-24T23:59:59Z","futureOfComplianceDate":"2028-02-03T00:00:00Z","futureOutOfComplianceDevices":136,"licenseDesc":"Cloud management of one access point for one year","licenseName":"Cloud Wi-Fi 1-Yr","outOfComplianceDevices":0,"purchasedLicenses":170,"quantity":170,"remainingDays":45,"remainingQuantity":22,"sku":"CLD-RKWF-1001","tempLicense":false,"toBeRemovedDeviceCount":12}
    {"activeDeviceCountMap":{},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":10,"closestLiceseQtty":10,"deviceCount":0,"deviceType":"WIFI","effectiveDate":"2026-01-30T00:00:00Z","expirationDate":"2026-04-29T23:59:59Z","licenseName":"RUCKUS One Trial REC 90-Day","outOfComplianceDevices":0,"purchasedLicenses":10,"quantity":10,"remainingDays":50,"remainingQuantity":10,"sku":"CLD-R1-TMP090-REC","tempLicense":true,"toBeRemovedDeviceCount":0,"trialQuantity":10}
    {"activeDeviceCountMap":{"SWITCH":14},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":16,"closestLiceseQtty":16,"deviceCount":14,"deviceSubType":"ICX71","deviceType":"SWITCH","effectiveDate":"2025-03-16T00:00:00Z","expirationDate":"2026-03-15T23:59:59Z","futureOfComplianceDate":"2026-03-16T00:00:00Z","futureOutOfComplianceDevices":14,"licenseName":"Cloud Switch ICX 7150 1-Yr","outOfComplianceDevices":0,"purchasedLicenses":16,"quantity":16,"remainingDays":5,"remainingQuantity":2,"sku":"CLD-S71M-1001","tempLicense":false,"toBeRemovedDeviceCount":0}
    {"activeDeviceCountMap":{"SWITCH":20},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":24,"closestLiceseQtty":24,"deviceCount":20,"deviceSubType":"ICX76","deviceType":"SWITCH","effectiveDate":"2025-08-22T00:00:00Z","expirationDate":"2028-08-20T23:59:59Z","futureOfComplianceDate":"2028-08-21T00:00:00Z","futureOutOfComplianceDevices":20,"licenseDesc":"Cloud management of one ICX 7650 for three years","licenseName":"Cloud Switch ICX 7650 3-Yr","outOfComplianceDevices":0,"purchasedLicenses":24,"quantity":24,"remainingDays":894,"remainingQuantity":4,"sku":"CLD-S76M-3001","tempLicense":false,"toBeRemovedDeviceCount":0}
    {"activeDeviceCountMap":{},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":190,"closestLiceseQtty":190,"deviceCount":190,"deviceType":"ANALYTICS","effectiveDate":"2025-09-26T00:00:00Z","expirationDate":"2026-09-25T23:59:59Z","licenseDesc":"Analytics for one device for one year","licenseName":"Analytics 1-Yr","outOfComplianceDevices":0,"purchasedLicenses":190,"quantity":190,"remainingDays":199,"remainingQuantity":0,"sku":"CLD-ANAP-1001","tempLicense":false,"toBeRemovedDeviceCount":0}
    {"activeDeviceCountMap":{"APSW":64},"alm":true,"almExtraInfo":{"licenseType":"APSW","remainingQuantity":16,"soEntQuantity":120},"assignedLicenses":0,"closestLicenseQuantity":80,"closestLiceseQtty":80,"deviceCount":64,"deviceType":"APSW","effectiveDate":"2026-02-08T00:00:00Z","expirationDate":"2027-02-07T23:59:59Z","futureOfComplianceDate":"2027-02-08T00:00:00Z","futureOutOfComplianceDevices":44,"licenseDesc":"One access point or switch, Professional tier, for one year","licenseName":"R1 Pro 1 AP/SW REC 1-Yr","outOfComplianceDevices":0,"purchasedLicenses":80,"quantity":80,"remainingDays":334,"remainingQuantity":16,"sku":"CLD-PROF-APSW-REC1","tempLicense":false,"toBeRemovedDeviceCount":0}
    "#);
}

#[tokio::test]
async fn the_summary_of_an_msp_shows_what_is_left_for_customers() {
    let app = App::new("default");
    let body = app.get_as(MSP, "/entitlements/summaries").await;
    assert_snapshot!(rows(&body["summary"]), @r#"
    {"activeDeviceCountMap":{"WIFI":12},"alm":false,"assignedLicenses":15,"availablePaidQuantityForMspEcs":115,"closestLicenseQuantity":15,"closestLiceseQtty":15,"courtesyQuantity":0,"deviceCount":12,"deviceType":"WIFI","effectiveDate":"2025-08-22T00:00:00Z","expirationDate":"2026-08-21T23:59:59Z","futureOfComplianceDate":"2026-08-22T00:00:00Z","futureOutOfComplianceDevices":12,"licenseName":"WIFI assigned by MSP","mspEcAssignedLicenses":70,"outOfComplianceDevices":0,"purchasedLicenses":200,"quantity":15,"remainingDays":164,"remainingQuantity":3,"remainingQuantityForMspEcs":115,"sku":"CLD-MW00-3001","tempLicense":false,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":3}
    {"activeDeviceCountMap":{},"alm":false,"assignedLicenses":0,"availablePaidQuantityForMspEcs":29,"closestLicenseQuantity":0,"closestLiceseQtty":0,"courtesyQuantity":3,"deviceCount":0,"deviceSubType":"ICX76","deviceType":"SWITCH","mspEcAssignedLicenses":34,"outOfComplianceDevices":0,"purchasedLicenses":60,"quantity":0,"remainingQuantity":0,"remainingQuantityForMspEcs":29,"tempLicense":false,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":0}
    {"activeDeviceCountMap":{"APSW":38},"alm":false,"assignedLicenses":45,"availablePaidQuantityForMspEcs":230,"closestLicenseQuantity":45,"closestLiceseQtty":45,"courtesyQuantity":20,"deviceCount":38,"deviceType":"APSW","effectiveDate":"2025-08-22T00:00:00Z","expirationDate":"2026-08-21T23:59:59Z","futureOfComplianceDate":"2026-08-22T00:00:00Z","futureOutOfComplianceDevices":38,"licenseName":"APSW assigned by MSP","mspEcAssignedLicenses":245,"outOfComplianceDevices":0,"purchasedLicenses":500,"quantity":45,"remainingDays":164,"remainingQuantity":7,"remainingQuantityForMspEcs":230,"sku":"CLD-PROF-APSW-MSP3","tempLicense":false,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":7}
    {"activeDeviceCountMap":{},"alm":false,"assignedLicenses":0,"availableTrialQuantityForMspEcs":30,"closestLicenseQuantity":0,"closestLiceseQtty":0,"courtesyQuantity":0,"deviceCount":0,"deviceType":"APSW","mspEcAssignedLicenses":20,"mspEcAssignedTrialLicenses":20,"outOfComplianceDevices":0,"purchasedLicenses":50,"quantity":0,"remainingQuantity":0,"remainingQuantityForMspEcs":30,"tempLicense":true,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":0,"trialQuantity":0}
    {"activeDeviceCountMap":{},"alm":false,"assignedLicenses":0,"availablePaidQuantityForMspEcs":140,"closestLicenseQuantity":0,"closestLiceseQtty":0,"courtesyQuantity":0,"deviceCount":0,"deviceType":"SLTN_TOKEN","mspEcAssignedLicenses":60,"outOfComplianceDevices":0,"purchasedLicenses":200,"quantity":0,"remainingQuantity":0,"remainingQuantityForMspEcs":140,"tempLicense":false,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":0}
    "#);
}

#[tokio::test]
async fn summaries_have_dates_with_milliseconds_and_offset_in_the_observed_style() {
    let app = App::observed("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(row(&body["summary"], "deviceSubType", "ICX71"), @r#"{"activeDeviceCountMap":{"SWITCH":14},"alm":false,"assignedLicenses":0,"closestLicenseQuantity":16,"closestLiceseQtty":16,"deviceCount":14,"deviceSubType":"ICX71","deviceType":"SWITCH","effectiveDate":"2025-03-16T00:00:00.000+00:00","expirationDate":"2026-03-15T23:59:59.000+00:00","futureOfComplianceDate":"2026-03-16T00:00:00.000+00:00","futureOutOfComplianceDevices":14,"licenseName":"Cloud Switch ICX 7150 1-Yr","outOfComplianceDevices":0,"purchasedLicenses":16,"quantity":16,"remainingDays":5,"remainingQuantity":2,"sku":"CLD-S71M-1001","tempLicense":false,"toBeRemovedDeviceCount":0}"#);
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
    assert_snapshot!(shown("type=SWITCH").await, @"
    358889508-1
    358889506-1
    358889505-1
    ");
    assert_snapshot!(shown("type=APSW").await, @"
    358889510-1
    358889511-1
    ");
    assert_snapshot!(shown("licenseType=UNKNOWN").await, @"358889507-1");
    assert_snapshot!(shown("type=SWITCH&licenseType=UNKNOWN").await, @"");
    let summary = app.get_as(COMPANY, "/entitlements/summaries?type=SWITCH").await;
    assert_snapshot!(columns(&summary["summary"], &["deviceType", "deviceSubType", "tempLicense"]), @"
    SWITCH ICX71 false
    SWITCH ICX76 false
    ");
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
    assert_snapshot!(columns(&summary["summary"], &["deviceType", "tempLicense", "quantity", "deviceCount", "activeDeviceCountMap"]), @r#"
    APSW false 140 126 {"WIFI":100,"SWITCH":24,"EDGE":2}
    APSW true 10 0 {}
    "#);
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
        @"
    WIFI - false 170 - CLD-RKWF-1001
    WIFI - true 10 10 CLD-R1-TMP090-REC
    SWITCH ICX71 false 16 - CLD-S71M-1001
    SWITCH ICX76 false 24 - CLD-S76M-3001
    ANALYTICS - false 190 - CLD-ANAP-1001
    APSW - false 80 - CLD-PROF-APSW-REC1
    "
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
    assert_snapshot!(columns(&body["summary"], &names), @"
    SWITCH 30 24 2026-04-20T00:00:00Z 4
    ANALYTICS 40 40 - -
    APSW 50 64 - -
    ");
    let day =
        body["summary"].as_array().unwrap().iter().find_map(|row| row["futureOfComplianceDate"].as_str()).unwrap();
    app.turn_to(day);
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    assert_snapshot!(columns(&body["summary"], &["deviceType", "quantity", "deviceCount", "outOfComplianceDevices"]), @"
    SWITCH 20 24 4
    ANALYTICS 40 40 0
    APSW 50 64 14
    ");
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

#[tokio::test]
async fn numbers_of_a_kind_stand_on_one_of_its_rows() {
    let app = App::new("default");
    let body = app.get_as(COMPANY, "/entitlements/summaries").await;
    let names = ["deviceType", "deviceSubType", "tempLicense", "activeDeviceCountMap", "toBeRemovedDeviceCount"];
    assert_snapshot!(columns(&body["summary"], &names), @r#"
    WIFI - false {"WIFI":148} 12
    WIFI - true {} 0
    SWITCH ICX71 false {"SWITCH":14} 0
    SWITCH ICX76 false {"SWITCH":20} 0
    ANALYTICS - false {} 0
    APSW - false {"APSW":64} 0
    "#);
}

#[tokio::test]
async fn every_row_of_an_msp_has_the_members_that_only_msps_have() {
    let msp = json!({ "id": MSP, "name": "n", "type": "MSP", "entitlementId": "1", "devices": [{ "deviceType": "WIFI", "count": 40 }] });
    let app = Fixture::new()
        .with("tenants.json", json!([msp]))
        .with("msp-entitlements.json", json!({}))
        .without("assignments.json")
        .app();
    let summary = app.get("/entitlements/summaries").await["summary"].clone();
    assert_snapshot!(rows(&summary), @r#"{"activeDeviceCountMap":{"WIFI":40},"alm":false,"assignedLicenses":0,"availablePaidQuantityForMspEcs":0,"closestLicenseQuantity":0,"closestLiceseQtty":0,"courtesyQuantity":0,"deviceCount":40,"deviceType":"WIFI","mspEcAssignedLicenses":0,"outOfComplianceDevices":40,"purchasedLicenses":0,"quantity":0,"remainingQuantity":-40,"remainingQuantityForMspEcs":0,"tempLicense":false,"toBeRemovedDeviceCount":0,"totalAvailableQuantityForItself":-40}"#);
}
