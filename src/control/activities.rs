//! /_mock/activities: taking the end of refreshes in hand.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{body::Strict, settings::delay};
use crate::{
    dispatch::Chosen,
    problem::Problem,
    store::{
        ActivityError, ActivityStatus, NotSteered, Progress, RefreshOutcome, RefreshPolicy, RequestId, Steering,
        TenantId, WhileRunning,
    },
};

pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/_mock/activities", get(list))
        .route("/_mock/activities/policy", get(show_policy).patch(change_policy))
        .route("/_mock/activities/{id}/complete", post(complete))
        .route("/_mock/activities/{id}/fail", post(fail))
        .route("/_mock/activities/{id}/hold", post(hold))
        .route("/_mock/activities/{id}/release", post(release))
}

/// An activity, as its steerer sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    request_id: RequestId,
    tenant_id: TenantId,
    use_case: Arc<str>,
    status: &'static str,
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

async fn list(Extension(chosen): Extension<Chosen>) -> Json<Vec<Shown>> {
    let (store, _) = chosen.sandbox.sim.look();
    let shown = store.activities().iter().map(|a| Shown {
        request_id: a.id,
        tenant_id: a.tenant,
        use_case: a.use_case.clone(),
        status: match a.status() {
            ActivityStatus::InProgress => "INPROGRESS",
            ActivityStatus::Success => "SUCCESS",
            ActivityStatus::Fail => "FAIL",
        },
        started: a.started,
        visible_from: a.visible,
        due: a.due.filter(|_| a.ended.is_none()),
        polls_left: a.polls_left,
        ended: a.ended.as_ref().map(|ended| ended.at),
    });
    Json(shown.collect())
}

async fn complete(chosen: Extension<Chosen>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, *id, Steering::Complete)
}

async fn hold(chosen: Extension<Chosen>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, *id, Steering::Hold)
}

async fn release(chosen: Extension<Chosen>, id: Path<RequestId>) -> Result<StatusCode, Problem> {
    steer(&chosen, *id, Steering::Release)
}

/// What a failed activity shall say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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

async fn fail(
    chosen: Extension<Chosen>,
    id: Path<RequestId>,
    Strict(failure): Strict<Failure>,
) -> Result<StatusCode, Problem> {
    steer(&chosen, *id, Steering::Fail(failure.into()))
}

fn steer(chosen: &Chosen, id: RequestId, how: Steering) -> Result<StatusCode, Problem> {
    match chosen.sandbox.sim.change(|store, now| store.steer(id, how, now)) {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(reason @ NotSteered::Unknown) => Err(Problem::unknown(format!("{id}: {reason}"))),
        Err(reason @ NotSteered::Ended) => Err(Problem::conflict(format!("{id}: {reason}"))),
    }
}

/// How refreshes go from here on; what is not given stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Policy {
    progress: Option<ProgressWord>,
    /// With progress `polls`: after how many.
    polls: Option<u32>,
    /// With progress `time`: how long.
    delay: Option<String>,
    appears_after: Option<String>,
    outcome: Option<OutcomeWord>,
    /// With outcome `fail`: what the activity says.
    error: Option<Failure>,
    while_running: Option<RunningWord>,
}

/// At once, by time, after so many polls, or by hand.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum ProgressWord {
    Now,
    Time,
    Polls,
    Hand,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum OutcomeWord {
    Success,
    Fail,
    Hang,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum RunningWord {
    Accept,
    Refuse,
}

/// How refreshes go.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownPolicy {
    progress: ProgressWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    polls: Option<u32>,
    delay_ms: i64,
    appears_after_ms: i64,
    outcome: OutcomeWord,
    while_running: RunningWord,
}

async fn show_policy(Extension(chosen): Extension<Chosen>) -> Json<ShownPolicy> {
    let policy = &chosen.sandbox.sim.look().0.refresh;
    let (progress, polls) = match policy.progress {
        Progress::ByTime if policy.delay.is_zero() => (ProgressWord::Now, None),
        Progress::ByTime => (ProgressWord::Time, None),
        Progress::AfterPolls(polls) => (ProgressWord::Polls, Some(polls)),
        Progress::ByHand => (ProgressWord::Hand, None),
    };
    Json(ShownPolicy {
        progress,
        polls,
        delay_ms: policy.delay.num_milliseconds(),
        appears_after_ms: policy.appears_after.num_milliseconds(),
        outcome: match policy.outcome {
            RefreshOutcome::Success => OutcomeWord::Success,
            RefreshOutcome::Fail(_) => OutcomeWord::Fail,
            RefreshOutcome::Hang => OutcomeWord::Hang,
        },
        while_running: match policy.while_running {
            WhileRunning::Accept => RunningWord::Accept,
            WhileRunning::Refuse => RunningWord::Refuse,
        },
    })
}

async fn change_policy(chosen: Extension<Chosen>, Strict(asked): Strict<Policy>) -> Result<Json<ShownPolicy>, Problem> {
    let delay_asked = asked.delay.as_deref().map(delay).transpose()?;
    let appears_after = asked.appears_after.as_deref().map(delay).transpose()?;
    chosen.sandbox.sim.change(|store, _| {
        let mut policy = RefreshPolicy::clone(&store.refresh);
        policy.delay = delay_asked.unwrap_or(policy.delay);
        policy.appears_after = appears_after.unwrap_or(policy.appears_after);
        match asked.progress {
            Some(ProgressWord::Now) => (policy.progress, policy.delay) = (Progress::ByTime, chrono::TimeDelta::zero()),
            Some(ProgressWord::Time) => policy.progress = Progress::ByTime,
            Some(ProgressWord::Polls) => policy.progress = Progress::AfterPolls(asked.polls.unwrap_or(3).max(1)),
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
    Ok(show_policy(chosen).await)
}
