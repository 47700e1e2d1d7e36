//! Table of contents of the vendor's surface: each operation and its handler.

#![allow(deprecated, reason = "the deprecated operations are what this server is for")]

use axum::{Router, extract::DefaultBodyLimit, routing::get};

use super::{
    handlers::{
        activities, assignments, banners, brandings, entitlement_orders as orders, entitlement_queries as queries,
        entitlements, entitlements_reports as reports, msp_banners, msp_customers, msp_entitlements, oauth2, tenants,
    },
    openapi,
    request::body::BODY_LIMIT,
};
use crate::{
    catalogue::{DOCUMENT, LOGIN_PAGE},
    support::operations::operations,
};

operations! {
    // The deprecated operations: what this server is for.
    GET "/entitlements" => entitlements::list_entitlements,
    GET "/entitlements/summaries" => entitlements::summarise_entitlements,
    GET "/banners" => banners::list_banners,
    GET "/mspEntitlements" => msp_entitlements::list_msp_entitlements,
    GET "/mspEntitlements/summaries" => msp_entitlements::summarise_msp_entitlements,
    GET "/assignments/summaries" => assignments::summarise_assignments,
    DELETE "/assignments" => assignments::revoke_assignments,
    // Their neighbours, which the vendor's UI calls.
    GET "/assignments" => assignments::list_assignments,
    POST "/assignments" => assignments::create_assignments,
    PATCH "/assignments" => assignments::update_assignments,
    GET "/mspBanners" => msp_banners::list_msp_banners,
    // The successors.
    PATCH "/entitlements" => entitlements::sync_entitlements,
    POST "/entitlements/query" => queries::query_entitlements,
    POST "/entitlements/banners/query" => queries::query_banners,
    POST "/entitlements/utilizations/query" => queries::query_utilizations,
    POST "/entitlements/compliances/query" => queries::query_compliances,
    POST "/entitlements/attentionNotes/query" => queries::query_notes,
    POST "/tenants/self/entitlements/assignments" => tenants::create_assignment,
    PATCH "/tenants/self/entitlements/assignments/{id}" => tenants::update_assignment,
    DELETE "/tenants/self/entitlements/assignments/{id}" => tenants::revoke_assignment,
    POST "/tenants/self/entitlements/assignments/query" => tenants::query_own_assignments,
    POST "/tenants/{tenantId}/entitlements/assignments/query" => tenants::query_assignments,
    // What became of a refresh.
    GET "/activities/{activityId}" => activities::get_activity,
    GET "/api/tenant/{tenantId}/activity/{activityId}" => activities::get_tenant_activity,
    POST "/activities/query" => activities::query_activities,
    POST "/activities/{activityId}/devices/query" => activities::query_activity_devices,
    PUT "/activities/{activityId}/notifications" => activities::update_notification,
    // Reports.
    GET "/entitlements/licenseUsageReports" => reports::report_usage,
    POST "/entitlements/mileageReports/query" => reports::query_mileage,
    POST "/entitlements/availabilityReports/query" => reports::query_availability,
    // What clients call before they get that far.
    GET "/tenants/self" => tenants::get_tenant,
    GET "/tenants/{tenantId}" => tenants::get_profile,
    GET "/brandings" => brandings::get_branding,
    GET "/mspLabels" => brandings::get_msp_label,
    GET "/mspCustomers" => msp_customers::list_msp_customers,
    POST "/mspecs/query" => msp_customers::query_msp_ecs,
    GET "/entitlements/settings" => orders::list_settings,
    PATCH "/entitlements/settings" => orders::update_settings,
    POST "/entitlements/orders/query" => orders::query_orders,
    PATCH "/entitlements/orders/{orderId}" => orders::activate_order,
    // Tokens.
    POST "/oauth2/token/{tenantId}" => oauth2::create_tenant_token,
    POST "/oauth2/token" => oauth2::create_token,
}

/// The handlers behind their paths, and the two pages beside them.
pub fn handlers() -> Router {
    operations()
        .route(DOCUMENT, get(openapi::show_document))
        .route(LOGIN_PAGE, get(oauth2::show_login))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
