//! GET /_mock/health and /_mock/ready: whether the server lives, and whether it can answer.

use axum::{Extension, Json, Router, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    sandbox::selection::SelectedSandbox,
    support::{operations::operations, problem::Problem},
};

operations! {
    GET "/_mock/health" => health,
    GET "/_mock/ready" => ready,
}

/// What every listener answers without a guard: whether the process lives, and whether it can answer.
pub fn probes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    operations().with_state(())
}

/// Whether the server lives.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
}

/// Whether the process lives.
#[utoipa::path(
    get,
    path = "/_mock/health",
    operation_id = "getHealth",
    tag = "Server",
    responses((status = 200, description = "It does.", body = Health)),
)]
pub(super) async fn health() -> Json<Health> {
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
pub(super) async fn ready(Extension(chosen): Extension<SelectedSandbox>) -> Result<Json<Health>, Problem> {
    let (store, _) = chosen.sandbox.look();
    if store.tenant(store.default_tenant).is_none() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the scenario's default tenant is gone"));
    }
    Ok(Json(Health { status: "READY", version: env!("CARGO_PKG_VERSION") }))
}
