//! The fixture files as types. The JSON Schemas for editors, and the strict check, are generated from
//! them, so this file is the format.
//!
//! Rows use the API's own field names, so that a captured response can be pasted in. What a capture
//! has beyond these fields is listed in [`computed`]: the simulator computes it, and says so in a note.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::model::{Audience, DeviceType, LicenseType, MspDeviceType, MspProduct, TenantType};

/// A moment: absolute in any of the API's shapes, or relative to the clock at the time of loading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct When(pub String);

/// A stretch of time such as `2s`, `500ms` or `1m`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(pub String);

/// A tenant's id: 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenant(pub String);

pub(super) fn delta(text: &Duration) -> TimeDelta {
    humantime::parse_duration(&text.0).ok().and_then(|d| TimeDelta::from_std(d).ok()).unwrap_or_default()
}

/// A stretch of time as people write it.
pub fn stretch(delta: TimeDelta) -> Duration {
    Duration(humantime::format_duration(delta.to_std().unwrap_or_default()).to_string())
}

pub(super) fn when(at: DateTime<Utc>) -> When {
    When(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

impl JsonSchema for When {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "r1-when",
            "description": "A date (2026-01-31, 2026-01-31T12:00:00Z, or another shape that the API uses), or one relative to the clock when the scenario is loaded: today-90d, today+1y, now+36h (units y, mo, w, d, h, m, s)."
        })
    }
}

impl JsonSchema for Duration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "r1-duration", "description": "A stretch of time: 2s, 500ms, 1m." })
    }
}

impl JsonSchema for Tenant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tenant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "r1-tenant", "pattern": "^[0-9a-f]{32}$", "description": "A tenant's id: 32 lower-case hexadecimal digits." })
    }
}

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
            delay: Duration("2s".into()),
            appears_after: Duration("0s".into()),
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

/// `tenants.json`: a list of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantRow {
    /// Its id.
    pub id: Tenant,
    /// Its name.
    pub name: String,
    /// What kind of customer it is.
    #[serde(rename = "type")]
    pub kind: TenantType,
    /// The MSP that looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Tenant>,
    /// Its number in the licensing system; leave it out for a tenant without subscription data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement_id: Option<String>,
    /// What is switched on for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// Account tier.
    #[serde(default = "gold")]
    pub tier: String,
    /// Account vertical.
    #[serde(default = "default_vertical")]
    pub vertical: String,
    /// Region.
    #[serde(default = "us")]
    pub region: String,
    /// Its devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceRow>,
    /// Who may get tokens for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientRow>,
}

fn gold() -> String {
    "Gold".into()
}

fn default_vertical() -> String {
    "Default".into()
}

fn us() -> String {
    "US".into()
}

/// What can be switched on for a tenant: device-agnostic SKUs, trial assignments at will, analytics, beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Feature {
    DeviceAgnostic,
    ExtendedTrial,
    Analytics,
    Beta,
}

/// Devices of one kind that came, and perhaps go, together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceRow {
    /// Their type.
    pub device_type: DeviceType,
    /// Their variant, such as ICX76.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_sub_type: Option<String>,
    /// Their model, such as R750.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How many.
    #[schemars(range(min = 0, max = 10_000_000))]
    pub count: i64,
    /// Since when they are active; a year ago if not said.
    #[serde(default = "a_year_ago")]
    pub installed_date: When,
    /// From when on they no longer are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_date: Option<When>,
}

fn a_year_ago() -> When {
    When("today-1y".into())
}

/// Someone who may get tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientRow {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: String,
    /// What it may do.
    pub role: Role,
}

/// What an API client may do: everything, or reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Role {
    Admin,
    ReadOnly,
}

/// `entitlements.json`: for each tenant, what it bought.
pub type Entitlements = BTreeMap<Tenant, Vec<EntitlementRow>>;

/// A purchase of a tenant, as GET /entitlements shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntitlementRow {
    /// The licensing system's id, such as 358889502-1.
    pub id: String,
    /// What it licenses.
    pub device_type: DeviceType,
    /// The variant, such as ICX76.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_sub_type: Option<String>,
    /// The licensing model; by the device type if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<LicenseType>,
    /// Stock keeping unit.
    pub sku: String,
    /// Silver, Gold or Platinum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_tier: Option<String>,
    /// How many licences.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub quantity: i64,
    /// The first day.
    pub effective_date: When,
    /// The last day.
    pub expiration_date: When,
    /// When the row came to be; its first day if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<When>,
    /// When it last changed; when it came to be if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_date: Option<When>,
    /// Trial or not; by the SKU if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp_license: Option<bool>,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_name: Option<String>,
    /// Description for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_desc: Option<String>,
    /// The id of another licensing system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The row above this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// Managed by the application licence manager.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alm: bool,
    /// The activation's id, for rows so managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alm_activation_id: Option<String>,
    /// The quantity of the sales order, for rows so managed; the row's quantity if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000_000))]
    pub alm_so_ent_quantity: Option<i64>,
}

/// `msp-entitlements.json`: for each MSP, its bulk pools.
pub type MspEntitlements = BTreeMap<Tenant, Vec<MspEntitlementRow>>;

