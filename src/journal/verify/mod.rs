//! Whether the expected requests were made: so many of them, or in an order. A failure comes with the nearest
//! miss, field by field.

mod count;
mod nearest;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::nearest::{described, nearest};
pub use self::{count::Count, nearest::Nearest};
use super::{Excerpt, Journal, Match, RecordedRequest};

/// How many requests are expected, and which.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = Expectation)]
pub struct Expectation {
    /// What the requests must be like.
    #[serde(rename = "match")]
    pub wanted: Option<Match>,
    /// How many of them there must be; at least one if absent.
    #[serde(deserialize_with = "count::read_count")]
    pub count: Option<Count>,
    /// Instead of `match` and `count`: requests that must have been made in this order, with any others between them.
    pub order: Option<Vec<Match>>,
    /// Only requests after the one with this number count.
    pub since: u64,
}

/// The most steps of an order.
const MOST_STEPS: usize = 100;

/// Whether an expectation is met.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// Whether it is.
    pub passed: bool,
    /// Why, in words.
    pub explanation: String,
    /// The numbers of the requests that match.
    pub matched: Vec<u64>,
    /// The request that comes closest, if one was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
}

impl Expectation {
    /// What is wrong with the expectation itself, if anything.
    pub fn check(&self) -> Result<(), String> {
        let Self { wanted, count, order, since: _ } = self;
        match (wanted, order) {
            (Some(wanted), None) => wanted.check().map_err(|invalid| format!("match.{invalid}"))?,
            (None, Some(_)) if count.is_some() => {
                return Err("count goes with match, not with order; leave one of them out".into());
            }
            (None, Some(order)) => check_order(order)?,
            _ => return Err("expected either \"match\" (with \"count\") or \"order\", a list of matches".into()),
        }
        count.map_or(Ok(()), Count::check)
    }

    /// Whether the requests are as expected.
    pub fn judge(&self, excerpt: &Excerpt) -> Verdict {
        let mut verdict = match (&self.order, &self.wanted) {
            (Some(order), _) => in_order(order, &excerpt.requests),
            (None, Some(wanted)) => counted(wanted, self.count.unwrap_or_default(), excerpt),
            (None, None) => counted(&Match::default(), self.count.unwrap_or_default(), excerpt),
        };
        if !verdict.passed && excerpt.dropped > 0 {
            let dropped = format!("; {} older ones are no longer in the journal", excerpt.dropped);
            verdict.explanation.push_str(&dropped);
        }
        verdict
    }
}

fn check_order(order: &[Match]) -> Result<(), String> {
    if order.is_empty() {
        return Err("order: expected a list of at least one match, found none".into());
    }
    if order.len() > MOST_STEPS {
        return Err(format!("order: at most {MOST_STEPS} matches, found {}", order.len()));
    }
    for (step, wanted) in order.iter().enumerate() {
        wanted.check().map_err(|invalid| format!("order[{step}].{invalid}"))?;
    }
    Ok(())
}

fn counted(wanted: &Match, count: Count, excerpt: &Excerpt) -> Verdict {
    let matching = excerpt.requests.iter().filter(|recorded| wanted.matches(&recorded.facts()));
    let matched: Vec<u64> = matching.map(|recorded| recorded.seq).collect();
    let found = matched.len() as u64;
    let of = format!("{found} of {}", plural(excerpt.requests.len(), "request"));
    if count.holds(found) {
        let explanation = format!("{of} matched; expected {}", count.words());
        return Verdict { passed: true, explanation, matched, nearest: None };
    }
    let nearest = if count.is_above(found) { nearest(wanted, &excerpt.requests) } else { None };
    let which = if found == 0 { String::new() } else { format!(" ({})", numbers(&matched)) };
    let explanation = format!("expected {}, but {of} matched{which}{}", count.words(), described(nearest.as_ref()));
    Verdict { passed: false, explanation, matched, nearest }
}

/// Each request is looked at once on the way, and once or twice more to explain a failure.
fn in_order(order: &[Match], requests: &[Arc<RecordedRequest>]) -> Verdict {
    let mut matched = Vec::new();
    let mut rest = requests;
    for (step, wanted) in order.iter().enumerate() {
        if let Some(at) = rest.iter().position(|recorded| wanted.matches(&recorded.facts())) {
            matched.push(rest[at].seq);
            rest = &rest[at + 1..];
            continue;
        }
        let is_free = |recorded: &&Arc<RecordedRequest>| !matched.contains(&recorded.seq);
        let earlier = requests.iter().filter(is_free).find(|recorded| wanted.matches(&recorded.facts()));
        let after = matched.last().map_or_else(String::new, |seq| format!(" after request {seq}"));
        let nearest = if earlier.is_some() { None } else { nearest(wanted, rest) };
        let why = match earlier {
            Some(earlier) => format!("; request {} matches, but came before", earlier.seq),
            None => described(nearest.as_ref()),
        };
        let explanation = format!("order[{step}]: nothing matches{after}{why}");
        return Verdict { passed: false, explanation, matched, nearest };
    }
    let explanation = format!("{} came in this order: {}", plural(order.len(), "request"), numbers(&matched));
    Verdict { passed: true, explanation, matched, nearest: None }
}

/// A wait for requests that may still come. Each request is judged once, however often the journal is looked at.
#[derive(Debug)]
pub struct Wait {
    wanted: Match,
    count: usize,
    /// Only requests after the one with this number count.
    pub since: u64,
    /// The last request that was judged.
    judged: u64,
    /// The requests that match, at most as many as are wanted.
    pub found: Vec<Arc<RecordedRequest>>,
}

impl Wait {
    /// A wait for so many requests after the one with the number `since`.
    pub fn new(wanted: Match, count: usize, since: u64) -> Self {
        Self { wanted, count, since, judged: since, found: Vec::new() }
    }

    /// Judges what is new in the journal. Returns whether all requests that are waited for have been made.
    pub fn look(&mut self, journal: &Journal) -> bool {
        for recorded in journal.after(self.judged).requests {
            self.judged = recorded.seq;
            if self.found.len() < self.count && self.wanted.matches(&recorded.facts()) {
                self.found.push(recorded);
            }
        }
        self.found.len() >= self.count
    }

    /// Forgets what was found, as the journal may have been emptied.
    pub fn begin_again(&mut self) {
        self.judged = self.since;
        self.found.clear();
    }

    /// The verdict on a wait that was in vain; `waited` says how long.
    pub fn missed(&self, excerpt: &Excerpt, waited: &str) -> Verdict {
        let nearest = nearest(&self.wanted, &excerpt.requests);
        let matched: Vec<u64> = self.found.iter().map(|recorded| recorded.seq).collect();
        let (count, found) = (self.count, matched.len());
        let explanation = format!("{waited} {count} to match, {found} did{}", described(nearest.as_ref()));
        Verdict { passed: false, explanation, matched, nearest }
    }
}

fn plural(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// The first of many numbers.
fn numbers(all: &[u64]) -> String {
    let shown: Vec<String> = all.iter().take(20).map(ToString::to_string).collect();
    let more = all.len().saturating_sub(20);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
