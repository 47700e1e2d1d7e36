//! The queries of what is computed: banners, utilizations, compliances; and of notes, settings and orders.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{
    api::{column, documented, observed},
    support::{App, COMPANY, CUSTOMER, MSP, columns},
};

#[tokio::test]
async fn banners_come_in_the_newer_names_for_own_use_and_for_pools() {
    let app = documented();
    let own =
        app.ask(COMPANY, "POST /entitlements/banners/query", json!({ "filters": { "licenseType": ["APSW"] } })).await;
    insta::assert_json_snapshot!(own.json()["data"][0], @r#"
    {
      "effectDate": "2026-06-19T23:59:59Z",
      "effectiveDays": 45,
      "licenseCount": 30,
      "licenseType": "APSW",
      "message": "WIFI licenses expire within weeks.",
      "multipleLicense": true,
      "type": "INITIAL",
      "usageType": "SELF"
    }
    "#);
    let of_pools =
        app.ask(MSP, "POST /entitlements/banners/query", json!({ "filters": { "usageType": "ASSIGNED" } })).await;
    insta::assert_json_snapshot!(of_pools.json()["data"][0], @r#"
    {
      "effectDate": "2026-05-10T23:59:59Z",
      "effectiveDays": 5,
      "licenseCount": 50,
      "licenseType": "APSW",
      "message": "MSP_WIFI licenses expire within days.",
      "multipleLicense": false,
      "type": "CLOSE_TO_EXPIRATION",
      "usageType": "ASSIGNED"
    }
    "#);
}

#[tokio::test]
async fn utilizations_sum_own_use_and_what_is_handed_out() {
    let app = documented();
    let own = app.ask(CUSTOMER, "POST /entitlements/utilizations/query", json!({})).await;
    insta::assert_json_snapshot!(own.json(), @r#"
    {
      "data": [
        {
          "assignedQuantity": 160,
          "courtesyQuantity": 0,
          "isTrial": false,
          "licenseType": "APSW",
          "purchasedQuantity": 0,
          "quantity": 160,
          "remainingLicenses": 18,
          "remainingQuantity": 18,
          "usageType": "SELF",
          "usedQuantity": 142,
          "usedQuantityForOwnAssignment": 0
        },
        {
          "assignedQuantity": 60,
          "courtesyQuantity": 0,
          "isTrial": false,
          "licenseType": "SLTN_TOKEN",
          "purchasedQuantity": 0,
          "quantity": 60,
          "remainingLicenses": 19,
          "remainingQuantity": 19,
          "usageType": "SELF",
          "usedQuantity": 41,
          "usedQuantityForOwnAssignment": 0
        }
      ]
    }
    "#);
    let filters = json!({ "filters": { "usageType": "ASSIGNED", "licenseType": ["APSW"], "isTrial": false } });
    let assigned = app.ask(MSP, "POST /entitlements/utilizations/query", filters).await;
    insta::assert_json_snapshot!(assigned.json(), @r#"
    {
      "data": [
        {
          "assignedQuantity": 349,
          "courtesyQuantity": 23,
          "isTrial": false,
          "licenseType": "APSW",
          "purchasedQuantity": 760,
          "quantity": 783,
          "remainingLicenses": 374,
          "remainingQuantity": 374,
          "usageType": "ASSIGNED",
          "usedQuantity": 409,
          "usedQuantityForOwnAssignment": 60
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn compliances_are_given_for_a_tenant_and_for_an_msps_customers() {
    let app = documented();
    let asked = |kind| json!({ "filters": { "complianceType": kind, "licenseType": ["APSW"] } });
    let own = app.ask(MSP, "POST /entitlements/compliances/query", asked("SELF")).await;
    insta::assert_json_snapshot!(own.json(), @r#"
    {
      "compliances": [
        {
          "licenseType": "APSW",
          "self": {
            "availableLicenseCountForMyAccount": 10,
            "availablePaidLicenseCountForMspEcs": 374,
            "availableTrialLicenseCountForMspEcs": 30,
            "complianceType": "SELF",
            "consolidatedSkuEnabled": false,
            "deviceCompliances": [
              {
                "deviceType": "WIFI",
                "installedDeviceCount": 50,
                "usedLicenseCount": 50
              },
              {
                "deviceType": "SWITCH",
                "installedDeviceCount": 0,
                "usedLicenseCount": 0
              },
              {
                "deviceType": "RWG",
                "installedDeviceCount": 0,
                "usedLicenseCount": 0
              },
              {
                "deviceType": "EDGE",
                "installedDeviceCount": 0,
                "usedLicenseCount": 0
              },
              {
                "deviceType": "VIRTUAL_EDGE",
                "installedDeviceCount": 0,
                "usedLicenseCount": 0
              }
            ],
            "extendedTrialEnabled": true,
            "licenseGap": 10,
            "licenseType": "APSW",
            "licensesUsed": 50,
            "nextPaidExpirationDate": "2026-10-16",
            "nextTotalPaidExpiringLicenseCount": 60,
            "nextTotalTrialExpiringLicenseCount": 0,
            "paidLicenseGapForMspEcs": 374,
            "tenantId": "a0000000000000000000000000000001",
            "tenantName": "Northgate Managed Networks",
            "totalActivePaidAssignedLicenseCount": 409,
            "totalActivePaidLicenseCount": 60,
            "totalActiveTrialAssignedLicenseCount": 20,
            "totalActiveTrialLicenseCount": 0,
            "totalMspEcPaidAssignedLicenseCount": 349,
            "totalMspEcTrialAssignedLicenseCount": 20,
            "trialLicenseGapForMspEcs": 30
          }
        }
      ]
    }
    "#);
    let summary = app.ask(MSP, "POST /entitlements/compliances/query", asked("MSP_SUMMARY")).await;
    let customers = &summary.json()["compliances"][0]["mspEcSummary"];
    // The gap of the customers is what is left of both pools: 374 paid and 30 trial licences.
    assert_eq!([&customers["complianceType"], &customers["licenseGap"]], [&json!("MSP_SUMMARY"), &json!(404)]);
    let company = app.ask(COMPANY, "POST /entitlements/compliances/query", asked("MSP_SUMMARY")).await;
    assert!(company.json()["compliances"][0].get("mspEcSummary").is_none());
}

#[tokio::test]
async fn missing_filters_fail_in_the_observed_style_and_are_optional_by_the_reference() {
    for path in ["/entitlements/banners/query", "/entitlements/compliances/query"] {
        let failed = observed().ask(COMPANY, &format!("POST {path}"), json!({})).await;
        assert_eq!(failed.check(500).json()["errors"][0]["code"], "ENTITLEMENT-10000");
        documented().ask(COMPANY, &format!("POST {path}"), json!({})).await.check(200);
    }
    let empty = observed().ask(COMPANY, "POST /entitlements/compliances/query", json!({ "filters": {} })).await;
    assert_eq!(empty.check(200).json(), json!({ "compliances": [null] }));
    let typed = json!({ "filters": { "complianceType": "SELF" } });
    let typed = observed().ask(COMPANY, "POST /entitlements/compliances/query", typed).await;
    assert_eq!(typed.json()["compliances"][0]["self"]["tenantName"], "Dunmore Logistics");
}

#[tokio::test]
async fn attention_notes_are_filtered_sorted_and_reduced_to_fields() {
    let app = documented();
    let notes = |filters: Value| json!({ "filters": filters, "sortField": "startDate", "sortOrder": "DESC" });
    for (tenant, filters, expected) in [
        (MSP, json!({}), &["note-0002", "note-0004", "note-0001", "note-0003"][..]),
        (MSP, json!({ "status": ["VALID", "FUTURE"] }), &["note-0002", "note-0001"]),
        (MSP, json!({ "enabled": false }), &["note-0004"]),
        (MSP, json!({ "tenantType": ["REC"] }), &["note-0003"]),
        (MSP, json!({ "type": ["STOP_COURTESY"], "licenseCheck": true }), &["note-0001"]),
        (COMPANY, json!({ "type": ["STOP_COURTESY"], "licenseCheck": true }), &[]),
    ] {
        let ids = column(&app, tenant, "POST /entitlements/attentionNotes/query", notes(filters.clone()), "id").await;
        assert_eq!(ids, expected, "{filters}");
    }
    let fields = json!({ "fields": ["summary", "status"], "pageSize": 1 });
    let answer = app.ask(MSP, "POST /entitlements/attentionNotes/query", fields).await;
    assert_eq!(answer.json()["data"], json!([{ "status": "EXPIRED", "summary": "Renew in time" }]));
}

#[tokio::test]
async fn solution_token_settings_and_orders_are_read() {
    let app = documented();
    let settings = app.ask(MSP, "GET /entitlements/settings", Value::Null).await;
    assert_eq!(settings.check(200).json()[0]["featureType"], "SLTN_PIN_FOR_IDENTITY");
    let orders = app.ask(COMPANY, "POST /entitlements/orders/query", json!({})).await;
    assert_eq!(orders.check(200).json()["data"][0]["orderId"], "ALM-ACT-310052");
    assert_eq!(orders.json()["data"][0]["remainingQuantity"], 40);
}

#[tokio::test]
async fn every_filter_of_utilizations_counts() {
    let app = App::new("default");
    let check = async |filters: Value, expected: Value| {
        let rows = app.ask(COMPANY, "POST /entitlements/utilizations/query", json!({ "filters": filters })).await.ok();
        let rows = rows["data"].as_array().unwrap().iter();
        let rows: Vec<Value> =
            rows.map(|row| json!([row["licenseType"], row["isTrial"], row["quantity"], row["usedQuantity"]])).collect();
        assert_eq!(json!(rows), expected, "{filters}");
    };
    check(json!({ "licenseType": ["APSW"], "isTrial": true }), json!([["APSW", true, 10, 0]])).await;
    check(json!({ "status": ["EXPIRED"] }), json!([["APSW", false, 37, 0]])).await;
    check(json!({ "isAssignedLicense": true }), json!([])).await;
    check(json!({ "isAssignedLicense": false, "isTrial": true }), json!([["APSW", true, 10, 0]])).await;
    check(json!({ "sku": ["NOPE"] }), json!([])).await;
    check(json!({ "sku": ["^CLD-ANAP"] }), json!([["UNKNOWN", false, 190, 190]])).await;
    check(json!({ "skuTier": ["gold"], "licenseType": ["APSW"] }), json!([["APSW", false, 194, 168]])).await;
    check(json!({ "renewable": true, "isTrial": true }), json!([])).await;
}

/// Observed: access points count as WIFI whatever licence covers them, and all hardware is listed.
#[tokio::test]
async fn compliances_count_devices_by_what_they_are() {
    let app = App::new("device-agnostic");
    let filters = json!({ "filters": { "complianceType": "SELF", "licenseType": ["APSW"] } });
    let answer = app.ask(COMPANY, "POST /entitlements/compliances/query", filters).await.ok();
    let devices = &answer["compliances"][0]["self"]["deviceCompliances"];
    assert_snapshot!(columns(devices, &["deviceType", "installedDeviceCount", "usedLicenseCount"]), @"
    WIFI 100 100
    SWITCH 24 24
    RWG 0 0
    EDGE 2 2
    VIRTUAL_EDGE 0 0
    ");
}

#[tokio::test]
async fn a_surplus_of_one_kind_does_not_hide_a_shortage_of_another() {
    let app = App::new("default");
    app.turn_to("2026-03-16T12:00:00Z");
    let summary = app.get_as(COMPANY, "/entitlements/summaries").await["summary"].clone();
    assert_snapshot!(columns(&summary, &["deviceType", "deviceSubType", "tempLicense", "remainingQuantity"]), @"
    WIFI - false 22
    WIFI - true 10
    SWITCH ICX71 false -14
    SWITCH ICX76 false 4
    ANALYTICS - false 0
    APSW - false 16
    ");
    let answer = app.ask(COMPANY, "POST /entitlements/compliances/query", json!({})).await.ok();
    assert_eq!(answer["compliances"][1]["self"]["licenseGap"], -14);
}

/// Observed: filters without a complianceType get one row that is null.
#[tokio::test]
async fn compliances_need_a_type_in_the_observed_style() {
    for (filters, is_null) in [
        (json!({}), true),
        (json!({ "licenseType": ["APSW"] }), true),
        (json!({ "complianceType": "SELF" }), false),
        (json!({ "complianceType": "MSP_SUMMARY" }), false),
    ] {
        let answer =
            observed().ask(MSP, "POST /entitlements/compliances/query", json!({ "filters": filters })).await.ok();
        assert_eq!(answer["compliances"][0].is_null(), is_null, "{filters}");
    }
}
