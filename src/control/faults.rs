//! /_mock/faults: what goes wrong on purpose on the vendor's surface of a sandbox.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, Path, Raw, Strict};
use crate::{
    catalogue::{self, OPERATIONS},
    faults::{
        Conflict, Counts, Engine, Match, Rule, outcome,
        sets::{SETS, Set},
    },
    route,
    sandbox::{registry::Registry, selection::SelectedSandbox},
    support::{problem::Problem, routes::Routes, suggest::nearest},
};

pub fn routes() -> Routes<Arc<Registry>> {
    Routes::new()
        .routes(route!(list, add, replace, clear))
        .routes(route!(list_sets))
        .routes(route!(add_set, remove_set))
        .routes(route!(list_outcomes))
        .routes(route!(show, remove))
}

/// A rule in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
struct RuleView {
    #[serde(flatten)]
    rule: Rule,
    /// How often it was met.
    hits: Counts,
}

impl From<(&Rule, Counts)> for RuleView {
    fn from((rule, hits): (&Rule, Counts)) -> Self {
        Self { rule: rule.clone(), hits }
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
async fn list(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<RuleView>> {
    Json(chosen.sandbox.look_at_faults(|faults| faults.rules().map(Into::into).collect()))
}

/// A rule in force.
#[utoipa::path(
    get,
    path = "/_mock/faults/{id}",
    operation_id = "getFault",
    tag = "Faults",
    params(("id" = String, Path, description = "The id.")),
    responses((status = 200, description = "The rule, and how often it was met.", body = RuleView)),
)]
async fn show(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(id): Path<String>,
) -> Result<Json<RuleView>, Problem> {
    let found = chosen.sandbox.look_at_faults(|faults| faults.get(&id).map(RuleView::from));
    found.map(Json).ok_or_else(|| no_fault(&chosen, &id))
}

/// Adds a rule or several, behind those in force; all or none.
#[utoipa::path(
    post,
    path = "/_mock/faults",
    operation_id = "addFaults",
    tag = "Faults",
    request_body = Rules,
    responses((status = 201, description = "The rules added.", body = Vec<RuleView>)),
)]
async fn add(
    Extension(chosen): Extension<SelectedSandbox>,
    Raw(bytes): Raw,
) -> Result<(StatusCode, Json<Vec<RuleView>>), Problem> {
    let rules = rules(&bytes)?;
    let added = change(&chosen, |faults| {
        let ids = faults.add(rules)?;
        Ok(ids.iter().filter_map(|id| faults.get(id).map(RuleView::from)).collect())
    })?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Puts these rules in the place of all in force, all or none.
#[utoipa::path(
    put,
    path = "/_mock/faults",
    operation_id = "replaceFaults",
    tag = "Faults",
    request_body = Rules,
    responses((status = 200, description = "The rules in force.", body = Vec<RuleView>)),
)]
async fn replace(
    Extension(chosen): Extension<SelectedSandbox>,
    Raw(bytes): Raw,
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
    responses((status = 204, description = "None is in force.")),
)]
async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> Result<StatusCode, Problem> {
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
    params(("id" = String, Path, description = "The id.")),
    responses((status = 204, description = "It is gone.")),
)]
async fn remove(Extension(chosen): Extension<SelectedSandbox>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let found = change(&chosen, |faults| Ok(faults.remove(&id)))?;
    found.then_some(StatusCode::NO_CONTENT).ok_or_else(|| no_fault(&chosen, &id))
}

fn change<T>(chosen: &SelectedSandbox, how: impl FnOnce(&mut Engine) -> Result<T, Conflict>) -> Result<T, Problem> {
    chosen.sandbox.change_faults(how).map_err(|conflict| Problem::conflict(conflict.to_string()))
}

fn no_fault(chosen: &SelectedSandbox, id: &str) -> Problem {
    let near = chosen.sandbox.look_at_faults(|faults| {
        let ids: Vec<&str> = faults.rules().filter_map(|(rule, _)| rule.id.as_deref()).collect();
        nearest(id, ids)
    });
    Problem::unknown(format!("there is no fault \"{id}\"; GET /_mock/faults lists them{near}"))
}

/// One rule, or a list of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = FaultRules)]
#[expect(dead_code, reason = "says what `rules` reads, which can then tell what is wrong in which of them")]
#[expect(clippy::large_enum_variant, reason = "there is never one")]
enum Rules {
    One(Rule),
    Several(Vec<Rule>),
}

