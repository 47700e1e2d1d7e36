//! Tenants as the companions show them: GET /tenants/self and GET /mspCustomers (observed; not in the
//! reference).

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Tenant, TenantId, TenantType};

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
