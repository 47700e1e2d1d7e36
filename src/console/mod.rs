//! The web page at `/`: what the simulator holds, and switches for it. JSON for those who are no browser.
//!
//! Static files, embedded as they are: no build step, nothing from elsewhere. They name each other by
//! relative addresses, so that the page works under a sandbox's prefix and behind a proxy too. What it
//! shows comes from `/_mock`, so that looking at it neither fills the journal nor counts as use.
//!
//! | file | what |
//! |---|---|
//! | `index.html`, `console.css`, `style.css`, `icon.svg` | the page; what both pages share |
//! | `app.js`, `live.js` | keep it up to date, hand out what changed |
//! | `tenants.js`, `assignments.js`, `timeline.js`, `words.js` | tenants, their numbers, banners, expiry, assignments |
//! | `panels.js`, `journal.js` | clock, scenario, activities, faults; requests |
//! | `sandboxes.js` | going to another sandbox; making and deleting them |
//! | `lib.js` | elements, calls, curl lines, notices |
//! | `docs.html`, `docs.css`, `docs.js` | the OpenAPI document as a page, with forms to try it |
//! | `overview.rs`, `sandboxes.rs` | what the page reads in one go |

mod overview;
mod sandboxes;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use axum::{
    Extension, Json, Router,
    extract::{OriginalUri, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::{Value, json};

use crate::{
    sandbox::{kept::Budget, registry::Registry, selection::SelectedSandbox},
    support::{accept, problem::Problem},
};

/// A file of the page.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static str,
}

macro_rules! assets {
    ($($name:literal: $content_type:literal),+ $(,)?) => {
        [$(Asset { name: $name, content_type: $content_type, bytes: include_str!($name) }),+]
    };
}

const ASSETS: &[Asset] = &assets! {
    "index.html": "text/html; charset=utf-8",
    "docs.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "console.css": "text/css; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "app.js": "text/javascript; charset=utf-8",
    "assignments.js": "text/javascript; charset=utf-8",
    "docs.js": "text/javascript; charset=utf-8",
    "journal.js": "text/javascript; charset=utf-8",
    "lib.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "panels.js": "text/javascript; charset=utf-8",
    "sandboxes.js": "text/javascript; charset=utf-8",
    "tenants.js": "text/javascript; charset=utf-8",
    "timeline.js": "text/javascript; charset=utf-8",
    "words.js": "text/javascript; charset=utf-8",
};

/// Only what this server sends, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page. Its files are no secret: they need no control token, so that a browser can show the page
/// that asks for it.
pub fn router(kept: Arc<Budget>) -> Router {
    Router::new()
        .route("/", get(show_index))
        .route("/_mock", get(list_links))
        .route("/_mock/", get(list_links))
        .route("/_mock/console", get(to_index))
        .route("/_mock/console/{file}", get(show_asset))
        .method_not_allowed_fallback(wrong_method)
        .with_state(kept)
}

/// What the page reads: a part of the control surface, and guarded like it.
pub fn routes() -> Router<Arc<Registry>> {
    Router::new()
        .route("/_mock/console/overview", get(overview::show_overview))
        .route("/_mock/console/sandboxes", get(sandboxes::list_sandboxes))
        .route("/_mock/console/tenants/{tenant}", get(overview::show_tenant))
}

/// The page for browsers, an index for all others.
async fn show_index(
    State(kept): State<Arc<Budget>>,
    Extension(chosen): Extension<SelectedSandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let mut response = match accept::names(&headers, "text/html") {
        // Relative addresses need the slash.
        true if !chosen.prefix.is_empty() && uri.path() == &*chosen.prefix => {
            Redirect::permanent(&format!("{}/", chosen.sandbox.name)).into_response()
        }
        true => asset("index.html", &headers),
        false => Json(index(&chosen, &kept)).into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

async fn list_links(State(kept): State<Arc<Budget>>, Extension(chosen): Extension<SelectedSandbox>) -> Json<Value> {
    Json(index(&chosen, &kept))
}

/// What this server is and where to go from here.
fn index(SelectedSandbox { sandbox, prefix, claims: _ }: &SelectedSandbox, kept: &Budget) -> Value {
    let scenario = sandbox.scenario();
    let link = |path: &str| format!("{prefix}{path}");
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "sandbox": &*sandbox.name,
        "scenario": { "name": scenario.name, "title": scenario.meta.title },
        "keptReplies": { "bytes": kept.used(), "limit": kept.limit() },
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

async fn to_index() -> Redirect {
    Redirect::temporary("../")
}

async fn show_asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    // The index has its place at the root, which is what its addresses are relative to.
    if file == "index.html" { Redirect::temporary("../../").into_response() } else { asset(&file, &headers) }
}

fn asset(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Problem::unknown(format!("the console has no file {name}")).into_response();
    };
    let tag = tag(asset.bytes);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known {
        Some(known) if known.contains(&tag) => StatusCode::NOT_MODIFIED.into_response(),
        _ => ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
    };
    let own = response.headers_mut();
    own.extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    own.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    own.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    own.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn tag(bytes: &str) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not supported at {}; see the Allow header", request.method(), request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
