//! /_mock/scenarios, /_mock/reset, /_mock/snapshots, /_mock/state: what a sandbox remembers, as a whole
//! and row by row.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Any, Path, Query, Strict},
    sandboxes,
};
use crate::{
    dispatch::Chosen,
    fixtures::{self, format, rows},
    problem::Problem,
    route,
    routes::Routes,
    sandbox::Sandbox,
    store::{Refusal, TenantId},
    world::{World, known_as},
};

pub fn routes() -> Routes<Arc<World>> {
    Routes::new()
        .routes(route!(list_scenarios))
        .routes(route!(load_scenario))
        .routes(route!(reset))
        .routes(route!(list_snapshots, save_snapshot))
        .routes(route!(diff_snapshots))
        .routes(route!(show_snapshot, delete_snapshot))
        .routes(route!(load_snapshot))
        .routes(route!(fork_snapshot))
        .routes(route!(export_state, replace_state))
        .routes(route!(put_entitlement))
        .routes(route!(put_msp_entitlement))
        .routes(route!(set_devices))
        .routes(route!(remove_purchase))
        .routes(route!(list_tenants))
        .routes(route!(clone_tenant))
        .routes(route!(end_sessions))
}

/// All scenarios.
#[derive(Debug, Serialize, ToSchema)]
struct Scenarios {
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
async fn list_scenarios(State(world): State<Arc<World>>, Extension(chosen): Extension<Chosen>) -> Json<Scenarios> {
    let current = chosen.sandbox.scenario().name.clone();
    let shown = |name: String| match world.scenario(&name) {
        Ok(scenario) => {
            let format::Scenario { title, description, .. } = scenario.meta.clone();
            ShownScenario::Fine { current: name == current, name, title, description }
        }
        Err(error) => ShownScenario::Broken { name, problem: error.to_string() },
    };
    let scenarios = world.catalog.names().into_iter().map(shown).collect();
    Json(Scenarios { current, scenarios })
}

/// Starts the sandbox anew as another scenario; the clock goes on.
#[utoipa::path(
    post,
    path = "/_mock/scenarios/{name}/load",
    operation_id = "loadScenario",
    tag = "State",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "The sandbox has started anew.")),
)]
async fn load_scenario(
    State(world): State<Arc<World>>,
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    chosen.sandbox.load(world.scenario(&name)?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Goes back to the start: the same requests get the same answers again.
#[utoipa::path(
    post,
    path = "/_mock/reset",
    operation_id = "reset",
    tag = "State",
    responses((status = 204, description = "The sandbox is as at its start; its clock goes on.")),
)]
async fn reset(Extension(chosen): Extension<Chosen>) -> Result<StatusCode, Problem> {
    chosen.sandbox.reset()?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names under which a snapshot could not be found again: a path, and the present state.
const RESERVED: [&str; 2] = ["diff", "now"];

/// A snapshot's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewSnapshot)]
struct Named {
    name: String,
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Snapshot)]
struct ShownSnapshot {
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
async fn list_snapshots(Extension(chosen): Extension<Chosen>) -> Json<Vec<ShownSnapshot>> {
    let snapshots = chosen.sandbox.snapshots().into_iter();
    Json(snapshots.map(|(name, taken_at)| ShownSnapshot { name, taken_at }).collect())
}

/// Keeps the state and its moment under a name, in the place of what was kept under it.
#[utoipa::path(
    post,
    path = "/_mock/snapshots",
    operation_id = "saveSnapshot",
    tag = "State",
    request_body = Named,
    responses((status = 201, description = "The state is kept.")),
)]
async fn save_snapshot(
    Extension(chosen): Extension<Chosen>,
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
async fn load_snapshot(Extension(chosen): Extension<Chosen>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
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
async fn show_snapshot(
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
) -> Result<Json<Map<String, Value>>, Problem> {
    chosen.sandbox.export_snapshot(&name).map(Json).ok_or_else(|| no_snapshot(&name))
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
async fn delete_snapshot(
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let found = chosen.sandbox.delete_snapshot(&name);
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_snapshot(&name))
}

/// The sandbox that a snapshot shall become.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SnapshotFork)]
struct Fork {
    /// Its name; one is made up if none is given.
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
    responses((status = 201, description = "The sandbox made of it.", body = sandboxes::Shown)),
)]
async fn fork_snapshot(
    State(world): State<Arc<World>>,
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Strict(asked): Strict<Fork>,
) -> Result<(StatusCode, Json<sandboxes::Shown>), Problem> {
    let sandbox = asked.sandbox.map_or_else(|| Ok(world.new_name()), |name| known_as(&name))?;
    let forked = chosen.sandbox.fork_snapshot(&name, &sandbox).ok_or_else(|| no_snapshot(&name))?;
    let forked = world.insert(Arc::new(forked))?;
    Ok((StatusCode::CREATED, Json(sandboxes::shown(&forked, &headers))))
}

/// Which snapshots to compare; `now` is the present state.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Diff {
    /// A snapshot, or `now`.
    from: String,
    /// A snapshot, or `now`, which it is if absent.
    to: Option<String>,
}

