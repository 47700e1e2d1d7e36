//! /_mock/requests: the requests that a sandbox got, as a list, one by one, and in other formats.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::RawQuery,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    body::Path,
    filters::{Filters, Selection},
};
use crate::{
    journal::{
        Excerpt, RecordedRequest, curl, har,
        request_view::{Row, Whole},
    },
    sandbox::{Sandbox, selection::SelectedSandbox},
    support::{echo, heavy, problem::Problem},
};

/// How many rows a page has if `limit` is not given.
const PAGE: usize = 100;

/// A page of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestPage)]
struct Page<'e> {
    /// Oldest first.
    requests: Vec<Row<'e>>,
    /// The value of `since` for what comes after this page.
    next: u64,
    /// How many requests were dropped because the journal was full.
    dropped: u64,
}

/// Lists the recorded requests.
#[utoipa::path(
    get,
    path = "/_mock/requests",
    operation_id = "listRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "A page of the journal, oldest first.", body = Page)),
)]
pub(super) async fn list(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Ok(page(&chosen, Selection::read(query.as_deref())?).await)
}

/// Lists the recorded requests that no operation answers.
#[utoipa::path(
    get,
    path = "/_mock/requests/unmatched",
    operation_id = "listUnmatchedRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "A page of the requests that no operation answers.", body = Page)),
)]
pub(super) async fn list_unmatched(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut selection = Selection::read(query.as_deref())?;
    selection.wanted.unmatched = Some(true);
    Ok(page(&chosen, selection).await)
}

async fn page(chosen: &SelectedSandbox, selection: Selection) -> Response {
    let excerpt = chosen.sandbox.journal.after(selection.since);
    heavy::run(move || Json(Page::of(&excerpt, &selection)).into_response()).await
}

impl<'e> Page<'e> {
    fn of(excerpt: &'e Excerpt, selection: &Selection) -> Self {
        let mut found = excerpt.requests.iter().filter(|recorded| selection.admits(recorded));
        let rows: Vec<_> = found.by_ref().take(selection.limit.unwrap_or(PAGE)).collect();
        let next = match (found.next(), rows.last()) {
            (Some(_), Some(last)) => last.seq,
            _ => excerpt.last,
        };
        Self {
            requests: rows.into_iter().map(|recorded| Row::from(&**recorded)).collect(),
            next,
            dropped: excerpt.dropped,
        }
    }
}

/// Empties the journal.
#[utoipa::path(
    delete,
    path = "/_mock/requests",
    operation_id = "clearRequests",
    tag = "Requests",
    responses((status = 204, description = "The journal is empty.")),
)]
pub(super) async fn clear(Extension(chosen): Extension<SelectedSandbox>) -> StatusCode {
    chosen.sandbox.clear_journal();
    StatusCode::NO_CONTENT
}

/// Shows a request and its answer, without secrets.
#[utoipa::path(
    get,
    path = "/_mock/requests/{id}",
    operation_id = "getRequest",
    tag = "Requests",
    params(("id" = String, Path, description = "Its number in the journal, or the `x-request-id` of its answer.")),
    responses((status = 200, description = "The request and its answer.", body = Whole)),
)]
pub(super) async fn show(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(Json(Whole::from(&*find(&chosen.sandbox, &id)?)).into_response())
}

/// Shows a request as a curl line.
#[utoipa::path(
    get,
    path = "/_mock/requests/{id}/curl",
    operation_id = "getRequestAsCurl",
    tag = "Requests",
    params(("id" = String, Path, description = "Its number in the journal, or the `x-request-id` of its answer.")),
    responses((status = 200, description = "A line for a shell.", body = String, content_type = "text/plain")),
)]
pub(super) async fn show_curl(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(id): Path<String>,
) -> Result<String, Problem> {
    Ok(curl::line(&*find(&chosen.sandbox, &id)?) + "\n")
}

/// A request by its number, or by the `x-request-id` of its answer.
fn find(sandbox: &Sandbox, id: &str) -> Result<Arc<RecordedRequest>, Problem> {
    let found = match (id.parse().ok(), id.parse().ok()) {
        (Some(seq), _) => sandbox.journal.numbered(seq),
        (None, Some(id)) => sandbox.journal.with_id(id),
        (None, None) => {
            let id = echo::cut(id);
            return Err(Problem::bad(format!(
                "\"{id}\" is not a request: expected its number in the journal, or the x-request-id of its answer"
            )));
        }
    };
    found.ok_or_else(|| {
        Problem::unknown(format!("request {id} is not in the journal, or no longer; GET /_mock/requests lists it"))
    })
}

/// Exports the recorded requests as an HTTP archive.
#[utoipa::path(
    get,
    path = "/_mock/requests/har",
    operation_id = "exportRequests",
    tag = "Requests",
    params(Filters),
    responses((status = 200, description = "An HTTP archive (HAR 1.2).", body = Object)),
)]
pub(super) async fn export_har(
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let selection = Selection::read(query.as_deref())?;
    let excerpt = chosen.sandbox.journal.after(selection.since);
    let archive = heavy::run(move || {
        let found = excerpt.requests.iter().filter(|recorded| selection.admits(recorded)).map(AsRef::as_ref);
        Json(har::archive(found.take(selection.limit.unwrap_or(usize::MAX)), reason)).into_response()
    });
    let name = HeaderValue::from_static("attachment; filename=\"requests.har\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], archive.await).into_response())
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("")
}
