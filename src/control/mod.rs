//! The simulator's own surface, under `/_mock`, apart from the vendor's. JSON in and out, problem
//! details on errors, strict about what it is sent.
//!
//! Whatever is about one sandbox is about the one that the request means, as on the vendor's surface.
//!
//! | file | what |
//! |---|---|
//! | `sandboxes` | making, listing and removing sandboxes |
//! | `clock` | get, set, advance, freeze, resume, to the next thing that happens |
//! | `state` | scenarios, reset, export and import |
//! | `snapshots` | states that are kept, gone back to, forked and compared |
//! | `tenants` | tenants, and what they have, row by row |
//! | `activities` | steering how refreshes end |
//! | `refresh_policy` | how refreshes go |
//! | `faults` | what goes wrong on purpose: the rules in force |
//! | `fault_sets` | ready-made rules, and the words of `x-mock-outcome` |
//! | `requests` | the journal: list, show, export |
//! | `filters` | what a query selects from the journal |
//! | `expectations` | verify that requests were made, or wait for them |
//! | `events` | everything that happens, as it happens |
//! | `settings`, `settings_change` | how a sandbox answers |
//! | `upstream` | the real system behind the simulator, and what passed through |
//! | `deprecations` | who still calls deprecated operations |
//! | `check` | proof on the live state, fingerprint |
//! | `openapi` | the document of all this |
//! | `guard` | who may use this surface |

mod activities;
mod body;
mod check;
mod clock;
mod deprecations;
mod events;
mod expectations;
mod fault_sets;
mod faults;
mod filters;
mod guard;
mod openapi;
mod refresh_policy;
mod requests;
mod sandboxes;
mod settings;
mod settings_change;
mod snapshots;
mod state;
mod tenants;
mod upstream;

pub use self::{guard::Guard, openapi::document};

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    console, route,
    sandbox::{registry::Registry, selection::SelectedSandbox},
    support::{problem::Problem, routes::Routes},
};

/// The most bytes that a body may have: a whole state must go through.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Whether the server lives.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// What every listener answers without a guard: whether the process lives, and whether it can answer.
pub fn probes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    probe_routes().into_router()
}

fn probe_routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new().routes(route!(health)).routes(route!(ready))
}

/// Every route of this surface with its place in the OpenAPI document. Not in it: the document itself, and
/// what the console reads.
fn routes() -> Routes<Arc<Registry>> {
    Routes::new()
        .merge(sandboxes::routes())
        .merge(clock::routes())
        .merge(state::routes())
        .merge(snapshots::routes())
        .merge(tenants::routes())
        .merge(activities::routes())
        .merge(refresh_policy::routes())
        .merge(settings::routes())
        .merge(faults::routes())
        .merge(fault_sets::routes())
        .merge(check::routes())
        .merge(requests::routes())
        .merge(expectations::routes())
        .merge(events::routes())
        .merge(upstream::routes())
        .merge(deprecations::routes())
}

/// The control surface.
pub fn router(registry: Arc<Registry>, guard: Guard) -> Router {
    routes()
        .into_router()
        .merge(console::routes())
        .route("/_mock/openapi.json", get(openapi::show_document))
        .route("/_mock/{*path}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(Arc::new(guard), guard::check))
        .with_state(registry)
}

/// Whether the process lives.
#[utoipa::path(
    get,
    path = "/_mock/health",
    operation_id = "getHealth",
    tag = "Server",
    responses((status = 200, description = "It does.", body = Health)),
)]
async fn health() -> Json<Health> {
    Json(Health { status: "UP", version: env!("CARGO_PKG_VERSION") })
}

/// Whether the server can answer: the state can be looked at and holds together. `health` only tells
/// that the process lives.
#[utoipa::path(
    get,
    path = "/_mock/ready",
    operation_id = "getReadiness",
    tag = "Server",
    responses(
        (status = 200, description = "It can.", body = Health),
        (status = 503, description = "It cannot.", body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn ready(Extension(chosen): Extension<SelectedSandbox>) -> Result<Json<Health>, Problem> {
    let (store, _) = chosen.sandbox.look();
    if store.tenant(store.default_tenant).is_none() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the scenario's default tenant is gone"));
    }
    Ok(Json(Health { status: "READY", version: env!("CARGO_PKG_VERSION") }))
}

async fn unknown(request: Request) -> Problem {
    Problem::unknown(format!("the control surface has no path {}", request.uri().path()))
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not supported at {}; see the Allow header", request.method(), request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
