//! The operations, a line each, and the words in which the lines are written.

use axum::http::Method;

use super::{Audience, Effect, ErrorShape, JSON, JSON_V1, JSON_V1_1, JSON_V2, Operation, Successor};
use crate::model::RefreshKind;

const GET: &Method = &Method::GET;
const POST: &Method = &Method::POST;
const PUT: &Method = &Method::PUT;
const PATCH: &Method = &Method::PATCH;
const DELETE: &Method = &Method::DELETE;

/// All operations, grouped as in the router.
pub static OPERATIONS: [Operation; 42] = [
    // The deprecated operations (documented).
    write(DELETE, "revokeBulkAssignment", "/assignments")
        .msp()
        .fails_as(ErrorShape::Assignments)
        .replaced_by(&[REVOKE, QUERY_ASSIGNMENTS]),
    get("getAssignmentsSummary", "/assignments/summaries").kept().msp().replaced_by(&[UTILIZATIONS]),
    get("getBanners_1", "/banners").kept().replaced_by(&[BANNERS]),
    get("getEntitlements_1", "/entitlements").kept().licensed().replaced_by(&[QUERY]),
    get("getSummary_1", "/entitlements/summaries")
        .kept()
        .licensed()
        .does(Effect::ReadOrRefresh(RefreshKind::Entitlements))
        .replaced_by(&[UTILIZATIONS, SYNC]),
    get("getMspEntitlements", "/mspEntitlements").kept().msp().replaced_by(&[QUERY]),
    get("syncMspEntitlements", "/mspEntitlements/summaries")
        .kept()
        .msp()
        .does(Effect::ReadOrRefresh(RefreshKind::MspEntitlements))
        .replaced_by(&[UTILIZATIONS, SYNC]),
    // Their neighbours, which the vendor's UI calls (observed).
    get("getAssignments", "/assignments").kept().msp(),
    write(POST, "createAssignments", "/assignments").msp().fails_as(ErrorShape::Assignments),
    write(PATCH, "updateAssignments", "/assignments").msp().fails_as(ErrorShape::Assignments),
    get("getMspBanners", "/mspBanners").kept().msp(),
    // The successors (documented).
    Operation { method: PATCH, ..get("syncEntitlements", "/entitlements") }
        .licensed()
        .does(Effect::Refresh(RefreshKind::Sync))
        .fails_as(ErrorShape::NestedFailures),
    query("getEntitlements", "/entitlements/query").licensed().answers(V1_1).fails_as(ErrorShape::NestedFailures),
    query("getBanners", "/entitlements/banners/query").answers(V1_1).fails_as(ErrorShape::NestedFailures),
    query("getSummary", "/entitlements/utilizations/query")
        .licensed()
        .answers(V1_1)
        .fails_as(ErrorShape::NestedFailures),
    query("getCompliances", "/entitlements/compliances/query").fails_as(ErrorShape::NestedFailures),
    query("queryAttentionNote", "/entitlements/attentionNotes/query").fails_as(ErrorShape::NestedFailures),
    write(POST, "createEntitlementAssignment", "/tenants/self/entitlements/assignments")
        .msp()
        .fails_as(ErrorShape::Nested),
    write(PATCH, "updateEntitlementAssignment", "/tenants/self/entitlements/assignments/{id}")
        .msp()
        .fails_as(ErrorShape::Nested),
    write(DELETE, "deleteEntitlementAssignment", "/tenants/self/entitlements/assignments/{id}")
        .msp()
        .fails_as(ErrorShape::Nested),
    query("getSelfEntitlementAssignments", "/tenants/self/entitlements/assignments/query")
        .msp()
        .fails_as(ErrorShape::Nested),
    query("getEntitlementAssignments", "/tenants/{tenantId}/entitlements/assignments/query")
        .msp()
        .fails_as(ErrorShape::Nested),
    // Activities: what became of a refresh (documented; the older path is observed).
    get("getDetails", "/activities/{activityId}"),
    get("getDetailsLegacy", "/api/tenant/{tenantId}/activity/{activityId}"),
    query("findActivityList", "/activities/query").needs_body(),
    query("findActivityDevices", "/activities/{activityId}/devices/query"),
    write(PUT, "updateActivityNotification", "/activities/{activityId}/notifications"),
    // Reports (documented).
    get("getUsageReport", "/entitlements/licenseUsageReports").msp().answers(REPORT).fails_as(ErrorShape::UsageReport),
    query("licenseMileageReports", "/entitlements/mileageReports/query")
        .needs_body()
        .licensed()
        .fails_as(ErrorShape::NestedFailures),
    query("licenseAvailabilityReports", "/entitlements/availabilityReports/query")
        .needs_body()
        .licensed()
        .answers(V2)
        .fails_as(ErrorShape::NestedFailures),
    // What clients call before they get that far (observed).
    get("getTenantSelf", "/tenants/self").kept(),
    get("getTenantAccount", "/tenants/{tenantId}"),
    get("getBrandInfo", "/brandings").kept(),
    get("getMspLabel", "/mspLabels").kept(),
    get("getMspCustomers", "/mspCustomers").kept().msp(),
    query("queryMSPECs", "/mspecs/query").msp(),
    get("getSolutionTokenSettings", "/entitlements/settings").kept(),
    write(PATCH, "updateSolutionTokenSettings", "/entitlements/settings"),
    query("queryOrders", "/entitlements/orders/query"),
    write(PATCH, "activateOrder", "/entitlements/orders/{orderId}"),
    // Tokens (documented).
    token("getToken", "/oauth2/token/{tenantId}"),
    token("getTokenOfAnyTenant", "/oauth2/token"),
];

