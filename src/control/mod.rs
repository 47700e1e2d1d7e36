//! The simulator's own surface, under `/_mock`, apart from the vendor's.

mod deprecations;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use crate::{
    sandbox::Sandbox,
    store::{Refusal, TenantId},
};

/// Whether the server lives.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    scenario: String,
}

/// Whose sessions shall end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EndSessions {
    tenant_id: TenantId,
}

/// The control surface of a sandbox.
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/reset", post(reset))
        .route("/_mock/sessions/end", post(end_sessions))
        .route("/_mock/deprecations", get(deprecations::show_report).delete(deprecations::clear))
        .route("/_mock/deprecations/about", get(deprecations::show_page))
        .with_state(sandbox)
}

async fn health(State(sandbox): State<Arc<Sandbox>>) -> Json<Health> {
    Json(Health { status: "UP", version: env!("CARGO_PKG_VERSION"), scenario: sandbox.scenario.name.clone() })
}

async fn reset(State(sandbox): State<Arc<Sandbox>>) -> Result<StatusCode, (StatusCode, String)> {
    sandbox
        .reset()
        .map(|()| StatusCode::NO_CONTENT)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// Kills all tokens of a tenant, as happens to real sessions.
async fn end_sessions(
    State(sandbox): State<Arc<Sandbox>>,
    Json(asked): Json<EndSessions>,
) -> Result<StatusCode, (StatusCode, String)> {
    let ended: Result<(), Refusal> = sandbox.sim.change(|store, _| store.end_sessions(asked.tenant_id));
    ended.map(|()| StatusCode::NO_CONTENT).map_err(|refusal| (StatusCode::NOT_FOUND, refusal.to_string()))
}
