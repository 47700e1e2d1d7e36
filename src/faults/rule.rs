//! One rule: which requests it is about, which of those it applies to, and what it does to them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Effect, RequestFacts};
use crate::{journal::Match, support::echo};

/// What goes wrong, and for which requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FaultRule)]
pub struct Rule {
    /// The name of the rule; `fault-1`, `fault-2` and so on if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The requests that it is about; all if absent. `status` cannot be given.
    #[serde(default, rename = "match", skip_serializing_if = "Match::is_any")]
    pub wanted: Match,
    /// Leaves the first matching requests alone, this many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip: u64,
    /// Applies this many times at most; without end if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// The chance that it applies to a matching request, from 0 to 1.
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub probability: f64,
    /// The seed of everything random: the chance, delays, garbage. Rules with the same seed draw the same numbers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seed: u64,
    /// What happens, in order.
    pub effects: Vec<Effect>,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct InvalidRule {
    /// Where, such as `effects[0].status.code`.
    pub path: String,
    /// What is wrong, and what was expected.
    pub problem: String,
}

/// Ids under which a rule could not be found again: they are paths of their own.
const RESERVED: [&str; 2] = ["sets", "outcomes"];

/// The most effects of one rule.
const MOST_EFFECTS: usize = 100;

impl Rule {
    /// A rule for every request, without end.
    pub fn new(effects: impl IntoIterator<Item = Effect>) -> Self {
        Self {
            id: None,
            wanted: Match::default(),
            skip: 0,
            times: None,
            probability: 1.0,
            seed: 0,
            effects: effects.into_iter().collect(),
        }
    }

    /// Whether it is about a request: the match holds, and each effect is possible.
    pub fn is_about(&self, request: &RequestFacts<'_>) -> bool {
        let is_possible = |effect: &Effect| match effect {
            Effect::Activity { .. } => request.starts_refresh,
            // A request for a token has no session yet.
            Effect::SessionDies {} => !request.asks_token,
            // The upstream has a state and refreshes of its own.
            Effect::ReadLag { .. } => !request.is_forwarded,
            _ => true,
        };
        self.effects.iter().all(is_possible) && self.wanted.matches(&request.facts)
    }

    /// How many bytes it takes: the length of its JSON.
    pub fn size(&self) -> usize {
        let mut size = Size(0);
        // Counting does not fail.
        let _ = serde_json::to_writer(&mut size, self);
        size.0
    }

    /// What is wrong with it, if anything.
    pub fn check(&self) -> Result<(), InvalidRule> {
        // Every field, so that a new one is not left unchecked.
        let Self { id, wanted, skip: _, times: _, probability, seed: _, effects } = self;
        id.as_deref().map_or(Ok(()), check_id)?;
        wanted
            .check_before_answer()
            .map_err(|error| InvalidRule { path: format!("match.{}", error.field), problem: error.problem })?;
        if !(0.0..=1.0).contains(probability) {
            return invalid("probability", format!("{probability} is not a number from 0 to 1"));
        }
        check_effects(effects)
    }
}

fn invalid(path: impl Into<String>, problem: impl Into<String>) -> Result<(), InvalidRule> {
    Err(InvalidRule { path: path.into(), problem: problem.into() })
}

fn check_id(id: &str) -> Result<(), InvalidRule> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !(1..=100).contains(&id.len()) || !id.bytes().all(is_plain) {
        let id = echo::cut(id);
        return invalid("id", format!("\"{id}\" is not an id: expected 1 to 100 letters, digits, dots or dashes"));
    }
    if RESERVED.contains(&id) {
        return invalid("id", "has a meaning of its own under /_mock/faults; choose another");
    }
    Ok(())
}

fn check_effects(effects: &[Effect]) -> Result<(), InvalidRule> {
    if effects.is_empty() {
        return invalid("effects", "expected at least one");
    }
    if effects.len() > MOST_EFFECTS {
        return invalid("effects", format!("at most {MOST_EFFECTS}, found {}", effects.len()));
    }
    for (index, effect) in effects.iter().enumerate() {
        effect.check().or_else(|(field, problem)| invalid(format!("effects[{index}]{field}"), problem))?;
    }
    match effects.iter().enumerate().filter(|(_, effect)| effect.answers()).nth(1) {
        Some((second, _)) => invalid(
            format!("effects[{second}]"),
            "a request is answered once; an effect before this one answers it already",
        ),
        None => Ok(()),
    }
}

/// Counts what is written.
struct Size(usize);

impl std::io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn always() -> f64 {
    1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_always(probability: &f64) -> bool {
    *probability >= 1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
