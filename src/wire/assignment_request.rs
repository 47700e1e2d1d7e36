//! What writes on assignments take.
//!
//! The requests on /assignments are those of the vendor's UI (observed): POST sends one period and several
//! rows, PATCH and DELETE send lists. Unknown keys are ignored.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::ToSchema;

use super::date;
use crate::model::{
    AssignmentChange, AssignmentId, LicenseType, MspDeviceType, MspProduct, NewAssignment, Period, TenantId, Wanted,
};

/// POST /tenants/self/entitlements/assignments.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateAssignmentReq)]
pub struct CreateRequest {
    /// First day or moment.
    effective_date: String,
    /// Last day or moment.
    expiration_date: String,
    /// A licensing model, or the word of a pool.
    license_type: String,
    /// How many licences.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    quantity: i64,
    /// Out of the trial pool.
    trial: Option<bool>,
    /// Silver, Gold or Platinum; any if not given. Not in the reference (chosen).
    sku_tier: Option<String>,
}

/// PATCH /tenants/self/entitlements/assignments/{id}: both (documented).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UpdateAssignmentReq)]
pub struct UpdateRequest {
    /// Last day or moment from now on.
    expiration_date: String,
    /// How many licences from now on.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    quantity: i64,
}

impl CreateRequest {
    /// What an MSP asks for itself.
    pub fn wanted(&self, msp: TenantId) -> Result<NewAssignment, BadInput> {
        let unknown = || bad("licenseType".into(), LICENSE_TYPE, format!("\"{}\"", self.license_type));
        Ok(NewAssignment {
            customer: msp,
            wanted: wanted(&self.license_type).ok_or_else(unknown)?,
            trial: self.trial.unwrap_or_default(),
            tier: tier(self.sku_tier.as_deref()),
            quantity: quantity(self.quantity, "quantity".into())?,
            period: Period {
                start: given(&self.effective_date, "effectiveDate".into())?.as_start(),
                end: given(&self.expiration_date, "expirationDate".into())?.as_end(),
            },
        })
    }
}

impl UpdateRequest {
    /// What is asked for.
    pub fn change(&self, id: AssignmentId) -> Result<AssignmentChange, BadInput> {
        Ok(AssignmentChange {
            id,
            quantity: Some(quantity(self.quantity, "quantity".into())?),
            start: None,
            end: Some(given(&self.expiration_date, "expirationDate".into())?.as_end()),
        })
    }
}

/// A row of DELETE /assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RevocationACXRequest)]
pub struct RevokeRequest {
    /// Which assignment.
    pub assignment_id: AssignmentId,
}

/// POST /assignments: rows over one period, for the MSP itself or one of its customers.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LegacyAssignmentRequest)]
pub struct AssignRequest {
    /// For the MSP itself. The default, unless a customer is named.
    own_assignments: Option<bool>,
    /// The customer, if not the MSP itself.
    msp_ec_tenant_id: Option<String>,
    /// First day or moment; now if not said.
    start_date: Option<String>,
    /// Last day or moment.
    end_date: Option<String>,
    assignments: Vec<AssignRow>,
}

/// A row of POST /assignments.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LegacyAssignmentRow)]
pub struct AssignRow {
    /// The customer, if another than the call's.
    msp_ec_tenant_id: Option<String>,
    /// What it shall license, with `deviceSubtype`.
    device_type: Option<MspDeviceType>,
    /// The variant (sic: not `deviceSubType` in requests of the UI; both are read).
    #[serde(alias = "deviceSubType")]
    device_subtype: Option<String>,
    /// What it shall license, if not said by device type.
    license_type: Option<MspProduct>,
    /// How many licences; a row of zero is ignored.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    quantity: i64,
    /// Silver, Gold or Platinum; any if not given (chosen).
    sku_tier: Option<String>,
    /// Out of the trial pool (observed as `useTemporaryMspEntitlement` and as `isTrial`).
    use_temporary_msp_entitlement: Option<bool>,
    is_trial: Option<bool>,
    /// First and last day or moment, if other than the call's.
    start_date: Option<String>,
    end_date: Option<String>,
}

/// A row of PATCH /assignments; what is not given stays, and so does a start that is given empty, as the UI does.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LegacyAssignmentChange)]
pub struct ChangeRequest {
    /// Which assignment.
    assignment_id: AssignmentId,
    /// How many licences from now on; zero revokes the assignment.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    quantity: Option<i64>,
    /// First day or moment from now on.
    start_date: Option<String>,
    /// Last day or moment from now on.
    end_date: Option<String>,
}

/// What is wrong with a request that is JSON of the right shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: expected {expected}, found {found}")]
pub struct BadInput {
    /// Where, such as `assignments[0].quantity`.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
    /// What was found there.
    pub found: String,
}

