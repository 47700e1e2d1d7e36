//! `entitlements.json` and `msp-entitlements.json`: what tenants and MSPs have bought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Tenant, When};
use crate::model::{DeviceType, LicenseType, MspDeviceType, MspProduct};

/// `entitlements.json`: for each tenant, what it bought.
pub type Entitlements = BTreeMap<Tenant, Vec<EntitlementRow>>;

/// A purchase of a tenant, as GET /entitlements shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub quantity: i64,
    /// The first day on which the licences are valid.
    pub effective_date: When,
    /// The last day on which the licences are valid; grace comes after it.
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
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub alm_so_ent_quantity: Option<i64>,
}

/// `msp-entitlements.json`: for each MSP, its bulk pools.
pub type MspEntitlements = BTreeMap<Tenant, Vec<MspEntitlementRow>>;

/// A purchase of an MSP, as GET /mspEntitlements shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MspEntitlementRow {
    /// The licensing system's id, such as 358889502-1.
    pub id: String,
    /// The device category of the pool; absent for URL filtering.
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
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub quantity: i64,
    /// The first day on which the licences are valid.
    pub effective_date: When,
    /// The last day on which the licences are valid; grace comes after it.
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
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub alm_so_ent_quantity: Option<i64>,
}
