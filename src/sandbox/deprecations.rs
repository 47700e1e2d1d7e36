//! How the deprecated operations are phased out, and who still calls them. Which they are is in the catalogue.

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{self, Operation};

/// The first day on which the operations may be gone (documented: "no sooner than 08/31/2026").
const ANNOUNCED: NaiveDate = NaiveDate::from_ymd_opt(2026, 8, 31).expect("a date");
/// The day since which they are deprecated (chosen: the announcement has no date).
const DEPRECATED: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");

/// How the deprecated operations are phased out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sunset {
    /// What callers notice.
    pub mode: Mode,
    /// The moment from which they may be gone, by the sandbox's clock.
    pub date: DateTime<Utc>,
    /// For how long from the start of each hour they are gone before that.
    pub brownout: Option<TimeDelta>,
    /// Only these operations are ever gone, by name; all if empty.
    pub only: Arc<[String]>,
}

/// What callers of a deprecated operation notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SunsetMode)]
pub enum Mode {
    /// Headers.
    #[default]
    Headers,
    /// Headers, and 410 from the sunset date on.
    Gone,
    /// Nothing.
    Silent,
}

/// Why a deprecated operation is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// For good.
    Since(DateTime<Utc>),
    /// For a trial.
    Until(DateTime<Utc>),
}

