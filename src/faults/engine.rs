//! The rules in force, how often each was met, and what they make of a request.
//!
//! Rules are asked in order. Each that is about a request counts it; each that strikes adds its effects.
//! After the first rule that answers in the place of the handler no other is asked: what it would have
//! done could not be seen, and it keeps its count for a request where it can.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decision, Effect, Match, Rng, Rule, bucket::Buckets, decision::ShortCircuit, rule::MOST_RULES, sets::Set};
use crate::model::TenantId;

/// What rules look at in a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, without a sandbox's prefix.
    pub path: &'a str,
    /// The query, as it was sent.
    pub query: &'a str,
    /// The tenant that the request is for, if that can be told.
    pub tenant: Option<TenantId>,
    /// The API client that calls, if that can be told.
    pub client: Option<&'a str>,
    /// The operation, if it is one.
    pub operation: Option<&'a str>,
    /// Whether it starts a refresh.
    pub starts_refresh: bool,
    /// Whether it asks for a token.
    pub asks_token: bool,
    /// Whether it goes to the upstream.
    pub passes: bool,
}

/// How often a rule was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FaultCounts)]
pub struct Counts {
    /// Requests that it was about.
    pub matched: u64,
    /// Requests that it struck.
    pub struck: u64,
}

/// The rules cannot be added: all stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The id is taken.
    #[error("there is a fault \"{0}\" already; delete it first, or leave the id out")]
    Exists(String),
    /// There are too many.
    #[error("a sandbox has {MOST_RULES} faults at the most; delete some")]
    TooMany,
}

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
    rule: Rule,
    counts: Counts,
    buckets: Buckets,
}

impl Engine {
    /// Adds rules behind those in force, all or none. Answers their ids.
    pub fn add(&mut self, rules: impl IntoIterator<Item = Rule>) -> Result<Vec<Arc<str>>, Conflict> {
        let mut next = self.clone();
        let ids = rules.into_iter().map(|rule| next.add_one(rule)).collect::<Result<_, _>>()?;
        *self = next;
        Ok(ids)
    }

