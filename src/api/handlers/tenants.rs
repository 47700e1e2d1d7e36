//! GET /tenants/self and GET /tenants/{tenantId}; POST /tenants/self/entitlements/assignments, PATCH and DELETE of one of them; and
//! queries of an MSP's own and of a customer's assignments.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::api::{
    request::{
        body::{Body, QueryBody},
        caller::{Caller, Msp, MspOf},
        path::{AssignmentPath, Segments},
    },
    response::error::ApiError,
};
use crate::{
    model::{AssignmentId, TenantId},
    views::{assignment, holdings::Holdings},
    wire::{
        assignment::{QueriedAssignment, Written},
        assignment_request::{CreateRequest, UpdateRequest},
        error::{ErrorBody, NestedError},
        filters::AssignmentFilters,
        query::{Query, QueryResponse, Rows},
        tenant::{OwnTenant, TenantProfile},
    },
};

/// The caller's tenant (observed; not in the reference).
#[utoipa::path(
    get,
    path = "/tenants/self",
    operation_id = "getTenantSelf",
    tag = "Companions",
    responses(
        (status = 200, description = "The tenant.", body = OwnTenant),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
    ),
)]
pub async fn get_tenant(caller: Caller) -> Result<Json<OwnTenant>, ApiError> {
    caller.look().tenant().map(|tenant| Json(OwnTenant::new(tenant)))
}

/// A customer as its MSP knows it, or the caller's own tenant (observed; not in the reference).
#[utoipa::path(
    get,
    path = "/tenants/{tenantId}",
    operation_id = "getTenantAccount",
    tag = "Companions",
    params(("tenantId" = String, Path, description = "The caller's tenant, or a customer of it.")),
    responses((status = 200, description = "The tenant.", body = TenantProfile)),
)]
pub async fn get_profile(caller: Caller, Segments(tenant): Segments<String>) -> Result<Json<TenantProfile>, ApiError> {
    let view = caller.for_tenant(&tenant)?.look();
    Ok(Json(TenantProfile::new(&Holdings::of(&view.store, view.tenant()?, view.now), view.context())))
}

/// Assigns licences to the MSP itself.
#[utoipa::path(
    post,
    path = "/tenants/self/entitlements/assignments",
    operation_id = "createEntitlementAssignment",
    tag = "Manage Entitlements",
    request_body = CreateRequest,
    responses(
        (status = 201, description = "The assignment made.", body = Written),
        (status = 400, description = "The body is wrong, or the caller is no MSP.", body = NestedError),
        (status = 402, description = "Too few licenses are left, or there is no such pool.", body = NestedError),
        (status = 403, description = "Trial assignments are not allowed.", body = NestedError),
    ),
)]
pub async fn create_assignment(Msp(caller): Msp, Body(request): Body<CreateRequest>) -> Result<Response, ApiError> {
    let wanted = request.wanted(caller.tenant)?;
    let id = caller.sandbox().change(|store, now| store.assign_own(&wanted, caller.actor(now)))?;
    written(&caller, StatusCode::CREATED, id)
}

/// Changes an assignment of the MSP to itself, by revoking the old row and creating a new one.
#[utoipa::path(
    patch,
    path = "/tenants/self/entitlements/assignments/{id}",
    operation_id = "updateEntitlementAssignment",
    tag = "Manage Entitlements",
    params(("id" = i64, Path, description = "The assignment.")),
    request_body = UpdateRequest,
    responses(
        (status = 200, description = "The assignment that replaces the old one.", body = Written),
        (status = 400, description = "The id or the body is wrong, or the caller is no MSP.", body = NestedError),
        (status = 402, description = "Too few licenses are left.", body = NestedError),
        (status = 403, description = "Trial assignments may not be changed.", body = NestedError),
        (status = 404, description = "The MSP has no such assignment to itself.", body = NestedError),
        (status = 409, description = "Revoked or expired.", body = NestedError),
    ),
)]
pub async fn update_assignment(
    Msp(caller): Msp,
    AssignmentPath(id): AssignmentPath,
    Body(request): Body<UpdateRequest>,
) -> Result<Response, ApiError> {
    let change = request.change(id)?;
    let made = caller.sandbox().change(|store, now| store.change_own(change, caller.actor(now)))?;
    written(&caller, StatusCode::OK, made)
}

/// Revokes an assignment of the MSP to itself.
#[utoipa::path(
    delete,
    path = "/tenants/self/entitlements/assignments/{id}",
    operation_id = "deleteEntitlementAssignment",
    tag = "Manage Entitlements",
    params(("id" = i64, Path, description = "The assignment.")),
    responses(
        (status = 204, description = "It has been revoked."),
        (status = 400, description = "The id is wrong, or the caller is no MSP.", body = NestedError),
        (status = 403, description = "Trial assignments may not be revoked.", body = NestedError),
        (status = 404, description = "The MSP has no such assignment to itself.", body = NestedError),
        (status = 409, description = "Already revoked, or expired.", body = NestedError),
    ),
)]
pub async fn revoke_assignment(Msp(caller): Msp, AssignmentPath(id): AssignmentPath) -> Result<StatusCode, ApiError> {
    caller.sandbox().change(|store, now| store.revoke_own(id, caller.actor(now)))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The assignments of an MSP to itself, revoked and expired ones too.
#[utoipa::path(
    post,
    path = "/tenants/self/entitlements/assignments/query",
    operation_id = "getSelfEntitlementAssignments",
    tag = "Manage Entitlements",
    request_body = Query<AssignmentFilters>,
    responses(
        (status = 200, description = "A page of assignments, by id.", body = QueryResponse),
        (status = 400, description = "A filter has the wrong type, or the caller is no MSP.", body = NestedError),
    ),
)]
pub async fn query_own_assignments(
    Msp(caller): Msp,
    QueryBody(query): QueryBody<Query<AssignmentFilters>>,
) -> Json<QueryResponse> {
    assignments(&caller, caller.tenant, &query)
}

/// The assignments of an MSP to a customer, revoked and expired ones too.
#[utoipa::path(
    post,
    path = "/tenants/{tenantId}/entitlements/assignments/query",
    operation_id = "getEntitlementAssignments",
    tag = "Manage Entitlements",
    params(("tenantId" = String, Path, description = "A customer of the MSP, or the MSP itself.")),
    request_body = Query<AssignmentFilters>,
    responses(
        (status = 200, description = "A page of assignments, by id.", body = QueryResponse),
        (status = 400, description = "Not in the context of an MSP (ENTITLEMENT-10200), or the tenant is no customer of it.", body = NestedError),
    ),
)]
pub async fn query_assignments(
    MspOf(caller, customer): MspOf,
    QueryBody(query): QueryBody<Query<AssignmentFilters>>,
) -> Json<QueryResponse> {
    assignments(&caller, customer, &query)
}

fn assignments(caller: &Caller, customer: TenantId, query: &Query<AssignmentFilters>) -> Json<QueryResponse> {
    let view = caller.look();
    let selection = query.filters.clone().unwrap_or_default().into();
    let rows = assignment::select(&view.store, caller.tenant, customer, &selection, view.now);
    Json(Rows::new(rows, |row, purpose| QueriedAssignment::new(row, view.context().made_for(purpose))).page(query))
}

fn written(caller: &Caller, status: StatusCode, id: AssignmentId) -> Result<Response, ApiError> {
    let view = caller.look();
    let row = view.store.assignment(id).ok_or(ApiError::Internal)?;
    Ok((status, Json(Written::new(row, view.context()))).into_response())
}
