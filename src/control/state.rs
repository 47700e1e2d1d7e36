//! /_mock/scenarios, /_mock/reset, /_mock/snapshots, /_mock/state: what a sandbox remembers, as a whole
//! and row by row.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    routing::{delete, get, post, put},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{body::Strict, sandboxes};
use crate::{
    dispatch::Chosen,
    fixtures::{self, format, rows},
    problem::Problem,
    sandbox::Sandbox,
    store::{Refusal, TenantId},
    world::World,
};

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_mock/scenarios", get(list_scenarios))
        .route("/_mock/scenarios/{name}/load", post(load_scenario))
        .route("/_mock/reset", post(reset))
        .route("/_mock/snapshots", get(list_snapshots).post(save_snapshot))
        .route("/_mock/snapshots/diff", get(diff_snapshots))
        .route("/_mock/snapshots/{name}", delete(delete_snapshot))
        .route("/_mock/snapshots/{name}/load", post(load_snapshot))
        .route("/_mock/snapshots/{name}/fork", post(fork_snapshot))
        .route("/_mock/state", get(export_state).put(replace_state))
        .route("/_mock/state/entitlements/{tenant}", put(put_entitlement))
        .route("/_mock/state/msp-entitlements/{tenant}", put(put_msp_entitlement))
        .route("/_mock/state/devices/{tenant}", put(set_devices))
        .route("/_mock/state/purchases/{tenant}/{id}", delete(remove_purchase))
        .route("/_mock/tenants", get(list_tenants))
        .route("/_mock/tenants/{tenant}/clone", post(clone_tenant))
        .route("/_mock/sessions/end", post(end_sessions))
}

async fn list_scenarios(State(world): State<Arc<World>>, Extension(chosen): Extension<Chosen>) -> Json<Value> {
    let current = chosen.sandbox.scenario().name.clone();
    let scenarios: Vec<Value> = world
        .catalog
        .names()
        .into_iter()
        .map(|name| match world.scenario(&name) {
            Ok(scenario) => json!({
                "name": name,
                "title": scenario.meta.title,
                "description": scenario.meta.description,
                "current": name == current,
            }),
            Err(error) => json!({ "name": name, "problem": error.to_string() }),
        })
        .collect();
    Json(json!({ "current": current, "scenarios": scenarios }))
}

async fn load_scenario(
    State(world): State<Arc<World>>,
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    chosen.sandbox.load(world.scenario(&name)?)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset(Extension(chosen): Extension<Chosen>) -> Result<StatusCode, Problem> {
    chosen.sandbox.reset()?;
    Ok(StatusCode::NO_CONTENT)
}

/// A snapshot's name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Named {
    name: String,
}

async fn list_snapshots(Extension(chosen): Extension<Chosen>) -> Json<Value> {
    Json(chosen.sandbox.snapshots().into_iter().map(|(name, at)| json!({ "name": name, "takenAt": at })).collect())
}

async fn save_snapshot(
    Extension(chosen): Extension<Chosen>,
    Strict(asked): Strict<Named>,
) -> Result<StatusCode, Problem> {
    if asked.name.is_empty() || asked.name.len() > 100 {
        return Err(Problem::bad("name: expected 1 to 100 characters"));
    }
    if chosen.sandbox.save_snapshot(&asked.name) {
        Ok(StatusCode::CREATED)
    } else {
        Err(Problem::conflict("there are 100 snapshots, which is the most that there may be; delete some"))
    }
}

async fn load_snapshot(Extension(chosen): Extension<Chosen>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let found = chosen.sandbox.load_snapshot(&name);
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_snapshot(&name))
}

async fn delete_snapshot(
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let found = chosen.sandbox.delete_snapshot(&name);
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_snapshot(&name))
}

/// The sandbox that a snapshot shall become.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fork {
    sandbox: Option<String>,
}

async fn fork_snapshot(
    State(world): State<Arc<World>>,
    Extension(chosen): Extension<Chosen>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Strict(asked): Strict<Fork>,
) -> Result<(StatusCode, Json<sandboxes::Shown>), Problem> {
    let sandbox = asked.sandbox.unwrap_or_else(|| world.new_name());
    let forked = chosen.sandbox.fork_snapshot(&name, &sandbox).ok_or_else(|| no_snapshot(&name))?;
    let forked = world.insert(Arc::new(forked))?;
    Ok((StatusCode::CREATED, Json(sandboxes::shown(&forked, &headers))))
}

