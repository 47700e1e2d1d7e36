//! What a query asks for: which rows of a list, and which of their fields decide.

use chrono::{DateTime, NaiveDate, Utc};
use regex::Regex;

use super::row::Row;
use crate::model::{Assignment, LicenseType, Lot, MspEntitlement, Period, Policy, Status};

/// Whose use is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsageType {
    /// What a tenant has for itself (documented as the default).
    #[default]
    Own,
    /// What an MSP has to hand out.
    Assigned,
}

/// Which rows of licences are asked for. An empty list admits all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// One of these licensing models, by the vendor's word.
    pub license_types: Vec<String>,
    /// One of these patterns is found in the SKU.
    pub skus: Vec<Regex>,
    /// One of these tiers, whatever the case.
    pub sku_tiers: Vec<String>,
    /// One of these statuses, by the vendor's word.
    pub statuses: Vec<String>,
    /// Trial, or paid.
    pub trial: Option<bool>,
    /// Given by an MSP, or bought.
    pub assigned: Option<bool>,
    /// Only what can be renewed: bought, paid, running or in grace (chosen).
    pub renewable: bool,
    /// Expiring within so many days from today.
    pub expires_within: Option<i64>,
    /// Expired within so many days up to yesterday. Together with `expires_within`, either will do.
    pub expired_within: Option<i64>,
}

/// What the filters look at, of a purchase or a granted row alike.
struct Facts<'a> {
    license_type: LicenseType,
    sku: &'a str,
    sku_tier: Option<&'a str>,
    trial: bool,
    assigned: bool,
    period: Period,
    grace_end: DateTime<Utc>,
}

impl Selection {
    /// Whether a row of a tenant passes.
    pub fn admits(&self, row: &Row<'_>, policy: &Policy, now: DateTime<Utc>) -> bool {
        let facts = Facts {
            license_type: row.license_type,
            sku: row.sku(),
            sku_tier: row.tier(),
            trial: row.trial,
            assigned: row.is_assigned(),
            period: row.period,
            grace_end: row.grace_end(policy),
        };
        self.passes(&facts, now)
    }

    /// Whether a purchase of an MSP passes.
    pub fn admits_purchase(&self, row: &MspEntitlement, policy: &Policy, now: DateTime<Utc>) -> bool {
        let facts = Facts {
            license_type: row.product.tenant_license_type(),
            sku: &row.sku,
            sku_tier: row.sku_tier.as_deref(),
            trial: row.trial,
            assigned: false,
            period: row.period,
            grace_end: row.grace_end(policy),
        };
        self.passes(&facts, now)
    }

    /// Whether licences of an SKU and tier pass; the other filters do not apply to them.
    pub fn admits_lot(&self, lot: &Lot) -> bool {
        self.admits_sku(&lot.sku) && self.admits_tier(lot.tier.as_deref())
    }

    /// Whether anything but the licensing model and the trial flag is asked for.
    pub fn is_by_row(&self) -> bool {
        let lists = [&self.sku_tiers, &self.statuses].iter().any(|list| !list.is_empty());
        let dates = self.expires_within.is_some() || self.expired_within.is_some();
        lists || !self.skus.is_empty() || self.assigned.is_some() || self.renewable || dates
    }

    /// Whether a sum over a licensing model passes: the filters on single rows do not apply to it.
    pub fn admits_sum(&self, license_type: LicenseType, trial: bool) -> bool {
        one_of(&self.license_types, license_type.into()) && self.trial.is_none_or(|wanted| wanted == trial)
    }

    fn passes(&self, row: &Facts<'_>, now: DateTime<Utc>) -> bool {
        let status = row.period.status_at(now);
        let renewable = || !row.assigned && !row.trial && status != Status::Future && now <= row.grace_end;
        self.admits_sum(row.license_type, row.trial)
            && self.admits_sku(row.sku)
            && self.admits_tier(row.sku_tier)
            && one_of(&self.statuses, status.into())
            && self.assigned.is_none_or(|wanted| wanted == row.assigned)
            && (!self.renewable || renewable())
            && self.in_range(row.period.end.date_naive(), now.date_naive())
    }

    fn admits_sku(&self, sku: &str) -> bool {
        self.skus.is_empty() || self.skus.iter().any(|pattern| pattern.is_match(sku))
    }

    fn admits_tier(&self, own: Option<&str>) -> bool {
        let own = own.unwrap_or_default();
        self.sku_tiers.is_empty() || self.sku_tiers.iter().any(|tier| tier.eq_ignore_ascii_case(own))
    }

    /// By whole days: `expires_within` 0 is today, `expired_within` 1 is yesterday.
    fn in_range(&self, end: NaiveDate, today: NaiveDate) -> bool {
        let days = (end - today).num_days();
        let next = self.expires_within.map(|within| (0..=within).contains(&days));
        let last = self.expired_within.map(|within| (1..=within).contains(&-days));
        match (next, last) {
            (None, None) => true,
            (next, last) => next.unwrap_or_default() || last.unwrap_or_default(),
        }
    }
}

/// Which assignments are asked for. An empty list admits all.
#[derive(Clone, Debug, Default)]
pub struct AssignmentSelection {
    /// One of these licensing models, by the vendor's word.
    pub license_types: Vec<String>,
    /// One of these statuses, by the vendor's word.
    pub statuses: Vec<String>,
    /// Made by one of these.
    pub created_by: Vec<String>,
    /// Trial, or paid.
    pub trial: Option<bool>,
}

impl AssignmentSelection {
    /// Whether an assignment passes.
    pub fn admits(&self, row: &Assignment, now: DateTime<Utc>) -> bool {
        one_of(&self.license_types, row.product.tenant_license_type().into())
            && one_of(&self.statuses, row.status_at(now).into())
            && one_of(&self.created_by, &row.created_by)
            && self.trial.is_none_or(|wanted| wanted == row.trial)
    }
}

/// Whether a word is in a list, of which an empty one has all.
pub fn one_of(list: &[String], word: &str) -> bool {
    list.is_empty() || list.iter().any(|wanted| wanted == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expires_within: Option<i64>, expired_within: Option<i64>, end: &str, expected: bool) {
        let selection = Selection { expires_within, expired_within, ..Selection::default() };
        let today = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
        assert_eq!(selection.in_range(end.parse().unwrap(), today), expected, "{end}");
    }

    #[test]
    fn a_range_of_expiry_counts_whole_days_from_today() {
        check(None, None, "2020-01-01", true);
        check(Some(30), None, "2026-03-10", true);
        check(Some(30), None, "2026-04-09", true);
        check(Some(30), None, "2026-04-10", false);
        check(Some(30), None, "2026-03-09", false);
        check(None, Some(1), "2026-03-09", true);
        check(None, Some(1), "2026-03-08", false);
        check(None, Some(1), "2026-03-10", false);
        check(Some(30), Some(1), "2026-03-09", true);
        check(Some(30), Some(1), "2026-04-01", true);
        check(Some(30), Some(1), "2026-03-08", false);
    }
}
