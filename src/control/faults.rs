//! /_mock/faults: what goes wrong on purpose on the vendor's surface of a sandbox.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{self, Path, Raw};
use crate::{
    faults::{Conflict, Counts, Engine, Rule},
    sandbox::selection::SelectedSandbox,
    support::{echo, problem::Problem, suggest::nearest},
};

/// Rules of a sandbox have at most 8 MiB together; blanks in the body do not count there.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A rule in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
pub(super) struct RuleView {
    #[serde(flatten)]
    #[schema(value_type = Rule)]
    rule: Arc<Rule>,
    /// How often it matched and applied.
    hits: Counts,
}

impl From<(&Arc<Rule>, Counts)> for RuleView {
    fn from((rule, hits): (&Arc<Rule>, Counts)) -> Self {
        Self { rule: Arc::clone(rule), hits }
    }
}

/// Lists the rules in force.
#[utoipa::path(
    get,
    path = "/_mock/faults",
    operation_id = "listFaults",
    tag = "Faults",
    responses((status = 200, description = "The rules in force, in the order in which they are asked.", body = Vec<RuleView>)),
)]
pub(super) async fn list(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<RuleView>> {
    Json(chosen.sandbox.look_at_faults(|faults| faults.rules().map(Into::into).collect()))
}

/// Shows a rule in force.
#[utoipa::path(
    get,
    path = "/_mock/faults/{id}",
    operation_id = "getFault",
    tag = "Faults",
    params(("id" = String, Path, description = "The id of the rule.")),
    responses((status = 200, description = "The rule, and how often it matched and applied.", body = RuleView)),
)]
pub(super) async fn show(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(id): Path<String>,
) -> Result<Json<RuleView>, Problem> {
    let found = chosen.sandbox.look_at_faults(|faults| faults.get(&id).map(RuleView::from));
    found.map(Json).ok_or_else(|| no_fault(&chosen, &id))
}

/// Adds one rule or several behind those in force; all or none.
#[utoipa::path(
    post,
    path = "/_mock/faults",
    operation_id = "addFaults",
    tag = "Faults",
    request_body = Rules,
    responses((status = 201, description = "The rules added.", body = Vec<RuleView>)),
)]
pub(super) async fn add(
    Extension(chosen): Extension<SelectedSandbox>,
    Raw(bytes): Raw<BODY_LIMIT>,
) -> Result<(StatusCode, Json<Vec<RuleView>>), Problem> {
    let rules = rules(&bytes)?;
    let added = change(&chosen, |faults| {
        let ids = faults.add(rules)?;
        Ok(views(faults, &ids))
    })?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Replaces all rules in force; all or none.
#[utoipa::path(
    put,
    path = "/_mock/faults",
    operation_id = "replaceFaults",
    tag = "Faults",
    request_body = Rules,
    responses((status = 200, description = "The rules in force.", body = Vec<RuleView>)),
)]
pub(super) async fn replace(
    Extension(chosen): Extension<SelectedSandbox>,
    Raw(bytes): Raw<BODY_LIMIT>,
) -> Result<Json<Vec<RuleView>>, Problem> {
    let rules = rules(&bytes)?;
    change(&chosen, |faults| {
        let mut next = Engine::default();
        next.add(rules)?;
        *faults = next;
        Ok(())
    })?;
    Ok(list(Extension(chosen)).await)
}

/// Removes all rules.
#[utoipa::path(
    delete,
    path = "/_mock/faults",
    operation_id = "clearFaults",
    tag = "Faults",
    responses((status = 204, description = "No rule is in force.")),
)]
pub(super) async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> Result<StatusCode, Problem> {
    change(&chosen, |faults| {
        *faults = Engine::default();
        Ok(())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a rule.
#[utoipa::path(
    delete,
    path = "/_mock/faults/{id}",
    operation_id = "deleteFault",
    tag = "Faults",
    params(("id" = String, Path, description = "The id of the rule.")),
    responses((status = 204, description = "The rule is removed.")),
)]
pub(super) async fn remove(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let found = change(&chosen, |faults| Ok(faults.remove(&id)))?;
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_fault(&chosen, &id))
}

/// Changes the rules in force; a conflict is a 409.
pub(super) fn change<T>(
    chosen: &SelectedSandbox,
    how: impl FnOnce(&mut Engine) -> Result<T, Conflict>,
) -> Result<T, Problem> {
    chosen.sandbox.change_faults(how).map_err(|conflict| Problem::conflict(conflict.to_string()))
}

/// The rules with these ids.
pub(super) fn views(faults: &Engine, ids: &[Arc<str>]) -> Vec<RuleView> {
    ids.iter().filter_map(|id| faults.get(id).map(RuleView::from)).collect()
}

fn no_fault(chosen: &SelectedSandbox, id: &str) -> Problem {
    let near = chosen.sandbox.look_at_faults(|faults| {
        let ids: Vec<&str> = faults.rules().filter_map(|(rule, _)| rule.id.as_deref()).collect();
        nearest(id, ids)
    });
    Problem::unknown(format!("there is no fault \"{}\"; GET /_mock/faults lists them{near}", echo::cut(id)))
}

/// One rule, or a list of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = FaultRules)]
#[expect(dead_code, reason = "describes what `rules` reads, which can say what is wrong in which rule")]
#[expect(clippy::large_enum_variant, reason = "no value of it is ever made")]
enum Rules {
    One(Rule),
    Several(Vec<Rule>),
}

fn rules(bytes: &[u8]) -> Result<Vec<Rule>, Problem> {
    let is_list = bytes.trim_ascii_start().starts_with(b"[");
    let rules: Vec<Rule> = if is_list { body::parse(bytes)? } else { vec![body::parse(bytes)?] };
    for (index, rule) in rules.iter().enumerate() {
        let at = if is_list { format!("[{index}].") } else { String::new() };
        rule.check().map_err(|invalid| Problem::bad(format!("the body is wrong at {at}{invalid}")))?;
    }
    Ok(rules)
}
