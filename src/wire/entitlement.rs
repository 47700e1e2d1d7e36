//! Rows of GET /entitlements and GET /mspEntitlements, and of POST /entitlements/query, which are the
//! same with more fields.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Context, Style,
    date::Date,
    query::{Row, usage_word},
};
use crate::{
    model::{self, BannerState, DeviceType, LicenseType, MspDeviceType, Status, is_msp_sku, is_r1_sku},
    views::{self, selection::UsageType},
};

/// A row of licences that a tenant may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entitlement {
    /// Managed by the application licence manager.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_activation_id: Option<String>,
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
    created_date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    device_type: DeviceType,
    /// The first second of use.
    effective_date: Date,
    /// The last expiry mail that went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    email_stage: Option<BannerState>,
    /// The last second of use.
    expiration_date: Date,
    /// An assignment beyond the usual ones, known by its SKU.
    extended_licenses_assignment: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Until when licences stay usable after expiry.
    grace_end_date: Date,
    /// Expired, grace not counted.
    historical: bool,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_desc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_name: Option<String>,
    /// The SKU is one for MSPs.
    msp_sku: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    /// How many licences.
    quantity: i64,
    /// The SKU is of the RUCKUS One generation.
    r1_sku: bool,
    sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<String>,
    /// A trial.
    temp_license: bool,
    updated_date: Date,
}

impl Entitlement {
    /// The row; `used` is how many of its licences devices use.
    pub fn new(row: model::Entitlement, used: i64, ctx: Context<'_>) -> Self {
        let email_stage = views::entitlement::email_stage(&row, ctx.policy, ctx.now);
        let grace_end = row.grace_end(ctx.policy);
        let model::Entitlement {
            id,
            device_type,
            device_sub_type,
            license_type,
            sku,
            sku_tier,
            quantity,
            trial,
            assigned,
            period,
            created,
            updated,
            license_name,
            license_desc,
            external_id,
            parent_id,
            alm,
        } = row;
        let date = |at| Date::listed(at, ctx.style);
        Self {
            alm: alm.is_some(),
            alm_activation_id: alm.as_ref().map(|alm| alm.activation_id.to_string()),
            alm_license_type: alm.as_ref().map(|_| license_type),
            alm_so_ent_quantity: alm.as_ref().map(|alm| alm.so_ent_quantity),
            alm_used_quantity: alm.as_ref().map(|_| used),
            assigned_license: assigned,
            created_date: date(created),
            device_sub_type: device_sub_type.map(|s| s.to_string()),
            device_type,
            effective_date: date(period.start),
            email_stage,
            expiration_date: date(period.end),
            extended_licenses_assignment: sku.ends_with("-EXT"),
            external_id: external_id.map(|s| s.to_string()),
            grace_end_date: date(grace_end),
            historical: period.status_at(ctx.now) == Status::Expired,
            id: id.to_string(),
            license_desc: license_desc.map(|s| s.to_string()),
            license_name: license_name.map(|s| s.to_string()),
            msp_sku: is_msp_sku(&sku),
            parent_id: parent_id.map(|s| s.to_string()),
            quantity,
            r1_sku: is_r1_sku(&sku),
            sku: sku.to_string(),
            sku_tier: sku_tier.map(|s| s.to_string()),
            temp_license: trial,
            updated_date: date(updated),
        }
    }
}

/// A purchase of an MSP.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEntitlement {
    /// Managed by the application licence manager.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_activation_id: Option<String>,
    /// Licences of the sales order.
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_so_ent_quantity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    /// The first second of use.
    effective_date: Date,
    /// The last second of use.
    expiration_date: Date,
    id: String,
    /// `r1Sku` as a string (sic).
    is_r1_sku: String,
    is_trial: bool,
    /// When the last expiry mail went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_notification_date: Option<Date>,
    /// How many licences.
    quantity: i64,
    /// The SKU is of the RUCKUS One generation.
    r1_sku: bool,
    sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<String>,
    #[schema(value_type = String, pattern = "^(FUTURE|VALID|EXPIRED)$")]
    status: Status,
}

