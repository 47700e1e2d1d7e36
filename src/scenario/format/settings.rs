//! `scenario.json`: what the scenario is, and its settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Tenant, When};
use crate::model::RefreshPlan;

/// `scenario.json`: what the scenario is, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// How refreshes go, where they go another way than usual.
    #[serde(default)]
    pub refresh: RefreshPlan,
    /// How tokens are given out.
    #[serde(default)]
    pub auth: Auth,
    /// Rows to make up in addition to those in the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate: Option<Generate>,
}

/// The clock that a scenario starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(default)]
pub struct Policy {
    /// Days before expiry from which an INITIAL banner shows.
    #[schema(minimum = 0, maximum = 3650)]
    pub initial_days: i64,
    /// Days before expiry from which a CLOSE_TO_EXPIRATION banner shows.
    #[schema(minimum = 0, maximum = 3650)]
    pub close_days: i64,
    /// Days after expiry in which licences stay usable.
    pub grace_days: Grace,
    /// Days before expiry from which expiry mails go out.
    #[schema(minimum = 0, maximum = 3650)]
    pub mail_days: i64,
    /// The same of analytics licences.
    #[schema(minimum = 0, maximum = 3650)]
    pub analytics_mail_days: i64,
    /// What an MSP gets on top of its paid purchases, in percent, rounded up.
    #[schema(minimum = 0, maximum = 100)]
    pub courtesy_percent: i64,
    /// Purchases that start on or after this moment earn no courtesy.
    pub courtesy_until: When,
    /// Licences that a virtual edge uses.
    #[schema(minimum = 1, maximum = 1000)]
    pub licenses_per_virtual_edge: i64,
    /// The most rows that one assignment call may carry.
    #[schema(minimum = 1, maximum = 100_000)]
    pub max_rows_per_call: usize,
}

/// Days after expiry in which licences stay usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(default)]
pub struct Grace {
    /// Of paid licences.
    #[schema(minimum = 0, maximum = 3650)]
    pub paid: i64,
    /// Of trial licences.
    #[schema(minimum = 0, maximum = 3650)]
    pub trial: i64,
    /// Of paid analytics licences.
    #[schema(minimum = 0, maximum = 3650)]
    pub analytics: i64,
}

impl Default for Grace {
    fn default() -> Self {
        Self { paid: 60, trial: 0, analytics: 7 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            initial_days: 60,
            close_days: 7,
            grace_days: Grace::default(),
            mail_days: 30,
            analytics_mail_days: 7,
            courtesy_percent: 5,
            courtesy_until: When("2025-01-01".into()),
            licenses_per_virtual_edge: 5,
            max_rows_per_call: 500,
        }
    }
}

/// How tokens are given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(default)]
pub struct Auth {
    /// The life of a token, in seconds.
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub token_lifetime_seconds: i64,
    /// What wrong credentials get.
    pub wrong_credentials: WrongCredentials,
}

impl Default for Auth {
    fn default() -> Self {
        Self { token_lifetime_seconds: 7199, wrong_credentials: WrongCredentials::Unauthorized }
    }
}

/// What wrong credentials get: 401 `invalid_client`, or a 302 to a login page (observed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum WrongCredentials {
    Unauthorized,
    Redirect,
}

/// Rows to make up: the same ones every time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Generate {
    /// The MSP for which to make them up; it must stand in tenants.json.
    pub msp: Tenant,
    /// How many customers.
    #[schema(minimum = 1, maximum = 100_000)]
    pub customers: u32,
    /// How many assignments, dealt to the customers in turn.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub assignments: u32,
}
