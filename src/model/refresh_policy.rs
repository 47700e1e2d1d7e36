//! How refreshes from the licensing system go. The same types stand in the model, in scenario.json, in the settings of
//! a sandbox and in the control API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ErrorPlan, RefreshPlan};
use crate::support::duration::Duration;

/// How refreshes go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivityPolicy)]
pub struct RefreshPolicy {
    /// What makes an activity end.
    pub progress: Progress,
    /// With progress `polls`: after how many times that it was asked for (chosen: 3).
    pub polls: u32,
    /// With progress `time`: from the 202 to the end (chosen: 2 s, so that a client that polls four times in 6 s sees
    /// the end).
    #[schema(value_type = String)]
    pub delay: Duration,
    /// From the 202 to the first moment at which the activity can be found (observed: a short 404).
    #[schema(value_type = String)]
    pub appears_after: Duration,
    /// How it ends.
    pub outcome: RefreshOutcome,
    /// With outcome `fail`: what it says.
    pub error: ActivityError,
    /// What a second refresh gets while one is running.
    pub while_running: WhileRunning,
    /// What the vendor's UI recognises the activity by.
    pub use_case: UseCases,
}

/// The error of a failed activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ActivityError {
    /// The vendor's error code, such as `ENTITLEMENT-10001`.
    pub code: String,
    /// What an administrator would read.
    pub message: String,
}

/// What the vendor's UI recognises activities by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UseCases {
    /// After GET /entitlements/summaries (observed: `Refresh License`).
    pub entitlements: String,
    /// After GET /mspEntitlements/summaries (observed: `MSP license refresh flow`).
    pub msp_entitlements: String,
    /// After PATCH /entitlements (observed: the UI then waits for `MSP license refresh flow`, on the pages of a REC
    /// too).
    pub sync_entitlements: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString,
            strum::VariantNames,
        )]
        #[serde(rename_all = "lowercase")]
        #[strum(serialize_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }
    };
}

words! {
    /// What makes a refresh end.
    Progress {
        /// It ends at once.
        Now,
        /// The delay has passed.
        Time,
        /// Its activity has been asked for so many times.
        Polls,
        /// Somebody says so.
        Hand,
    }
}

words! {
    /// How a refresh ends.
    RefreshOutcome {
        /// The next revision of the licensing system is taken over.
        Success,
        /// Nothing changes and the activity says why.
        Fail,
        /// The refresh never ends.
        Hang,
    }
}

words! {
    /// What a second refresh gets while one is running.
    WhileRunning {
        /// Its own 202 and its own activity.
        Accept,
        /// 423 Locked.
        Refuse,
    }
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            progress: Progress::Time,
            polls: 3,
            delay: Duration::seconds(2),
            appears_after: Duration::ZERO,
            outcome: RefreshOutcome::Success,
            error: ActivityError::default(),
            while_running: WhileRunning::Accept,
            use_case: UseCases::default(),
        }
    }
}

impl Default for ActivityError {
    fn default() -> Self {
        Self { code: "ENTITLEMENT-10001".into(), message: "The licensing system could not be reached.".into() }
    }
}

impl Default for UseCases {
    fn default() -> Self {
        let msp = "MSP license refresh flow";
        Self { entitlements: "Refresh License".into(), msp_entitlements: msp.into(), sync_entitlements: msp.into() }
    }
}

impl ActivityError {
    /// The error with what a plan says otherwise.
    pub fn with(self, plan: &ErrorPlan) -> Self {
        let ErrorPlan { code, message } = plan.clone();
        Self { code: code.unwrap_or(self.code), message: message.unwrap_or(self.message) }
    }
}

impl RefreshPolicy {
    /// The policy with what a plan says otherwise.
    pub fn with(self, plan: &RefreshPlan) -> Self {
        let RefreshPlan { progress, polls, delay, appears_after, outcome, error, while_running, use_case } =
            plan.clone();
        Self {
            progress: progress.unwrap_or(self.progress),
            polls: polls.unwrap_or(self.polls),
            delay: delay.unwrap_or(self.delay),
            appears_after: appears_after.unwrap_or(self.appears_after),
            outcome: outcome.unwrap_or(self.outcome),
            error: self.error.with(&error),
            while_running: while_running.unwrap_or(self.while_running),
            use_case: UseCases {
                entitlements: use_case.entitlements.unwrap_or(self.use_case.entitlements),
                msp_entitlements: use_case.msp_entitlements.unwrap_or(self.use_case.msp_entitlements),
                sync_entitlements: use_case.sync_entitlements.unwrap_or(self.use_case.sync_entitlements),
            },
        }
    }
}
