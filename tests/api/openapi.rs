//! The OpenAPI document: which operations there are, under which names, with which answers.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use r1_entitlements_mock::api::document;
use serde_json::{Value, json};

use crate::support::App;

fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    all
}

#[test]
fn every_operation_has_the_vendors_name_and_its_statuses() {
    let lines: Vec<String> = operations()
        .iter()
        .map(|(method, path, operation)| {
            let mut statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
            statuses.sort();
            let statuses: Vec<&str> = statuses.into_iter().map(String::as_str).collect();
            let id = operation["operationId"].as_str().unwrap();
            let deprecated = if operation["deprecated"] == true { " deprecated" } else { "" };
            format!("{method} {path} = {id}: {}{deprecated}", statuses.join(" "))
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @"
    POST /activities/query = findActivityList: 200 400 401 403 404 406 413 415 500
    GET /activities/{activityId} = getDetails: 200 401 403 404 406
    POST /activities/{activityId}/devices/query = findActivityDevices: 200 400 401 403 404 406 413 415
    PUT /activities/{activityId}/notifications = updateActivityNotification: 200 400 401 403 404 406 413 415
    GET /api/tenant/{tenantId}/activity/{activityId} = getDetailsLegacy: 200 401 403 404 406
    DELETE /assignments = revokeBulkAssignment: 204 400 401 403 404 406 409 410 413 415 417 deprecated
    GET /assignments = getAssignments: 200 400 401 403 404 406 417
    PATCH /assignments = updateAssignments: 200 400 401 403 404 406 409 413 415 417
    POST /assignments = createAssignments: 201 400 401 403 404 406 409 413 415 417
    GET /assignments/summaries = getAssignmentsSummary: 200 400 401 403 404 406 410 417 deprecated
    GET /banners = getBanners_1: 200 400 401 403 404 406 410 deprecated
    GET /brandings = getBrandInfo: 200 401 403 404 406
    GET /entitlements = getEntitlements_1: 200 400 401 403 404 406 410 417 deprecated
    PATCH /entitlements = syncEntitlements: 202 400 401 403 404 406 413 415 417 423 500
    POST /entitlements/attentionNotes/query = queryAttentionNote: 200 400 401 403 404 406 413 415 500
    POST /entitlements/availabilityReports/query = licenseAvailabilityReports: 200 400 401 403 404 406 413 415 417 500
    POST /entitlements/banners/query = getBanners: 200 400 401 403 404 406 413 415 500
    POST /entitlements/compliances/query = getCompliances: 200 400 401 403 404 406 413 415 500
    GET /entitlements/licenseUsageReports = getUsageReport: 200 400 401 403 404 406 417 500
    POST /entitlements/mileageReports/query = licenseMileageReports: 200 400 401 403 404 406 413 415 417 500
    POST /entitlements/orders/query = queryOrders: 200 400 401 403 404 406 413 415
    PATCH /entitlements/orders/{orderId} = activateOrder: 200 400 401 403 404 406 413 415
    POST /entitlements/query = getEntitlements: 200 400 401 403 404 406 413 415 417 500
    GET /entitlements/settings = getSolutionTokenSettings: 200 401 403 404 406
    PATCH /entitlements/settings = updateSolutionTokenSettings: 200 400 401 403 404 406 413 415
    GET /entitlements/summaries = getSummary_1: 200 202 400 401 403 404 406 410 417 423 deprecated
    POST /entitlements/utilizations/query = getSummary: 200 400 401 403 404 406 413 415 417 500
    GET /mspBanners = getMspBanners: 200 400 401 403 404 406 417
    GET /mspCustomers = getMspCustomers: 200 400 401 403 404 406 417
    GET /mspEntitlements = getMspEntitlements: 200 400 401 403 404 406 410 417 deprecated
    GET /mspEntitlements/summaries = syncMspEntitlements: 200 202 400 401 403 404 406 410 417 423 deprecated
    GET /mspLabels = getMspLabel: 200 401 403 404 406
    POST /mspecs/query = queryMSPECs: 200 400 401 403 404 406 413 415 417
    POST /oauth2/token = getTokenOfAnyTenant: 200 302 400 401 413 415
    POST /oauth2/token/{tenantId} = getToken: 200 302 400 401 404 413 415
    GET /tenants/self = getTenantSelf: 200 401 403 404 406
    POST /tenants/self/entitlements/assignments = createEntitlementAssignment: 201 400 401 402 403 404 406 413 415 417 500
    POST /tenants/self/entitlements/assignments/query = getSelfEntitlementAssignments: 200 400 401 403 404 406 413 415 417 500
    DELETE /tenants/self/entitlements/assignments/{id} = deleteEntitlementAssignment: 204 400 401 403 404 406 409 417 500
    PATCH /tenants/self/entitlements/assignments/{id} = updateEntitlementAssignment: 200 400 401 402 403 404 406 409 413 415 417 500
    GET /tenants/{tenantId} = getTenantAccount: 200 401 403 404 406
    POST /tenants/{tenantId}/entitlements/assignments/query = getEntitlementAssignments: 200 400 401 403 404 406 413 415 417 500
    ");
}

/// An answer leaves out what is absent, and a request may say null for what is optional.
#[test]
fn null_is_documented_where_it_can_be_and_nowhere_else() {
    let document = document();
    let member = |schema: &str, name: &str| document["components"]["schemas"][schema]["properties"][name].clone();
    assert_eq!(member("Entitlement", "almSoEntQuantity")["type"], "integer");
    assert_eq!(member("Entitlement", "almLicenseType")["$ref"], "#/components/schemas/LicenseType");
    assert_eq!(member("CalculatorRequestDto", "filters")["$ref"], "#/components/schemas/CalculatorFilterRequestDto");
    assert_eq!(member("CalculatorRequestDto", "quantity")["type"], json!(["integer", "null"]));
    assert_eq!(document["components"]["schemas"]["TenantId"], Value::Null);
    let queries: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    let queries: Vec<_> = queries.into_iter().filter(|name| name.starts_with("Query_")).collect();
    assert_eq!(queries.len(), 5, "{queries:?}");
    for query in queries {
        assert_eq!(member(&query, "filters")["oneOf"][1], json!({ "type": "null" }), "{query}");
    }
}

#[tokio::test]
async fn filters_may_be_null_in_every_query_whose_document_says_so() {
    let app = App::new("default");
    for path in [
        "/entitlements/query",
        "/entitlements/attentionNotes/query",
        "/mspecs/query",
        "/entitlements/orders/query",
        "/tenants/self/entitlements/assignments/query",
    ] {
        app.call("POST", path).json(json!({ "filters": null })).send().await.expect(200);
    }
}

#[test]
fn bodies_may_be_left_out_where_that_asks_for_everything() {
    for (method, path, operation) in operations() {
        let optional = path.ends_with("/query") && !path.contains("Reports") && path != "/activities/query";
        let body = &operation["requestBody"];
        assert_eq!(body.is_object() && body["required"] == false, optional, "{method} {path}: {}", body["required"]);
    }
}

#[test]
fn exactly_the_seven_operations_of_the_reference_are_deprecated() {
    let deprecated: Vec<String> = operations()
        .iter()
        .filter(|(_, _, operation)| operation["deprecated"] == true)
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(
        deprecated,
        [
            "DELETE /assignments",
            "GET /assignments/summaries",
            "GET /banners",
            "GET /entitlements",
            "GET /entitlements/summaries",
            "GET /mspEntitlements",
            "GET /mspEntitlements/summaries",
        ]
    );
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut found = BTreeSet::new();
    collect_references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_served_as_it_is() {
    let app = App::new("default");
    assert_eq!(app.get("/openapi.json").await, document());
}

#[tokio::test]
async fn every_operation_of_the_document_is_there() {
    let app = App::new("default");
    for (method, path, _) in operations() {
        let path = path.replace("{tenantId}", crate::support::MSP).replace("{activityId}", "x").replace("{id}", "1");
        let answer = app.call(&method, &path).send().await;
        assert!(answer.status != 405 && !answer.text().contains("RCG-10016"), "{method} {path}: {}", answer.status);
    }
}
