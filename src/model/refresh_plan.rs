//! Where refreshes go another way than a policy has it: in a scenario, in a sandbox, or a single one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ActivityError, Progress, RefreshOutcome, RefreshPolicy, UseCases, WhileRunning};
use crate::support::{duration::Duration, given::given};

/// Where refreshes go another way than a policy has it, field by field. What is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ActivityPolicyChange)]
pub struct RefreshPlan {
    /// What makes an activity end: at once, the delay has passed, it was asked for so many times, or a control call says so.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub progress: Option<Progress>,
    /// With progress `polls`: after how many times that it was asked for.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000)]
    pub polls: Option<u32>,
    /// With progress `time`: from the 202 to the end, such as `PT2S` or `500ms`; at most 3650 days.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = "r1-duration")]
    pub delay: Option<Duration>,
    /// From the 202 to the first moment at which the activity can be found; at most 3650 days.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = "r1-duration")]
    pub appears_after: Option<Duration>,
    /// How it ends: `hang` is not at all.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub outcome: Option<RefreshOutcome>,
    /// With outcome `fail`: what it says.
    #[serde(default, skip_serializing_if = "ErrorPlan::is_empty")]
    pub error: ErrorPlan,
    /// What a second refresh gets while one is running: its own 202, or 423 Locked.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub while_running: Option<WhileRunning>,
    /// What the vendor's UI recognises the activity by.
    #[serde(default, skip_serializing_if = "UseCasesPlan::is_empty")]
    pub use_case: UseCasesPlan,
}

/// Where the error of a failed activity is another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ActivityErrorChange)]
pub struct ErrorPlan {
    /// The vendor's error code, such as `ENTITLEMENT-10001`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<String>,
    /// What an administrator would read.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message: Option<String>,
}

/// Where the vendor's UI is to recognise activities by something else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UseCasesChange)]
pub struct UseCasesPlan {
    /// After GET /entitlements/summaries.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub entitlements: Option<String>,
    /// After GET /mspEntitlements/summaries.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub msp_entitlements: Option<String>,
    /// After PATCH /entitlements.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sync_entitlements: Option<String>,
}

/// The longest that a refresh may take, and the longest until its activity can be found.
pub const LONGEST_DELAY: Duration = Duration::days(3650);

/// Why refreshes cannot go like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlan {
    /// An activity that ends after no poll.
    #[error("0 is no number of times; expected at least 1, or \"progress\": \"now\"")]
    NoPolls,
    /// It would take too long to end.
    #[error("{0} is longer than 3650 days")]
    DelayTooLong(Duration),
    /// It would take too long to appear.
    #[error("{0} is longer than 3650 days")]
    AppearsTooLate(Duration),
}

impl InvalidPlan {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::NoPolls => "polls",
            Self::DelayTooLong(_) => "delay",
            Self::AppearsTooLate(_) => "appearsAfter",
        }
    }
}

impl RefreshPlan {
    /// Whether everything goes as the policy has it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This plan with what a later one says otherwise.
    #[must_use]
    pub fn then(self, later: &Self) -> Self {
        let Self { progress, polls, delay, appears_after, outcome, error, while_running, use_case } = later.clone();
        Self {
            progress: progress.or(self.progress),
            polls: polls.or(self.polls),
            delay: delay.or(self.delay),
            appears_after: appears_after.or(self.appears_after),
            outcome: outcome.or(self.outcome),
            error: ErrorPlan { code: error.code.or(self.error.code), message: error.message.or(self.error.message) },
            while_running: while_running.or(self.while_running),
            use_case: UseCasesPlan {
                entitlements: use_case.entitlements.or(self.use_case.entitlements),
                msp_entitlements: use_case.msp_entitlements.or(self.use_case.msp_entitlements),
                sync_entitlements: use_case.sync_entitlements.or(self.use_case.sync_entitlements),
            },
        }
    }

    /// Whether refreshes can go like that.
    pub fn check(&self) -> Result<(), InvalidPlan> {
        if self.polls == Some(0) {
            return Err(InvalidPlan::NoPolls);
        }
        let too_long = |time: Option<Duration>| time.filter(|time| *time > LONGEST_DELAY);
        if let Some(delay) = too_long(self.delay) {
            return Err(InvalidPlan::DelayTooLong(delay));
        }
        too_long(self.appears_after).map_or(Ok(()), |time| Err(InvalidPlan::AppearsTooLate(time)))
    }
}

/// All that a policy says.
impl From<&RefreshPolicy> for RefreshPlan {
    fn from(policy: &RefreshPolicy) -> Self {
        let RefreshPolicy { progress, polls, delay, appears_after, outcome, error, while_running, use_case } =
            policy.clone();
        let ActivityError { code, message } = error;
        let UseCases { entitlements, msp_entitlements, sync_entitlements } = use_case;
        Self {
            progress: Some(progress),
            polls: Some(polls),
            delay: Some(delay),
            appears_after: Some(appears_after),
            outcome: Some(outcome),
            error: ErrorPlan { code: Some(code), message: Some(message) },
            while_running: Some(while_running),
            use_case: UseCasesPlan {
                entitlements: Some(entitlements),
                msp_entitlements: Some(msp_entitlements),
                sync_entitlements: Some(sync_entitlements),
            },
        }
    }
}

impl ErrorPlan {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl UseCasesPlan {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
