//! /_mock/snapshots: states that are kept, gone back to, made sandboxes of, and compared.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Path, Query, Strict},
    sandboxes,
};
use crate::{
    sandbox::{
        registry::{Registry, known_as},
        selection::SelectedSandbox,
    },
    support::{given::given, heavy, problem::Problem},
};

/// Names under which a snapshot could not be found again: a path, and the present state.
const RESERVED: [&str; 2] = ["diff", "now"];

/// A snapshot's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewSnapshot)]
pub(super) struct Named {
    name: String,
}

/// A snapshot in a list: its name and when it was taken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Snapshot)]
pub(super) struct ShownSnapshot {
    name: String,
    taken_at: DateTime<Utc>,
}

/// Lists the snapshots.
#[utoipa::path(
    get,
    path = "/_mock/snapshots",
    operation_id = "listSnapshots",
    tag = "State",
    responses((status = 200, description = "The snapshots, by name.", body = Vec<ShownSnapshot>)),
)]
pub(super) async fn list_snapshots(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<ShownSnapshot>> {
    let snapshots = chosen.sandbox.snapshots().into_iter();
    Json(snapshots.map(|(name, taken_at)| ShownSnapshot { name, taken_at }).collect())
}

/// Keeps the state and its moment under a name; replaces a snapshot of the same name.
#[utoipa::path(
    post,
    path = "/_mock/snapshots",
    operation_id = "saveSnapshot",
    tag = "State",
    request_body = Named,
    responses((status = 201, description = "The state is kept.")),
)]
pub(super) async fn save_snapshot(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(asked): Strict<Named>,
) -> Result<StatusCode, Problem> {
    if asked.name.is_empty() || asked.name.len() > 100 {
        return Err(Problem::bad("name: expected 1 to 100 characters"));
    }
    if RESERVED.contains(&&*asked.name) {
        return Err(Problem::bad(format!("name: \"{}\" has a meaning of its own here; choose another", asked.name)));
    }
    if chosen.sandbox.save_snapshot(&asked.name) {
        Ok(StatusCode::CREATED)
    } else {
        Err(Problem::conflict("there are 100 snapshots, which is the most that there may be; delete some"))
    }
}

/// Goes back to a snapshot and its moment.
#[utoipa::path(
    post,
    path = "/_mock/snapshots/{name}/load",
    operation_id = "loadSnapshot",
    tag = "State",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "State and clock are as they were.")),
)]
pub(super) async fn load_snapshot(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let found = chosen.sandbox.load_snapshot(&name);
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_snapshot(&name))
}

/// A snapshot as the files of a scenario.
#[utoipa::path(
    get,
    path = "/_mock/snapshots/{name}",
    operation_id = "getSnapshot",
    tag = "State",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 200, description = "The files, by name.", body = Object)),
)]
pub(super) async fn show_snapshot(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    heavy::run(move || {
        let files = chosen.sandbox.export_snapshot(&name);
        files.map(|files| Json(files).into_response()).ok_or_else(|| no_snapshot(&name))
    })
    .await
}

/// Forgets a snapshot.
#[utoipa::path(
    delete,
    path = "/_mock/snapshots/{name}",
    operation_id = "deleteSnapshot",
    tag = "State",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_snapshot(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let found = chosen.sandbox.delete_snapshot(&name);
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_snapshot(&name))
}

/// The sandbox that a snapshot shall become.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SnapshotFork)]
pub(super) struct Fork {
    /// Its name; one is made up if none is given.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    sandbox: Option<String>,
}

/// Makes a sandbox of a snapshot.
#[utoipa::path(
    post,
    path = "/_mock/snapshots/{name}/fork",
    operation_id = "forkSnapshot",
    tag = "State",
    params(("name" = String, Path, description = "The name.")),
    request_body = Option<Fork>,
    responses((status = 201, description = "The sandbox made of it.", body = sandboxes::SandboxView)),
)]
pub(super) async fn fork_snapshot(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Strict(asked): Strict<Fork>,
) -> Result<(StatusCode, Json<sandboxes::SandboxView>), Problem> {
    let sandbox = asked.sandbox.map_or_else(|| Ok(registry.new_name()), |name| known_as(&name))?;
    let forked = chosen.sandbox.fork_snapshot(&name, &sandbox).ok_or_else(|| no_snapshot(&name))?;
    let forked = registry.insert(Arc::new(forked))?;
    Ok((StatusCode::CREATED, Json(sandboxes::shown(&forked, &headers))))
}

/// Which snapshots to compare; `now` is the present state.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Diff {
    /// A snapshot, or `now`.
    from: String,
    /// A snapshot, or `now`, which it is if absent.
    to: Option<String>,
}

/// Where two states differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateDifferences)]
pub(super) struct Differences {
    equal: bool,
    differences: Vec<Difference>,
}

/// A place at which two states differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateDifference)]
struct Difference {
    /// The file, in it the row by its id, in that the member: `/assignments.json/130470/revokedBy`.
    path: String,
    /// What is there in the one; null if nothing is.
    from: Value,
    /// What is there in the other; null if nothing is.
    to: Value,
}

/// Compares two snapshots, or one with the present state.
#[utoipa::path(
    get,
    path = "/_mock/snapshots/diff",
    operation_id = "compareSnapshots",
    tag = "State",
    params(Diff),
    responses((status = 200, description = "Where the two differ.", body = Differences)),
)]
pub(super) async fn diff_snapshots(
    Extension(chosen): Extension<SelectedSandbox>,
    Query(asked): Query<Diff>,
) -> Result<Json<Differences>, Problem> {
    heavy::run(move || compare(&chosen, &asked)).await.map(Json)
}

fn compare(chosen: &SelectedSandbox, asked: &Diff) -> Result<Differences, Problem> {
    let state = |name: &str| match name {
        "now" => Ok(chosen.sandbox.export()),
        name => chosen.sandbox.export_snapshot(name).ok_or_else(|| no_snapshot(name)),
    };
    let (from, to) = (state(&asked.from)?, state(asked.to.as_deref().unwrap_or("now"))?);
    let mut differences = Vec::new();
    difference(&Value::Object(from), &Value::Object(to), String::new(), &mut differences);
    Ok(Differences { equal: differences.is_empty(), differences })
}

fn no_snapshot(name: &str) -> Problem {
    Problem::unknown(format!("there is no snapshot \"{name}\"; GET /_mock/snapshots lists them"))
}

/// Where two documents differ. Rows are known by their id, so that one more does not shift the rest.
fn difference(from: &Value, to: &Value, path: String, found: &mut Vec<Difference>) {
    match (from, to) {
        (a, b) if a == b => {}
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for name in names {
                let inner = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                difference(
                    &a.get(name).cloned().unwrap_or_default(),
                    &b.get(name).cloned().unwrap_or_default(),
                    inner,
                    found,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if by_id(a).is_some() && by_id(b).is_some() => {
            let keyed = |rows: &[Value]| Value::Object(by_id(rows).unwrap_or_default());
            difference(&keyed(a), &keyed(b), path, found);
        }
        (from, to) => found.push(Difference { path, from: from.clone(), to: to.clone() }),
    }
}

fn by_id(rows: &[Value]) -> Option<Map<String, Value>> {
    let keyed = rows.iter().map(|row| {
        let id = row.get("id")?;
        Some((id.as_str().map_or_else(|| id.to_string(), str::to_owned), row.clone()))
    });
    keyed.collect()
}