/// What stands where a date was expected.
pub(super) const DATE: &str = "a date such as 2024-01-22 or 2024-01-22 15:08:10Z";
const QUANTITY: &str = "a whole number from 0 to 2147483647";
const TENANT: &str = "a tenant id of 32 lower-case hexadecimal digits";
const LICENSE_TYPE: &str = "APSW, URLF, EDGE_SECS, EDGE_SECL, SLTN_TOKEN, or the word of a pool such as MSP_WIFI";
const PRODUCT: &str = "a deviceType with one of its variants, or a licenseType";

impl AssignRequest {
    /// What is asked for, for an MSP at a moment.
    pub fn wanted(&self, msp: TenantId, now: chrono::DateTime<chrono::Utc>) -> Result<Vec<NewAssignment>, BadInput> {
        let customer = match (&self.msp_ec_tenant_id, self.own_assignments) {
            (Some(customer), None | Some(false)) => tenant(customer, "mspEcTenantId")?,
            (None | Some(_), _) => msp,
        };
        let wanted = self.assignments.iter().enumerate().map(|(n, row)| {
            let at = |field: &str| format!("assignments[{n}].{field}");
            let start = row.start_date.as_deref().or(self.start_date.as_deref()).filter(|text| !text.is_empty());
            let end = row.end_date.as_deref().or(self.end_date.as_deref()).unwrap_or_default();
            let start = start.map(|text| given(text, at("startDate"))).transpose()?.map_or(now, date::Given::as_start);
            Ok(NewAssignment {
                customer: row
                    .msp_ec_tenant_id
                    .as_ref()
                    .map_or(Ok(customer), |text| tenant(text, &at("mspEcTenantId")))?,
                wanted: row.product().ok_or_else(|| {
                    bad(at("deviceType"), PRODUCT, row.device_subtype.as_deref().unwrap_or("nothing"))
                })?,
                trial: row.use_temporary_msp_entitlement.or(row.is_trial).unwrap_or_default(),
                tier: tier(row.sku_tier.as_deref()),
                quantity: quantity(row.quantity, at("quantity"))?,
                period: Period { start, end: given(end, at("endDate"))?.as_end() },
            })
        });
        wanted.collect()
    }
}

/// A tier; an empty one is not given, as forms send it.
fn tier(given: Option<&str>) -> Option<Arc<str>> {
    given.filter(|tier| !tier.is_empty()).map(Into::into)
}

/// What a licence type asks for: any product of a licensing model, or the product of a pool's own word.
fn wanted(word: &str) -> Option<Wanted> {
    match word.parse() {
        Ok(LicenseType::Unknown) => None,
        Ok(model) => Some(Wanted::Model(model)),
        Err(_) => word.parse().ok().map(Wanted::Product),
    }
}

impl AssignRow {
    fn product(&self) -> Option<Wanted> {
        match (self.license_type, self.device_type, self.device_subtype.as_deref()) {
            (Some(product), _, _) => Some(Wanted::Product(product)),
            (None, Some(MspDeviceType::MspSwitch), None) => Some(Wanted::Any(MspDeviceType::MspSwitch)),
            (None, Some(device_type), sub_type) => MspProduct::from_device(device_type, sub_type).map(Wanted::Product),
            (None, None, _) => None,
        }
    }
}

impl ChangeRequest {
    /// What is asked for; `n` is the row's place in the call.
    pub fn change(&self, n: usize) -> Result<AssignmentChange, BadInput> {
        let at = |field: &str| format!("[{n}].{field}");
        let date = |text: Option<&str>, field| text.map(|text| given(text, at(field))).transpose();
        let start = self.start_date.as_deref().filter(|text| !text.is_empty());
        Ok(AssignmentChange {
            id: self.assignment_id,
            quantity: self.quantity.map(|number| quantity(number, at("quantity"))).transpose()?,
            start: date(start, "startDate")?.map(date::Given::as_start),
            end: date(self.end_date.as_deref(), "endDate")?.map(date::Given::as_end),
        })
    }
}

fn bad(path: String, expected: &'static str, found: impl Into<String>) -> BadInput {
    BadInput { path, expected, found: found.into() }
}

pub(super) fn given(text: &str, path: String) -> Result<date::Given, BadInput> {
    date::parse(text).ok_or_else(|| bad(path, DATE, format!("\"{text}\"")))
}

fn tenant(text: &str, path: &str) -> Result<TenantId, BadInput> {
    text.parse().map_err(|_| bad(path.to_owned(), TENANT, format!("\"{text}\"")))
}

fn quantity(number: i64, path: String) -> Result<i64, BadInput> {
    if (0..=i64::from(i32::MAX)).contains(&number) { Ok(number) } else { Err(bad(path, QUANTITY, number.to_string())) }
}
