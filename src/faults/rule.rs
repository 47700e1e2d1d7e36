//! One rule: which requests it is about, which of those it strikes, and what happens to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Effect, RequestFacts};
use crate::{model::TenantId, support::glob::PathPattern};

/// Which requests are struck, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FaultRule)]
pub struct Rule {
    /// By what it is known; made up if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The requests that it is about; all if absent.
    #[serde(default, rename = "match", skip_serializing_if = "Match::is_any")]
    pub about: Match,
    /// Lets the first so many of those pass.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip: u64,
    /// Strikes so many times at the most; without end if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// The chance of each to be struck.
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub probability: f64,
    /// All that is drawn depends on it: the chance, delays, garbage. Rules with the same seed draw alike.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: u64,
    /// What happens, in order.
    pub effects: Vec<Effect>,
}

/// The requests that a rule is about: those for which all that is given holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = FaultMatch)]
pub struct Match {
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathPattern>,
    /// Query parameters and their values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// The tenant that the request is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The API client that calls, by its client id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The operation, by its id in the OpenAPI document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct InvalidRule {
    /// Where.
    pub path: String,
    /// What, and what was expected.
    pub problem: String,
}

impl Match {
    /// Whether it is about every request.
    pub fn is_any(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is about this one.
    pub fn holds(&self, seen: &RequestFacts<'_>) -> bool {
        let Self { method, path, query, tenant, client, operation_id } = self;
        method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
            && path.as_ref().is_none_or(|path| path.matches(seen.path))
            && tenant.is_none_or(|tenant| seen.tenant == Some(tenant))
            && client.as_ref().is_none_or(|client| seen.client == Some(client))
            && operation_id.as_ref().is_none_or(|operation| seen.operation == Some(operation))
            && query.iter().all(|wanted| asks(seen.query, wanted))
    }
}

fn asks(query: &str, (name, value): (&String, &String)) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(n, v)| n == name.as_str() && v == value.as_str())
}

/// Ids under which a rule could not be found again: they are paths of their own.
const RESERVED: [&str; 2] = ["sets", "outcomes"];

/// The most rules that a sandbox may have.
pub const MOST_RULES: usize = 1_000;

impl Rule {
    /// A rule about every request, without end.
    pub fn new(effects: impl IntoIterator<Item = Effect>) -> Self {
        Self {
            id: None,
            about: Match::default(),
            skip: 0,
            times: None,
            probability: 1.0,
            seed: 0,
            effects: effects.into_iter().collect(),
        }
    }

    /// Whether it is about a request.
    pub fn is_about(&self, seen: &RequestFacts<'_>) -> bool {
        let fits = |effect: &Effect| match effect {
            Effect::Activity { .. } => seen.starts_refresh,
            // Who asks for a token has no session yet.
            Effect::SessionDies {} => !seen.asks_token,
            // The upstream has a state and refreshes of its own.
            Effect::ReadLag { .. } => !seen.passes,
            _ => true,
        };
        self.about.holds(seen) && self.effects.iter().all(fits)
    }

    /// What is wrong with it, if anything.
    pub fn check(&self) -> Result<(), InvalidRule> {
        let wrong = |path: &str, problem: String| Err(InvalidRule { path: path.into(), problem });
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if let Some(id) = &self.id
            && !(1..=100).contains(&id.len()) | !id.bytes().all(plain)
        {
            return wrong("id", format!("\"{id}\" is no id: expected 1 to 100 letters, digits, dots or dashes"));
        }
        if self.id.as_deref().is_some_and(|id| RESERVED.contains(&id)) {
            return wrong("id", "has a meaning of its own under /_mock/faults; choose another".into());
        }
        if let Some(method) = &self.about.method
            && (method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return wrong("match.method", format!("\"{method}\" is no method; expected one such as GET"));
        }
        if !(0.0..=1.0).contains(&self.probability) {
            return wrong("probability", format!("{} is no number from 0 to 1", self.probability));
        }
        if self.effects.is_empty() {
            return wrong("effects", "expected at least one".into());
        }
        for (index, effect) in self.effects.iter().enumerate() {
            effect
                .check()
                .map_err(|(field, problem)| InvalidRule { path: format!("effects[{index}]{field}"), problem })?;
        }
        match self.effects.iter().enumerate().filter(|(_, effect)| effect.answers()).nth(1) {
            Some((second, _)) => {
                let path = format!("effects[{second}]");
                wrong(&path, "a request is answered once; an effect before this one answers it already".into())
            }
            None => Ok(()),
        }
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
fn is_default(number: &u64) -> bool {
    *number == 0
}
