//! Table of contents of the control surface: each operation and its handler.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{any, get},
};

use super::{
    Guard, activities, body::BODY_LIMIT, check, clock, deprecations, events, expectations, fault_sets, faults, guard,
    openapi, refresh_policy, requests, sandboxes, settings, snapshots, state, tenants, upstream,
};
use crate::{
    sandbox::registry::Registry,
    support::{operations::operations, problem::Problem},
};

operations! {
    for std::sync::Arc<Registry>,
    // Sandboxes.
    POST "/_mock/sandboxes" => sandboxes::create,
    GET "/_mock/sandboxes" => sandboxes::list,
    GET "/_mock/sandboxes/{name}" => sandboxes::show,
    DELETE "/_mock/sandboxes/{name}" => sandboxes::remove,
    // The clock.
    GET "/_mock/clock" => clock::show,
    PUT "/_mock/clock" => clock::set,
    POST "/_mock/clock/advance" => clock::advance,
    POST "/_mock/clock/next" => clock::advance_to_next,
    POST "/_mock/clock/freeze" => clock::freeze,
    POST "/_mock/clock/resume" => clock::resume,
    // The state as a whole.
    GET "/_mock/scenarios" => state::list_scenarios,
    POST "/_mock/scenarios/{name}/load" => state::load_scenario,
    POST "/_mock/reset" => state::reset,
    GET "/_mock/state" => state::export_state,
    PUT "/_mock/state" => state::replace_state,
    // Snapshots.
    GET "/_mock/snapshots" => snapshots::list_snapshots,
    POST "/_mock/snapshots" => snapshots::save_snapshot,
    POST "/_mock/snapshots/{name}/load" => snapshots::load_snapshot,
    GET "/_mock/snapshots/{name}" => snapshots::show_snapshot,
    DELETE "/_mock/snapshots/{name}" => snapshots::delete_snapshot,
    POST "/_mock/snapshots/{name}/fork" => snapshots::fork_snapshot,
    GET "/_mock/snapshots/diff" => snapshots::diff_snapshots,
    // Tenants, and what they have.
    PUT "/_mock/state/entitlements/{tenant}" => tenants::put_entitlement,
    PUT "/_mock/state/msp-entitlements/{tenant}" => tenants::put_msp_entitlement,
    PUT "/_mock/state/devices/{tenant}" => tenants::set_devices,
    DELETE "/_mock/state/purchases/{tenant}/{id}" => tenants::remove_purchase,
    GET "/_mock/tenants" => tenants::list_tenants,
    POST "/_mock/tenants/{tenant}/clone" => tenants::clone_tenant,
    POST "/_mock/sessions/end" => tenants::end_sessions,
    // Refreshes.
    GET "/_mock/activities" => activities::list,
    POST "/_mock/activities/{id}/complete" => activities::complete,
    POST "/_mock/activities/{id}/hold" => activities::hold,
    POST "/_mock/activities/{id}/release" => activities::release,
    POST "/_mock/activities/{id}/fail" => activities::fail,
    GET "/_mock/activities/policy" => refresh_policy::show_policy,
    PATCH "/_mock/activities/policy" => refresh_policy::change_policy,
    // Settings.
    GET "/_mock/settings" => settings::show_settings,
    PATCH "/_mock/settings" => settings::change_settings,
    // Faults.
    GET "/_mock/faults" => faults::list,
    GET "/_mock/faults/{id}" => faults::show,
    POST "/_mock/faults" => faults::add,
    PUT "/_mock/faults" => faults::replace,
    DELETE "/_mock/faults" => faults::clear,
    DELETE "/_mock/faults/{id}" => faults::remove,
    GET "/_mock/faults/sets" => fault_sets::list_sets,
    POST "/_mock/faults/sets/{name}" => fault_sets::add_set,
    DELETE "/_mock/faults/sets/{name}" => fault_sets::remove_set,
    GET "/_mock/faults/outcomes" => fault_sets::list_outcomes,
    // Proof.
    GET "/_mock/check" => check::check,
    GET "/_mock/fingerprint" => check::fingerprint,
    // The journal.
    GET "/_mock/requests" => requests::list,
    GET "/_mock/requests/unmatched" => requests::list_unmatched,
    DELETE "/_mock/requests" => requests::clear,
    GET "/_mock/requests/{id}" => requests::show,
    GET "/_mock/requests/{id}/curl" => requests::show_curl,
    GET "/_mock/requests/har" => requests::export_har,
    POST "/_mock/requests/verify" => expectations::verify,
    POST "/_mock/requests/wait" => expectations::wait,
    // Events.
    GET "/_mock/events" => events::stream,
    // The real system behind the simulator.
    GET "/_mock/upstream" => upstream::show,
    GET "/_mock/upstream/recorded" => upstream::list,
    DELETE "/_mock/upstream/recorded" => upstream::clear,
    // Deprecations.
    GET "/_mock/deprecations" => deprecations::show_report,
    DELETE "/_mock/deprecations" => deprecations::clear,
    GET "/_mock/deprecations/all" => deprecations::show_totals,
    DELETE "/_mock/deprecations/all" => deprecations::clear_totals,
}

/// The routes under `/_mock`, behind the guard.
pub fn router(registry: Arc<Registry>, guard: Guard) -> Router {
    let operations = operations();
    #[cfg(feature = "console")]
    let operations = operations.merge(crate::console::routes());
    operations
        .route("/_mock/openapi.json", get(openapi::show_document))
        .route("/_mock/{*path}", any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(Arc::new(guard), guard::check))
        .with_state(registry)
}

async fn unknown(request: Request) -> Problem {
    Problem::unknown(format!("the control surface has no path {}", request.uri().path()))
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not supported at {}; see the Allow header", request.method(), request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
