//! Rows of assignments, old and new, and what writes on them answer.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Context, date::WireDate};
use crate::model::{self, AssignmentId, LicenseType, MspDeviceType, Status, TenantId};

/// A row of GET /assignments (observed; the older field names).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LegacyAssignment)]
pub struct LegacyAssignment<'a> {
    created_by: &'a str,
    date_assignment_created: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_assignment_revoked: Option<WireDate>,
    date_effective: WireDate,
    date_expires: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    id: AssignmentId,
    /// Who got it; the MSP itself for its own.
    msp_ec_tenant_id: TenantId,
    msp_tenant_id: TenantId,
    quantity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_by: Option<&'a str>,
    #[schema(value_type = String)]
    status: Status,
    trial_assignment: bool,
}

impl<'a> LegacyAssignment<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &'a model::Assignment, ctx: Context<'_>) -> Self {
        let status = row.status_at(ctx.now);
        let model::Assignment {
            id,
            msp,
            customer,
            product,
            trial,
            lot: _,
            quantity,
            period,
            created,
            created_by,
            revoked,
        } = row;
        Self {
            created_by,
            date_assignment_created: WireDate::recorded(*created, ctx.style),
            date_assignment_revoked: revoked.as_ref().map(|revoked| WireDate::recorded(revoked.at, ctx.style)),
            date_effective: WireDate::assigned(period.start, ctx.style),
            date_expires: WireDate::assigned(period.end, ctx.style),
            device_sub_type: product.sub_type(),
            device_type: product.device_type(),
            id: *id,
            msp_ec_tenant_id: *customer,
            msp_tenant_id: *msp,
            quantity: *quantity,
            revoked_by: revoked.as_ref().map(|revoked| &*revoked.by),
            status,
            trial_assignment: *trial,
        }
    }
}

/// An assignment as the documented operations show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment<'a> {
    created_by: &'a str,
    created_date: WireDate,
    effective_date: WireDate,
    expiration_date: WireDate,
    id: AssignmentId,
    is_trial: bool,
    #[schema(value_type = String)]
    license_type: LicenseType,
    quantity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_date: Option<WireDate>,
    #[schema(value_type = String)]
    status: Status,
}

impl<'a> Assignment<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &'a model::Assignment, ctx: Context<'_>) -> Self {
        let status = row.status_at(ctx.now);
        let model::Assignment {
            id,
            msp: _,
            customer: _,
            product,
            trial,
            lot: _,
            quantity,
            period,
            created,
            created_by,
            revoked,
        } = row;
        let date = |at| WireDate::listed(at, ctx.style);
        Self {
            created_by,
            created_date: date(*created),
            effective_date: date(period.start),
            expiration_date: date(period.end),
            id: *id,
            is_trial: *trial,
            license_type: product.tenant_license_type(),
            quantity: *quantity,
            revoked_by: revoked.as_ref().map(|revoked| &*revoked.by),
            revoked_date: revoked.as_ref().map(|revoked| date(revoked.at)),
            status,
        }
    }
}

/// A row of the assignment queries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueriedAssignment<'a> {
    #[serde(flatten)]
    row: Assignment<'a>,
    /// Observed.
    is_self_assignment: bool,
    /// The tier that it was made from (observed).
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<&'a str>,
}

impl<'a> QueriedAssignment<'a> {
    /// Builds the row that an answer contains.
    pub fn new(row: &'a model::Assignment, ctx: Context<'_>) -> Self {
        Self { row: Assignment::new(row, ctx), is_self_assignment: row.is_own(), sku_tier: row.lot.tier.as_deref() }
    }
}

/// What a write on an MSP's own assignments answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EntitlementAssignmentResp)]
pub struct Written<'a> {
    data: Assignment<'a>,
    message: &'static str,
    status: &'static str,
}

impl<'a> Written<'a> {
    /// An assignment as POST and PATCH answer it.
    pub fn new(row: &'a model::Assignment, ctx: Context<'_>) -> Self {
        Self { data: Assignment::new(row, ctx), message: "The assignment is on record.", status: "success" }
    }
}

/// What a write on /assignments answers on success.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssignmentOperationResponse)]
pub struct OperationResponse<'a> {
    /// Always true.
    pub success: bool,
    /// What was created.
    pub assignments: Vec<Assignment<'a>>,
    /// The request's id, which the vendor's UI expects of every write (observed).
    pub request_id: String,
}
