//! GET and DELETE /_mock/deprecations and /_mock/deprecations/all

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::sandbox::{
    deprecation_totals::Totals, deprecations::Report, registry::Registry, selection::SelectedSandbox,
};

/// Which deprecated operations were called, and by whom; as text for `?format=text`, or if
/// the caller prefers text to JSON.
#[utoipa::path(
    get,
    path = "/_mock/deprecations",
    operation_id = "getDeprecations",
    tag = "Deprecations",
    params(("format" = Option<String>, Query, description = "`text` for a report for people.")),
    responses((status = 200, description = "Who calls which deprecated operation.", content(
        (Report = "application/json"),
        (String = "text/plain"),
    ))),
)]
pub(super) async fn show_report(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let report = chosen.sandbox.deprecations.report(&chosen.sandbox.settings().sunset);
    if wants_text(query.as_deref(), &headers) {
        report.to_string().into_response()
    } else {
        Json(report).into_response()
    }
}

/// Forgets the calls.
#[utoipa::path(
    delete,
    path = "/_mock/deprecations",
    operation_id = "clearDeprecations",
    tag = "Deprecations",
    responses((status = 204, description = "No call is on record.")),
)]
pub(super) async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> StatusCode {
    chosen.sandbox.deprecations.clear();
    StatusCode::NO_CONTENT
}

/// Which deprecated operations were called in any sandbox, those that have been removed since included.
#[utoipa::path(
    get,
    path = "/_mock/deprecations/all",
    operation_id = "getDeprecationTotals",
    tag = "Deprecations",
    responses((status = 200, description = "Who called which deprecated operation in which sandbox.", body = Totals)),
)]
pub(super) async fn show_totals(State(registry): State<Arc<Registry>>) -> Json<Totals> {
    Json(registry.deprecation_totals())
}

/// Forgets the calls of all sandboxes.
#[utoipa::path(
    delete,
    path = "/_mock/deprecations/all",
    operation_id = "clearDeprecationTotals",
    tag = "Deprecations",
    responses((status = 204, description = "No call is on record.")),
)]
pub(super) async fn clear_totals(State(registry): State<Arc<Registry>>) -> StatusCode {
    registry.clear_deprecations();
    StatusCode::NO_CONTENT
}

fn wants_text(query: Option<&str>, headers: &HeaderMap) -> bool {
    let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let format = parameters.into_iter().find(|(name, _)| name == "format").map(|(_, value)| value.into_owned());
    let accept = || headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    format.map_or_else(|| accept().starts_with("text/plain"), |format| format == "text")
}
