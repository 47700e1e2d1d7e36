//! Ready-made rules, by name.

use super::{ActivityWord, CutAt, Delay, Duration, Effect, LostHow, RateLimit, Rule};
use crate::{journal::Match, support::suggest::nearest};

/// A ready-made list of rules.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// Its name, such as `flaky-5xx`.
    pub name: &'static str,
    /// What it does, in one line.
    pub title: &'static str,
    rules: fn() -> Vec<Rule>,
}

/// All sets.
pub const SETS: [Set; 7] = [
    Set {
        name: "flaky-5xx",
        title: "one request in five fails with 503, 500 or 502; a retry mostly helps",
        rules: flaky_5xx,
    },
    Set { name: "slow", title: "answers take about half a second, now and then much longer", rules: slow },
    Set {
        name: "rate-limited",
        title: "the documented limit: 200 calls a tenant, 100 back each second",
        rules: rate_limited,
    },
    Set {
        name: "session-dies",
        title: "about one request in ten finds its session ended (RCG-10003)",
        rules: session_dies,
    },
    Set { name: "refresh-fails", title: "refreshes are accepted and then fail", rules: refresh_fails },
    Set {
        name: "lossy",
        title: "one request in ten is cut off: before or after it was worked on, or in the middle of its answer",
        rules: lossy,
    },
    Set { name: "maintenance", title: "everything answers 503 with Retry-After, tokens too", rules: maintenance },
];

/// There is no such set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no set of faults \"{name}\"; expected one of {all}{near}", name = crate::support::echo::cut(.0), all = names(), near = nearest(.0, SETS.iter().map(|set| set.name)))]
pub struct UnknownSet(pub String);

fn names() -> String {
    SETS.map(|set| set.name).join(", ")
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Set {}

impl Set {
    /// The set with this name.
    pub fn named(name: &str) -> Result<Self, UnknownSet> {
        SETS.into_iter().find(|set| set.name == name).ok_or_else(|| UnknownSet(name.to_owned()))
    }

    /// The rules of the set for the requests that a match means. Their ids are the name of the set, with a number
    /// if there are several. Each has a seed of its own, so that one request is not hit by all of them at once.
    pub fn rules(self, seed: u64, wanted: &Match) -> Vec<Rule> {
        let rules = (self.rules)();
        let several = rules.len() > 1;
        let named = |(number, rule): (u64, Rule)| {
            let id = if several { format!("{}.{}", self.name, number + 1) } else { self.name.to_owned() };
            let seed = seed.wrapping_mul(31).wrapping_add(number);
            Rule { id: Some(id), seed, wanted: wanted.clone(), ..rule }
        };
        (0..).zip(rules).map(named).collect()
    }

    /// Whether a rule with this id belongs to the set.
    pub fn owns(self, id: &str) -> bool {
        let is_number = |rest: &str| rest.strip_prefix('.').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        id.strip_prefix(self.name).is_some_and(|rest| rest.is_empty() || is_number(rest))
    }
}

fn with_chance(probability: f64, effect: Effect) -> Rule {
    Rule { probability, ..Rule::new([effect]) }
}

fn status(code: u16, retry_after: Option<u64>) -> Effect {
    Effect::Status { code, retry_after, error_code: None, message: None }
}

/// Together about one in five: 0.1 + 0.06 + 0.06.
fn flaky_5xx() -> Vec<Rule> {
    vec![
        with_chance(0.1, status(503, Some(1))),
        with_chance(0.06, status(500, None)),
        with_chance(0.06, status(502, None)),
    ]
}

fn slow() -> Vec<Rule> {
    vec![Rule::new([Effect::Delay(Delay::Lognormal { median: Duration::milliseconds(500), sigma: 0.6 })])]
}

fn rate_limited() -> Vec<Rule> {
    vec![Rule::new([Effect::RateLimit(RateLimit::default())])]
}

fn session_dies() -> Vec<Rule> {
    vec![with_chance(0.1, Effect::SessionDies {})]
}

fn refresh_fails() -> Vec<Rule> {
    let (code, message) = (None, None);
    vec![Rule::new([Effect::Activity { outcome: ActivityWord::Fail, code, message, delay: None, appears_after: None }])]
}

/// Together about one in ten: 0.04 + 0.04 + 0.03.
fn lossy() -> Vec<Rule> {
    vec![
        with_chance(0.04, Effect::Cut { at: CutAt::Start, after_bytes: None }),
        with_chance(0.04, Effect::LoseReply { how: LostHow::Cut }),
        with_chance(0.03, Effect::Cut { at: CutAt::Body, after_bytes: None }),
    ]
}

fn maintenance() -> Vec<Rule> {
    let message = Some("The service is under maintenance. Please try again later.".into());
    vec![Rule::new([Effect::Status { code: 503, retry_after: Some(120), error_code: None, message }])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_has_valid_rules_that_it_owns() {
        for set in SETS {
            let rules = set.rules(1, &Match::default());
            assert!(!rules.is_empty());
            for rule in rules {
                rule.check().unwrap();
                assert!(set.owns(rule.id.as_deref().unwrap()), "{}", set.name);
            }
        }
        assert!(!SETS[1].owns("slow-mine") && !SETS[1].owns("slow.mine"));
    }
}
