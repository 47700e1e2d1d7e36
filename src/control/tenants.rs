//! /_mock/tenants, /_mock/state/entitlements and its kind, /_mock/sessions/end: tenants, and what they have,
//! row by row.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Any, Path, Strict};
use crate::{
    model::{Refusal, Store, TenantId},
    sandbox::selection::SelectedSandbox,
    scenario::{format, rows},
    support::{given::given, problem::Problem},
};

/// Gives a tenant a purchase, or changes one.
#[utoipa::path(
    put,
    path = "/_mock/state/entitlements/{tenant}",
    operation_id = "putEntitlement",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Object, description = "A row of entitlements.json; one of the same id is replaced."),
    responses((status = 204, description = "The tenant has it.")),
)]
pub(super) async fn put_entitlement(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    let row = rows::entitlement(row, chosen.sandbox.look().1)?;
    edit(&chosen, |store| store.put_entitlement(tenant, &row))
}

/// Gives an MSP a pool, or changes one.
#[utoipa::path(
    put,
    path = "/_mock/state/msp-entitlements/{tenant}",
    operation_id = "putMspEntitlement",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Object, description = "A row of msp-entitlements.json; one of the same id is replaced."),
    responses((status = 204, description = "The MSP has it.")),
)]
pub(super) async fn put_msp_entitlement(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    let row = rows::msp_entitlement(row, chosen.sandbox.look().1)?;
    edit(&chosen, |store| store.put_msp_entitlement(tenant, &row))
}

/// Sets which devices a tenant runs.
#[utoipa::path(
    put,
    path = "/_mock/state/devices/{tenant}",
    operation_id = "setDevices",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body(content = Vec<Object>, description = "Rows of `devices` in tenants.json."),
    responses((status = 204, description = "The tenant runs these devices and no others.")),
)]
pub(super) async fn set_devices(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
    Any(row): Any,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    let devices = rows::devices(row, chosen.sandbox.look().1)?;
    edit(&chosen, |store| store.set_devices(tenant, devices))
}

/// Takes a purchase or a pool away.
#[utoipa::path(
    delete,
    path = "/_mock/state/purchases/{tenant}/{id}",
    operation_id = "removePurchase",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits."), ("id" = String, Path, description = "The id of the entitlement or pool.")),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove_purchase(
    Extension(chosen): Extension<SelectedSandbox>,
    Path((tenant, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_id(&tenant)?;
    let found = chosen.sandbox.change(|store, _| store.remove_purchase(tenant, &id)).map_err(refused)?;
    found
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(|| Problem::unknown(format!("tenant {tenant} has no purchase {id}")))
}

fn edit(chosen: &SelectedSandbox, edit: impl FnOnce(&mut Store) -> Result<(), Refusal>) -> Result<StatusCode, Problem> {
    chosen.sandbox.change(|store, _| edit(store)).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::UnknownTenant { .. } => Problem::unknown(refusal.to_string()),
        other => Problem::conflict(other.to_string()),
    }
}

fn tenant_id(text: &str) -> Result<TenantId, Problem> {
    text.parse().map_err(|error| Problem::bad(format!("\"{text}\": {error}")))
}

/// A tenant, for those who look for one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tenant)]
pub(super) struct ShownTenant {
    id: TenantId,
    #[schema(value_type = String)]
    name: Arc<str>,
    r#type: crate::model::TenantType,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<TenantId>,
    has_entitlement_id: bool,
    default: bool,
    #[schema(value_type = Vec<String>)]
    clients: Vec<Arc<str>>,
}

/// Lists the tenants.
#[utoipa::path(
    get,
    path = "/_mock/tenants",
    operation_id = "listTenants",
    tag = "State",
    responses((status = 200, description = "All tenants, by id.", body = Vec<ShownTenant>)),
)]
pub(super) async fn list_tenants(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<ShownTenant>> {
    let (store, _) = chosen.sandbox.look();
    let shown = store.tenants().map(|tenant| ShownTenant {
        id: tenant.id,
        name: tenant.name.clone(),
        r#type: tenant.kind,
        parent: tenant.parent,
        has_entitlement_id: tenant.entitlement_id.is_some(),
        default: tenant.id == store.default_tenant,
        clients: tenant.clients.iter().map(|client| client.id.clone()).collect(),
    });
    Json(shown.collect())
}

/// What the copy of a tenant shall be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TenantClone)]
pub(super) struct Clone {
    #[schema(value_type = TenantId)]
    id: format::Tenant,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
}

/// Copies a tenant with all that it has.
#[utoipa::path(
    post,
    path = "/_mock/tenants/{tenant}/clone",
    operation_id = "cloneTenant",
    tag = "State",
    params(("tenant" = String, Path, description = "The tenant: 32 hexadecimal digits.")),
    request_body = Clone,
    responses((status = 201, description = "The copy is there.")),
)]
pub(super) async fn clone_tenant(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
    Strict(asked): Strict<Clone>,
) -> Result<StatusCode, Problem> {
    let (from, to) = (tenant_id(&tenant)?, tenant_id(&asked.id.0)?);
    chosen.sandbox.change(|store, _| {
        if store.tenant(to).is_some() {
            return Err(Problem::conflict(format!("there is a tenant {to} already")));
        }
        let name = asked.name.unwrap_or_else(|| format!("Copy of {from}"));
        store.clone_tenant(from, to, &name).map_err(refused)
    })?;
    Ok(StatusCode::CREATED)
}

/// Whose sessions shall end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SessionsEnd)]
pub(super) struct EndSessions {
    tenant_id: TenantId,
}

/// Kills all tokens of a tenant, as happens to real sessions.
#[utoipa::path(
    post,
    path = "/_mock/sessions/end",
    operation_id = "endSessions",
    tag = "State",
    request_body = EndSessions,
    responses((status = 204, description = "All tokens issued until now are dead.")),
)]
pub(super) async fn end_sessions(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(asked): Strict<EndSessions>,
) -> Result<StatusCode, Problem> {
    chosen.sandbox.change(|store, _| store.end_sessions(asked.tenant_id)).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
