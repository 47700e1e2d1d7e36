//! `scenario.json`: what the scenario is, and its settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Tenant, When};
use crate::support::duration::Duration;

/// `scenario.json`: what the scenario is, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// Where editors find the schema of this file.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// A line for lists.
    pub title: String,
    /// What the scenario is good for.
    pub description: String,
    /// Who a caller is who brings no token.
    pub default_tenant: Tenant,
    /// The clock that the scenario starts with.
    #[serde(default)]
    pub clock: Clock,
    /// The numbers behind the licensing rules.
    #[serde(default)]
    pub policy: Policy,
    /// How refreshes go.
    #[serde(default)]
    pub refresh: Refresh,
    /// How tokens are given out.
    #[serde(default)]
    pub auth: Auth,
    /// Rows to make up in addition to those in the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate: Option<Generate>,
}

/// The clock that a scenario starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Clock {
    /// What it shows at the start; real time if not said. Absolute only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<When>,
    /// Whether it stands still.
    #[serde(default)]
    pub frozen: bool,
}

/// The numbers behind the licensing rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// Days before expiry from which an INITIAL banner shows.
    #[schemars(range(min = 0, max = 3650))]
    pub initial_days: i64,
    /// Days before expiry from which a CLOSE_TO_EXPIRATION banner shows.
    #[schemars(range(min = 0, max = 3650))]
    pub close_days: i64,
    /// Days after expiry in which licences stay usable.
    pub grace_days: Grace,
    /// What an MSP gets on top of its paid purchases, in percent, rounded up.
    #[schemars(range(min = 0, max = 100))]
    pub courtesy_percent: i64,
    /// Purchases that start on or after this moment earn no courtesy.
    pub courtesy_until: When,
    /// Licences that a virtual edge uses.
    #[schemars(range(min = 1, max = 1000))]
    pub licenses_per_virtual_edge: i64,
    /// The most rows that one assignment call may carry.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_rows_per_call: usize,
}

/// Days after expiry in which licences stay usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Grace {
    /// Of paid licences.
    #[schemars(range(min = 0, max = 3650))]
    pub paid: i64,
    /// Of trial licences.
    #[schemars(range(min = 0, max = 3650))]
    pub trial: i64,
}

impl Default for Grace {
    fn default() -> Self {
        Self { paid: 30, trial: 7 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            initial_days: 60,
            close_days: 7,
            grace_days: Grace::default(),
            courtesy_percent: 5,
            courtesy_until: When("2025-01-01".into()),
            licenses_per_virtual_edge: 5,
            max_rows_per_call: 500,
        }
    }
}

/// How refreshes from the licensing system go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Refresh {
    /// From the 202 to the end of the activity.
    pub delay: Duration,
    /// From the 202 to the first moment at which the activity can be found.
    pub appears_after: Duration,
    /// What makes it end.
    pub progress: Progress,
    /// With progress POLLS: after how many times that the activity was asked for.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub polls: u32,
    /// How it ends.
    pub outcome: Outcome,
    /// What the activity says when it fails.
    pub error: ErrorText,
    /// What a second refresh gets while one is running.
    pub while_running: WhileRunning,
    /// What the UI recognises the activity by.
    pub use_case: UseCase,
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            delay: Duration::seconds(2),
            appears_after: Duration::ZERO,
            progress: Progress::Time,
            polls: 3,
            outcome: Outcome::Success,
            error: ErrorText::default(),
            while_running: WhileRunning::Accept,
            use_case: UseCase::default(),
        }
    }
}

/// What makes a refresh end: the delay has passed, its activity was asked for so many times, or somebody
/// says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Progress {
    Time,
    Polls,
    Hand,
}

/// How a refresh ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Outcome {
    Success,
    Fail,
    Hang,
}

/// What a second refresh gets while one is running: its own 202, or 423 Locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum WhileRunning {
    Accept,
    Refuse,
}

/// A code and a message of the vendor's kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ErrorText {
    /// The code, such as `ENTITLEMENT-10001`.
    pub code: String,
    /// What an administrator would read.
    pub message: String,
}

impl Default for ErrorText {
    fn default() -> Self {
        Self { code: "ENTITLEMENT-10001".into(), message: "The licensing system could not be reached.".into() }
    }
}

/// What the UI recognises refresh activities by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UseCase {
    /// After GET /entitlements/summaries.
    pub entitlements: String,
    /// After GET /mspEntitlements/summaries.
    pub msp_entitlements: String,
    /// After PATCH /entitlements.
    pub sync_entitlements: String,
}

impl Default for UseCase {
    fn default() -> Self {
        let msp = "MSP license refresh flow";
        Self { entitlements: "Refresh License".into(), msp_entitlements: msp.into(), sync_entitlements: msp.into() }
    }
}

/// How tokens are given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Auth {
    /// The life of a token, in seconds.
    #[schemars(range(min = 1, max = 31_536_000))]
    pub token_lifetime_seconds: i64,
    /// What wrong credentials get.
    pub wrong_credentials: WrongCredentials,
}

impl Default for Auth {
    fn default() -> Self {
        Self { token_lifetime_seconds: 7199, wrong_credentials: WrongCredentials::Unauthorized }
    }
}

/// What wrong credentials get: 401 `invalid_client`, or, as was seen live, a 302 to a login page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum WrongCredentials {
    Unauthorized,
    Redirect,
}

/// Rows to make up: the same ones every time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Generate {
    /// The MSP for which to make them up; it must stand in tenants.json.
    pub msp: Tenant,
    /// How many customers.
    #[schemars(range(min = 1, max = 100_000))]
    pub customers: u32,
    /// How many assignments, dealt to the customers in turn.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub assignments: u32,
}
