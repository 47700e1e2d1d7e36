//! /_mock/upstream: the real system behind the simulator, and what passed through to it.

use std::sync::Arc;

use axum::{Extension, Json, Router, http::StatusCode, routing::get};
use serde_json::{Value, json};

use crate::{dispatch::Chosen, fixtures::format::OverrideRow, problem::Problem, upstream::Upstream};

type Connected = Option<Extension<Arc<Upstream>>>;

pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/_mock/upstream", get(show)).route("/_mock/upstream/recorded", get(list).delete(clear))
}

async fn show(upstream: Connected) -> Json<Value> {
    Json(json!({ "url": upstream.map(|Extension(upstream)| upstream.url()) }))
}

/// Rows of overrides.json, ready to be put into a scenario.
async fn list(upstream: Connected, Extension(chosen): Extension<Chosen>) -> Result<Json<Vec<OverrideRow>>, Problem> {
    Ok(Json(connected(upstream)?.recorded.rows(&chosen.sandbox.name)))
}

async fn clear(upstream: Connected, Extension(chosen): Extension<Chosen>) -> Result<StatusCode, Problem> {
    connected(upstream)?.recorded.clear(&chosen.sandbox.name);
    Ok(StatusCode::NO_CONTENT)
}

fn connected(upstream: Connected) -> Result<Arc<Upstream>, Problem> {
    let none = || Problem::unknown("there is no upstream; start the server with --upstream URL");
    upstream.map(|Extension(upstream)| upstream).ok_or_else(none)
}