impl Default for Sunset {
    fn default() -> Self {
        Self { mode: Mode::Headers, date: midnight(ANNOUNCED), brownout: None, only: Arc::default() }
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

impl Sunset {
    /// Since when the operations are deprecated: never after they may be gone (RFC 8594 wants that order).
    pub fn deprecated_since(&self) -> DateTime<Utc> {
        midnight(DEPRECATED).min(self.date)
    }

    /// Whether and why an operation is gone at a moment.
    pub fn gone(&self, operation: &Operation, now: DateTime<Utc>) -> Option<Gone> {
        if !self.only.is_empty() && !self.only.iter().any(|id| id == operation.id) {
            return None;
        }
        if self.mode == Mode::Gone && now >= self.date {
            return Some(Gone::Since(self.date));
        }
        if self.mode == Mode::Silent {
            return None;
        }
        let brownout = self.brownout?;
        let hour = now.with_minute(0)?.with_second(0)?.with_nanosecond(0)?;
        let until = hour + brownout;
        (now < until).then_some(Gone::Until(until))
    }
}

/// Who called which deprecated operation. Lives as long as its sandbox, through resets.
#[derive(Debug, Default)]
pub struct Ledger {
    calls: Mutex<BTreeMap<&'static str, Calls>>,
}

/// The most callers that are counted by name for each operation.
const USER_AGENTS: usize = 50;
/// The most characters of a name that are kept.
const USER_AGENT_LENGTH: usize = 200;
/// Stands for all callers beyond those that are counted by name.
const OTHERS: &str = "(others)";

#[derive(Clone, Debug)]
struct Calls {
    all: Count,
    gone: u64,
    by: BTreeMap<String, Count>,
}

/// How often, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallCount)]
pub struct Count {
    /// How often.
    pub calls: u64,
    /// The first time, by the sandbox's clock.
    pub first_call: DateTime<Utc>,
    /// When it was last called, by the sandbox's clock.
    pub last_call: DateTime<Utc>,
}

impl Count {
    fn one(at: DateTime<Utc>) -> Self {
        Self { calls: 1, first_call: at, last_call: at }
    }

    fn add(&mut self, at: DateTime<Utc>) {
        self.calls += 1;
        self.last_call = at;
    }

    fn include(&mut self, other: Self) {
        self.calls += other.calls;
        self.first_call = self.first_call.min(other.first_call);
        self.last_call = self.last_call.max(other.last_call);
    }
}

impl Ledger {
    /// Puts a call on record.
    pub fn record(&self, operation: &'static Operation, user_agent: &str, gone: bool, at: DateTime<Utc>) {
        let mut calls = self.calls.lock();
        let entry = calls.entry(operation.id).and_modify(|entry| entry.all.add(at)).or_insert_with(|| Calls {
            all: Count::one(at),
            gone: 0,
            by: BTreeMap::new(),
        });
        entry.gone += u64::from(gone);
        let end = user_agent.char_indices().nth(USER_AGENT_LENGTH).map_or(user_agent.len(), |(end, _)| end);
        let name = &user_agent[..end];
        let is_full = entry.by.len() >= USER_AGENTS;
        let name = if is_full && !entry.by.contains_key(name) { OTHERS } else { name };
        match entry.by.get_mut(name) {
            Some(count) => count.add(at),
            None => drop(entry.by.insert(name.into(), Count::one(at))),
        }
    }

    /// Whether there was no call.
    pub fn is_empty(&self) -> bool {
        self.calls.lock().is_empty()
    }

    /// Adds the calls of another ledger.
    pub fn add(&self, other: &Self) {
        let other = other.calls.lock().clone();
        let mut calls = self.calls.lock();
        for (operation, Calls { all, gone, by }) in other {
            let Some(entry) = calls.get_mut(operation) else {
                calls.insert(operation, Calls { all, gone, by });
                continue;
            };
            entry.all.include(all);
            entry.gone += gone;
            for (name, count) in by {
                let is_known = entry.by.contains_key(&name) || entry.by.len() < USER_AGENTS;
                let name = if is_known { name } else { OTHERS.into() };
                entry.by.entry(name).and_modify(|known| known.include(count)).or_insert(count);
            }
        }
    }

    /// The operations that were called.
    pub fn called(&self) -> Vec<Usage> {
        let calls = self.calls.lock().clone();
        catalogue::deprecated().filter_map(|op| Some(Usage::new(op, Some(calls.get(op.id)?)))).collect()
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        self.calls.lock().clear();
    }

    /// What is on record, operation by operation.
    pub fn report(&self, sunset: &Sunset) -> Report {
        let calls = self.calls.lock().clone();
        let operations: Vec<Usage> = catalogue::deprecated().map(|op| Usage::new(op, calls.get(op.id))).collect();
        Report {
            calls: operations.iter().map(|usage| usage.calls).sum(),
            mode: sunset.mode,
            sunset: sunset.date,
            operations,
        }
    }
}

/// Which deprecated operations were called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeprecationReport)]
pub struct Report {
    /// Calls of all of them.
    pub calls: u64,
    /// What callers notice.
    pub mode: Mode,
    /// When they may be gone.
    pub sunset: DateTime<Utc>,
    /// All of them, called or not.
    pub operations: Vec<Usage>,
}

/// How a deprecated operation was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeprecatedUsage)]
pub struct Usage {
    /// The vendor's name for it.
    pub operation_id: String,
    /// Its method and path.
    pub operation: String,
    /// Method and path of what takes its place.
    pub successors: Vec<String>,
    /// How often.
    pub calls: u64,
    /// How often that was answered with 410.
    pub gone: u64,
    /// When it was first called, by the sandbox's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_call: Option<DateTime<Utc>>,
    /// When it was last called, by the sandbox's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_call: Option<DateTime<Utc>>,
    /// By whom.
    pub user_agents: Vec<UserAgent>,
}

/// A caller of a deprecated operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeprecatedCaller)]
pub struct UserAgent {
    /// What it calls itself.
    pub user_agent: String,
    /// How often, and when.
    #[serde(flatten)]
    pub count: Count,
}

impl Usage {
    fn new(operation: &Operation, calls: Option<&Calls>) -> Self {
        let by = calls.iter().flat_map(|calls| calls.by.iter());
        Self {
            operation_id: operation.id.into(),
            operation: operation.to_string(),
            successors: operation.successors.iter().map(ToString::to_string).collect(),
            calls: calls.map_or(0, |calls| calls.all.calls),
            gone: calls.map_or(0, |calls| calls.gone),
            first_call: calls.map(|calls| calls.all.first_call),
            last_call: calls.map(|calls| calls.all.last_call),
            user_agents: by.map(|(name, count)| UserAgent { user_agent: name.clone(), count: *count }).collect(),
        }
    }
}

/// The report for people, such as a log of a test run.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let called: Vec<&Usage> = self.operations.iter().filter(|usage| usage.calls > 0).collect();
        if called.is_empty() {
            return writeln!(f, "No deprecated operation was called.");
        }
        let (calls, ops) = (plural(self.calls, "call"), plural(called.len() as u64, "deprecated operation"));
        writeln!(f, "{calls} of {ops}, announced to be removed from {} on:", self.sunset.date_naive())?;
        for usage in called {
            writeln!(f, "\n{} ({}): {}", usage.operation, usage.operation_id, plural(usage.calls, "call"))?;
            if let (Some(first), Some(last)) = (usage.first_call, usage.last_call) {
                writeln!(f, "  first {}, last {}", second(first), second(last))?;
            }
            if usage.gone > 0 {
                writeln!(f, "  answered with 410: {}", usage.gone)?;
            }
            writeln!(f, "  use instead: {}", usage.successors.join(", "))?;
            for by in &usage.user_agents {
                writeln!(f, "  by {}: {}", by.user_agent, by.count.calls)?;
            }
        }
        Ok(())
    }
}