    fn add_one(&mut self, mut rule: Rule) -> Result<Arc<str>, Conflict> {
        if self.rules.len() >= MOST_RULES {
            return Err(Conflict::TooMany);
        }
        let id: Arc<str> = match rule.id.take() {
            Some(id) if self.get(&id).is_some() => return Err(Conflict::Exists(id)),
            Some(id) => id.into(),
            None => self.free_id(),
        };
        rule.id = Some(id.to_string());
        self.rules.push(Active { id: Arc::clone(&id), rule, counts: Counts::default(), buckets: Buckets::default() });
        Ok(id)
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

    /// Removes a rule. False if there is none of this id.
    pub fn remove(&mut self, id: &str) -> bool {
        let before = self.rules.len();
        self.rules.retain(|active| &*active.id != id);
        self.rules.len() < before
    }

    /// Puts a set in force, anew if it is already. Answers the ids of its rules.
    pub fn put_set(&mut self, set: Set, seed: u64, about: &Match) -> Result<Vec<Arc<str>>, Conflict> {
        self.remove_set(set);
        self.add(set.rules(seed, about))
    }

    /// Takes a set out. False if it is not in force.
    pub fn remove_set(&mut self, set: Set) -> bool {
        let before = self.rules.len();
        self.rules.retain(|active| !set.owns(&active.id));
        self.rules.len() < before
    }

    /// Starts counting anew: the same requests then meet the same fate.
    pub fn rewind(&mut self) {
        for active in &mut self.rules {
            active.counts = Counts::default();
            active.buckets = Buckets::default();
        }
    }

    /// The rules in force, in order, with their counts.
    pub fn rules(&self) -> impl Iterator<Item = (&Rule, Counts)> {
        self.rules.iter().map(|active| (&active.rule, active.counts))
    }

    /// One rule and its counts.
    pub fn get(&self, id: &str) -> Option<(&Rule, Counts)> {
        self.rules.iter().find(|active| &*active.id == id).map(|active| (&active.rule, active.counts))
    }

    /// Whether nothing is in force.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether reads may be answered from the past.
    pub fn needs_history(&self) -> bool {
        let lags = |active: &Active| active.rule.effects.iter().any(|effect| matches!(effect, Effect::ReadLag { .. }));
        self.rules.iter().any(lags)
    }

    /// Adds to the plan for a request what the rules make of it.
    pub fn decide(&mut self, decision: &mut Decision, seen: &RequestFacts<'_>, now: DateTime<Utc>) {
        for active in &mut self.rules {
            if decision.answer.is_some() {
                return;
            }
            if active.rule.is_about(seen) {
                active.apply_faults(decision, seen.tenant, now);
            }
        }
    }
}

impl Active {
    fn apply_faults(&mut self, decision: &mut Decision, tenant: Option<TenantId>, now: DateTime<Utc>) {
        let Self { id, rule, counts, buckets } = self;
        counts.matched += 1;
        let mut rng = Rng::new(rule.seed, counts.matched);
        let spent = rule.times.is_some_and(|times| counts.struck >= times);
        if counts.matched <= rule.skip || spent || !rng.chance(rule.probability) {
            return;
        }
        for effect in &rule.effects {
            match effect {
                // A rule with a limit does nothing while the limit is kept.
                Effect::RateLimit(limit) => match buckets.take(*limit, tenant, now) {
                    Ok(()) => return,
                    Err(seconds) => {
                        let retry_after = Some(seconds);
                        decision.answer(ShortCircuit::Status {
                            code: 429,
                            retry_after,
                            error_code: None,
                            message: None,
                        });
                    }
                },
                effect => decision.add(effect, &mut rng),
            }
        }
        counts.struck += 1;
        decision.rules.push(Arc::clone(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::{Delay, Duration};

    fn seen(path: &str) -> RequestFacts<'_> {
        RequestFacts {
            method: "GET",
            path,
            query: "refresh=true",
            tenant: Some(TenantId::from(1)),
            client: Some("one"),
            operation: Some("getEntitlements_1"),
            starts_refresh: false,
            asks_token: false,
            passes: false,
        }
    }

    fn status(code: u16) -> Effect {
        Effect::Status { code, retry_after: None, error_code: None, message: None }
    }

    /// The fates of so many requests: the status, or 0 for those that pass.
    fn fates(engine: &mut Engine, count: usize) -> Vec<u16> {
        let one = |_| {
            let mut decision = Decision::default();
            engine.decide(&mut decision, &seen("/entitlements"), DateTime::UNIX_EPOCH);
            match decision.answer {
                Some(ShortCircuit::Status { code, .. }) => code,
                _ => 0,
            }
        };
        (0..count).map(one).collect()
    }

    fn engine(rules: impl IntoIterator<Item = Rule>) -> Engine {
        let mut engine = Engine::default();
        engine.add(rules).unwrap();
        engine
    }

    #[test]
    fn skip_and_times_bound_what_is_struck() {
        let rule = Rule { skip: 1, times: Some(2), ..Rule::new([status(503)]) };
        let mut engine = engine([rule]);
        assert_eq!(fates(&mut engine, 5), [0, 503, 503, 0, 0]);
        assert_eq!(engine.get("fault-1").unwrap().1, Counts { matched: 5, struck: 2 });
    }

    #[test]
    fn rules_are_asked_in_order_and_none_after_one_that_answers() {
        let first = Rule { times: Some(1), ..Rule::new([status(500)]) };
        let second = Rule { times: Some(1), ..Rule::new([status(429)]) };
        assert_eq!(fates(&mut engine([first, second]), 3), [500, 429, 0]);
    }

    #[test]
    fn equal_seeds_strike_the_same_requests_and_rewinding_repeats_them() {
        let rule = |seed| Rule { probability: 0.5, seed, ..Rule::new([status(503)]) };
        let mut one = engine([rule(1)]);
        let first = fates(&mut one, 64);
        assert_eq!(first, fates(&mut engine([rule(1)]), 64));
        assert_ne!(first, fates(&mut engine([rule(2)]), 64));
        assert_ne!(first, fates(&mut one, 64), "the next ones have a fate of their own");
        one.rewind();
        assert_eq!(first, fates(&mut one, 64));
        let struck = first.iter().filter(|code| **code == 503).count();
        assert!((20..=44).contains(&struck), "{struck} of 64");
    }

    #[test]
    fn effects_of_several_rules_add_up_until_one_answers() {
        let delay = |ms| Rule::new([Effect::Delay(Delay::Fixed(Duration::milliseconds(ms)))]);
        let mut engine = engine([delay(10), delay(20), Rule::new([status(503)]), delay(40)]);
        let mut decision = Decision::default();
        engine.decide(&mut decision, &seen("/"), DateTime::UNIX_EPOCH);
        assert_eq!((decision.delay.as_millis(), decision.rules.len()), (30, 3));
    }

    #[test]
    fn a_rule_is_about_requests_for_which_all_holds() {
        let check = |json: &str, expected: bool| {
            let about: Match = serde_json::from_str(json).unwrap();
            assert_eq!(about.holds(&seen("/entitlements/summaries")), expected, "{json}");
        };
        check("{}", true);
        check(r#"{"method": "get", "path": "/entitlements/**", "client": "one"}"#, true);
        check(r#"{"method": "POST"}"#, false);
        check(r#"{"path": "/banners"}"#, false);
        check(r#"{"tenant": "00000000000000000000000000000001"}"#, true);
        check(r#"{"tenant": "00000000000000000000000000000002"}"#, false);
        check(r#"{"client": "two"}"#, false);
        check(r#"{"operationId": "getEntitlements_1", "query": {"refresh": "true"}}"#, true);
        check(r#"{"query": {"refresh": "false"}}"#, false);
    }

    #[test]
    fn rules_are_added_all_or_none() {
        let named = |id: &str| Rule { id: Some(id.into()), ..Rule::new([status(500)]) };
        let mut engine = engine([named("a")]);
        assert_eq!(engine.add([named("b"), named("a")]), Err(Conflict::Exists("a".into())));
        assert_eq!(engine.rules().count(), 1);
        assert!(engine.remove("a") && !engine.remove("a") && engine.is_empty());
    }
}
