//! The rules in force, how often each matched and applied, and the decision on a request.
//!
//! Rules are asked in order. Each one that is about a request counts it; each one that applies adds its effects.
//! After the first rule that answers instead of the handler no other rule is asked: what it would have done could
//! not be seen, and it keeps its count for a request where it can.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decision, Effect, Rng, Rule, bucket::Buckets, decision::ShortCircuit, sets::Set};
use crate::{
    journal::{Match, matching::Facts},
    model::TenantId,
};

/// What rules look at in a request.
#[derive(Debug)]
pub struct RequestFacts<'a> {
    /// What matches look at. Headers and body may be left out while no rule reads them, see [`Engine::reads`].
    pub facts: Facts<'a>,
    /// The tenant whose rate limit and sessions are affected, if it can be told.
    pub tenant: Option<TenantId>,
    /// Whether it starts a refresh.
    pub starts_refresh: bool,
    /// Whether it asks for a token.
    pub asks_token: bool,
    /// Whether it is forwarded to the upstream.
    pub is_forwarded: bool,
}

/// What the rules in force read of a request, besides its first line and its caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Whether any rule looks at headers.
    pub headers: bool,
    /// Whether any rule looks at the body.
    pub body: bool,
    /// Who calls, which a request for a token may say in its body.
    pub client: bool,
}

/// How often a rule matched and applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FaultCounts)]
pub struct Counts {
    /// Requests that it was about.
    pub matched: u64,
    /// Requests that it was applied to.
    pub applied: u64,
}

/// Why rules cannot be added. Everything stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The id is taken.
    #[error("there is a fault \"{0}\" already; delete it first, or leave the id out")]
    Exists(String),
    /// There would be too many.
    #[error("a sandbox has at most {MOST_RULES} faults; delete some")]
    TooMany,
    /// They would be too large.
    #[error("the faults of a sandbox have at most {MOST_BYTES} bytes together, these would have {0}; delete some")]
    TooLarge(usize),
}

/// The most rules of a sandbox.
const MOST_RULES: usize = 1_000;

/// The most bytes of all rules of a sandbox, as JSON.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The rules in force.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    rules: Vec<Active>,
    /// How many ids were made up.
    named: u64,
}

#[derive(Clone, Debug)]
struct Active {
    id: Arc<str>,
    /// Shared, as bodies of answers may be large.
    rule: Arc<Rule>,
    size: usize,
    counts: Counts,
    buckets: Buckets,
}

impl Engine {
    /// Adds rules behind those in force, all or none. Returns their ids.
    pub fn add(&mut self, rules: impl IntoIterator<Item = Rule>) -> Result<Vec<Arc<str>>, Conflict> {
        let rules: Vec<Rule> = rules.into_iter().collect();
        check_room(self.rules.iter(), &rules)?;
        Ok(rules.into_iter().map(|rule| self.push(rule)).collect())
    }

    /// Puts a set in force, anew if it is already. Returns the ids of its rules.
    pub fn put_set(&mut self, set: Set, seed: u64, wanted: &Match) -> Result<Vec<Arc<str>>, Conflict> {
        let rules = set.rules(seed, wanted);
        check_room(self.rules.iter().filter(|active| !set.owns(&active.id)), &rules)?;
        self.remove_set(set);
        Ok(rules.into_iter().map(|rule| self.push(rule)).collect())
    }

    fn push(&mut self, mut rule: Rule) -> Arc<str> {
        let id: Arc<str> = rule.id.take().map_or_else(|| self.free_id(), Into::into);
        rule.id = Some(id.to_string());
        let (size, counts, buckets) = (rule.size(), Counts::default(), Buckets::default());
        self.rules.push(Active { id: Arc::clone(&id), rule: Arc::new(rule), size, counts, buckets });
        id
    }

    fn free_id(&mut self) -> Arc<str> {
        loop {
            self.named += 1;
            let id = format!("fault-{}", self.named);
            if self.get(&id).is_none() {
                return id.into();
            }
        }
    }

