//! The vendor's words, and how those of an MSP map onto those of a tenant.

use serde_json::{Value, json};

use super::scenarios::findings;
use crate::{
    api::{documented, observed},
    support::{
        App, COMPANY, CUSTOMER, CUSTOMER_2, MSP, columns,
        fixture::{Fixture, OTHER_MSP},
    },
};

/// Product; device type and sub type of the pool; device type, sub type and licence type of the customer's row.
const PRODUCTS: [[&str; 6]; 14] = [
    ["MSP_WIFI", "MSP_WIFI", "-", "WIFI", "-", "APSW"],
    ["MSP_ICX", "MSP_SWITCH", "ICX", "SWITCH", "ICX", "APSW"],
    ["MSP_ICX71L", "MSP_SWITCH", "ICX71L", "SWITCH", "ICX71L", "APSW"],
    ["MSP_ICX71", "MSP_SWITCH", "ICX71", "SWITCH", "ICX71", "APSW"],
    ["MSP_ICX75", "MSP_SWITCH", "ICX75", "SWITCH", "ICX75", "APSW"],
    ["MSP_ICX76", "MSP_SWITCH", "ICX76", "SWITCH", "ICX76", "APSW"],
    ["MSP_ICX78", "MSP_SWITCH", "ICX78", "SWITCH", "ICX78", "APSW"],
    ["MSP_ICX_ANY", "MSP_SWITCH", "ICX_ANY", "SWITCH", "ICX_ANY", "APSW"],
    ["MSP_EDGE", "MSP_EDGE", "-", "EDGE", "-", "APSW"],
    ["MSP_EDGE_SECL", "MSP_EDGE", "EDGE_SECL", "EDGE_SECL", "-", "EDGE_SECL"],
    ["MSP_EDGE_SELS", "MSP_EDGE", "EDGE_SECS", "EDGE_SECS", "-", "EDGE_SECS"],
    ["MSP_APSW", "MSP_APSW", "-", "APSW", "-", "APSW"],
    ["MSP_SLTN_TOKEN", "MSP_SLTN_TOKEN", "-", "SLTN_TOKEN", "-", "SLTN_TOKEN"],
    ["MSP_URLF", "-", "-", "UNASSIGNED_DEVICE_TYPE", "-", "URLF"],
];

#[tokio::test]
async fn each_product_reaches_a_customer_under_the_tenants_words() {
    for [product, device_type, sub_type, of_tenant, sub_type_of_tenant, license_type] in PRODUCTS {
        let pool = json!({ "id": "1-1", "licenseType": product, "sku": "S", "quantity": 9, "effectiveDate": "today", "expirationDate": "today+9d" });
        let row = json!({ "id": 1, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "licenseType": product, "quantity": 1, "dateEffective": "today", "dateExpires": "today+9d" });
        let fixture = Fixture::new().with("msp-entitlements.json", json!({ MSP: [pool] }));
        let app = fixture.with("assignments.json", json!([row])).app();
        let pools = app.get("/mspEntitlements").await;
        assert_eq!(columns(&pools, &["deviceType", "deviceSubType"]), format!("{device_type} {sub_type}"));
        let sums = app.get("/assignments/summaries").await;
        assert_eq!(columns(&sums, &["licenseType", "quantity"]), format!("{product} 1"));
        let rows = app.ask(CUSTOMER, "POST /entitlements/query", json!({})).await.ok();
        let found = columns(&rows["data"], &["deviceType", "deviceSubType", "licenseType"]);
        assert_eq!(found, format!("{of_tenant} {sub_type_of_tenant} {license_type}"), "{product}");
    }
}

#[tokio::test]
async fn each_device_type_has_a_license_type_and_hardware_counts_as_apsw_where_devices_are_alike() {
    for (license_type, is_hardware, device_types) in [
        ("APSW", true, &["WIFI", "LTE", "SWITCH", "RWG", "EDGE", "VIRTUAL_EDGE", "APSW"][..]),
        ("UNKNOWN", true, &["IOT_CTRL"]),
        ("UNKNOWN", false, &["ANALYTICS", "UNASSIGNED_DEVICE_TYPE"]),
        ("EDGE_SECS", false, &["EDGE_SECS"]),
        ("EDGE_SECL", false, &["EDGE_SECL"]),
        ("SLTN_TOKEN", false, &["SLTN_TOKEN", "SLTN_PIN_FOR_IDENTITY", "SLTN_PMS_INTEGRATION"]),
    ] {
        for device_type in device_types {
            let row = json!([{ "id": "1-1", "deviceType": device_type, "sku": "S", "quantity": 1, "effectiveDate": "today", "expirationDate": "today+9d" }]);
            for (features, shown) in
                [(&[][..], *device_type), (&["DEVICE_AGNOSTIC"], if is_hardware { "APSW" } else { device_type })]
            {
                let app = Fixture::company(&json!([]), features, row.clone()).app();
                let rows = app.ask(COMPANY, "POST /entitlements/query", json!({})).await.ok();
                let found = columns(&rows["data"], &["deviceType", "licenseType"]);
                assert_eq!(found, format!("{shown} {license_type}"), "{features:?}");
            }
        }
    }
}

