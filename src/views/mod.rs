//! Read models: what the answers say, computed from the store and the moment, never kept.
//!
//! | file | what |
//! |---|---|
//! | `holdings` | what a tenant holds at a moment, computed once: rows, kinds, pools. All else derives from it |
//! | `row` | a row of licences: bought, or assigned by an MSP |
//! | `course` | how licences and their use go on from a moment |
//! | `expiry` | states of banners and mails, and when they begin |
//! | `filter`, `selection` | which rows an older read, or a query, asks for |
//! | `entitlement` | lists of rows |
//! | `assignment` | what an MSP assigned to one tenant |
//! | `summary` | quantities against use, one row per device type, sub type and trial flag |
//! | `msp_summary` | the pools of an MSP, as both of its summaries show them |
//! | `banner`, `msp_banner` | what expires or has expired, and what there is too little of |
//! | `alm` | what the application licence manager knows of rows |
//! | `utilization` | the sums of both summaries by licensing model |
//! | `compliance` | licences against devices by licensing model |
//! | `licenses` | licences of one model over time, from the side of their user or of an MSP |
//! | `availability` | how many of them are free over a period, or for how long |
//! | `mileage` | how far they reach, month by month |
//! | `timeline` | what will happen by itself, and when |
//! | `days` | whole days, and on which of them something was there |
//! | `usage_report`, `customer_usage`, `usage_kind` | what customers had, day by day |
//!
//! Pure. Every list has an order that is part of the contract and stands beside its function.

pub mod alm;
pub mod assignment;
pub mod availability;
pub mod banner;
pub mod compliance;
pub mod course;
pub mod customer_usage;
pub mod days;
pub mod entitlement;
pub mod expiry;
pub mod filter;
pub mod holdings;
pub mod licenses;
pub mod mileage;
pub mod msp_banner;
pub mod msp_summary;
pub mod row;
pub mod selection;
pub mod summary;
pub mod timeline;
pub mod usage_kind;
pub mod usage_report;
pub mod utilization;

use chrono::{DateTime, TimeDelta, Utc};

/// Days left: from today to the day of `end`. So it counts the days from tomorrow to that day (documented),
/// is zero on the day itself and negative once past (documented as "zero or negative values indicate already
/// expired or expiring today").
pub fn days_left(end: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (end.date_naive() - now.date_naive()).num_days()
}

/// The first moment after a last valid second.
pub(crate) fn after(end: DateTime<Utc>) -> DateTime<Utc> {
    end + TimeDelta::seconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_left_are_zero_on_the_last_day_and_negative_once_past() {
        let now = "2026-03-10T15:04:05Z".parse().unwrap();
        for (end, days) in [
            ("2026-03-08T23:59:59Z", -2),
            ("2026-03-09T23:59:59Z", -1),
            ("2026-03-10T23:59:59Z", 0),
            ("2026-03-11T00:00:00Z", 1),
            ("2026-03-11T23:59:59Z", 1),
            ("2026-03-12T23:59:59Z", 2),
            ("2026-04-10T23:59:59Z", 31),
            ("2027-03-10T23:59:59Z", 365),
        ] {
            assert_eq!(days_left(end.parse().unwrap(), now), days, "{end}");
        }
    }
}
