//! /_mock/upstream: the real system behind the simulator, and what passed through to it.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    proxy::Upstream, sandbox::selection::SelectedSandbox, scenario::format::OverrideRow, support::problem::Problem,
};

type Connected = Extension<Option<Arc<Upstream>>>;

/// The real system behind the simulator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upstream)]
pub(super) struct UpstreamView {
    /// Null if there is none.
    #[schema(required = true)]
    url: Option<String>,
}

/// The real system to which goes what is not simulated.
#[utoipa::path(
    get,
    path = "/_mock/upstream",
    operation_id = "getUpstream",
    tag = "Upstream",
    responses((status = 200, description = "Where it is; nothing if there is none.", body = UpstreamView)),
)]
pub(super) async fn show(Extension(upstream): Connected) -> Json<UpstreamView> {
    Json(UpstreamView { url: upstream.map(|upstream| upstream.url()) })
}

/// Rows of overrides.json, ready to be put into a scenario.
#[utoipa::path(
    get,
    path = "/_mock/upstream/recorded",
    operation_id = "listRecorded",
    tag = "Upstream",
    responses((status = 200, description = "Rows of overrides.json.", body = Vec<Object>)),
)]
pub(super) async fn list(
    Extension(upstream): Connected,
    Extension(chosen): Extension<SelectedSandbox>,
) -> Result<Json<Vec<OverrideRow>>, Problem> {
    Ok(Json(connected(upstream)?.recorded.rows(&chosen.sandbox.name)))
}

/// Forgets what passed through.
#[utoipa::path(
    delete,
    path = "/_mock/upstream/recorded",
    operation_id = "clearRecorded",
    tag = "Upstream",
    responses((status = 204, description = "Nothing is recorded.")),
)]
pub(super) async fn clear(
    Extension(upstream): Connected,
    Extension(chosen): Extension<SelectedSandbox>,
) -> Result<StatusCode, Problem> {
    connected(upstream)?.recorded.clear(&chosen.sandbox.name);
    Ok(StatusCode::NO_CONTENT)
}

fn connected(upstream: Option<Arc<Upstream>>) -> Result<Arc<Upstream>, Problem> {
    let none = || Problem::unknown("there is no upstream; start the server with --upstream URL");
    upstream.ok_or_else(none)
}
