//! /_mock/requests/verify and /_mock/requests/wait: whether a sandbox got the requests that a test expects.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Strict;
use crate::{
    journal::{
        Match,
        request_view::Row,
        verify::{Expectation, Verdict, Wait},
    },
    sandbox::{Sandbox, events::Event, registry::Registry, selection::SelectedSandbox},
    support::{duration::Duration, heavy, problem::Problem},
};

/// The most bytes of an expectation.
const BODY_LIMIT: usize = 1024 * 1024;

/// The longest that a caller may wait.
const LONGEST_WAIT: Duration = Duration::minutes(10);

/// Checks whether the expected requests were made: so many of them, or in an order.
#[utoipa::path(
    post,
    path = "/_mock/requests/verify",
    operation_id = "verifyRequests",
    tag = "Requests",
    request_body = Expectation,
    responses((status = 200, description = "The expectation is met.", body = Verdict), (status = 409, description = "The expectation is not met; the answer has the nearest miss.", body = VerificationFailed, content_type = "application/problem+json")),
)]
pub(super) async fn verify(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(expected): Strict<Expectation, BODY_LIMIT>,
) -> Result<Response, Problem> {
    expected.check().map_err(Problem::bad)?;
    let excerpt = chosen.sandbox.journal.after(expected.since);
    let verdict = heavy::run(move || expected.judge(&excerpt)).await;
    Ok(if verdict.passed { Json(verdict).into_response() } else { VerificationFailed::from(verdict).into_response() })
}

/// An expectation that is not met: problem details, and the verdict.
#[derive(Debug, Serialize, ToSchema)]
struct VerificationFailed {
    #[serde(flatten)]
    problem: Problem,
    #[serde(flatten)]
    verdict: Verdict,
}

impl From<Verdict> for VerificationFailed {
    fn from(verdict: Verdict) -> Self {
        let problem = Problem::conflict(verdict.explanation.clone());
        Self { problem: Problem { title: "Not as expected".into(), ..problem }, verdict }
    }
}

impl IntoResponse for VerificationFailed {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CONFLICT, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// The requests to wait for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Awaited {
    /// What they must be like.
    #[serde(rename = "match")]
    wanted: Match,
    /// How many of them.
    count: usize,
    /// How long to wait, in real time; at most 10 minutes.
    timeout: Duration,
    /// Only requests after the one with this number count.
    since: u64,
}

impl Default for Awaited {
    fn default() -> Self {
        Self { wanted: Match::default(), count: 1, timeout: Duration::seconds(5), since: 0 }
    }
}

/// The requests that were waited for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AwaitedRequests)]
struct Arrived<'e> {
    passed: bool,
    requests: Vec<Row<'e>>,
    /// The value of `since` for what comes after them.
    next: u64,
}

/// Answers as soon as the expected number of requests has been made; at once if they are in the journal.
#[utoipa::path(
    post,
    path = "/_mock/requests/wait",
    operation_id = "waitForRequests",
    tag = "Requests",
    request_body = Option<Awaited>,
    responses((status = 200, description = "They were made.", body = Arrived), (status = 409, description = "They were not made in time; the answer has the nearest miss.", body = VerificationFailed, content_type = "application/problem+json")),
)]
pub(super) async fn wait(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(Awaited { wanted, count, timeout, since }): Strict<Awaited, BODY_LIMIT>,
) -> Result<Response, Problem> {
    let limit = timeout.at_most(LONGEST_WAIT, "10 minutes");
    let limit = limit.map_err(|error| Problem::bad(format!("timeout: {error}")))?.std();
    wanted.check().map_err(|invalid| Problem::bad(format!("match.{invalid}")))?;
    let mut wait = Wait::new(wanted, count, since);
    let arrived = tokio::select! {
        arrived = tokio::time::timeout(limit, arrival(&chosen.sandbox, &mut wait)) => arrived,
        () = registry.stop.stopped() => return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the server stops; the requests have not been made",
        )),
    };
    match arrived {
        Ok(Ok(())) => Ok(found(&wait)),
        Ok(Err(removed)) => Err(removed),
        Err(_) => Ok(missed(&chosen.sandbox, wait, timeout).await),
    }
}

/// Returns when the requests have been made.
async fn arrival(sandbox: &Sandbox, wait: &mut Wait) -> Result<(), Problem> {
    let mut events = sandbox.subscribe();
    while !wait.look(&sandbox.journal) {
        loop {
            match events.next().await {
                Ok(Event::RequestAnswered { .. }) => break,
                Ok(Event::SandboxRemoved) => {
                    return Err(Problem::unknown("the sandbox was removed; the requests have not been made"));
                }
                // The journal was emptied, or perhaps so: what was seen before no longer counts.
                Ok(Event::RequestsCleared) | Err(_) => {
                    wait.begin_again();
                    break;
                }
                Ok(_) => {}
            }
        }
    }
    Ok(())
}

fn found(wait: &Wait) -> Response {
    let requests: Vec<Row<'_>> = wait.found.iter().map(|recorded| Row::from(&**recorded)).collect();
    let next = wait.found.last().map_or(wait.since, |recorded| recorded.seq);
    Json(Arrived { passed: true, requests, next }).into_response()
}

async fn missed(sandbox: &Sandbox, wait: Wait, timeout: Duration) -> Response {
    let excerpt = sandbox.journal.after(wait.since);
    let verdict = heavy::run(move || wait.missed(&excerpt, &format!("waited {timeout} for"))).await;
    VerificationFailed::from(verdict).into_response()
}
