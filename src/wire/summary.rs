//! Rows of GET /entitlements/summaries, /mspEntitlements/summaries and /assignments/summaries, and
//! the envelopes of the first two.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AlmExtraInfo, Context,
    banner::{LicenseBanner, MspBanner},
    date::WireDate,
    entitlement::{Entitlement, MspEntitlement},
};
use crate::{
    model::{DeviceType, MspDeviceType, MspLicenseType},
    views::{msp_summary::MspSummary, summary::Summary},
};

/// What GET /entitlements/summaries answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InternalRefreshLicensesResponse)]
pub struct LicensesSummary<'a> {
    /// As GET /banners.
    pub banners: Vec<LicenseBanner<'a>>,
    /// As GET /entitlements.
    pub entitlements: Vec<Entitlement<'a>>,
    /// Quantities against use.
    pub summary: Vec<EntitlementOperationInfo<'a>>,
}

/// What GET /mspEntitlements/summaries answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MspEntitlementsRefreshData)]
pub struct MspSummaries<'a> {
    /// As GET /mspBanners.
    pub msp_entitlement_banners: Vec<MspBanner>,
    /// The bulk pools of the MSP, one row for each product and trial flag.
    pub msp_entitlement_summaries: Vec<MspEntitlementSummary>,
    /// As GET /mspEntitlements.
    pub msp_entitlements: Vec<MspEntitlement<'a>>,
}

/// Quantities against use, for one device type, sub type and trial flag.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntitlementOperationInfo<'a> {
    /// Active devices by type; empty on a trial row beside a paid one, which has them.
    active_device_count_map: BTreeMap<DeviceType, i64>,
    /// The application licence manager has a part in it.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_extra_info: Option<AlmExtraInfo>,
    /// Licences that an MSP assigned; of an MSP, those that it assigned to itself.
    assigned_licenses: i64,
    /// Of an MSP: paid licences left for customers; negative when overdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    available_paid_quantity_for_msp_ecs: Option<i64>,
    /// Of an MSP: trial licences left for customers; negative when overdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    available_trial_quantity_for_msp_ecs: Option<i64>,
    /// The older name of `closestLiceseQtty`.
    closest_license_quantity: i64,
    /// Licences that expire next (sic).
    closest_licese_qtty: i64,
    /// Of an MSP: licences on top of the purchases.
    #[serde(skip_serializing_if = "Option::is_none")]
    courtesy_quantity: Option<i64>,
    /// Licences in use.
    device_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'a str>,
    device_type: DeviceType,
    /// First second of the row that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_date: Option<WireDate>,
    /// The system's own error code; never set, the simulator has no such errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    /// Last second of the row that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<WireDate>,
    /// The first moment at which devices will be without a licence (sic).
    #[serde(skip_serializing_if = "Option::is_none")]
    future_of_compliance_date: Option<WireDate>,
    /// Licences that are then missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    future_out_of_compliance_devices: Option<i64>,
    /// The system's own remark; never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_desc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_name: Option<Cow<'a, str>>,
    /// Of an MSP: licences assigned to customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_ec_assigned_licenses: Option<i64>,
    /// Of an MSP, on trial rows: trial licences assigned to customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_ec_assigned_trial_licenses: Option<i64>,
    /// Devices without a licence.
    out_of_compliance_devices: i64,
    /// Licences bought; of an MSP, those of its pools.
    purchased_licenses: i64,
    /// Valid licences.
    quantity: i64,
    /// Days to the next expiry; negative once past.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_days: Option<i64>,
    /// Licences not in use; negative when devices outnumber them.
    remaining_quantity: i64,
    /// Of an MSP: licences left for customers, at least 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_quantity_for_msp_ecs: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    /// Counts trials.
    temp_license: bool,
    /// How many of these devices will be removed on a day already known.
    to_be_removed_device_count: i64,
    /// Of an MSP: what it has for itself and does not use.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_available_quantity_for_itself: Option<i64>,
    /// Trial licences, on trial rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    trial_quantity: Option<i64>,
}

