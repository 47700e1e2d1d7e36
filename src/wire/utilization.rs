//! Rows of POST /entitlements/utilizations/query. The reference leaves them open; the fields are
//! those that the vendor's UI reads (observed).

use serde::Serialize;
use utoipa::ToSchema;

use super::filters::usage_word;
use crate::{model::LicenseType, views::utilization::Utilization as View};

/// What POST /entitlements/utilizations/query answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AssignedEntitlementSummariesResponse)]
pub struct Utilizations {
    /// By licensing model, paid before trial.
    pub data: Vec<Utilization>,
}

/// Quantities against use, of one licensing model, trial or paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Utilization {
    /// SELF: licences given by an MSP. ASSIGNED: licences handed to customers.
    assigned_quantity: i64,
    /// Licences on top of the purchases.
    courtesy_quantity: i64,
    is_trial: bool,
    license_type: LicenseType,
    /// Licences bought.
    purchased_quantity: i64,
    /// All licences; of an MSP with courtesy.
    quantity: i64,
    /// The same as `remainingQuantity`.
    remaining_licenses: i64,
    /// What is left; negative when overdrawn.
    remaining_quantity: i64,
    /// SELF or ASSIGNED.
    usage_type: &'static str,
    /// SELF: licences that devices use. ASSIGNED: licences handed out, to itself too.
    used_quantity: i64,
    /// ASSIGNED: licences that the MSP handed to itself.
    used_quantity_for_own_assignment: i64,
}

impl Utilization {
    /// Builds the row that an answer contains.
    pub fn new(row: View) -> Self {
        let (quantity, remaining) = (row.quantity(), row.remaining());
        let View { usage, license_type, trial, purchased, courtesy, assigned, used, to_itself } = row;
        Self {
            assigned_quantity: assigned,
            courtesy_quantity: courtesy,
            is_trial: trial,
            license_type,
            purchased_quantity: purchased,
            quantity,
            remaining_licenses: remaining,
            remaining_quantity: remaining,
            usage_type: usage_word(usage),
            used_quantity: used,
            used_quantity_for_own_assignment: to_itself,
        }
    }
}
