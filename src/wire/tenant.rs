//! Tenants as the companions show them: GET /tenants/self, /tenants/{tenantId}, /mspCustomers, /brandings and /mspLabels
//! (observed; not in the reference).

use serde::Serialize;
use utoipa::ToSchema;

use super::{Context, date::WireDate};
use crate::{
    model::{Tenant, TenantId, TenantType},
    views::holdings::Holdings,
};

/// What GET /tenants/self answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantSelf)]
pub struct OwnTenant {
    /// Its number in the licensing system.
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<String>,
    id: TenantId,
    is_activated: bool,
    maintenance_state: bool,
    name: String,
    region: String,
    status: &'static str,
    tenant_type: TenantType,
}

impl OwnTenant {
    /// A tenant as the API shows it.
    pub fn new(tenant: &Tenant) -> Self {
        Self {
            entitlement_id: tenant.entitlement_id.as_ref().map(ToString::to_string),
            id: tenant.id,
            is_activated: true,
            maintenance_state: false,
            name: tenant.name.to_string(),
            region: tenant.region.to_string(),
            status: "active",
            tenant_type: tenant.kind,
        }
    }
}

/// A row of GET /mspCustomers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MspCustomer {
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<String>,
    name: String,
    status: &'static str,
    tenant_id: TenantId,
    tenant_type: TenantType,
}

impl MspCustomer {
    /// Builds the row that an answer contains.
    pub fn new(tenant: &Tenant) -> Self {
        Self {
            entitlement_id: tenant.entitlement_id.as_ref().map(ToString::to_string),
            name: tenant.name.to_string(),
            status: "Active",
            tenant_id: tenant.id,
            tenant_type: tenant.kind,
        }
    }
}

/// What GET /tenants/{tenantId} answers: a customer as its MSP knows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MspEcProfile)]
pub struct TenantProfile {
    /// `true` for customers of an MSP, else `false` (observed).
    is_active: &'static str,
    /// The label of the MSP; empty for tenants that have none (observed).
    msp_label: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_tenant_id: Option<TenantId>,
    /// When its first licences start.
    #[serde(skip_serializing_if = "Option::is_none")]
    service_effective_date: Option<WireDate>,
    /// When its last licences end.
    #[serde(skip_serializing_if = "Option::is_none")]
    service_expiration_date: Option<WireDate>,
    tenant_id: TenantId,
    tenant_type: TenantType,
}

impl TenantProfile {
    /// The tenant. Dates are as in GET /assignments (observed).
    pub fn new(holdings: &Holdings<'_>, ctx: Context<'_>) -> Self {
        let Holdings { store, tenant, rows, .. } = holdings;
        let msp = tenant.parent.and_then(|parent| store.tenant(parent));
        let date = |at| WireDate::assigned(at, ctx.style);
        Self {
            is_active: if msp.is_some() { "true" } else { "false" },
            msp_label: msp.map(label).unwrap_or_default(),
            name: tenant.name.to_string(),
            parent_tenant_id: tenant.parent,
            service_effective_date: rows.iter().map(|row| row.period.start).min().map(date),
            service_expiration_date: rows.iter().map(|row| row.period.end).max().map(date),
            tenant_id: tenant.id,
            tenant_type: tenant.kind,
        }
    }
}

/// What GET /brandings and GET /mspLabels answer; what an MSP has not set is absent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MspView)]
pub struct Branding {
    /// Empty for tenants that are no MSPs.
    msp_label: String,
}

impl Branding {
    /// How a tenant presents itself.
    pub fn new(tenant: &Tenant) -> Self {
        Self { msp_label: if tenant.kind.is_msp() { label(tenant) } else { String::new() } }
    }
}

/// The label of an MSP: its name as part of a host name (chosen).
fn label(msp: &Tenant) -> String {
    let words = msp.name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