/// `1 call`, `2 calls`.
pub fn plural(number: u64, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn second(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn operation(id: &str) -> &'static Operation {
        catalogue::by_id(id).unwrap()
    }

    #[track_caller]
    fn check(sunset: &Sunset, now: &str, expected: Option<Gone>) {
        assert_eq!(sunset.gone(operation("getEntitlements_1"), at(now)), expected, "{now}");
    }

    #[test]
    fn an_operation_is_gone_from_the_sunset_on_and_in_brownouts_before() {
        let headers = Sunset::default();
        check(&headers, "2027-01-01T00:00:00Z", None);
        let gone = Sunset { mode: Mode::Gone, brownout: Some(TimeDelta::minutes(5)), ..Sunset::default() };
        check(&gone, "2026-05-05T10:04:59.9Z", Some(Gone::Until(at("2026-05-05T10:05:00Z"))));
        check(&gone, "2026-05-05T10:05:00Z", None);
        check(&gone, "2026-08-30T23:59:59Z", None);
        check(&gone, "2026-08-31T00:00:00Z", Some(Gone::Since(at("2026-08-31T00:00:00Z"))));
        check(&Sunset { only: ["getBanners_1".into()].into(), ..gone.clone() }, "2027-01-01T00:00:00Z", None);
        let only = ["getEntitlements_1".into()].into();
        check(&Sunset { only, ..gone }, "2027-01-01T00:30:00Z", Some(Gone::Since(at("2026-08-31T00:00:00Z"))));
    }

    #[test]
    fn the_callers_that_are_told_apart_are_bounded_in_number_and_length() {
        let ledger = Ledger::default();
        for n in 0..200 {
            ledger.record(
                operation("revokeBulkAssignment"),
                &format!("{n}{}", "x".repeat(1000)),
                false,
                at("2026-05-05T10:00:00Z"),
            );
        }
        let report = ledger.report(&Sunset::default());
        let usage = report.operations.iter().find(|usage| usage.calls > 0).unwrap();
        assert_eq!((usage.calls, usage.user_agents.len()), (200, USER_AGENTS + 1));
        let others = usage.user_agents.iter().find(|by| by.user_agent == OTHERS).unwrap();
        assert_eq!(others.count.calls, 150);
        assert!(usage.user_agents.iter().all(|by| by.user_agent.len() <= USER_AGENT_LENGTH));
    }
}
