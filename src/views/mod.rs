//! Read models: what the answers say, computed from the store and the moment, never kept.
//!
//! | file | what |
//! |---|---|
//! | `entitlement` | the rows of a tenant: bought, and assigned by its MSP |
//! | `assignment` | what an MSP assigned to one tenant |
//! | `summary` | quantities against use, one row per device type, sub type and trial flag |
//! | `msp_summary` | the pools of an MSP, seen from both of its summaries |
//! | `banner` | what expires or has expired, and analytics licences against devices |
//! | `utilization` | the sums of both summaries by licensing model |
//! | `compliance` | licences against devices by licensing model |
//! | `selection` | which rows a query asks for |
//! | `timeline` | what will happen by itself, and when |
//! | `licenses` | licences of one model at any moment, from the side of their user or of an MSP |
//! | `availability` | how many of them are free over a period, or for how long |
//! | `mileage` | how far they reach, month by month |
//! | `days` | whole days, and on which of them something was there |
//! | `usage_report` | assigned licences and devices of an MSP's customers, day by day |
//! | `customer_usage` | what each customer had, and on which days |
//! | `usage_kind` | the words under which it counts them |
//!
//! Pure. Every list has an order that is part of the contract and stands beside its function.

pub mod assignment;
pub mod availability;
pub mod banner;
pub mod compliance;
pub mod customer_usage;
pub mod days;
pub mod entitlement;
pub mod licenses;
pub mod mileage;
pub mod msp_summary;
pub mod selection;
pub mod summary;
pub mod timeline;
pub mod usage_kind;
pub mod usage_report;
pub mod utilization;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

/// Whole days from tomorrow 00:00Z to `end` (documented); zero for today and tomorrow, negative once
/// past. `end` is a last valid second, such as 23:59:59Z.
pub fn days_left(end: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (end - midnight_after(now)).num_days()
}

/// The next 00:00Z.
pub fn midnight_after(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.date_naive();
    today.checked_add_days(Days::new(1)).unwrap_or(today).and_time(NaiveTime::MIN).and_utc()
}

/// The first moment after a last valid second.
pub(crate) fn after(end: DateTime<Utc>) -> DateTime<Utc> {
    end + TimeDelta::seconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_tomorrow_and_turn_negative_once_past() {
        let now = "2026-03-10T15:04:05Z".parse().unwrap();
        for (end, days) in [
            ("2026-03-08T23:59:59Z", -2),
            ("2026-03-09T23:59:59Z", -1),
            ("2026-03-10T23:59:59Z", 0),
            ("2026-03-11T23:59:59Z", 0),
            ("2026-03-12T23:59:59Z", 1),
            ("2026-04-10T23:59:59Z", 30),
            ("2027-03-10T23:59:59Z", 364),
        ] {
            assert_eq!(days_left(end.parse().unwrap(), now), days, "{end}");
        }
    }
}
