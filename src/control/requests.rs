//! /_mock/requests: what was asked of a sandbox, and whether that is what was expected.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{DefaultBodyLimit, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Path, Strict},
    filters::{Asked, Filters},
};
use crate::{
    journal::{
        Match, RecordedRequest, curl, har,
        request_view::{Row, Whole},
        verify::{self, Expectation, Nearest, Verdict},
    },
    route,
    sandbox::{Sandbox, events::Event, registry::Registry, selection::SelectedSandbox},
    support::{duration::Duration, problem::Problem, routes::Routes},
};

/// What somebody expects is not large.
const BODY_LIMIT: usize = 1024 * 1024;

/// How many rows a list has if nothing is said.
const PAGE: usize = 100;

pub fn routes() -> Routes<Arc<Registry>> {
    Routes::new()
        .routes(route!(list, clear))
        .routes(route!(list_unmatched))
        .routes(route!(export_har))
        .routes(route!(verify))
        .routes(route!(wait))
        .routes(route!(show))
        .routes(route!(show_curl))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// A page of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestPage)]
struct Page<'e> {
    /// Oldest first.
    requests: Vec<Row<'e>>,
    /// `since` for what comes after this page.
    next: u64,
    /// How many went because there were too many.
    dropped: u64,
}

/// Lists what was asked.
#[utoipa::path(
    get,
    path = "/_mock/requests",
    operation_id = "listRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "A page of the journal, oldest first.", body = Page)),
)]
async fn list(Extension(chosen): Extension<SelectedSandbox>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Ok(page(&chosen.sandbox, &Asked::read(query.as_deref().unwrap_or_default())?))
}

/// Lists what was asked that no operation answers.
#[utoipa::path(
    get,
    path = "/_mock/requests/unmatched",
    operation_id = "listUnmatchedRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "A page of those that no operation answers.", body = Page)),
)]
async fn list_unmatched(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default())?;
    asked.wanted.unmatched = Some(true);
    Ok(page(&chosen.sandbox, &asked))
}

fn page(sandbox: &Sandbox, asked: &Asked) -> Response {
    let limit = asked.limit.unwrap_or(PAGE);
    let excerpt = sandbox.journal.after(asked.since);
    let mut found = excerpt.exchanges.iter().filter(|exchange| asked.admits(exchange));
    let rows: Vec<&Arc<RecordedRequest>> = found.by_ref().take(limit).collect();
    let next = match (found.next(), rows.last()) {
        (None, _) => excerpt.last,
        (Some(_), Some(last)) => last.seq,
        (Some(_), None) => asked.since,
    };
    let requests = rows.iter().map(|exchange| Row::from(&***exchange)).collect();
    Json(Page { requests, next, dropped: excerpt.dropped }).into_response()
}

/// Forgets what was asked.
#[utoipa::path(
    delete,
    path = "/_mock/requests",
    operation_id = "clearRequests",
    tag = "Requests",
    responses((status = 204, description = "The journal is empty.")),
)]
async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> StatusCode {
    chosen.sandbox.clear_journal();
    StatusCode::NO_CONTENT
}

/// A request and its answer, without secrets.
#[utoipa::path(
    get,
    path = "/_mock/requests/{id}",
    operation_id = "getRequest",
    tag = "Requests",
    params(("id" = String, Path, description = "Its number in the journal, or the `x-request-id` of its answer.")),
    responses((status = 200, description = "The request and its answer.", body = Whole)),
)]
async fn show(Extension(chosen): Extension<SelectedSandbox>, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(Json(Whole::from(&*find(&chosen.sandbox, &id)?)).into_response())
}

/// A request as a curl line.
#[utoipa::path(
    get,
    path = "/_mock/requests/{id}/curl",
    operation_id = "getRequestAsCurl",
    tag = "Requests",
    params(("id" = String, Path, description = "Its number in the journal, or the `x-request-id` of its answer.")),
    responses((status = 200, description = "A line for a shell.", body = String, content_type = "text/plain")),
)]
async fn show_curl(Extension(chosen): Extension<SelectedSandbox>, Path(id): Path<String>) -> Result<String, Problem> {
    Ok(curl::line(&*find(&chosen.sandbox, &id)?) + "\n")
}

/// An exchange by its number, or by the `x-request-id` that its answer carried.
fn find(sandbox: &Sandbox, id: &str) -> Result<Arc<RecordedRequest>, Problem> {
    let found = match (id.parse().ok(), id.parse().ok()) {
        (Some(seq), _) => sandbox.journal.numbered(seq),
        (None, Some(id)) => sandbox.journal.with_id(id),
        (None, None) => {
            return Err(Problem::bad(format!(
                "\"{id}\" is no request: expected its number in the journal, or the x-request-id of its answer"
            )));
        }
    };
    let gone = || {
        Problem::unknown(format!("request {id} is not in the journal, or not any more; GET /_mock/requests lists it"))
    };
    found.ok_or_else(gone)
}

