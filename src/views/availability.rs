//! How many licences are free over a period, and over which period a number of them is.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::licenses::Licenses;
use crate::model::Period;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The most licences that are free up to a last day.
    MaxQuantity {
        /// The last day.
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
    /// Silver, Gold or Platinum, after the row that expires first.
    pub sku_tier: Option<Arc<str>>,
}

/// What is free from a day on; from now on, if that day is today.
pub fn availability(licenses: &Licenses<'_>, from: NaiveDate, question: Question, now: DateTime<Utc>) -> Availability {
    let start = from.and_time(NaiveTime::MIN).and_utc().max(now);
    let lowest = |end| licenses.lowest(Period { start, end }).max(0);
    let rows = licenses.rows();
    let leading = rows.iter().find(|row| row.period.start <= start && start < row.period.after());
    let sku_tier = leading.and_then(|row| row.sku_tier.clone());
    match question {
        Question::MaxQuantity { until } => {
            Availability { quantity: lowest(last_second(until)), until: Some(until), sku_tier }
        }
        Question::MaxPeriod { quantity } => {
            // The last whole day before too few are free.
            let short = licenses.first_below(quantity, start);
            let until = short.and_then(|at| at.date_naive().pred_opt()).filter(|day| *day >= from);
            let quantity = if until.is_some() { quantity } else { lowest(start) };
            Availability { quantity, until, sku_tier }
        }
    }
}

fn last_second(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1)
}
