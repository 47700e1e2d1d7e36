//! `assignments.json`: what MSPs have assigned.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Tenant, When};
use crate::model::{MspDeviceType, MspProduct};

/// `assignments.json`: a list of these, as GET /assignments shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentRow {
    /// Unique in the file.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub id: i64,
    /// Who gives.
    pub msp_tenant_id: Tenant,
    /// Who gets; the MSP itself for its own assignments.
    pub msp_ec_tenant_id: Tenant,
    /// The device category of the pool; absent for URL filtering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<MspDeviceType>,
    /// The variant, such as ICX76.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_sub_type: Option<String>,
    /// What it licenses; by device category and variant if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<MspProduct>,
    /// The SKU of the purchase that it was made from; one of the pool's if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Silver, Gold or Platinum; of the purchase that it was made from if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_tier: Option<String>,
    /// Out of the trial pool.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial_assignment: bool,
    /// How many licences.
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub quantity: i64,
    /// The first moment at which the licences are valid.
    pub date_effective: When,
    /// The last moment at which the licences are valid.
    pub date_expires: When,
    /// When it was made; its first moment if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_assignment_created: Option<When>,
    /// Who made it.
    #[serde(default = "someone")]
    #[schema(default = someone)]
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