impl<'a> EntitlementOperationInfo<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: Summary<'a>, ctx: Context<'_>) -> Self {
        let remaining = row.remaining();
        let out_of_compliance = row.out_of_compliance();
        let remaining_days = row.remaining_days(ctx.now);
        let Summary {
            device_type,
            device_sub_type,
            trial,
            quantity,
            purchased,
            assigned,
            used,
            devices,
            to_be_removed,
            leading,
            closest_quantity,
            future_shortfall,
            alm,
            pool,
        } = row;
        let date = |at| WireDate::summed(at, ctx.style);
        let free = pool.map(|pool| pool.free());
        Self {
            active_device_count_map: devices,
            alm: alm.is_some(),
            alm_extra_info: alm.map(Into::into),
            assigned_licenses: assigned,
            available_paid_quantity_for_msp_ecs: free.filter(|_| !trial),
            available_trial_quantity_for_msp_ecs: free.filter(|_| trial),
            closest_license_quantity: closest_quantity,
            closest_licese_qtty: closest_quantity,
            courtesy_quantity: pool.map(|pool| pool.courtesy),
            device_count: used,
            device_sub_type,
            device_type,
            effective_date: leading.map(|row| date(row.period.start)),
            error_code: None,
            expiration_date: leading.map(|row| date(row.period.end)),
            future_of_compliance_date: future_shortfall.map(|(at, _)| date(at)),
            future_out_of_compliance_devices: future_shortfall.map(|(_, devices)| devices),
            internal_message: None,
            license_desc: leading.and_then(|row| row.purchase()?.license_desc.as_deref()),
            license_name: leading.and_then(|row| row.license_name()),
            msp_ec_assigned_licenses: pool.map(|pool| pool.to_customers),
            msp_ec_assigned_trial_licenses: pool.filter(|_| trial).map(|pool| pool.to_customers),
            out_of_compliance_devices: out_of_compliance,
            purchased_licenses: purchased + pool.map_or(0, |pool| pool.purchased),
            quantity,
            remaining_days,
            remaining_quantity: remaining,
            remaining_quantity_for_msp_ecs: free.map(|free| free.max(0)),
            sku: leading.map(|row| row.sku()),
            temp_license: trial,
            to_be_removed_device_count: to_be_removed,
            total_available_quantity_for_itself: pool.map(|_| remaining),
            trial_quantity: trial.then_some(quantity),
        }
    }
}

/// One pool of an MSP, from the side of what was bought.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEntitlementSummary {
    /// Licences on top of the purchases.
    courtesy_quantity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    /// First second of the purchase that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_date: Option<WireDate>,
    /// Last second of the purchase that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<WireDate>,
    license_type: MspLicenseType,
    /// Licences of the valid purchases.
    quantity: i64,
    /// Days to the next expiry; negative once past.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_days: Option<i64>,
    /// What is left: quantity + courtesyQuantity - assigned; negative when overdrawn.
    remaining_licenses: i64,
    trial: bool,
}

impl MspEntitlementSummary {
    /// Builds the row that an answer contains.
    pub fn new(row: &MspSummary, ctx: Context<'_>) -> Self {
        let MspSummary { pool, sums, period } = row;
        Self {
            courtesy_quantity: sums.courtesy,
            device_sub_type: pool.product.sub_type(),
            device_type: pool.product.device_type(),
            effective_date: period.map(|period| WireDate::summed(period.start, ctx.style)),
            expiration_date: period.map(|period| WireDate::summed(period.end, ctx.style)),
            license_type: pool.product.license_type(pool.trial),
            quantity: sums.purchased,
            remaining_days: row.remaining_days(ctx.now),
            remaining_licenses: sums.free(),
            trial: pool.trial,
        }
    }
}

/// One pool of an MSP, from the side of what was handed out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentSummary {
    /// More has been handed out than was bought.
    courtesy_msp_entitlements_used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    license_type: MspLicenseType,
    /// Licences assigned to the MSP itself.
    my_assignments: i64,
    /// Licences assigned to customers (observed; the name suggests otherwise).
    quantity: i64,
    /// What is left; negative when overdrawn.
    remaining_devices: i64,
    trial: bool,
}

impl AssignmentSummary {
    /// Builds the row that an answer contains.
    pub fn new(row: &MspSummary) -> Self {
        let MspSummary { pool, sums, period: _ } = row;
        Self {
            courtesy_msp_entitlements_used: row.courtesy_used(),
            device_sub_type: pool.product.sub_type(),
            device_type: pool.product.device_type(),
            license_type: pool.product.license_type(pool.trial),
            my_assignments: sums.to_itself,
            quantity: sums.to_customers,
            remaining_devices: sums.free(),
            trial: pool.trial,
        }
    }
}
