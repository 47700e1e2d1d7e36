//! /_mock/activities: taking the end of refreshes in hand.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Path, Strict};
use crate::{
    model::{ActivityStatus, ErrorPlan, NotSteered, RequestId, Steering, TenantId},
    sandbox::selection::SelectedSandbox,
    support::problem::Problem,
};

/// An activity, as its steerer sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Activity)]
pub(super) struct ActivityView {
    #[schema(value_type = uuid::Uuid)]
    request_id: RequestId,
    tenant_id: TenantId,
    #[schema(value_type = String)]
    use_case: Arc<str>,
    status: ActivityStatus,
    started: DateTime<Utc>,
    visible_from: DateTime<Utc>,
    /// When it ends by itself; absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    polls_left: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<DateTime<Utc>>,
}

/// Lists the activities.
#[utoipa::path(
    get,
    path = "/_mock/activities",
    operation_id = "listActivities",
    tag = "Activities",
    responses((status = 200, description = "All activities, in the order in which they were accepted.", body = Vec<ActivityView>)),
)]
pub(super) async fn list(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<ActivityView>> {
    let (store, _) = chosen.sandbox.look();
    let shown = store.activities().iter().map(|a| ActivityView {
        request_id: a.id,
        tenant_id: a.tenant,
        use_case: a.use_case.clone(),
        status: a.status(),
        started: a.started,
        visible_from: a.visible,
        due: a.due.filter(|_| a.ended.is_none()),
        polls_left: a.polls_left,
        ended: a.ended.as_ref().map(|ended| ended.at),
    });
    Json(shown.collect())
}

/// Ends an activity well, now.
#[utoipa::path(
    post,
    path = "/_mock/activities/{id}/complete",
    operation_id = "completeActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The requestId of the 202.")),
    responses((status = 204, description = "It has ended well.")),
)]
pub(super) async fn complete(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Complete)
}

/// Keeps an activity from ending by itself.
#[utoipa::path(
    post,
    path = "/_mock/activities/{id}/hold",
    operation_id = "holdActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The requestId of the 202.")),
    responses((status = 204, description = "It ends only when it is released, completed or failed.")),
)]
pub(super) async fn hold(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Hold)
}

/// Lets an activity that is held go on.
#[utoipa::path(
    post,
    path = "/_mock/activities/{id}/release",
    operation_id = "releaseActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The requestId of the 202.")),
    responses((status = 204, description = "It goes on as if it had just begun.")),
)]
pub(super) async fn release(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Release)
}

/// Ends an activity badly, now.
#[utoipa::path(
    post,
    path = "/_mock/activities/{id}/fail",
    operation_id = "failActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The requestId of the 202.")),
    request_body = Option<ErrorPlan>,
    responses((status = 204, description = "It has failed.")),
)]
pub(super) async fn fail(
    chosen: Extension<SelectedSandbox>,
    id: Path<RequestId>,
    Strict(error): Strict<ErrorPlan>,
) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Fail(error))
}

fn steer(chosen: &SelectedSandbox, id: RequestId, how: Steering) -> Result<StatusCode, Problem> {
    match chosen.sandbox.change(|store, now| store.steer(id, how, now)) {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(reason @ NotSteered::Unknown) => Err(Problem::unknown(format!("{id}: {reason}"))),
        Err(reason @ NotSteered::Ended) => Err(Problem::conflict(format!("{id}: {reason}"))),
    }
}