/// A purchase of an MSP, as GET /mspEntitlements shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MspEntitlementRow {
    /// The licensing system's id, such as 358889502-1.
    pub id: String,
    /// The device category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<MspDeviceType>,
    /// The variant, such as ICX76.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_sub_type: Option<String>,
    /// What the pool holds; by device category and variant if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<MspProduct>,
    /// Stock keeping unit.
    pub sku: String,
    /// Silver, Gold or Platinum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_tier: Option<String>,
    /// How many licences.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub quantity: i64,
    /// The first day.
    pub effective_date: When,
    /// The last day.
    pub expiration_date: When,
    /// Trial or not; by the SKU if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_trial: Option<bool>,
    /// Managed by the application licence manager.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alm: bool,
    /// The activation's id, for rows so managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alm_activation_id: Option<String>,
    /// The quantity of the sales order, for rows so managed; the row's quantity if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000_000))]
    pub alm_so_ent_quantity: Option<i64>,
}

/// `assignments.json`: a list of these, as GET /assignments shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentRow {
    /// Its number.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub id: i64,
    /// Who gives.
    pub msp_tenant_id: Tenant,
    /// Who gets; the MSP itself for its own assignments.
    pub msp_ec_tenant_id: Tenant,
    /// The device category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<MspDeviceType>,
    /// The variant, such as ICX76.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_sub_type: Option<String>,
    /// What it licenses; by device category and variant if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<MspProduct>,
    /// Out of the trial pool.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial_assignment: bool,
    /// How many licences.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub quantity: i64,
    /// The first moment.
    pub date_effective: When,
    /// The last moment.
    pub date_expires: When,
    /// When it was made; its first moment if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_assignment_created: Option<When>,
    /// Who made it.
    #[serde(default = "someone")]
    pub created_by: String,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_assignment_revoked: Option<When>,
    /// Who took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

fn someone() -> String {
    "admin@msp.example".into()
}

/// `licensing.json`: for each tenant, the successive revisions that refreshes take over.
pub type Licensing = BTreeMap<Tenant, Vec<RevisionRow>>;

/// How the licensing system's list differs from the revision before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RevisionRow {
    /// What happened, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Purchases that are new, or replace the one of the same id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_entitlements: Vec<EntitlementRow>,
    /// Pools that are new, or replace the one of the same id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_msp_entitlements: Vec<MspEntitlementRow>,
    /// Changed quantities and dates of purchases or pools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub change: Vec<ChangeRow>,
    /// Ids of purchases or pools that are gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// Changed quantities and dates of a purchase or pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRow {
    /// Which one.
    pub id: String,
    /// How many licences from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub quantity: Option<i64>,
    /// The first day from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_date: Option<When>,
    /// The last day from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<When>,
}

/// `attention-notes.json`: a list of these, as POST /entitlements/attentionNotes/query shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttentionNoteRow {
    /// Its id.
    pub id: String,
    /// What it is about, such as STOP_COURTESY.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it is for.
    #[serde(default = "everyone")]
    pub tenant_type: Audience,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The first day on which it is shown.
    pub start_date: When,
    /// The last day.
    pub end_date: When,
    /// The headline.
    pub summary: String,
    /// The text.
    pub details: String,
    /// When it was written; its first day if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<When>,
    /// When it last changed; when it was written if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_date: Option<When>,
}

fn everyone() -> Audience {
    Audience::All
}

fn yes() -> bool {
    true
}

/// `overrides.json`: a list of verbatim answers that take the place of computed ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverrideRow {
    /// Method and path, such as `GET /banners`.
    #[schemars(regex(pattern = r"^(GET|POST|PATCH|DELETE) /"))]
    pub operation: String,
    /// Exactly these parameters, in any order, such as `page=1&q=a%20b`; none if empty, any if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// For this tenant only; for all if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// The status.
    #[serde(default = "ok")]
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// The body; none, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<serde_json::Value>,
}

/// The parameters of a request, written as in an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Query(pub String);

impl Query {
    /// Whether another query has the same parameters, in whatever order.
    pub fn is(&self, other: &str) -> bool {
        let parameters = |text: &str| {
            let mut pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            pairs.sort();
            pairs
        };
        parameters(&self.0) == parameters(other)
    }
}

fn ok() -> u16 {
    200
}

/// The fields of captured responses that the simulator computes and therefore ignores in a fixture.
pub mod computed {
    /// Of a row of GET /entitlements.
    pub const ENTITLEMENT: &[&str] = &[
        "almLicenseType",
        "almUsedQuantity",
        "assignedLicense",
        "emailStage",
        "extendedLicensesAssignment",
        "graceEndDate",
        "historical",
        "isR1Sku",
        "mspSku",
        "r1Sku",
        "status",
        "tenantId",
    ];
    /// Of a row of GET /mspEntitlements.
    pub const MSP_ENTITLEMENT: &[&str] =
        &["createdDate", "isR1Sku", "lastNotificationDate", "name", "r1Sku", "status", "tenantId", "updatedDate"];
    /// Of an attention note.
    pub const ATTENTION_NOTE: &[&str] = &["status"];
    /// Of a row of GET /assignments.
    pub const ASSIGNMENT: &[&str] = &["ownAssignment", "status"];
}
