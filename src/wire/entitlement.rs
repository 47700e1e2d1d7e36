//! Rows of GET /entitlements and GET /mspEntitlements, and of POST /entitlements/query, which are the
//! same with more fields.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Context, date::WireDate, filters::usage_word};
use crate::{
    model::{self, BannerState, DeviceType, LicenseType, MspDeviceType, Status, is_msp_sku, is_r1_sku},
    views::{expiry, row::Row, selection::UsageType},
};

/// A row of licences that a tenant may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entitlement<'a> {
    /// Managed by the application licence manager.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_activation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_license_type: Option<LicenseType>,
    /// Licences of the sales order.
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_so_ent_quantity: Option<i64>,
    /// Licences of the row that devices use.
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_used_quantity: Option<i64>,
    /// Given by an MSP rather than bought.
    assigned_license: bool,
    created_date: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'a str>,
    device_type: DeviceType,
    /// The first second of use.
    effective_date: WireDate,
    /// The last expiry mail that went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    email_stage: Option<BannerState>,
    /// The last second of use.
    expiration_date: WireDate,
    /// An assignment beyond the usual ones, known by its SKU.
    extended_licenses_assignment: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<Cow<'a, str>>,
    /// Until when licences stay usable after expiry.
    grace_end_date: WireDate,
    /// Expired, grace not counted.
    historical: bool,
    id: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_desc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_name: Option<Cow<'a, str>>,
    /// The SKU is one for MSPs.
    msp_sku: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
    /// How many licences.
    quantity: i64,
    /// The SKU is of the RUCKUS One generation.
    r1_sku: bool,
    sku: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<&'a str>,
    /// Whether it is a trial.
    temp_license: bool,
    updated_date: WireDate,
}

impl<'a> Entitlement<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &Row<'a>, ctx: Context<'_>) -> Self {
        let date = |at| WireDate::listed(at, ctx.style);
        let (alm, purchase, sku) = (row.alm(), row.purchase(), row.sku());
        let (created, updated) = row.written();
        Self {
            alm: alm.is_some(),
            alm_activation_id: alm.map(|alm| &*alm.activation_id),
            alm_license_type: alm.map(|_| row.license_type),
            alm_so_ent_quantity: alm.map(|alm| alm.so_ent_quantity),
            alm_used_quantity: alm.map(|_| row.used),
            assigned_license: row.is_assigned(),
            created_date: date(created),
            device_sub_type: row.kind.sub_type,
            device_type: row.kind.device_type,
            effective_date: date(row.period.start),
            email_stage: row.email_stage(ctx.policy, ctx.now),
            expiration_date: date(row.period.end),
            extended_licenses_assignment: sku.ends_with("-EXT"),
            external_id: row.external_id(),
            grace_end_date: date(row.grace_end(ctx.policy)),
            historical: row.period.status_at(ctx.now) == Status::Expired,
            id: row.id(),
            license_desc: purchase.and_then(|row| row.license_desc.as_deref()),
            license_name: row.license_name(),
            msp_sku: is_msp_sku(sku),
            parent_id: purchase.and_then(|row| row.parent_id.as_deref()),
            quantity: row.quantity,
            r1_sku: is_r1_sku(sku),
            sku,
            sku_tier: row.tier(),
            temp_license: row.trial,
            updated_date: date(updated),
        }
    }
}

/// A purchase of an MSP.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEntitlement<'a> {
    /// Managed by the application licence manager.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_activation_id: Option<&'a str>,
    /// Licences of the sales order.
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_so_ent_quantity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    /// The first second of use.
    effective_date: WireDate,
    /// The last second of use.
    expiration_date: WireDate,
    id: &'a str,
    /// `r1Sku` as a string (sic).
    is_r1_sku: &'static str,
    is_trial: bool,
    /// When the last expiry mail went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_notification_date: Option<WireDate>,
    /// How many licences.
    quantity: i64,
    /// The SKU is of the RUCKUS One generation.
    r1_sku: bool,
    sku: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<&'a str>,
    #[schema(value_type = String, pattern = "^(FUTURE|VALID|EXPIRED)$")]
    status: Status,
}

impl<'a> MspEntitlement<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &'a model::MspEntitlement, ctx: Context<'_>) -> Self {
        let model::MspEntitlement { id, product, trial, sku, sku_tier, quantity, period, alm } = row;
        let date = |at| WireDate::listed(at, ctx.style);
        let r1_sku = is_r1_sku(sku);
        let mail_days = ctx.policy.mail_days(product.tenant_device_type());
        Self {
            alm: alm.is_some(),
            alm_activation_id: alm.as_ref().map(|alm| &*alm.activation_id),
            alm_so_ent_quantity: alm.as_ref().map(|alm| alm.so_ent_quantity),
            device_sub_type: product.sub_type(),
            device_type: product.device_type(),
            effective_date: date(period.start),
            expiration_date: date(period.end),
            id,
            is_r1_sku: if r1_sku { "true" } else { "false" },
            is_trial: *trial,
            last_notification_date: expiry::last_mail(*period, mail_days, ctx.now).map(date),
            quantity: *quantity,
            r1_sku,
            sku,
            sku_tier: sku_tier.as_deref(),
            status: period.status_at(ctx.now),
        }
    }
}

/// A row of POST /entitlements/query: all fields of the older row, and those that the vendor's UI asks for
/// (observed).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueriedEntitlement<'a> {
    #[serde(flatten)]
    row: Entitlement<'a>,
    license_type: LicenseType,
    /// FUTURE, VALID or EXPIRED.
    status: Status,
    /// SELF.
    usage_type: &'static str,
    /// `tempLicense` under the name of the newer rows.
    is_trial: bool,
    /// `r1Sku` once more, under the UI's name (sic).
    #[serde(rename = "isR1SKU")]
    is_r1_sku: bool,
}

impl<'a> QueriedEntitlement<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &Row<'a>, ctx: Context<'_>) -> Self {
        Self {
            license_type: row.license_type,
            status: row.period.status_at(ctx.now),
            usage_type: usage_word(UsageType::Own),
            is_trial: row.trial,
            is_r1_sku: is_r1_sku(row.sku()),
            row: Entitlement::new(row, ctx),
        }
    }
}

/// A purchase of an MSP, as a row of POST /entitlements/query.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueriedMspEntitlement<'a> {
    #[serde(flatten)]
    row: MspEntitlement<'a>,
    license_type: LicenseType,
    /// ASSIGNED.
    usage_type: &'static str,
    /// `r1Sku` once more, under the UI's name (sic).
    #[serde(rename = "isR1SKU")]
    is_r1_sku: bool,
    /// Until when licences stay usable after expiry.
    grace_end_date: WireDate,
}

impl<'a> QueriedMspEntitlement<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &'a model::MspEntitlement, ctx: Context<'_>) -> Self {
        Self {
            license_type: row.product.tenant_license_type(),
            usage_type: usage_word(UsageType::Assigned),
            is_r1_sku: is_r1_sku(&row.sku),
            grace_end_date: WireDate::listed(row.grace_end(ctx.policy), ctx.style),
            row: MspEntitlement::new(row, ctx),
        }
    }
}
