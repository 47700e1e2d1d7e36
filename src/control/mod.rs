//! The simulator's own surface, under `/_mock`, apart from the vendor's.
//!
//! Whatever is about one sandbox is about the one that the request means, as on the vendor's surface.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use crate::{dispatch::Chosen, problem::Problem, store::TenantId, world::World};

/// Whether the server lives.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// Whose sessions shall end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EndSessions {
    tenant_id: TenantId,
}

/// The control surface.
pub fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/reset", post(reset))
        .route("/_mock/sessions/end", post(end_sessions))
        .with_state(world)
}

async fn health() -> Json<Health> {
    Json(Health { status: "UP", version: env!("CARGO_PKG_VERSION") })
}

async fn reset(Extension(chosen): Extension<Chosen>) -> Result<StatusCode, Problem> {
    chosen.sandbox.reset()?;
    Ok(StatusCode::NO_CONTENT)
}

/// Kills all tokens of a tenant, as happens to real sessions.
async fn end_sessions(
    Extension(chosen): Extension<Chosen>,
    Json(asked): Json<EndSessions>,
) -> Result<StatusCode, Problem> {
    let ended = chosen.sandbox.sim.change(|store, _| store.end_sessions(asked.tenant_id));
    ended.map(|()| StatusCode::NO_CONTENT).map_err(|refusal| Problem::unknown(refusal.to_string()))
}
