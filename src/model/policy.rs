//! The numbers behind the rules. All are settings of the scenario; the defaults are what is known of
//! the live system or, where nothing is known, what was chosen (docs/FIDELITY.md says which).

use chrono::{DateTime, TimeDelta, Utc};

/// Limits and periods of the licensing rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// An INITIAL banner appears this many days before expiry (inferred: 60).
    pub initial_days: i64,
    /// A CLOSE_TO_EXPIRATION banner takes over this many days before expiry (inferred: 7).
    pub close_days: i64,
    /// Days after expiry in which paid licences stay usable (chosen: 30).
    pub paid_grace_days: i64,
    /// Days after expiry in which trial licences stay usable (chosen: 7).
    pub trial_grace_days: i64,
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
    /// The grace period of a trial or paid licence.
    pub fn grace(&self, trial: bool) -> TimeDelta {
        TimeDelta::days(if trial { self.trial_grace_days } else { self.paid_grace_days })
    }
}

/// The longest that a refresh may take, and the longest until its activity can be found.
pub const LONGEST_DELAY: TimeDelta = TimeDelta::days(3650);

/// How refreshes from the licensing system go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// From the 202 to the end of the activity (chosen: 2 s, so that a client that polls four times in 6 s sees the end).
    pub delay: TimeDelta,
    /// From the 202 to the first moment at which the activity can be found (seen live: a short 404).
    pub appears_after: TimeDelta,
    /// What makes it end.
    pub progress: Progress,
    /// How it ends.
    pub outcome: RefreshOutcome,
    /// What a second refresh gets while one is running.
    pub while_running: WhileRunning,
    /// The activity's use case after GET /entitlements/summaries (observed: `Refresh License`).
    pub entitlements_use_case: String,
    /// The activity's use case after GET /mspEntitlements/summaries (observed: `MSP license refresh flow`).
    pub msp_use_case: String,
    /// The activity's use case after PATCH /entitlements (observed: the UI then waits for `MSP license
    /// refresh flow`, on the pages of a REC too).
    pub sync_use_case: String,
}

/// How one refresh goes, where it goes another way than the policy has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefreshPlan {
    /// In the place of the policy's outcome.
    pub outcome: Option<RefreshOutcome>,
    /// In the place of what makes it end.
    pub progress: Option<Progress>,
    /// In the place of the policy's delay.
    pub delay: Option<TimeDelta>,
    /// In the place of the time after which it can be found.
    pub appears_after: Option<TimeDelta>,
}

/// What makes a refresh end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The delay has passed.
    ByTime,
    /// Its activity has been asked for so many times.
    AfterPolls(u32),
    /// Somebody says so.
    ByHand,
}

/// How a refresh ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// The next revision of the licensing system is taken over.
    Success,
    /// Nothing changes and the activity says why.
    Fail(ActivityError),
    /// It never ends.
    Hang,
}

/// The error of a failed activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityError {
    /// The vendor's error code, such as `ENTITLEMENT-10001`.
    pub code: String,
    /// What an administrator would read.
    pub message: String,
}

/// What a second refresh gets while one is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhileRunning {
    /// Its own 202 and its own activity.
    Accept,
    /// 423 Locked.
    Refuse,
}
