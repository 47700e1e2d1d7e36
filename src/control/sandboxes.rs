//! /_mock/sandboxes: making, listing and removing sandboxes. One per test; thousands at once.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Path, Strict},
    settings_change::SettingsChange,
};
use crate::{
    sandbox::{Sandbox, registry::Registry},
    support::{given::given, heavy, origin, problem::Problem},
};

/// What a new sandbox shall be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewSandbox {
    /// The name that selects it; one is made up if none is given.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The scenario to start with; the root's if none is given.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    scenario: Option<String>,
    /// Settings that differ from the root's.
    #[serde(default)]
    settings: SettingsChange,
}

/// A sandbox, and how to reach it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sandbox)]
pub struct SandboxView {
    /// The name, as in `/sandboxes/{name}`.
    pub name: String,
    /// What it was made from.
    pub scenario: String,
    /// Prefix of all its paths.
    pub base_url: String,
    /// Host under which it is at the root.
    pub host: String,
    /// A token of its default tenant's first API client, if that has one. It names the sandbox by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// How to reach a sandbox, for the caller that sent these headers.
pub fn shown(sandbox: &Sandbox, headers: &HeaderMap) -> SandboxView {
    let base_url = origin::base_url(headers);
    let port = base_url.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let name = &sandbox.name;
    SandboxView {
        name: name.to_string(),
        scenario: sandbox.scenario().name.clone(),
        base_url: format!("{base_url}/sandboxes/{name}"),
        host: format!("{name}.localhost{port}"),
        token: sandbox.token(),
    }
}

/// Makes a sandbox: a state, a clock, faults and a journal of its own.
#[utoipa::path(
    post,
    path = "/_mock/sandboxes",
    operation_id = "createSandbox",
    tag = "Sandboxes",
    request_body = Option<NewSandbox>,
    responses((status = 201, description = "The sandbox, and how to reach it.", body = SandboxView)),
)]
pub(super) async fn create(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    Strict(new): Strict<NewSandbox>,
) -> Result<(StatusCode, Json<SandboxView>), Problem> {
    let mut start = registry.root.start();
    new.settings.apply_to_start(&mut start)?;
    let name = new.name.unwrap_or_else(|| registry.new_name());
    let sandbox = heavy::run(move || registry.create(&name, new.scenario.as_deref(), Some(start))).await?;
    Ok((StatusCode::CREATED, Json(shown(&sandbox, &headers))))
}

/// Lists the sandboxes.
#[utoipa::path(
    get,
    path = "/_mock/sandboxes",
    operation_id = "listSandboxes",
    tag = "Sandboxes",
    responses((status = 200, description = "All sandboxes with names, by name.", body = Vec<SandboxView>)),
)]
pub(super) async fn list(State(registry): State<Arc<Registry>>, headers: HeaderMap) -> Json<Vec<SandboxView>> {
    Json(registry.list().iter().map(|sandbox| shown(sandbox, &headers)).collect())
}

/// How to reach a sandbox.
#[utoipa::path(
    get,
    path = "/_mock/sandboxes/{name}",
    operation_id = "getSandbox",
    tag = "Sandboxes",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 200, description = "The sandbox, and how to reach it.", body = SandboxView)),
)]
pub(super) async fn show(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Json<SandboxView>, Problem> {
    Ok(Json(shown(&*registry.existing(&name)?, &headers)))
}

/// Removes a sandbox.
#[utoipa::path(
    delete,
    path = "/_mock/sandboxes/{name}",
    operation_id = "deleteSandbox",
    tag = "Sandboxes",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    State(registry): State<Arc<Registry>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    registry.remove(&name)?;
    Ok(StatusCode::NO_CONTENT)
}
