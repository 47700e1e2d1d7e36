//! /_mock/scenarios, /_mock/reset, /_mock/state: what a sandbox remembers, as a whole.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{Path, Raw, Strict, parse};
use crate::{
    sandbox::{Kept, registry::Registry, selection::SelectedSandbox},
    scenario::{self, format},
    support::{heavy, problem::Problem},
};

/// All scenarios.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Scenarios {
    /// What the sandbox was made from.
    current: String,
    scenarios: Vec<ShownScenario>,
}

/// A scenario; or why it cannot be used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Scenario)]
enum ShownScenario {
    Fine { name: String, title: String, description: String, current: bool },
    Broken { name: String, problem: String },
}

/// Lists the scenarios.
#[utoipa::path(
    get,
    path = "/_mock/scenarios",
    operation_id = "listScenarios",
    tag = "State",
    responses((status = 200, description = "The scenarios, and the one that the sandbox was made from.", body = Scenarios)),
)]
pub(super) async fn list_scenarios(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
) -> Json<Scenarios> {
    let current = chosen.sandbox.scenario().name.clone();
    let shown = |name: String| match registry.scenario(&name) {
        Ok(scenario) => {
            let format::Scenario { title, description, .. } = scenario.meta.clone();
            ShownScenario::Fine { current: name == current, name, title, description }
        }
        Err(error) => ShownScenario::Broken { name, problem: error.to_string() },
    };
    let scenarios = registry.scenario_names().into_iter().map(shown).collect();
    Json(Scenarios { current, scenarios })
}

/// What a new start leaves as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewStart {
    /// Everything else is as at the start of the server.
    #[serde(default)]
    keep: Vec<Kept>,
}

/// Starts the sandbox anew as a scenario says whose files are read now. Clock, faults and settings are as at the start
/// of the server, and the journal is empty, except what is kept.
#[utoipa::path(
    post,
    path = "/_mock/scenarios/{name}/load",
    operation_id = "loadScenario",
    tag = "State",
    params(("name" = String, Path, description = "The name of a scenario of the catalog.")),
    request_body = Option<NewStart>,
    responses((status = 204, description = "The sandbox has started anew.")),
)]
pub(super) async fn load_scenario(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
    Strict(NewStart { keep }): Strict<NewStart>,
) -> Result<StatusCode, Problem> {
    heavy::run(move || chosen.sandbox.load_keeping(registry.scenario(&name)?, &keep)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Goes back to the start of the scenario: the same requests get the same answers again. Clock, faults and settings are
/// as at the start of the server, and the journal is empty, except what is kept.
#[utoipa::path(
    post,
    path = "/_mock/reset",
    operation_id = "reset",
    tag = "State",
    request_body = Option<NewStart>,
    responses((status = 204, description = "The sandbox is as at its start.")),
)]
pub(super) async fn reset(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(NewStart { keep }): Strict<NewStart>,
) -> Result<StatusCode, Problem> {
    heavy::run(move || chosen.sandbox.reset_keeping(&keep)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The whole state, as the files of a scenario.
#[utoipa::path(
    get,
    path = "/_mock/state",
    operation_id = "exportState",
    tag = "State",
    responses((status = 200, description = "The files of a scenario that starts as this state is, by name.", body = Object)),
)]
pub(super) async fn export_state(Extension(chosen): Extension<SelectedSandbox>) -> Response {
    heavy::run(move || Json(chosen.sandbox.export()).into_response()).await
}

/// Replaces the state by the files of a scenario, and the clock too, if they have one. If they cannot be used,
/// everything stays.
#[utoipa::path(
    put,
    path = "/_mock/state",
    operation_id = "replaceState",
    tag = "State",
    request_body = Object,
    responses((status = 204, description = "The sandbox has started anew from these files.")),
)]
pub(super) async fn replace_state(
    Extension(chosen): Extension<SelectedSandbox>,
    Raw(bytes): Raw,
) -> Result<StatusCode, Problem> {
    heavy::run(move || {
        let files: BTreeMap<String, Box<RawValue>> = parse(bytes.trim_ascii())?;
        let bytes = |value: &RawValue| Cow::Owned(value.get().as_bytes().to_vec());
        let files = files.iter().map(|(name, value)| (name.clone(), bytes(value))).collect();
        Ok::<_, Problem>(chosen.sandbox.replace_state(scenario::from_files("state", &files)?)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