fn rules(bytes: &[u8]) -> Result<Vec<Rule>, Problem> {
    let is_list = bytes.trim_ascii_start().starts_with(b"[");
    let rules: Vec<Rule> = if is_list { body::parse(bytes)? } else { vec![body::parse(bytes)?] };
    for (index, rule) in rules.iter().enumerate() {
        let at = |path: &str| if is_list { format!("[{index}].{path}") } else { path.to_owned() };
        rule.check().map_err(|wrong| bad(&at(&wrong.path), &wrong.problem))?;
        check_operation(&rule.about).map_err(|problem| bad(&at("match.operationId"), &problem))?;
    }
    Ok(rules)
}

fn bad(path: &str, problem: &str) -> Problem {
    Problem::bad(format!("the body is wrong at {path}: {problem}"))
}

fn check_operation(about: &Match) -> Result<(), String> {
    let Some(id) = &about.operation_id else { return Ok(()) };
    if catalogue::by_id(id).is_some() {
        return Ok(());
    }
    let near = nearest(id, OPERATIONS.iter().map(|operation| operation.id));
    Err(format!("there is no operation \"{id}\"; /openapi.json lists them{near}"))
}

/// A set that is ready made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FaultSet)]
struct ShownSet {
    name: &'static str,
    title: &'static str,
    /// Whether it is in force.
    active: bool,
    rules: Vec<Rule>,
}

/// Lists the sets that are ready made.
#[utoipa::path(
    get,
    path = "/_mock/faults/sets",
    operation_id = "listFaultSets",
    tag = "Faults",
    responses((status = 200, description = "The sets, and whether they are in force.", body = Vec<ShownSet>)),
)]
async fn list_sets(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<ShownSet>> {
    let shown = |set: Set| {
        let active = chosen.sandbox.look_at_faults(|faults| faults.rules().any(|(rule, _)| is_of(set, rule)));
        ShownSet { name: set.name, title: set.title, active, rules: set.rules(0, &Match::default()) }
    };
    Json(SETS.into_iter().map(shown).collect())
}

fn is_of(set: Set, rule: &Rule) -> bool {
    rule.id.as_deref().is_some_and(|id| set.owns(id))
}

/// How a set shall be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FaultSetChoice)]
struct AskedSet {
    /// All that is drawn depends on it.
    #[serde(default)]
    seed: u64,
    /// The requests that it is about.
    #[serde(default, rename = "match")]
    about: Match,
}

/// Puts a set in force, anew if it is already.
#[utoipa::path(
    post,
    path = "/_mock/faults/sets/{name}",
    operation_id = "addFaultSet",
    tag = "Faults",
    params(("name" = String, Path, description = "The name.")),
    request_body = Option<AskedSet>,
    responses((status = 201, description = "The rules of the set.", body = Vec<RuleView>)),
)]
async fn add_set(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
    Strict(asked): Strict<AskedSet>,
) -> Result<(StatusCode, Json<Vec<RuleView>>), Problem> {
    let set = Set::named(&name).map_err(|unknown| Problem::unknown(unknown.to_string()))?;
    check_operation(&asked.about).map_err(|problem| bad("match.operationId", &problem))?;
    let rules = set.rules(asked.seed, &asked.about);
    rules.iter().try_for_each(Rule::check).map_err(|wrong| bad(&wrong.path, &wrong.problem))?;
    let added = change(&chosen, |faults| {
        let ids = faults.put_set(set, asked.seed, &asked.about)?;
        Ok(ids.iter().filter_map(|id| faults.get(id).map(RuleView::from)).collect())
    })?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Takes a set out of force.
#[utoipa::path(
    delete,
    path = "/_mock/faults/sets/{name}",
    operation_id = "deleteFaultSet",
    tag = "Faults",
    params(("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "It is no longer in force.")),
)]
async fn remove_set(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let set = Set::named(&name).map_err(|unknown| Problem::unknown(unknown.to_string()))?;
    let removed = change(&chosen, |faults| Ok(faults.remove_set(set)))?;
    let not_there = || Problem::unknown(format!("the set \"{name}\" is not in force"));
    removed.then_some(StatusCode::NO_CONTENT).ok_or_else(not_there)
}

/// A word of `x-mock-outcome`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outcome)]
struct ShownOutcome {
    word: String,
    meaning: &'static str,
}

/// Lists what a single request can ask for by `x-mock-outcome`.
#[utoipa::path(
    get,
    path = "/_mock/faults/outcomes",
    operation_id = "listOutcomes",
    tag = "Faults",
    responses((status = 200, description = "The words of `x-mock-outcome`.", body = Vec<ShownOutcome>)),
)]
async fn list_outcomes() -> Json<Vec<ShownOutcome>> {
    Json(outcome::outcomes().map(|(word, meaning)| ShownOutcome { word, meaning }).collect())
}
