//! /_mock/faults/sets and /_mock/faults/outcomes: what is ready-made.

use axum::{Extension, Json, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Path, Strict},
    faults::{RuleView, change, views},
};
use crate::{
    faults::{
        Rule, header_words,
        sets::{SETS, Set},
    },
    journal::Match,
    sandbox::selection::SelectedSandbox,
    support::problem::Problem,
};

/// A ready-made list of rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FaultSet)]
pub(super) struct SetView {
    name: &'static str,
    title: &'static str,
    /// Whether it is in force.
    active: bool,
    rules: Vec<Rule>,
}

/// Lists the ready-made sets of rules.
#[utoipa::path(
    get,
    path = "/_mock/faults/sets",
    operation_id = "listFaultSets",
    tag = "Faults",
    responses((status = 200, description = "The sets, and whether they are in force.", body = Vec<SetView>)),
)]
pub(super) async fn list_sets(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<SetView>> {
    let is_of = |set: Set, rule: &Rule| rule.id.as_deref().is_some_and(|id| set.owns(id));
    let view = |set: Set| {
        let active = chosen.sandbox.look_at_faults(|faults| faults.rules().any(|(rule, _)| is_of(set, rule)));
        SetView { name: set.name, title: set.title, active, rules: set.rules(0, &Match::default()) }
    };
    Json(SETS.into_iter().map(view).collect())
}

/// The seed of a set, and the requests that it is about.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FaultSetChoice)]
pub(super) struct SetChoice {
    /// The seed of everything random.
    #[serde(default)]
    seed: u64,
    /// The requests that it is about; all if absent. `status` cannot be given.
    #[serde(default, rename = "match")]
    wanted: Match,
}

/// Puts a set in force, anew if it is already.
#[utoipa::path(
    post,
    path = "/_mock/faults/sets/{name}",
    operation_id = "addFaultSet",
    tag = "Faults",
    params(("name" = String, Path, description = "The name of the set.")),
    request_body = Option<SetChoice>,
    responses((status = 201, description = "The rules of the set.", body = Vec<RuleView>)),
)]
pub(super) async fn add_set(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
    Strict(SetChoice { seed, wanted }): Strict<SetChoice>,
) -> Result<(StatusCode, Json<Vec<RuleView>>), Problem> {
    let set = named(&name)?;
    wanted.check_before_answer().map_err(|invalid| Problem::bad(format!("the body is wrong at match.{invalid}")))?;
    let added = change(&chosen, |faults| {
        let ids = faults.put_set(set, seed, &wanted)?;
        Ok(views(faults, &ids))
    })?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Takes a set out of force.
#[utoipa::path(
    delete,
    path = "/_mock/faults/sets/{name}",
    operation_id = "deleteFaultSet",
    tag = "Faults",
    params(("name" = String, Path, description = "The name of the set.")),
    responses((status = 204, description = "The set is no longer in force.")),
)]
pub(super) async fn remove_set(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let set = named(&name)?;
    let removed = change(&chosen, |faults| Ok(faults.remove_set(set)))?;
    let not_in_force = || Problem::unknown(format!("the set \"{name}\" is not in force"));
    removed.then_some(StatusCode::NO_CONTENT).ok_or_else(not_in_force)
}

fn named(name: &str) -> Result<Set, Problem> {
    Set::named(name).map_err(|unknown| Problem::unknown(unknown.to_string()))
}

/// A word of `x-mock-outcome`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outcome)]
pub(super) struct OutcomeView {
    word: String,
    meaning: &'static str,
}

/// Lists what a single request can ask for by `x-mock-outcome`, or by `Prefer: example=`.
#[utoipa::path(
    get,
    path = "/_mock/faults/outcomes",
    operation_id = "listOutcomes",
    tag = "Faults",
    responses((status = 200, description = "The words of `x-mock-outcome`.", body = Vec<OutcomeView>)),
)]
pub(super) async fn list_outcomes() -> Json<Vec<OutcomeView>> {
    Json(header_words::outcomes().map(|(word, meaning)| OutcomeView { word, meaning }).collect())
}