/// Where two states differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateDifferences)]
struct Differences {
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
async fn diff_snapshots(
    Extension(chosen): Extension<Chosen>,
    Query(asked): Query<Diff>,
) -> Result<Json<Differences>, Problem> {
    let state = |name: &str| match name {
        "now" => Ok(chosen.sandbox.export()),
        name => chosen.sandbox.export_snapshot(name).ok_or_else(|| no_snapshot(name)),
    };
    let (from, to) = (state(&asked.from)?, state(asked.to.as_deref().unwrap_or("now"))?);
    let mut differences = Vec::new();
    difference(&Value::Object(from), &Value::Object(to), String::new(), &mut differences);
    Ok(Json(Differences { equal: differences.is_empty(), differences }))
}

fn no_snapshot(name: &str) -> Problem {
    Problem::unknown(format!("there is no snapshot \"{name}\"; GET /_mock/snapshots lists them"))
}

/// Tells where two documents differ. Rows are known by their id, so that one more does not shift the rest.
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

/// The whole state, as the files of a scenario.
#[utoipa::path(
    get,
    path = "/_mock/state",
    operation_id = "exportState",
    tag = "State",
    responses((status = 200, description = "The files of a scenario that starts as this state is, by name.", body = Object)),
)]
async fn export_state(Extension(chosen): Extension<Chosen>) -> Json<Map<String, Value>> {
    Json(chosen.sandbox.export())
}

/// Puts the files of a scenario in the place of the state, and their clock in the place of this one, if they
/// have one. If they cannot be used, all stays.
#[utoipa::path(
    put,
    path = "/_mock/state",
    operation_id = "replaceState",
    tag = "State",
    request_body = Object,
    responses((status = 204, description = "The sandbox has started anew from these files.")),
)]
async fn replace_state(
    Extension(chosen): Extension<Chosen>,
    Strict(files): Strict<BTreeMap<String, Value>>,
) -> Result<StatusCode, Problem> {
    let bytes = |value: &Value| Cow::Owned(value.to_string().into_bytes());
    let files = files.iter().map(|(name, value)| (name.clone(), bytes(value))).collect();
    chosen.sandbox.replace_state(fixtures::from_files("state", &files)?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a tenant a purchase, or changes one.
#[utoipa::path(
    put,
    path = "/_mock/state/entitlements/{tenant}",
    operation_id = "putEntitlement",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Object, description = "A row of entitlements.json; one of the same id is replaced."),
    responses((status = 204, description = "The tenant has it.")),
)]
async fn put_entitlement(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let row = rows::entitlement(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.put_entitlement(tenant, &row)))
    })
}

/// Gives an MSP a pool, or changes one.
#[utoipa::path(
    put,
    path = "/_mock/state/msp-entitlements/{tenant}",
    operation_id = "putMspEntitlement",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Object, description = "A row of msp-entitlements.json; one of the same id is replaced."),
    responses((status = 204, description = "The MSP has it.")),
)]
async fn put_msp_entitlement(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let row = rows::msp_entitlement(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.put_msp_entitlement(tenant, &row)))
    })
}

/// Sets which devices a tenant runs.
#[utoipa::path(
    put,
    path = "/_mock/state/devices/{tenant}",
    operation_id = "setDevices",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Vec<Object>, description = "Rows of `devices` in tenants.json."),
    responses((status = 204, description = "The tenant runs these devices and no others.")),
)]
async fn set_devices(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let devices = rows::devices(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.set_devices(tenant, devices)))
    })
}