    /// Removes a rule. False if there is none with this id.
    pub fn remove(&mut self, id: &str) -> bool {
        let before = self.rules.len();
        self.rules.retain(|active| &*active.id != id);
        self.rules.len() < before
    }

    /// Takes a set out of force. False if it is not in force.
    pub fn remove_set(&mut self, set: Set) -> bool {
        let before = self.rules.len();
        self.rules.retain(|active| !set.owns(&active.id));
        self.rules.len() < before
    }

    /// Resets all counts and rate limits, so that the same requests get the same faults again.
    pub fn rewind(&mut self) {
        for active in &mut self.rules {
            active.counts = Counts::default();
            active.buckets = Buckets::default();
        }
    }

    /// The rules in force, in order, with their counts.
    pub fn rules(&self) -> impl Iterator<Item = (&Arc<Rule>, Counts)> {
        self.rules.iter().map(|active| (&active.rule, active.counts))
    }

    /// One rule and its counts.
    pub fn get(&self, id: &str) -> Option<(&Arc<Rule>, Counts)> {
        self.rules.iter().find(|active| &*active.id == id).map(|active| (&active.rule, active.counts))
    }

    /// Whether no rule is in force.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether reads may be answered from the past.
    pub fn needs_history(&self) -> bool {
        let lags = |active: &Active| active.rule.effects.iter().any(|effect| matches!(effect, Effect::ReadLag { .. }));
        self.rules.iter().any(lags)
    }

    /// What the rules read of a request.
    pub fn reads(&self) -> Reads {
        let any = |reads: fn(&Match) -> bool| self.rules.iter().any(|active| reads(&active.rule.wanted));
        Reads {
            headers: any(Match::reads_headers),
            body: any(Match::reads_body),
            client: any(|wanted| wanted.client.is_some()),
        }
    }

    /// Adds to the decision on a request what the rules do to it.
    pub fn decide(&mut self, decision: &mut Decision, request: &RequestFacts<'_>, now: DateTime<Utc>) {
        for active in &mut self.rules {
            if decision.answer.is_some() {
                return;
            }
            if active.rule.is_about(request) {
                active.apply(decision, request.tenant, now);
            }
        }
    }
}

/// Whether new rules fit beside those that stay.
fn check_room<'a>(staying: impl Iterator<Item = &'a Active>, rules: &[Rule]) -> Result<(), Conflict> {
    let (mut ids, mut size) = (BTreeSet::new(), rules.iter().map(Rule::size).sum::<usize>());
    for active in staying {
        ids.insert(&*active.id);
        size += active.size;
    }
    if ids.len() + rules.len() > MOST_RULES {
        return Err(Conflict::TooMany);
    }
    if size > MOST_BYTES {
        return Err(Conflict::TooLarge(size));
    }
    match rules.iter().filter_map(|rule| rule.id.as_deref()).find(|id| !ids.insert(id)) {
        Some(twice) => Err(Conflict::Exists(twice.to_owned())),
        None => Ok(()),
    }
}

impl Active {
    fn apply(&mut self, decision: &mut Decision, tenant: Option<TenantId>, now: DateTime<Utc>) {
        let Self { id, rule, size: _, counts, buckets } = self;
        counts.matched += 1;
        let mut rng = Rng::new(rule.seed, counts.matched);
        let is_spent = rule.times.is_some_and(|times| counts.applied >= times);
        if counts.matched <= rule.skip || is_spent || !rng.chance(rule.probability) {
            return;
        }
        for effect in &rule.effects {
            match effect {
                // A rule with a limit does nothing while the limit is kept.
                Effect::RateLimit(limit) => match buckets.take(*limit, tenant, now) {
                    Ok(()) => return,
                    Err(seconds) => decision.answer(ShortCircuit::Status {
                        code: 429,
                        retry_after: Some(seconds),
                        error_code: None,
                        message: None,
                    }),
                },
                effect => decision.add(effect, &mut rng),
            }
        }
        counts.applied += 1;
        decision.rules.push(Arc::clone(id));
    }
}

#[cfg(test)]
mod tests;
