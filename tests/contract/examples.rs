//! A good request for each operation of the vendor's API, in the scenario `default`.

use serde_json::{Value, json};

use crate::support::{CUSTOMER, MSP};

/// A request.
pub struct Example {
    /// The operationId.
    pub operation: &'static str,
    /// Method and path.
    pub request: String,
    /// Null is no body.
    pub body: Value,
}

/// A request of each operation that an MSP may make. `activity` is the id of one of its activities.
pub fn examples(activity: &str) -> Vec<Example> {
    let query = json!({ "page": 1, "pageSize": 10, "sortField": "requestId", "sortOrder": "ASC" });
    let paged = json!({ "page": 1, "pageSize": 10, "filters": {} });
    let own = "/tenants/self/entitlements/assignments";
    let form = json!("grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret");
    let calculator = json!({
        "effectiveDate": "2026-03-20", "expirationDate": "2026-09-30", "operator": "MAX_QUANTITY",
        "filters": { "licenseType": "APSW", "usageType": "ASSIGNED" },
    });
    let row = json!({ "deviceType": "MSP_APSW", "quantity": 1 });
    let new =
        json!({ "mspEcTenantId": CUSTOMER, "startDate": "2026-03-20", "endDate": "2026-09-30", "assignments": [row] });
    let new_own = json!({
        "effectiveDate": "2026-03-10", "expirationDate": "2026-05-31", "licenseType": "APSW", "quantity": 1,
    });
    let token_settings = json!([{ "featureType": "SLTN_ADAPT_POLICY", "enabled": true }]);
    let changed = json!({ "expirationDate": "2026-05-31", "quantity": 7 });
    let all: Vec<(&'static str, String, Value)> = vec![
        ("findActivityList", "POST /activities/query".into(), query.clone()),
        ("getDetails", format!("GET /activities/{activity}"), Value::Null),
        ("findActivityDevices", format!("POST /activities/{activity}/devices/query"), query),
        ("updateActivityNotification", format!("PUT /activities/{activity}/notifications"), json!({ "enabled": true })),
        ("getDetailsLegacy", format!("GET /api/tenant/{MSP}/activity/{activity}"), Value::Null),
        ("getAssignments", "GET /assignments".into(), Value::Null),
        ("createAssignments", "POST /assignments".into(), new),
        ("updateAssignments", "PATCH /assignments".into(), json!([{ "assignmentId": 130_469, "quantity": 1 }])),
        ("revokeBulkAssignment", "DELETE /assignments".into(), json!([{ "assignmentId": 130_468 }])),
        ("getAssignmentsSummary", "GET /assignments/summaries".into(), Value::Null),
        ("getBanners_1", "GET /banners".into(), Value::Null),
        ("getEntitlements_1", "GET /entitlements".into(), Value::Null),
        ("syncEntitlements", "PATCH /entitlements".into(), json!({ "refreshType": "FULL" })),
        ("queryAttentionNote", "POST /entitlements/attentionNotes/query".into(), paged.clone()),
        ("licenseAvailabilityReports", "POST /entitlements/availabilityReports/query".into(), calculator.clone()),
        ("getBanners", "POST /entitlements/banners/query".into(), json!({ "filters": { "usageType": "SELF" } })),
        ("getCompliances", "POST /entitlements/compliances/query".into(), json!({ "filters": {} })),
        ("getUsageReport", "GET /entitlements/licenseUsageReports".into(), Value::Null),
        ("licenseMileageReports", "POST /entitlements/mileageReports/query".into(), calculator),
        ("queryOrders", "POST /entitlements/orders/query".into(), paged.clone()),
        ("getEntitlements", "POST /entitlements/query".into(), paged.clone()),
        ("activateOrder", "PATCH /entitlements/orders/ALM-ACT-310052".into(), json!({ "startDate": "2026-03-10" })),
        ("updateSolutionTokenSettings", "PATCH /entitlements/settings".into(), token_settings),
        ("getSolutionTokenSettings", "GET /entitlements/settings".into(), Value::Null),
        ("getSummary_1", "GET /entitlements/summaries".into(), Value::Null),
        ("getSummary", "POST /entitlements/utilizations/query".into(), json!({ "filters": { "usageType": "SELF" } })),
        ("getMspBanners", "GET /mspBanners".into(), Value::Null),
        ("getMspCustomers", "GET /mspCustomers".into(), Value::Null),
        ("getMspEntitlements", "GET /mspEntitlements".into(), Value::Null),
        ("syncMspEntitlements", "GET /mspEntitlements/summaries".into(), Value::Null),
        ("queryMSPECs", "POST /mspecs/query".into(), paged.clone()),
        ("getTokenOfAnyTenant", "POST /oauth2/token".into(), form.clone()),
        ("getToken", format!("POST /oauth2/token/{MSP}"), form),
        ("getTenantSelf", "GET /tenants/self".into(), Value::Null),
        ("getTenantAccount", format!("GET /tenants/{MSP}"), Value::Null),
        ("getBrandInfo", "GET /brandings".into(), Value::Null),
        ("getMspLabel", "GET /mspLabels".into(), Value::Null),
        ("createEntitlementAssignment", format!("POST {own}"), new_own),
        ("getSelfEntitlementAssignments", format!("POST {own}/query"), paged.clone()),
        ("updateEntitlementAssignment", format!("PATCH {own}/130473"), changed),
        ("deleteEntitlementAssignment", format!("DELETE {own}/130473"), Value::Null),
        ("getEntitlementAssignments", format!("POST /tenants/{CUSTOMER}/entitlements/assignments/query"), paged),
    ];
    all.into_iter().map(|(operation, request, body)| Example { operation, request, body }).collect()
}
