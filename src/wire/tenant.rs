//! Tenants as the companions show them: GET /tenants/self, GET /mspCustomers, POST /mspecs/query
//! (observed; not in the reference).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::Row;
use crate::{
    model::{Tenant as Store, TenantType},
    views::selection::one_of,
};

/// What GET /tenants/self answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantSelf)]
pub struct Own {
    /// Its number in the licensing system.
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<String>,
    id: String,
    is_activated: bool,
    maintenance_state: bool,
    name: String,
    region: String,
    status: &'static str,
    tenant_type: TenantType,
}

impl Own {
    /// The tenant.
    pub fn new(tenant: &Store) -> Self {
        Self {
            entitlement_id: tenant.entitlement_id.as_ref().map(ToString::to_string),
            id: tenant.id.to_string(),
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
#[schema(as = MspCustomer)]
pub struct Customer {
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<String>,
    name: String,
    status: &'static str,
    tenant_id: String,
    tenant_type: TenantType,
}

impl Customer {
    /// The row.
    pub fn new(tenant: &Store) -> Self {
        Self {
            entitlement_id: tenant.entitlement_id.as_ref().map(ToString::to_string),
            name: tenant.name.to_string(),
            status: "Active",
            tenant_id: tenant.id.to_string(),
            tenant_type: tenant.kind,
        }
    }
}

/// What customers must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MspEcFilters)]
pub struct EcFilters {
    /// Such as MSP_EC.
    tenant_type: Option<Vec<String>>,
}

impl EcFilters {
    /// Whether a customer is asked for.
    pub fn admit(&self, tenant: &Store) -> bool {
        self.tenant_type.as_ref().is_none_or(|list| one_of(list, tenant.kind.into()))
    }
}

/// A row of POST /mspecs/query.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MspEc)]
pub struct Ec {
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<String>,
    id: String,
    name: String,
    status: &'static str,
    tenant_type: TenantType,
}

/// The fields of the rows of POST /mspecs/query.
pub const QUERIED: &[&str] = &["entitlementId", "id", "name", "status", "tenantType"];

/// A customer, for a query.
pub fn queried(tenant: &Store) -> Row {
    let row = Ec {
        entitlement_id: tenant.entitlement_id.as_ref().map(ToString::to_string),
        id: tenant.id.to_string(),
        name: tenant.name.to_string(),
        status: "Active",
        tenant_type: tenant.kind,
    };
    Row::new(&row, &row)
}
