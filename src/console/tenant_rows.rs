//! GET /_mock/console/tenants/{tenant}/rows: what a tenant has, as rows of the fixture files. The page shows them in its
//! forms, and PUT /_mock/state/... takes them back.

use axum::{Extension, Json, extract::Path};
use serde::Serialize;

use crate::{
    model::TenantId,
    sandbox::{Auth, selection::SelectedSandbox},
    scenario::export::{TenantExport, tenant_export},
    support::problem::Problem,
};

/// What a tenant has, and who may change it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRows {
    #[serde(flatten)]
    rows: TenantExport,
    /// If tokens are required: one of the MSP that looks after the tenant, or of the tenant if it is an MSP itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_token: Option<String>,
}

pub async fn show_rows(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
) -> Result<Json<TenantRows>, Problem> {
    let (store, _) = chosen.sandbox.look();
    let unknown = || Problem::unknown(format!("there is no tenant {tenant}; GET /_mock/tenants lists them"));
    let id: TenantId = tenant.parse().map_err(|_| unknown())?;
    let tenant = store.tenant(id).ok_or_else(unknown)?;
    let needs_token = chosen.sandbox.settings().auth == Auth::Required;
    let msp = if tenant.kind.is_msp() { Some(id) } else { tenant.parent };
    let msp_token = msp.filter(|_| needs_token).and_then(|msp| chosen.sandbox.token_of(msp));
    Ok(Json(TenantRows { rows: tenant_export(tenant), msp_token }))
}
