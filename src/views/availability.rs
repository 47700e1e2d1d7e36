//! How many licences are free over a period, and over which period a number of them is.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::licenses::Licenses;
use crate::model::{FreeOfTier, Period};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The most licences that are free up to a last day.
    MaxQuantity {
        /// The last day on which they are needed.
        until: NaiveDate,
    },
    /// The last day up to which this many licences are free.
    MaxPeriod {
        /// How many.
        quantity: i64,
    },
}

/// What is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// How many licences; of a period that there is not, what is free at its start.
    pub quantity: i64,
    /// The last day; none if not even the first day has enough.
    pub until: Option<NaiveDate>,
    /// Silver, Gold or Platinum.
    pub sku_tier: Option<Arc<str>>,
}

/// What is free of all tiers together, from a day on; from now on, if that day is today. The tier is the
/// lowest of those that are free.
pub fn availability(
    licenses: &Licenses<'_, '_>,
    from: NaiveDate,
    question: Question,
    now: DateTime<Utc>,
) -> Availability {
    let start = from.and_time(NaiveTime::MIN).and_utc().max(now);
    let sku_tier = licenses.lowest_by_tier(Period { start, end: start });
    let sku_tier = sku_tier.into_iter().find(|(_, free)| *free > 0).and_then(|(tier, _)| tier);
    let free = |end| licenses.lowest(Period { start, end }).max(0);
    answer(licenses, (from, start), question, free, sku_tier)
}

/// What is free of each tier; only of those of which something is.
pub fn availability_by_tier(
    licenses: &Licenses<'_, '_>,
    from: NaiveDate,
    question: Question,
    now: DateTime<Utc>,
) -> Vec<Availability> {
    let start = from.and_time(NaiveTime::MIN).and_utc().max(now);
    let at_first = licenses.lowest_by_tier(Period { start, end: start });
    let lines = at_first.into_iter().map(|(tier, _)| {
        let of_tier =
            |by_tier: Vec<FreeOfTier>| by_tier.into_iter().find(|(own, _)| *own == tier).map_or(0, |(_, free)| free);
        let free = |end| of_tier(licenses.lowest_by_tier(Period { start, end }));
        answer(licenses, (from, start), question, free, tier.clone())
    });
    lines.filter(|line| line.quantity > 0).collect()
}

fn answer(
    licenses: &Licenses<'_, '_>,
    (from, start): (NaiveDate, DateTime<Utc>),
    question: Question,
    free: impl Fn(DateTime<Utc>) -> i64,
    sku_tier: Option<Arc<str>>,
) -> Availability {
    match question {
        Question::MaxQuantity { until } => {
            Availability { quantity: free(last_second(until)), until: Some(until), sku_tier }
        }
        Question::MaxPeriod { quantity } => {
            // What is free never grows with the period, so the first moment with too little can be searched for.
            let mut moments = licenses.changes_after(start);
            moments.insert(0, start);
            let enough = moments.partition_point(|end| free(*end) >= quantity);
            let short = moments.get(enough);
            // The last whole day before it.
            let until = short.and_then(|at| at.date_naive().pred_opt()).filter(|day| *day >= from);
            let quantity = if until.is_some() { quantity } else { free(start) };
            Availability { quantity, until, sku_tier }
        }
    }
}

fn last_second(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1)
}