/// Which snapshots to compare; `now` is the present state.
#[derive(Debug, Deserialize)]
struct Diff {
    from: String,
    to: Option<String>,
}

async fn diff_snapshots(
    Extension(chosen): Extension<Chosen>,
    Query(asked): Query<Diff>,
) -> Result<Json<Value>, Problem> {
    let state = |name: &str| match name {
        "now" => Ok(exported(&chosen.sandbox)),
        name => {
            let (store, at) = chosen.sandbox.snapshot(name).ok_or_else(|| no_snapshot(name))?;
            let scenario = chosen.sandbox.scenario();
            Ok::<_, Problem>(fixtures::export::export(&store, &scenario.meta, &scenario.overrides, at))
        }
    };
    let (from, to) = (state(&asked.from)?, state(asked.to.as_deref().unwrap_or("now"))?);
    let mut differences = Vec::new();
    difference(&Value::Object(from), &Value::Object(to), String::new(), &mut differences);
    Ok(Json(json!({ "equal": differences.is_empty(), "differences": differences })))
}

fn no_snapshot(name: &str) -> Problem {
    Problem::unknown(format!("there is no snapshot \"{name}\"; GET /_mock/snapshots lists them"))
}

/// Tells where two documents differ. Rows are known by their id, so that one more does not shift the rest.
fn difference(from: &Value, to: &Value, path: String, found: &mut Vec<Value>) {
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
        (a, b) => found.push(json!({ "path": path, "from": a, "to": b })),
    }
}

fn by_id(rows: &[Value]) -> Option<Map<String, Value>> {
    let keyed = rows.iter().map(|row| {
        let id = row.get("id")?;
        Some((id.as_str().map_or_else(|| id.to_string(), str::to_owned), row.clone()))
    });
    keyed.collect()
}

fn exported(sandbox: &Sandbox) -> Map<String, Value> {
    let (store, now) = sandbox.sim.look();
    let scenario = sandbox.scenario();
    fixtures::export::export(&store, &scenario.meta, &scenario.overrides, now)
}

/// The whole state, as the files of a scenario.
async fn export_state(Extension(chosen): Extension<Chosen>) -> Json<Map<String, Value>> {
    Json(exported(&chosen.sandbox))
}

/// Puts the files of a scenario in the place of the state. If they cannot be used, all stays.
async fn replace_state(
    Extension(chosen): Extension<Chosen>,
    Strict(files): Strict<BTreeMap<String, Value>>,
) -> Result<StatusCode, Problem> {
    let bytes = |value: &Value| Cow::Owned(value.to_string().into_bytes());
    let files = files.iter().map(|(name, value)| (name.clone(), bytes(value))).collect();
    chosen.sandbox.load(fixtures::from_files("state", &files)?)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_entitlement(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Strict(row): Strict<Value>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let row = rows::entitlement(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.put_entitlement(tenant, &row)))
    })
}

async fn put_msp_entitlement(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Strict(row): Strict<Value>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let row = rows::msp_entitlement(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.put_msp_entitlement(tenant, &row)))
    })
}

async fn set_devices(
    Extension(chosen): Extension<Chosen>,
    Path(tenant): Path<String>,
    Strict(row): Strict<Value>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    edit(&chosen, |sandbox, now| {
        let devices = rows::devices(row, now)?;
        Ok(sandbox.sim.change(|store, _| store.set_devices(tenant, devices)))
    })
}

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
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownTenant {
    id: TenantId,
    name: Arc<str>,
    r#type: crate::store::TenantType,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<TenantId>,
    has_entitlement_id: bool,
    default: bool,
    clients: Vec<Arc<str>>,
}

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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Clone {
    id: format::Tenant,
    name: Option<String>,
}

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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EndSessions {
    tenant_id: TenantId,
}

/// Kills all tokens of a tenant, as happens to real sessions.
async fn end_sessions(
    Extension(chosen): Extension<Chosen>,
    Strict(asked): Strict<EndSessions>,
) -> Result<StatusCode, Problem> {
    chosen.sandbox.sim.change(|store, _| store.end_sessions(asked.tenant_id)).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
