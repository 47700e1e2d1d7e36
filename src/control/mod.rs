//! The simulator's own surface, under `/_mock`, apart from the vendor's. JSON in and out, problem
//! details on errors, strict about what it is sent.
//!
//! Whatever is about one sandbox is about the one that the request means, as on the vendor's surface.
//!
//! | file | what |
//! |---|---|
//! | `sandboxes` | making, listing and removing sandboxes |
//! | `clock` | get, set, advance, freeze, resume, to the next thing that happens |
//! | `state` | scenarios, reset, snapshots, export and import, single rows |
//! | `activities` | taking the end of refreshes in hand |
//! | `settings` | how a sandbox answers |

mod activities;
mod body;
mod clock;
mod duration;
mod sandboxes;
mod settings;
mod state;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    routing::get,
};
use serde::Serialize;

use crate::{problem::Problem, world::World};

/// The most bytes that a body may have: a whole state must go through.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Whether the server lives.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// The control surface.
pub fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .merge(sandboxes::routes())
        .merge(clock::routes())
        .merge(state::routes())
        .merge(activities::routes())
        .merge(settings::routes())
        .route("/_mock/{*path}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(world)
}

async fn health() -> Json<Health> {
    Json(Health { status: "UP", version: env!("CARGO_PKG_VERSION") })
}

async fn unknown(request: Request) -> Problem {
    Problem::unknown(format!("the control surface has no path {}", request.uri().path()))
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not supported at {}; see the Allow header", request.method(), request.uri().path());
    Problem::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, detail)
}
