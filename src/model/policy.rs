//! The numbers behind the rules. All are settings of the scenario; the defaults are what the
//! vendor publishes or clients show or, where nothing is known, what was chosen (docs/FIDELITY.md says which).

use chrono::{DateTime, TimeDelta, Utc};

use super::DeviceType;

/// Limits and periods of the licensing rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// An INITIAL banner appears this many days before expiry (inferred: 60).
    pub initial_days: i64,
    /// A CLOSE_TO_EXPIRATION banner takes over this many days before expiry (inferred: 7).
    pub close_days: i64,
    /// Days after expiry in which paid licences stay usable (published: 60).
    pub paid_grace_days: i64,
    /// Days after expiry in which trial licences stay usable (published: none).
    pub trial_grace_days: i64,
    /// Days after expiry in which paid analytics licences stay usable (published: 7).
    pub analytics_grace_days: i64,
    /// Expiry mails begin this many days before expiry (published: 30).
    pub mail_days: i64,
    /// Of analytics licences (published: 7).
    pub analytics_mail_days: i64,
    /// What an MSP gets on top of its paid purchases, in percent, rounded up (documented: 5).
    pub courtesy_percent: i64,
    /// Purchases that start on or after this moment earn no courtesy (documented: 2025-01-01).
    pub courtesy_until: DateTime<Utc>,
    /// Licences that a virtual edge uses (observed: 5); every other device uses one.
    pub licenses_per_virtual_edge: i64,
    /// The most rows that one assignment call may carry (chosen: 500).
    pub max_rows_per_call: usize,
}

impl Policy {
    /// The grace period of a licence.
    pub fn grace(&self, device_type: DeviceType, trial: bool) -> TimeDelta {
        TimeDelta::days(match device_type {
            _ if trial => self.trial_grace_days,
            DeviceType::Analytics => self.analytics_grace_days,
            _ => self.paid_grace_days,
        })
    }

    /// How many days before the expiry of a licence its mails begin.
    pub fn mail_days(&self, device_type: DeviceType) -> i64 {
        match device_type {
            DeviceType::Analytics => self.analytics_mail_days,
            _ => self.mail_days,
        }
    }
}
