//! /_mock/activities/policy: how refreshes go. It is a part of the settings of a sandbox.

use std::collections::BTreeMap;

use axum::{Extension, Json};
use serde_json::{Map, Value};

use super::body::{Strict, parse};
use crate::{
    model::{RefreshPlan, RefreshPolicy},
    sandbox::selection::SelectedSandbox,
    support::problem::Problem,
};

/// How refreshes go.
#[utoipa::path(
    get,
    path = "/_mock/activities/policy",
    operation_id = "getActivityPolicy",
    tag = "Activities",
    responses((status = 200, description = "How refreshes go.", body = RefreshPolicy)),
)]
pub(super) async fn show_policy(Extension(chosen): Extension<SelectedSandbox>) -> Json<RefreshPolicy> {
    Json(RefreshPolicy::clone(&chosen.sandbox.look().0.refresh))
}

/// Changes how refreshes go from here on. What is not given stays; null goes back to what the scenario says.
#[utoipa::path(
    patch,
    path = "/_mock/activities/policy",
    operation_id = "changeActivityPolicy",
    tag = "Activities",
    request_body = RefreshPlan,
    responses((status = 200, description = "How refreshes go from here on.", body = RefreshPolicy)),
)]
pub(super) async fn change_policy(
    Extension(chosen): Extension<SelectedSandbox>,
    // serde_json's own map would read null as an empty one.
    Strict(patch): Strict<BTreeMap<String, Value>>,
) -> Result<Json<RefreshPolicy>, Problem> {
    let patch = Map::from_iter(patch);
    chosen.sandbox.try_change_settings(|settings| {
        settings.refresh = patched(&settings.refresh, patch)?;
        Ok::<_, Problem>(())
    })?;
    Ok(show_policy(Extension(chosen)).await)
}

/// The plan with a merge patch (RFC 7396) applied.
fn patched(plan: &RefreshPlan, patch: Map<String, Value>) -> Result<RefreshPlan, Problem> {
    let mut merged = object(plan);
    merge(&mut merged, patch, &object(&RefreshPolicy::default()));
    let plan: RefreshPlan = parse(Value::Object(merged).to_string().as_bytes())?;
    plan.check().map_err(|invalid| Problem::bad(format!("{}: {invalid}", invalid.field())))?;
    Ok(plan)
}

fn object(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Only known members are cleared by null; what is unknown is left to be refused.
fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>, known: &Map<String, Value>) {
    for (name, value) in patch {
        match (value, known.get(&name)) {
            (Value::Null, Some(_)) => {
                target.remove(&name);
            }
            (Value::Object(patch), Some(Value::Object(known))) => {
                let inner = target.entry(name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(inner) = inner {
                    merge(inner, patch, known);
                }
            }
            (value, _) => {
                target.insert(name, value);
            }
        }
    }
}
