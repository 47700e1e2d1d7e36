//! GET and DELETE /_mock/deprecations, GET /_mock/deprecations/about

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    deprecation::{OPERATIONS, Sunset},
    sandbox::Sandbox,
};

/// Which deprecated operations were called, and by whom; as text for `?format=text` or whoever accepts
/// that rather than JSON.
pub async fn show_report(
    State(sandbox): State<Arc<Sandbox>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let report = sandbox.deprecations.report(&sandbox.settings.sunset);
    if wants_text(query.as_deref(), &headers) {
        report.to_string().into_response()
    } else {
        Json(report).into_response()
    }
}

/// Forgets the calls.
pub async fn clear(State(sandbox): State<Arc<Sandbox>>) -> StatusCode {
    sandbox.deprecations.clear();
    StatusCode::NO_CONTENT
}

/// The page to which `Link: rel="deprecation"` points.
pub async fn show_page(State(sandbox): State<Arc<Sandbox>>) -> Html<String> {
    Html(page(&sandbox.settings.sunset))
}

fn wants_text(query: Option<&str>, headers: &HeaderMap) -> bool {
    let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let format = parameters.into_iter().find(|(name, _)| name == "format").map(|(_, value)| value.into_owned());
    let accept = || headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    format.map_or_else(|| accept().starts_with("text/plain"), |format| format == "text")
}

fn page(sunset: &Sunset) -> String {
    let mut rows = String::new();
    for operation in &OPERATIONS {
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
         <a href=\"/_mock/deprecations?format=text\">who still calls them</a>.</p>\n\
         <table>\n<tr><th>Operation<th>operationId<th>Successors\n{rows}</table>\n</html>\n"
    )
}