/// Takes a purchase or a pool away.
#[utoipa::path(
    delete,
    path = "/_mock/state/purchases/{tenant}/{id}",
    operation_id = "removePurchase",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits."), ("id" = String, Path, description = "The id of the entitlement or pool.")),
    responses((status = 204, description = "It is gone.")),
)]
async fn remove_purchase(
    Extension(chosen): Extension<Chosen>,
    Path((tenant, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    let found = chosen.sandbox.sim.change(|store, _| store.remove_purchase(tenant, &id)).map_err(refused)?;
    found
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(|| Problem::unknown(format!("tenant {tenant} has no purchase {id}")))
}

fn edit(
    chosen: &Chosen,
    edit: impl FnOnce(&Sandbox, DateTime<Utc>) -> Result<Result<(), Refusal>, Problem>,
) -> Result<StatusCode, Problem> {
    let (_, now) = chosen.sandbox.sim.look();
    edit(&chosen.sandbox, now)?.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::UnknownTenant { .. } => Problem::unknown(refusal.to_string()),
        other => Problem::conflict(other.to_string()),
    }
}

fn tenant_id(text: &str) -> Result<TenantId, Problem> {
    text.parse().map_err(|error| Problem::bad(format!("\"{text}\": {error}")))
}

/// A tenant, for those who look for one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tenant)]
struct ShownTenant {
    id: TenantId,
    #[schema(value_type = String)]
    name: Arc<str>,
    r#type: crate::store::TenantType,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<TenantId>,
    has_entitlement_id: bool,
    default: bool,
    #[schema(value_type = Vec<String>)]
    clients: Vec<Arc<str>>,
}

/// Lists the tenants.
#[utoipa::path(
    get,
    path = "/_mock/tenants",
    operation_id = "listTenants",
    tag = "State",
    responses((status = 200, description = "All tenants, by id.", body = Vec<ShownTenant>)),
)]
async fn list_tenants(Extension(chosen): Extension<Chosen>) -> Json<Vec<ShownTenant>> {
    let (store, _) = chosen.sandbox.sim.look();
    let shown = store.tenants().map(|tenant| ShownTenant {
        id: tenant.id,
        name: tenant.name.clone(),
        r#type: tenant.kind,
        parent: tenant.parent,
        has_entitlement_id: tenant.entitlement_id.is_some(),
        default: tenant.id == store.default_tenant,
        clients: tenant.clients.iter().map(|client| client.id.clone()).collect(),
    });
    Json(shown.collect())
}

/// What the copy of a tenant shall be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TenantClone)]
struct Clone {
    #[schema(value_type = TenantId)]
    id: format::Tenant,
    name: Option<String>,
}

/// Copies a tenant with all that it has.
#[utoipa::path(
    post,
    path = "/_mock/tenants/{tenant}/clone",
    operation_id = "cloneTenant",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body = Clone,
    responses((status = 201, description = "The copy is there.")),
)]
async fn clone_tenant(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Strict(asked): Strict<Clone>,
) -> Result<StatusCode, Problem> {
    let (from, to) = (tenant_id(&tenant)?, tenant_id(&asked.id.0)?);
    chosen.sandbox.sim.change(|store, _| {
        if store.tenant(to).is_some() {
            return Err(Problem::conflict(format!("there is a tenant {to} already")));
        }
        let name = asked.name.unwrap_or_else(|| format!("Copy of {from}"));
        store.clone_tenant(from, to, &name).map_err(refused)
    })?;
    Ok(StatusCode::CREATED)
}

/// Whose sessions shall end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SessionsEnd)]
struct EndSessions {
    tenant_id: TenantId,
}

/// Kills all tokens of a tenant, as happens to real sessions.
#[utoipa::path(
    post,
    path = "/_mock/sessions/end",
    operation_id = "endSessions",
    tag = "State",
    request_body = EndSessions,
    responses((status = 204, description = "All tokens issued until now are dead.")),
)]
async fn end_sessions(
    Extension(chosen): Extension<Chosen>,
    Strict(asked): Strict<EndSessions>,
) -> Result<StatusCode, Problem> {
    chosen.sandbox.sim.change(|store, _| store.end_sessions(asked.tenant_id)).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
