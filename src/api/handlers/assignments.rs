//! DELETE /assignments, GET /assignments/summaries; and GET, POST, PATCH /assignments, which the
//! vendor's UI calls beside them (observed; not in the reference).

use axum::{
    Json,
    extract::RawQuery,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::api::{
    request::{
        body::Body,
        caller::{Caller, Msp},
    },
    response::error::ApiError,
};
use crate::{
    model::{AssignmentChange, AssignmentId, TenantId},
    views::holdings::Holdings,
    wire::{
        assignment::{Assignment, LegacyAssignment, OperationResponse},
        assignment_request::{AssignRequest, BadInput, ChangeRequest, RevokeRequest},
        error::OperationRefusal,
        responses,
        summary::AssignmentSummary,
    },
};

/// The assignments that an MSP made, revoked and expired ones too.
#[utoipa::path(
    get,
    path = "/assignments",
    operation_id = "getAssignments",
    tag = "Legacy",
    params(("mspEcTenantId" = Option<String>, Query, description = "Only those to this customer, or to the MSP itself.")),
    responses((status = 200, description = "The assignments, by id.", body = Vec<LegacyAssignment>)),
)]
pub async fn list_assignments(Msp(caller): Msp, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let (view, customer) = (caller.look(), customer(query.as_deref())?);
    Ok(Json(responses::assignments(&view.store, view.tenant()?.id, customer, view.context())).into_response())
}

/// The parameter `mspEcTenantId`; an empty one is not given.
fn customer(query: Option<&str>) -> Result<Option<TenantId>, ApiError> {
    let mut parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let given = parameters.find(|(name, value)| name == "mspEcTenantId" && !value.is_empty());
    let bad = |value: &str| ApiError::BadValue {
        name: "mspEcTenantId",
        value: value.to_owned(),
        expected: "a tenant id of 32 lower-case hexadecimal digits".into(),
    };
    given.map(|(_, value)| value.parse().map_err(|_| bad(&value))).transpose()
}

/// Assigns licences to the MSP itself or to a customer: all rows or none.
#[utoipa::path(
    post,
    path = "/assignments",
    operation_id = "createAssignments",
    tag = "Legacy",
    request_body = AssignRequest,
    responses(
        (status = 201, description = "The assignments created; none, if all quantities are zero.", body = OperationResponse),
        (status = 400, description = "The body is wrong.", body = OperationRefusal),
        (status = 403, description = "Trial assignments are not allowed.", body = OperationRefusal),
        (status = 404, description = "There is no such pool.", body = OperationRefusal),
        (status = 409, description = "Too few licenses are left.", body = OperationRefusal),
    ),
)]
pub async fn create_assignments(Msp(caller): Msp, Body(request): Body<AssignRequest>) -> Result<Response, ApiError> {
    let made = caller.sandbox().change(|store, now| {
        let wanted = request.wanted(caller.tenant, now)?;
        Ok::<_, ApiError>(store.assign(&wanted, caller.actor(now))?)
    })?;
    Ok(response(&caller, StatusCode::CREATED, &made))
}

/// Changes assignments, each by revoking the old row and creating a new one: all rows or none. A quantity of
/// zero only revokes.
#[utoipa::path(
    patch,
    path = "/assignments",
    operation_id = "updateAssignments",
    tag = "Legacy",
    request_body = Vec<ChangeRequest>,
    responses(
        (status = 200, description = "The assignments that replace the old ones.", body = OperationResponse),
        (status = 400, description = "The body is wrong.", body = OperationRefusal),
        (status = 403, description = "Trial assignments may not be changed, or the assignment is another MSP's.", body = OperationRefusal),
        (status = 404, description = "There is no such assignment.", body = OperationRefusal),
        (status = 409, description = "Revoked, expired, or too few licenses are left.", body = OperationRefusal),
    ),
)]
pub async fn update_assignments(
    Msp(caller): Msp,
    Body(request): Body<Vec<ChangeRequest>>,
) -> Result<Response, ApiError> {
    let changes: Vec<AssignmentChange> =
        request.iter().enumerate().map(|(n, row)| row.change(n)).collect::<Result<_, _>>()?;
    let made = caller.sandbox().change(|store, now| store.change(&changes, caller.actor(now)))?;
    Ok(response(&caller, StatusCode::OK, &made))
}

/// Revokes a set of assignments: all or none.
#[utoipa::path(
    delete,
    path = "/assignments",
    operation_id = "revokeBulkAssignment",
    tag = "Entitlement",
    request_body = Vec<RevokeRequest>,
    responses(
        (status = 204, description = "All of them have been revoked."),
        (status = 400, description = "The list is empty, too long, malformed, or names one twice.", body = OperationRefusal),
        (status = 403, description = "Trial assignments may not be revoked, or the assignment is another MSP's.", body = OperationRefusal),
        (status = 404, description = "There is no such assignment.", body = OperationRefusal),
        (status = 409, description = "Already revoked, or expired.", body = OperationRefusal),
    ),
)]
#[deprecated = "announced for removal; successor: DELETE /tenants/self/entitlements/assignments/{id}"]
pub async fn revoke_assignments(
    Msp(caller): Msp,
    Body(rows): Body<Vec<RevokeRequest>>,
) -> Result<StatusCode, ApiError> {
    let ids: Vec<AssignmentId> = rows.iter().map(|row| row.assignment_id).collect();
    caller.sandbox().change(|store, now| store.revoke(&ids, caller.actor(now)))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The pools of an MSP from the side of what was handed out.
#[utoipa::path(
    get,
    path = "/assignments/summaries",
    operation_id = "getAssignmentsSummary",
    tag = "Entitlement",
    responses((status = 200, description = "The pools, by product, paid before trial.", body = Vec<AssignmentSummary>)),
)]
#[deprecated = "announced for removal; successor: POST /entitlements/utilizations/query"]
pub async fn summarise_assignments(Msp(caller): Msp) -> Result<Json<Vec<AssignmentSummary>>, ApiError> {
    let view = caller.look();
    Ok(Json(responses::assignment_summaries(&Holdings::of(&view.store, view.tenant()?, view.now))))
}

fn response(caller: &Caller, status: StatusCode, made: &[AssignmentId]) -> Response {
    let view = caller.look();
    let made = made.iter().filter_map(|id| view.store.assignment(*id));
    let body = OperationResponse {
        success: true,
        assignments: made.map(|row| Assignment::new(row, view.context())).collect(),
        request_id: caller.request().number.id.to_string(),
    };
    (status, Json(body)).into_response()
}

impl From<BadInput> for ApiError {
    fn from(bad: BadInput) -> Self {
        let BadInput { path, expected, found } = bad;
        Self::BadBody {
            path: format!("${}{path}", if path.starts_with('[') { "" } else { "." }),
            problem: format!("expected {expected}, found {found}"),
        }
    }
}
