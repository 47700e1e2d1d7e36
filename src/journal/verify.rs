//! Whether what was expected to be called was called: by count or in order. A no comes with the nearest
//! miss, field by field.

use std::{
    ops::{RangeFrom, RangeInclusive, RangeToInclusive},
    sync::Arc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Excerpt, Match, RecordedRequest, matching::Difference, request_view::Row};

/// What is expected.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = Expectation)]
pub struct Expectation {
    /// What the exchanges must be like.
    #[serde(rename = "match")]
    pub wanted: Option<Match>,
    /// How many of them there must be; at least one if nothing is said.
    #[serde(deserialize_with = "read_count")]
    pub count: Option<Count>,
    /// What must have come in this order, anything between them.
    pub order: Option<Vec<Match>>,
    /// Only what came after the exchange of this number counts.
    pub since: u64,
}

/// How many: a number, or `exactly`, `atLeast` and `atMost`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = RequestCount)]
pub struct Count {
    exactly: Option<u64>,
    at_least: Option<u64>,
    at_most: Option<u64>,
}

impl From<u64> for Count {
    fn from(exactly: u64) -> Self {
        Self { exactly: Some(exactly), ..Self::default() }
    }
}

impl From<RangeFrom<u64>> for Count {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { at_least: Some(range.start), ..Self::default() }
    }
}

impl From<RangeInclusive<u64>> for Count {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { at_least: Some(*range.start()), at_most: Some(*range.end()), ..Self::default() }
    }
}

impl From<RangeToInclusive<u64>> for Count {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self { at_most: Some(range.end), ..Self::default() }
    }
}

/// A count as it is written: a number stands for itself.
fn read_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Count>, D::Error> {
    let value = Option::<Value>::deserialize(deserializer)?;
    let Some(value) = value else { return Ok(None) };
    match value.as_u64() {
        Some(exactly) => Ok(Some(exactly.into())),
        None if value.is_object() => Count::deserialize(value).map(Some).map_err(de::Error::custom),
        None => Err(de::Error::custom(format!(
            "{value} is no count: expected a number, or an object of exactly, atLeast and atMost"
        ))),
    }
}

/// What came of a look.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// Whether all is as expected.
    pub passed: bool,
    /// In words.
    pub explanation: String,
    /// The numbers of the exchanges that match.
    pub matched: Vec<u64>,
    /// What came closest, if something was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
}

/// An exchange that nearly matches.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NearestMiss)]
pub struct Nearest {
    /// It.
    #[serde(rename = "request", serialize_with = "as_row")]
    #[schema(value_type = Row)]
    pub exchange: Arc<RecordedRequest>,
    /// Where it does not.
    pub differences: Vec<Difference>,
}

fn as_row<S: Serializer>(exchange: &Arc<RecordedRequest>, serializer: S) -> Result<S::Ok, S::Error> {
    Row::from(&**exchange).serialize(serializer)
}

impl Expectation {
    /// What is wrong with the expectation itself, if anything is.
    pub fn check(&self) -> Result<(), String> {
        match (&self.wanted, &self.order) {
            (Some(_), None) => {}
            (None, Some(order)) if order.is_empty() => {
                return Err("order: expected a list of at least one match, found none".into());
            }
            (None, Some(_)) if self.count.is_some() => {
                return Err("count goes with match, not with order; leave one of them out".into());
            }
            (None, Some(_)) => {}
            _ => return Err("expected either \"match\" (with \"count\") or \"order\", a list of matches".into()),
        }
        let alone = |count: Count| count.exactly.is_none() || (count.at_least.is_none() && count.at_most.is_none());
        if !self.count.is_none_or(alone) {
            return Err("count: \"exactly\" goes alone, without \"atLeast\" and \"atMost\"".into());
        }
        let can_be = |count: Count| count.at_least.zip(count.at_most).is_none_or(|(least, most)| least <= most);
        if !self.count.is_none_or(can_be) {
            return Err("count: \"atLeast\" is more than \"atMost\"".into());
        }
        self.wanted.iter().chain(self.order.iter().flatten()).try_for_each(Match::check)
    }

    /// Whether the exchanges are as expected.
    pub fn judge(&self, excerpt: &Excerpt) -> Verdict {
        let mut verdict = match (&self.order, &self.wanted) {
            (Some(order), _) => in_order(order, &excerpt.exchanges),
            (None, wanted) => {
                counted(wanted.as_ref().unwrap_or(&Match::default()), self.count.unwrap_or_default(), excerpt)
            }
        };
        if !verdict.passed && excerpt.dropped > 0 {
            let dropped = format!("; {} older ones are no longer in the journal", excerpt.dropped);
            verdict.explanation.push_str(&dropped);
        }
        verdict
    }
}

