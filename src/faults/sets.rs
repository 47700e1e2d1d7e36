//! Rules that are ready made.

use super::{ActivityWord, CutAt, Delay, Duration, Effect, LostHow, Match, RateLimit, Rule};
use crate::support::suggest::nearest;

/// Some rules under a name.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// The name.
    pub name: &'static str,
    /// What it does.
    pub title: &'static str,
    rules: fn() -> Vec<Rule>,
}

/// All of them.
pub const SETS: [Set; 7] = [
    Set {
        name: "flaky-5xx",
        title: "one request in five fails with 503, 500 or 502; a retry mostly helps",
        rules: flaky,
    },
    Set { name: "slow", title: "answers take half a second or so, now and then much longer", rules: slow },
    Set {
        name: "rate-limited",
        title: "the documented limit: 200 calls a tenant, 100 back each second",
        rules: limited,
    },
    Set { name: "session-dies", title: "every 10th request or so finds its session ended (RCG-10003)", rules: dying },
    Set { name: "refresh-fails", title: "refreshes are accepted and then fail", rules: failing },
    Set {
        name: "lossy",
        title: "one request in ten is cut off, before or after it was worked on, or in the middle of its reply",
        rules: lossy,
    },
    Set { name: "maintenance", title: "everything answers 503 with Retry-After, tokens too", rules: maintenance },
];

/// There is no such set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no set of faults \"{0}\"; expected one of {all}{near}", all = names(), near = nearest(.0, SETS.iter().map(|set| set.name)))]
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
    /// The set of this name.
    pub fn named(name: &str) -> Result<Self, UnknownSet> {
        SETS.into_iter().find(|set| set.name == name).ok_or_else(|| UnknownSet(name.to_owned()))
    }

    /// Its rules, known by its name and drawing by this seed, for the requests that are meant.
    pub fn rules(self, seed: u64, about: &Match) -> Vec<Rule> {
        let rules = (self.rules)();
        let several = rules.len() > 1;
        let named = |(index, rule): (usize, Rule)| {
            let number = u64::try_from(index).unwrap_or_default();
            let id = if several { format!("{}.{}", self.name, index + 1) } else { self.name.to_owned() };
            // Each draws by itself: what strikes one request must not strike it three times over.
            let seed = seed.wrapping_mul(31).wrapping_add(number);
            Rule { id: Some(id), seed, about: both(about, rule.about), ..rule }
        };
        rules.into_iter().enumerate().map(named).collect()
    }

    /// Whether a rule of this id is one of its own.
    pub fn owns(self, id: &str) -> bool {
        let number = |rest: &str| rest.strip_prefix('.').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        id.strip_prefix(self.name).is_some_and(|rest| rest.is_empty() || number(rest))
    }
}

/// What is asked for, and where nothing is asked, the set's own.
fn both(asked: &Match, own: Match) -> Match {
    let asked = asked.clone();
    Match {
        method: asked.method.or(own.method),
        path: asked.path.or(own.path),
        query: if asked.query.is_empty() { own.query } else { asked.query },
        tenant: asked.tenant.or(own.tenant),
        client: asked.client.or(own.client),
        operation_id: asked.operation_id.or(own.operation_id),
    }
}

fn with_chance(probability: f64, effect: Effect) -> Rule {
    Rule { probability, ..Rule::new([effect]) }
}

fn status(code: u16, retry_after: Option<u64>) -> Effect {
    Effect::Status { code, retry_after, error_code: None, message: None }
}

/// Together about one in five: 0.1 + 0.06 + 0.06.
fn flaky() -> Vec<Rule> {
    vec![
        with_chance(0.1, status(503, Some(1))),
        with_chance(0.06, status(500, None)),
        with_chance(0.06, status(502, None)),
    ]
}

fn slow() -> Vec<Rule> {
    vec![Rule::new([Effect::Delay(Delay::Lognormal { median: Duration::milliseconds(500), sigma: 0.6 })])]
}

fn limited() -> Vec<Rule> {
    vec![Rule::new([Effect::RateLimit(RateLimit::default())])]
}

fn dying() -> Vec<Rule> {
    vec![with_chance(0.1, Effect::SessionDies {})]
}

fn failing() -> Vec<Rule> {
    let (code, message) = (None, None);
    vec![Rule::new([Effect::Activity { outcome: ActivityWord::Fail, code, message, delay: None, appears_after: None }])]
}

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
    fn every_set_has_rules_that_hold_and_that_it_owns() {
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
