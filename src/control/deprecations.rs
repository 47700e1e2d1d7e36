//! GET and DELETE /_mock/deprecations, GET /_mock/deprecations/about

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::RawQuery,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{
    catalogue::{self, DEPRECATIONS_PAGE},
    route,
    sandbox::{
        deprecations::{Report, Sunset},
        registry::Registry,
        selection::SelectedSandbox,
    },
    support::routes::Routes,
};

pub fn routes() -> Routes<Arc<Registry>> {
    Routes::new().routes(route!(show_report, clear))
}

/// The page to which answers of deprecated operations point: for all callers, on every listener.
pub fn page_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route(DEPRECATIONS_PAGE, get(show_page))
}

/// Which deprecated operations were called, and by whom; as text for `?format=text` or whoever accepts
/// that rather than JSON.
#[utoipa::path(
    get,
    path = "/_mock/deprecations",
    operation_id = "getDeprecations",
    tag = "Deprecations",
    params(("format" = Option<String>, Query, description = "`text` for a report for people.")),
    responses((status = 200, description = "Who calls which deprecated operation.", body = Report)),
)]
async fn show_report(
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
async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> StatusCode {
    chosen.sandbox.deprecations.clear();
    StatusCode::NO_CONTENT
}

/// The page to which `Link: rel="deprecation"` points.
async fn show_page(Extension(chosen): Extension<SelectedSandbox>) -> Html<String> {
    Html(page(&chosen.sandbox.settings().sunset, &chosen.prefix))
}

fn wants_text(query: Option<&str>, headers: &HeaderMap) -> bool {
    let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let format = parameters.into_iter().find(|(name, _)| name == "format").map(|(_, value)| value.into_owned());
    let accept = || headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    format.map_or_else(|| accept().starts_with("text/plain"), |format| format == "text")
}

fn page(sunset: &Sunset, prefix: &str) -> String {
    let mut rows = String::new();
    for operation in catalogue::deprecated() {
        let successors: Vec<String> = operation.successors.iter().map(|s| format!("<code>{s}</code>")).collect();
        let _ = writeln!(
            rows,
            "<tr id=\"{id}\"><td><code>{operation}</code><td>{id}<td>{}",
            successors.join("<br>"),
            id = operation.id
        );
    }
    let (since, date) = (sunset.deprecated_since().date_naive(), sunset.date.date_naive());
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Deprecated operations</title>\n\
         <h1>Deprecated operations</h1>\n\
         <p>Deprecated since {since}, to be removed no sooner than {date}. docs/MIGRATION.md says which field went where; \
         <a href=\"{prefix}/_mock/deprecations?format=text\">who still calls them</a>.</p>\n\
         <table>\n<tr><th>Operation<th>operationId<th>Successors\n{rows}</table>\n</html>\n"
    )
}
