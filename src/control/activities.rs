//! /_mock/activities: taking the end of refreshes in hand.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Path, Strict},
    settings::refresh_delay,
};
use crate::{
    model::{
        ActivityError, ActivityStatus, NotSteered, Progress, RefreshOutcome, RefreshPolicy, RequestId, Steering,
        TenantId, WhileRunning,
    },
    route,
    sandbox::{events::Event, registry::Registry, selection::SelectedSandbox},
    support::{duration::Duration, problem::Problem, routes::Routes},
};

pub fn routes() -> Routes<Arc<Registry>> {
    Routes::new()
        .routes(route!(list))
        .routes(route!(show_policy, change_policy))
        .routes(route!(complete))
        .routes(route!(fail))
        .routes(route!(hold))
        .routes(route!(release))
}

/// An activity, as its steerer sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Activity)]
struct ActivityView {
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
async fn list(Extension(chosen): Extension<SelectedSandbox>) -> Json<Vec<ActivityView>> {
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
async fn complete(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
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
async fn hold(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
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
async fn release(chosen: Extension<SelectedSandbox>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Release)
}

/// What a failed activity shall say.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ActivityFailure)]
struct Failure {
    code: Option<String>,
    message: Option<String>,
}

impl From<Failure> for ActivityError {
    fn from(Failure { code, message }: Failure) -> Self {
        Self {
            code: code.unwrap_or_else(|| "ENTITLEMENT-10001".into()),
            message: message.unwrap_or_else(|| "The licensing system could not be reached.".into()),
        }
    }
}

/// Ends an activity badly, now.
#[utoipa::path(
    post,
    path = "/_mock/activities/{id}/fail",
    operation_id = "failActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The requestId of the 202.")),
    request_body = Option<Failure>,
    responses((status = 204, description = "It has failed.")),
)]
async fn fail(
    chosen: Extension<SelectedSandbox>,
    id: Path<RequestId>,
    Strict(failure): Strict<Failure>,
) -> Result<StatusCode, Problem> {
    steer(&chosen, id.0, Steering::Fail(failure.into()))
}

fn steer(chosen: &SelectedSandbox, id: RequestId, how: Steering) -> Result<StatusCode, Problem> {
    match chosen.sandbox.change(|store, now| store.steer(id, how, now)) {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(reason @ NotSteered::Unknown) => Err(Problem::unknown(format!("{id}: {reason}"))),
        Err(reason @ NotSteered::Ended) => Err(Problem::conflict(format!("{id}: {reason}"))),
    }
}

/// How refreshes go from here on; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ActivityPolicyChange)]
struct Policy {
    progress: Option<ProgressWord>,
    /// With progress `polls`: after how many.
    polls: Option<u32>,
    /// With progress `time`: how long, such as `PT2S` or `500ms`.
    delay: Option<Duration>,
    /// From the 202 to the first moment at which the activity can be found.
    appears_after: Option<Duration>,
    outcome: Option<OutcomeWord>,
    /// With outcome `fail`: what the activity says.
    error: Option<Failure>,
    /// What becomes of a refresh while another one runs.
    while_running: Option<RunningWord>,
}

/// At once, by time, after so many polls, or by hand.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Progress)]
enum ProgressWord {
    Now,
    Time,
    Polls,
    Hand,
}

/// How a refresh ends; `hang`: not at all.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RefreshOutcome)]
enum OutcomeWord {
    Success,
    Fail,
    Hang,
}

/// What becomes of a refresh while another one runs: a 202 too, or a 423.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WhileRunning)]
enum RunningWord {
    Accept,
    Refuse,
}

/// How refreshes go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivityPolicy)]
struct ShownPolicy {
    progress: ProgressWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    polls: Option<u32>,
    /// From the 202 to the end.
    delay: Duration,
    /// From the 202 to the first moment at which the activity can be found.
    appears_after: Duration,
    outcome: OutcomeWord,
    /// With outcome `fail`: what the activity says.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    while_running: RunningWord,
}