/// What was asked, as an HTTP archive.
#[utoipa::path(
    get,
    path = "/_mock/requests/har",
    operation_id = "exportRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "An HTTP archive (HAR 1.2).", body = Object)),
)]
async fn export_har(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref().unwrap_or_default())?;
    let excerpt = chosen.sandbox.journal.after(asked.since);
    let found = excerpt.exchanges.iter().filter(|exchange| asked.admits(exchange)).map(AsRef::as_ref);
    let reason = |status| StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("");
    let archive = har::archive(found.take(asked.limit.unwrap_or(usize::MAX)), reason);
    let name = HeaderValue::from_static("attachment; filename=\"requests.har\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(archive)).into_response())
}

/// Whether what was expected to be called was called: by count or in order.
#[utoipa::path(
    post,
    path = "/_mock/requests/verify",
    operation_id = "verifyRequests",
    tag = "Requests",
    request_body = Expectation,
    responses((status = 200, description = "All is as expected.", body = Verdict), (status = 409, description = "Not as expected; the nearest miss is told.", body = VerificationFailed, content_type = "application/problem+json")),
)]
async fn verify(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(expected): Strict<Expectation>,
) -> Result<Response, Problem> {
    expected.check().map_err(Problem::bad)?;
    let verdict = expected.judge(&chosen.sandbox.journal.after(expected.since));
    Ok(if verdict.passed { Json(verdict).into_response() } else { VerificationFailed::from(verdict).into_response() })
}

/// What was expected has not come: problem details, and the verdict.
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

/// What somebody waits for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Awaited {
    #[serde(rename = "match")]
    wanted: Match,
    /// How many of them.
    count: usize,
    /// In real time, at most 10 minutes.
    timeout: Duration,
    /// Only what came after the exchange of this number counts.
    since: u64,
}

impl Default for Awaited {
    fn default() -> Self {
        Self { wanted: Match::default(), count: 1, timeout: Duration::seconds(5), since: 0 }
    }
}

/// The longest that a caller may wait.
const LONGEST_WAIT: Duration = Duration::minutes(10);

/// What was waited for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AwaitedRequests)]
struct Came<'e> {
    passed: bool,
    requests: Vec<Row<'e>>,
    /// `since` for what comes after them.
    next: u64,
}

/// Answers as soon as as many requests as are wanted have come; at once if they have come already.
#[utoipa::path(
    post,
    path = "/_mock/requests/wait",
    operation_id = "waitForRequests",
    tag = "Requests",
    request_body = Option<Awaited>,
    responses((status = 200, description = "They have come.", body = Came), (status = 409, description = "Not as expected; the nearest miss is told.", body = VerificationFailed, content_type = "application/problem+json")),
)]
async fn wait(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(awaited): Strict<Awaited>,
) -> Result<Response, Problem> {
    let wait = awaited.timeout.at_most(LONGEST_WAIT, "10 minutes");
    let timeout = wait.map_err(|error| Problem::bad(format!("timeout: {error}")))?.std();
    awaited.wanted.check().map_err(Problem::bad)?;
    let sandbox = &chosen.sandbox;
    let mut events = sandbox.subscribe();
    let came = async {
        loop {
            let found = awaited.found(sandbox);
            if found.len() >= awaited.count {
                return Ok(found);
            }
            // Whatever else happened, or however much was missed: look again.
            if let Ok(Event::SandboxRemoved) = events.next().await {
                return Err(Problem::unknown("the sandbox was removed; what was waited for has not come"));
            }
        }
    };
    tokio::select! {
        came = tokio::time::timeout(timeout, came) => match came {
            Ok(Err(removed)) => Err(removed),
            Ok(Ok(found)) => {
                let requests: Vec<Row<'_>> = found.iter().map(|exchange| Row::from(&**exchange)).collect();
                let next = found.last().map_or(awaited.since, |exchange| exchange.seq);
                Ok(Json(Came { passed: true, requests, next }).into_response())
            }
            Err(_) => Ok(awaited.missed(sandbox).into_response()),
        },
        () = registry.stop.stopped() => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server stops; what was waited for has not come"))
        }
    }
}

impl Awaited {
    /// The first exchanges that are wanted, as many as are wanted.
    fn found(&self, sandbox: &Sandbox) -> Vec<Arc<RecordedRequest>> {
        let came = sandbox.journal.after(self.since).exchanges.into_iter();
        came.filter(|exchange| self.wanted.matches(exchange)).take(self.count).collect()
    }

    fn missed(&self, sandbox: &Sandbox) -> VerificationFailed {
        let excerpt = sandbox.journal.after(self.since);
        let nearest: Option<Nearest> = verify::nearest(&self.wanted, &excerpt.exchanges);
        let matched: Vec<u64> = self.found(sandbox).iter().map(|exchange| exchange.seq).collect();
        let explanation = format!(
            "waited {} for {} to match, {} did{}",
            self.timeout,
            self.count,
            matched.len(),
            verify::told(nearest.as_ref())
        );
        Verdict { passed: false, explanation, matched, nearest }.into()
    }
}
