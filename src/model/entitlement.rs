//! What a tenant bought: one row of licences with a period.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{DeviceType, LicenseType, Policy, Status};

/// A purchase of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// The licensing system's id, such as `358889502-1`.
    pub id: Arc<str>,
    /// What it licenses.
    pub device_type: DeviceType,
    /// The variant, such as `ICX76`.
    pub device_sub_type: Option<Arc<str>>,
    /// The licensing model that the licences belong to, such as APSW.
    pub license_type: LicenseType,
    /// Stock keeping unit.
    pub sku: Arc<str>,
    /// Silver, Gold or Platinum.
    pub sku_tier: Option<Arc<str>>,
    /// How many licences.
    pub quantity: i64,
    /// Trial and paid rows never mix in a sum.
    pub trial: bool,
    /// First and last moment of use.
    pub period: Period,
    /// When the row came to be and when it last changed.
    pub created: DateTime<Utc>,
    /// See `created`.
    pub updated: DateTime<Utc>,
    /// Name for people.
    pub license_name: Option<Arc<str>>,
    /// Description for people.
    pub license_desc: Option<Arc<str>>,
    /// The id of another licensing system.
    pub external_id: Option<Arc<str>>,
    /// The row above this one, if any.
    pub parent_id: Option<Arc<str>>,
    /// Present when the row is managed by the application licence manager.
    pub alm: Option<Alm>,
}

/// What the application licence manager (ALM) knows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alm {
    /// The activation's id.
    pub activation_id: Arc<str>,
    /// The quantity of the sales order.
    pub so_ent_quantity: i64,
}

/// The time in which something may be used. Whole seconds; the last second belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first second, included.
    pub start: DateTime<Utc>,
    /// The last second, included.
    pub end: DateTime<Utc>,
}

impl Period {
    /// FUTURE before the start, EXPIRED after the last second, else VALID.
    pub fn status_at(self, now: DateTime<Utc>) -> Status {
        if now < self.start {
            Status::Future
        } else if now < self.after() {
            Status::Valid
        } else {
            Status::Expired
        }
    }

    /// The first moment after the period.
    pub fn after(self) -> DateTime<Utc> {
        self.end.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(self.end)
    }
}

impl Entitlement {
    /// Until when the application stays usable after expiry.
    pub fn grace_end(&self, policy: &Policy) -> DateTime<Utc> {
        self.period.end + policy.grace(self.device_type, self.trial)
    }
}

/// Whether a SKU names a trial: it ends with `-TEMP` or contains `TMP090` (documented for MSP pools), or one
/// of its parts is `TM` or `TMP` and a number of days, as in `CLD-ANAP-TM90` (observed).
pub fn is_trial_sku(sku: &str) -> bool {
    let is_term = |part: &str| {
        let days = part.strip_prefix("TMP").or_else(|| part.strip_prefix("TM"));
        days.is_some_and(|days| !days.is_empty() && days.bytes().all(|byte| byte.is_ascii_digit()))
    };
    sku.ends_with("-TEMP") || sku.contains("TMP090") || sku.split('-').any(is_term)
}

/// Whether a SKU is one of the RUCKUS One generation (chosen after the SKUs seen: `CLD-R1-...`, or a
/// tier name such as `CLD-PROF-...`; the older ones, such as `CLD-MS76-1001`, are not).
pub fn is_r1_sku(sku: &str) -> bool {
    ["CLD-R1-", "CLD-PROF-", "CLD-ESSN-", "CLD-CORE-", "CLD-ESSENTIALS-"].iter().any(|prefix| sku.starts_with(prefix))
}

/// Whether a SKU belongs to an MSP (chosen after the SKUs seen: `CLD-M...`, or `-MSP` in it).
pub fn is_msp_sku(sku: &str) -> bool {
    sku.starts_with("CLD-M") || sku.contains("-MSP")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_valid_through_its_last_second() {
        let period = Period { start: at("2026-01-01T00:00:00Z"), end: at("2026-01-31T23:59:59Z") };
        for (now, status) in [
            ("2025-12-31T23:59:59.999Z", Status::Future),
            ("2026-01-01T00:00:00Z", Status::Valid),
            ("2026-01-31T23:59:59.999Z", Status::Valid),
            ("2026-02-01T00:00:00Z", Status::Expired),
        ] {
            assert_eq!(period.status_at(at(now)), status, "{now}");
        }
    }

    #[test]
    fn a_trial_is_known_by_its_sku() {
        for (sku, trial) in [
            ("CLD-R1-TMP090-REC", true),
            ("CLD-MW00-1001-TEMP", true),
            ("CLD-ANAP-TM90", true),
            ("CLD-R1-TMP60-EDU", true),
            ("CLD-PROF-APSW-REC1", false),
            ("CLD-TMX9-1001", false),
            ("CLD-TM", false),
            ("CLD-TEMP-1001", false),
        ] {
            assert_eq!(is_trial_sku(sku), trial, "{sku}");
        }
    }
}