/// How refreshes go.
#[utoipa::path(
    get,
    path = "/_mock/activities/policy",
    operation_id = "getActivityPolicy",
    tag = "Activities",
    responses((status = 200, description = "How refreshes go.", body = ShownPolicy)),
)]
async fn show_policy(Extension(chosen): Extension<SelectedSandbox>) -> Json<ShownPolicy> {
    let policy = &chosen.sandbox.look().0.refresh;
    let (progress, polls) = match policy.progress {
        Progress::ByTime if policy.delay.is_zero() => (ProgressWord::Now, None),
        Progress::ByTime => (ProgressWord::Time, None),
        Progress::AfterPolls(polls) => (ProgressWord::Polls, Some(polls)),
        Progress::ByHand => (ProgressWord::Hand, None),
    };
    Json(ShownPolicy {
        progress,
        polls,
        delay: policy.delay.into(),
        appears_after: policy.appears_after.into(),
        outcome: match policy.outcome {
            RefreshOutcome::Success => OutcomeWord::Success,
            RefreshOutcome::Fail(_) => OutcomeWord::Fail,
            RefreshOutcome::Hang => OutcomeWord::Hang,
        },
        error: match &policy.outcome {
            RefreshOutcome::Fail(ActivityError { code, message }) => {
                Some(Failure { code: Some(code.clone()), message: Some(message.clone()) })
            }
            RefreshOutcome::Success | RefreshOutcome::Hang => None,
        },
        while_running: match policy.while_running {
            WhileRunning::Accept => RunningWord::Accept,
            WhileRunning::Refuse => RunningWord::Refuse,
        },
    })
}

/// Changes how refreshes go from here on; what is not given stays.
#[utoipa::path(
    patch,
    path = "/_mock/activities/policy",
    operation_id = "changeActivityPolicy",
    tag = "Activities",
    request_body = Policy,
    responses((status = 200, description = "How refreshes go from here on.", body = ShownPolicy)),
)]
async fn change_policy(
    chosen: Extension<SelectedSandbox>,
    Strict(asked): Strict<Policy>,
) -> Result<Json<ShownPolicy>, Problem> {
    let delay_asked = asked.delay.map(|time| refresh_delay("delay", time)).transpose()?;
    let appears_after = asked.appears_after.map(|time| refresh_delay("appearsAfter", time)).transpose()?;
    if asked.polls == Some(0) {
        return Err(Problem::bad("polls: 0 is no number of times; expected at least 1, or \"progress\": \"now\""));
    }
    chosen.sandbox.change(|store, _| {
        let mut policy = RefreshPolicy::clone(&store.refresh);
        policy.delay = delay_asked.unwrap_or(policy.delay);
        policy.appears_after = appears_after.unwrap_or(policy.appears_after);
        match asked.progress {
            Some(ProgressWord::Now) => (policy.progress, policy.delay) = (Progress::ByTime, chrono::TimeDelta::zero()),
            Some(ProgressWord::Time) => policy.progress = Progress::ByTime,
            Some(ProgressWord::Polls) => policy.progress = Progress::AfterPolls(asked.polls.unwrap_or(3)),
            Some(ProgressWord::Hand) => policy.progress = Progress::ByHand,
            None => {}
        }
        match asked.outcome {
            Some(OutcomeWord::Success) => policy.outcome = RefreshOutcome::Success,
            Some(OutcomeWord::Fail) => policy.outcome = RefreshOutcome::Fail(asked.error.unwrap_or_default().into()),
            Some(OutcomeWord::Hang) => policy.outcome = RefreshOutcome::Hang,
            None => {}
        }
        match asked.while_running {
            Some(RunningWord::Accept) => policy.while_running = WhileRunning::Accept,
            Some(RunningWord::Refuse) => policy.while_running = WhileRunning::Refuse,
            None => {}
        }
        store.refresh = Arc::new(policy);
    });
    chosen.sandbox.send(Event::SettingsChanged);
    Ok(show_policy(chosen).await)
}
