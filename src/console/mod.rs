//! The web page at `/`: shows what the simulator holds and changes it. Other clients get JSON.
//!
//! The page consists of static files that are embedded as they are: no build step, nothing from another host. They
//! name each other by relative addresses, so that the page also works under a sandbox's prefix and behind a proxy.
//! Everything it reads is under `/_mock`: looking at it is not a request of the journal.
//!
//! | file | what |
//! |---|---|
//! | `assets` | the page at `/`, the API docs, the deprecations page; a table of their files is in `assets.rs` |
//! | `overview`, `tenant_rows`, `sandboxes` | what the page reads, each in one answer |
//! | `deprecations` | the page to which the `Link` header of deprecated operations points |

mod assets;
mod deprecations;
mod overview;
mod sandboxes;
mod tenant_rows;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use serde_json::{Value, json};

use crate::{
    catalogue::DEPRECATIONS_PAGE,
    sandbox::{
        registry::{Memory, Registry},
        selection::SelectedSandbox,
    },
    support::{accept, problem::Problem},
};

/// Where the page's files are.
const FILES: &str = "/_mock/console/";

/// The page. Its files are not secret: they need no control token, so that a browser can show the form that asks
/// for one. `document` serves the OpenAPI document that the API docs show, at an address that leaves no trace in the
/// journal.
pub fn router(memory: Memory, document: MethodRouter<Memory>) -> Router {
    Router::new()
        .route("/", get(show_index))
        .route("/_mock", get(list_links))
        .route("/_mock/", get(list_links))
        .route("/_mock/console", get(redirect_to_index))
        .route("/_mock/console/openapi.json", document)
        .route("/_mock/console/{file}", get(show_asset))
        .method_not_allowed_fallback(wrong_method)
        .with_state(memory)
}

/// What the page reads: a part of the control surface, behind the same guard.
pub fn routes() -> Router<Arc<Registry>> {
    Router::new()
        .route("/_mock/console/overview", get(overview::show_overview))
        .route("/_mock/console/sandboxes", get(sandboxes::list_sandboxes))
        .route("/_mock/console/tenants/{tenant}", get(overview::show_tenant))
        .route("/_mock/console/tenants/{tenant}/rows", get(tenant_rows::show_rows))
}

/// The deprecations page with its files, which every listener serves. `has_console`: whether this one serves the
/// console too.
pub fn public_router<S: Clone + Send + Sync + 'static>(has_console: bool) -> Router<S> {
    let page = move |Extension(chosen), headers: HeaderMap| async move {
        deprecations::answer(&chosen, &headers, has_console)
    };
    Router::new().route(DEPRECATIONS_PAGE, get(page)).route("/_mock/console/{file}", get(show_asset))
}

/// Whether a path is one of [`public_router`].
pub fn is_public(path: &str) -> bool {
    path == DEPRECATIONS_PAGE || path.strip_prefix(FILES).is_some_and(|file| deprecations::FILES.contains(&file))
}

/// The page for browsers, an index for all others.
async fn show_index(
    State(memory): State<Memory>,
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut response = match accept::names(&headers, "text/html") {
        // Relative addresses need the slash.
        true if chosen.is_bare => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            Redirect::permanent(&format!("{}/{query}", chosen.sandbox.name)).into_response()
        }
        true => assets::answer("index.html", &headers),
        false => Json(index(&chosen, &memory)).into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

async fn list_links(State(memory): State<Memory>, Extension(chosen): Extension<SelectedSandbox>) -> Json<Value> {
    Json(index(&chosen, &memory))
}

/// What this server is and where to go from here.
fn index(SelectedSandbox { sandbox, prefix, is_bare: _, claims: _ }: &SelectedSandbox, memory: &Memory) -> Value {
    let Memory { kept, journals } = memory;
    let scenario = sandbox.scenario();
    let link = |path: &str| format!("{prefix}{path}");
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "sandbox": &*sandbox.name,
        "scenario": { "name": scenario.name, "title": scenario.meta.title },
        "keptReplies": { "bytes": kept.used(), "limit": kept.limit() },
        "journals": { "bytes": journals.used(), "limit": journals.limit() },
        "links": {
            "openapi": link("/openapi.json"),
            "docs": link("/_mock/console/docs.html"),
            "console": link("/"),
            "mock": link("/_mock"),
            "health": link("/_mock/health"),
            "scenarios": link("/_mock/scenarios"),
            "tenants": link("/_mock/tenants"),
            "clock": link("/_mock/clock"),
            "state": link("/_mock/state"),
            "activities": link("/_mock/activities"),
            "requests": link("/_mock/requests"),
            "faults": link("/_mock/faults"),
            "events": link("/_mock/events"),
            "settings": link("/_mock/settings"),
            "sandboxes": link("/_mock/sandboxes"),
        },
    })
}

async fn redirect_to_index() -> Redirect {
    Redirect::temporary("../")
}

async fn show_asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    // The index is served at the root only, because its addresses are relative to that.
    if file == "index.html" { Redirect::temporary("../../").into_response() } else { assets::answer(&file, &headers) }
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not supported at {}; see the Allow header", request.method(), request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