const V1: &[&str] = &[JSON, JSON_V1];
const V1_1: &[&str] = &[JSON, JSON_V1, JSON_V1_1];
const V2: &[&str] = &[JSON, JSON_V1, JSON_V2];
const REPORT: &[&str] = &[
    JSON,
    JSON_V1,
    "text/json",
    #[cfg(feature = "reports")]
    super::CSV,
    #[cfg(feature = "reports")]
    super::PDF,
];

const BASE: Operation = Operation {
    id: "",
    method: GET,
    path: "",
    effect: Effect::Read,
    audience: Audience::Tenants,
    media_types: V1,
    error_shape: ErrorShape::Plain,
    is_kept: false,
    has_optional_body: false,
    successors: &[],
};

const fn get(id: &'static str, path: &'static str) -> Operation {
    Operation { id, path, ..BASE }
}

/// A POST that reads.
const fn query(id: &'static str, path: &'static str) -> Operation {
    Operation { id, path, method: POST, has_optional_body: true, ..BASE }
}

const fn write(method: &'static Method, id: &'static str, path: &'static str) -> Operation {
    Operation { id, path, method, effect: Effect::Write, ..BASE }
}

const fn token(id: &'static str, path: &'static str) -> Operation {
    Operation {
        method: POST,
        effect: Effect::Token,
        audience: Audience::Clients,
        media_types: &[],
        error_shape: ErrorShape::OAuth,
        ..get(id, path)
    }
}

impl Operation {
    const fn licensed(self) -> Self {
        Self { audience: Audience::Licensed, ..self }
    }

    const fn msp(self) -> Self {
        Self { audience: Audience::Msps, ..self }
    }

    const fn answers(self, media_types: &'static [&'static str]) -> Self {
        Self { media_types, ..self }
    }

    const fn fails_as(self, error_shape: ErrorShape) -> Self {
        Self { error_shape, ..self }
    }

    const fn does(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    const fn needs_body(self) -> Self {
        Self { has_optional_body: false, ..self }
    }

    const fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }

    const fn replaced_by(self, successors: &'static [Successor]) -> Self {
        Self { successors, ..self }
    }
}

const fn successor(path: &'static str) -> Successor {
    Successor { method: POST, path, link: path }
}

const QUERY: Successor = successor("/entitlements/query");
const BANNERS: Successor = successor("/entitlements/banners/query");
const UTILIZATIONS: Successor = successor("/entitlements/utilizations/query");
const SYNC: Successor = Successor { method: PATCH, path: "/entitlements", link: "/entitlements" };
const REVOKE: Successor = Successor {
    method: DELETE,
    path: "/tenants/self/entitlements/assignments/{id}",
    link: "/tenants/self/entitlements/assignments",
};
const QUERY_ASSIGNMENTS: Successor = Successor {
    method: POST,
    path: "/tenants/{tenantId}/entitlements/assignments/query",
    link: "/tenants/self/entitlements/assignments/query",
};