impl Count {
    fn holds(self, found: u64) -> bool {
        let Self { exactly, at_least, at_most } = self.said();
        exactly.is_none_or(|n| found == n) && at_least.is_none_or(|n| found >= n) && at_most.is_none_or(|n| found <= n)
    }

    fn said(self) -> Self {
        match self {
            Self { exactly: None, at_least: None, at_most: None } => Self { at_least: Some(1), ..self },
            said => said,
        }
    }

    fn words(self) -> String {
        match self.said() {
            Self { exactly: Some(n), .. } => format!("exactly {n}"),
            Self { at_least: Some(n), at_most: None, .. } => format!("at least {n}"),
            Self { at_least: None, at_most: Some(n), .. } => format!("at most {n}"),
            Self { at_least, at_most, .. } => {
                format!("{} to {}", at_least.unwrap_or_default(), at_most.unwrap_or_default())
            }
        }
    }
}

fn counted(wanted: &Match, count: Count, excerpt: &Excerpt) -> Verdict {
    let matching = excerpt.exchanges.iter().filter(|exchange| wanted.matches(exchange));
    let matched: Vec<u64> = matching.map(|exchange| exchange.seq).collect();
    let found = matched.len() as u64;
    let of = format!("{found} of {}", plural(excerpt.exchanges.len(), "request"));
    if count.holds(found) {
        let explanation = format!("{of} matched; expected {}", count.words());
        return Verdict { passed: true, explanation, matched, nearest: None };
    }
    let too_few = count.said().exactly.or(count.said().at_least).is_some_and(|least| found < least);
    let nearest = if too_few { nearest(wanted, &excerpt.exchanges) } else { None };
    let what = if found == 0 { String::new() } else { format!(" ({})", numbers(&matched)) };
    let explanation = format!("expected {}, but {of} matched{what}{}", count.words(), told(nearest.as_ref()));
    Verdict { passed: false, explanation, matched, nearest }
}

fn in_order(order: &[Match], exchanges: &[Arc<RecordedRequest>]) -> Verdict {
    let mut matched = Vec::new();
    let mut rest = exchanges;
    for (step, wanted) in order.iter().enumerate() {
        if let Some(at) = rest.iter().position(|exchange| wanted.matches(exchange)) {
            matched.push(rest[at].seq);
            rest = &rest[at + 1..];
            continue;
        }
        let earlier = exchanges.iter().find(|exchange| wanted.matches(exchange) && !matched.contains(&exchange.seq));
        let after = matched.last().map_or_else(String::new, |seq| format!(" after request {seq}"));
        let nearest = if earlier.is_some() { None } else { nearest(wanted, rest) };
        let early = |early: &Arc<RecordedRequest>| format!("; request {} matches, but came before", early.seq);
        let why = earlier.map_or_else(|| told(nearest.as_ref()), early);
        let explanation = format!("order[{step}]: nothing matches{after}{why}");
        return Verdict { passed: false, explanation, matched, nearest };
    }
    let explanation = format!("{} came in this order: {}", plural(order.len(), "request"), numbers(&matched));
    Verdict { passed: true, explanation, matched, nearest: None }
}

/// What does not match but comes closest; the last one of several.
pub fn nearest(wanted: &Match, exchanges: &[Arc<RecordedRequest>]) -> Option<Nearest> {
    let misses = exchanges.iter().filter_map(|exchange| {
        let differences = wanted.differences(exchange);
        let distance = wanted.distance(exchange, &differences);
        (!differences.is_empty()).then_some((distance, exchange, differences))
    });
    // `min_by` keeps the first of equals, so the last comes first.
    let misses: Vec<_> = misses.collect();
    let (_, exchange, differences) = misses.into_iter().rev().min_by(|(a, ..), (b, ..)| a.total_cmp(b))?;
    Some(Nearest { exchange: Arc::clone(exchange), differences })
}

/// The nearest miss in words.
pub fn told(nearest: Option<&Nearest>) -> String {
    let Some(Nearest { exchange, differences }) = nearest else { return String::new() };
    let fields = differences.iter().map(|difference| {
        let found = if difference.found.is_null() { "nothing".into() } else { difference.found.to_string() };
        format!("{}: expected {}, found {found}", difference.field, difference.expected)
    });
    let fields: Vec<String> = fields.collect();
    let target = exchange.target();
    let shown: String = target.chars().take(200).collect();
    format!("; nearest is request {}, {} {shown}: {}", exchange.seq, exchange.method, fields.join("; "))
}

fn plural(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// Some numbers, not all of thousands.
fn numbers(all: &[u64]) -> String {
    let shown: Vec<String> = all.iter().take(20).map(ToString::to_string).collect();
    let more = all.len().saturating_sub(20);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