#[tokio::test]
async fn five_types_of_tenant_are_msps() {
    for (kind, is_msp) in [
        ("REC", false),
        ("MSP", true),
        ("MSP_EC", false),
        ("MSP_REC", false),
        ("MSP_NON_VAR", true),
        ("VAR", true),
        ("MSP_INTEGRATOR", true),
        ("MSP_INSTALLER", true),
    ] {
        let tenant = json!({ "id": COMPANY, "name": "n", "type": kind, "entitlementId": "1" });
        let app = Fixture::company(&json!([]), &[], json!([])).with("tenants.json", json!([tenant])).app();
        let answer = app.fetch("/mspEntitlements").await;
        assert_eq!(answer.status, if is_msp { 200 } else { 400 }, "{kind}");
    }
}

#[tokio::test]
async fn a_customer_has_no_customers_of_its_own() {
    let tenant = |id: &str, kind: &str, parent: Value| json!({ "id": id, "name": id, "type": kind, "entitlementId": "1", "parent": parent });
    let tenants = |last: Value| {
        let tenants = json!([
            tenant(MSP, "MSP", Value::Null),
            tenant(OTHER_MSP, "VAR", json!(MSP)),
            tenant(CUSTOMER, "MSP_EC", json!(OTHER_MSP)),
            tenant(CUSTOMER_2, "MSP_EC", last),
        ]);
        Fixture::new().with("tenants.json", tenants).without("assignments.json")
    };
    let found = findings(&tenants(json!(CUSTOMER)));
    assert_eq!(found, ["error: tenants.json at $[3].parent: no MSP of tenants.json has this id"]);
    // An MSP may be the customer of another one, which does not reach the customers of the first.
    let app = tenants(json!(MSP)).app();
    for (customer, status) in [(OTHER_MSP, 201), (CUSTOMER_2, 201), (CUSTOMER, 400)] {
        let row = json!({ "deviceType": "MSP_APSW", "quantity": 1 });
        let body = json!({ "mspEcTenantId": customer, "endDate": "2026-08-31", "assignments": [row] });
        app.post("/assignments", body).await.expect(status);
    }
}

/// Observed: two features have other names than in the reference.
#[tokio::test]
async fn solution_tokens_have_other_names_in_the_observed_style() {
    let words = async |app: &App| {
        let filters = json!({ "filters": { "complianceType": "SELF", "licenseType": ["SLTN_TOKEN"] } });
        let answer = app.ask(CUSTOMER, "POST /entitlements/compliances/query", filters).await.ok();
        columns(&answer["compliances"][0]["self"]["deviceCompliances"], &["deviceType"])
    };
    assert_eq!(words(&documented()).await, "SLTN_PIN_FOR_IDENTITY\nSLTN_PMS_INTEGRATION");
    assert_eq!(words(&observed()).await, "SLTN_PIN_FOR_IDENTITY\nSLTN_PMS_INT\nSLTN_ADAPT_POLICY");
}

#[tokio::test]
async fn devices_that_count_as_apsw_are_switches_by_their_model_and_access_points_otherwise() {
    let devices = json!([
        { "deviceType": "APSW", "model": "ICX7650-48P", "count": 3 },
        { "deviceType": "APSW", "model": "R650", "count": 4 },
        { "deviceType": "APSW", "count": 5 },
    ]);
    let app = Fixture::company(&devices, &[], json!([])).app();
    let answer = app.ask(COMPANY, "POST /entitlements/compliances/query", json!({})).await.ok();
    let found =
        columns(&answer["compliances"][0]["self"]["deviceCompliances"], &["deviceType", "installedDeviceCount"]);
    assert_eq!(found, "WIFI 9\nSWITCH 3\nRWG 0\nEDGE 0\nVIRTUAL_EDGE 0");
}
