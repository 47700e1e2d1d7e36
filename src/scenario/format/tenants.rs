//! `tenants.json`: tenants with their devices and API clients.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Tenant, When};
use crate::model::{DeviceType, TenantType, TokenFeature};

/// `tenants.json`: a list of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantRow {
    /// Unique in the file.
    pub id: Tenant,
    /// The name that people read.
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
    #[schema(default = gold)]
    pub tier: String,
    /// Account vertical.
    #[serde(default = "default_vertical")]
    #[schema(default = default_vertical)]
    pub vertical: String,
    /// Region: NA, EU or AS.
    #[serde(default = "north_america")]
    #[schema(default = north_america)]
    pub region: String,
    /// The devices of the tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceRow>,
    /// Who may get tokens for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientRow>,
    /// How it spends its solution tokens; features that are not named are enabled if its devices use them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_settings: Vec<TokenSettingRow>,
}

fn gold() -> String {
    "Gold".into()
}

fn default_vertical() -> String {
    "Default".into()
}

fn north_america() -> String {
    "NA".into()
}

/// What can be switched on for a tenant: device-agnostic SKUs, trial assignments at will, analytics, beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Feature {
    DeviceAgnostic,
    ExtendedTrial,
    Analytics,
    Beta,
}

/// Devices of one kind that came, and perhaps go, together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub count: i64,
    /// Since when they are active; a year ago if not said.
    #[serde(default = "a_year_ago")]
    #[schema(default = a_year_ago)]
    pub installed_date: When,
    /// From when on they no longer are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_date: Option<When>,
}

fn a_year_ago() -> When {
    When("today-1y".into())
}

/// How a tenant spends its solution tokens on a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenSettingRow {
    /// Which feature.
    pub feature_type: TokenFeature,
    /// Whether the tenant uses it.
    pub enabled: bool,
    /// Whether its use is limited.
    #[serde(default)]
    pub capped: bool,
    /// The most that may be used.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub max_quantity: i64,
}

/// Someone who may get tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Role {
    Admin,
    ReadOnly,
}