impl MspEntitlement {
    /// The row.
    pub fn new(row: &model::MspEntitlement, ctx: Context<'_>) -> Self {
        let model::MspEntitlement { id, product, trial, sku, sku_tier, quantity, period, alm } = row;
        let date = |at| Date::listed(at, ctx.style);
        let r1_sku = is_r1_sku(sku);
        Self {
            alm: alm.is_some(),
            alm_activation_id: alm.as_ref().map(|alm| alm.activation_id.to_string()),
            alm_so_ent_quantity: alm.as_ref().map(|alm| alm.so_ent_quantity),
            device_sub_type: product.sub_type().map(Into::into),
            device_type: product.device_type(),
            effective_date: date(period.start),
            expiration_date: date(period.end),
            id: id.to_string(),
            is_r1_sku: r1_sku.to_string(),
            is_trial: *trial,
            last_notification_date: views::entitlement::last_notification(row, ctx.policy, ctx.now).map(date),
            quantity: *quantity,
            r1_sku,
            sku: sku.to_string(),
            sku_tier: sku_tier.as_ref().map(ToString::to_string),
            status: period.status_at(ctx.now),
        }
    }
}

/// A row of POST /entitlements/query: all fields of the older row `R`, and those that the vendor's UI
/// asks for (observed).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queried<R> {
    #[serde(flatten)]
    row: R,
    license_type: LicenseType,
    /// FUTURE, VALID or EXPIRED; rows of an MSP have it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// SELF or ASSIGNED.
    usage_type: &'static str,
    /// A trial; rows of an MSP have it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_trial: Option<bool>,
    /// `r1Sku` once more, under the UI's name (sic).
    #[serde(rename = "isR1SKU")]
    is_r1_sku: bool,
    /// Until when licences stay usable after expiry; rows of a tenant have it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    grace_end_date: Option<Date>,
}

/// The fields of the rows of POST /entitlements/query.
pub const QUERIED: &[&str] = &[
    "alm",
    "almActivationId",
    "almLicenseType",
    "almSoEntQuantity",
    "almUsedQuantity",
    "assignedLicense",
    "createdDate",
    "deviceSubType",
    "deviceType",
    "effectiveDate",
    "emailStage",
    "expirationDate",
    "extendedLicensesAssignment",
    "externalId",
    "graceEndDate",
    "historical",
    "id",
    "isR1SKU",
    "isR1Sku",
    "isTrial",
    "lastNotificationDate",
    "licenseDesc",
    "licenseName",
    "licenseType",
    "mspSku",
    "parentId",
    "quantity",
    "r1Sku",
    "sku",
    "skuTier",
    "status",
    "tempLicense",
    "updatedDate",
    "usageType",
];

/// A row of a tenant, for a query.
pub fn queried(row: &model::Entitlement, used: i64, ctx: Context<'_>) -> Row {
    let make = |ctx: Context<'_>| Queried {
        license_type: row.license_type,
        status: Some(row.period.status_at(ctx.now)),
        usage_type: usage_word(UsageType::Own),
        is_trial: Some(row.trial),
        is_r1_sku: is_r1_sku(&row.sku),
        grace_end_date: None,
        row: Entitlement::new(row.clone(), used, ctx),
    };
    Row::new(&make(ctx), &make(Context { style: Style::Documented, ..ctx }))
}

/// A purchase of an MSP, for a query.
pub fn queried_pool(row: &model::MspEntitlement, ctx: Context<'_>) -> Row {
    let make = |ctx: Context<'_>| Queried {
        license_type: row.product.tenant_license_type(),
        status: None,
        usage_type: usage_word(UsageType::Assigned),
        is_trial: None,
        is_r1_sku: is_r1_sku(&row.sku),
        grace_end_date: Some(Date::listed(row.period.end + ctx.policy.grace(row.trial), ctx.style)),
        row: MspEntitlement::new(row, ctx),
    };
    Row::new(&make(ctx), &make(Context { style: Style::Documented, ..ctx }))
}
