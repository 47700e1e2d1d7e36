//! Around every request: its id, the `Date` of the sandbox's clock, the media type that was asked
//! for, the bodies of errors, and one line of log.

use std::sync::Arc;

use axum::{
    Extension, Json, RequestExt,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::caller::Caller;
use crate::api::{
    layers::deprecation::{DEPRECATION, SUNSET},
    response::error::ApiError,
};
use crate::{
    model::{RefreshPlan, Store},
    sandbox::{RequestNumber, Sandbox, selection::SelectedSandbox},
    scenario::{Scenario, format::OverrideRow},
    wire::Style,
};

/// What the scenario pins for a request.
pub struct Pin {
    scenario: Arc<Scenario>,
    row: usize,
}

/// What the scenario pins for a request, if anything: for its operation, its tenant and its parameters. Rows that
/// say parameters go before those that fit any; of several that fit, the first counts. An error if it depends
/// on who calls, and nobody can tell.
pub async fn pin(exchange: &RequestContext, request: &mut Request) -> Option<Result<Pin, ApiError>> {
    let scenario = exchange.sandbox.scenario();
    let operation = format!("{} {}", exchange.method, exchange.path);
    let asked = request.uri().query().unwrap_or_default().to_owned();
    let fits = |row: &OverrideRow| row.operation == operation && row.query.as_ref().is_none_or(|own| own.is(&asked));
    if !scenario.overrides.iter().any(fits) {
        return None;
    }
    let caller = match request.extract_parts::<Caller>().await {
        Ok(caller) => caller.tenant.to_string(),
        Err(error) => return Some(Err(error)),
    };
    let for_caller = |row: &OverrideRow| row.tenant.as_ref().is_none_or(|tenant| tenant.0 == caller);
    let rows = scenario.overrides.iter().enumerate().filter(|(_, row)| fits(row) && for_caller(row));
    let (row, _) = rows.min_by_key(|(_, row)| row.query.is_none())?;
    Some(Ok(Pin { scenario, row }))
}

/// Answers with what the scenario pins for an operation of a tenant, if it pins anything.
pub async fn pinned(exchange: RequestContext, mut request: Request, next: Next) -> Response {
    match pin(&exchange, &mut request).await {
        None => next.run(request).await,
        Some(Err(error)) => error.into_response(),
        Some(Ok(Pin { scenario, row })) => {
            let OverrideRow { status, body, .. } = &scenario.overrides[row];
            let status = StatusCode::from_u16(*status).unwrap_or_default();
            match body {
                Some(body) => (status, Json(body)).into_response(),
                None => status.into_response(),
            }
        }
    }
}

/// The name of the header that carries the id of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request and its answer, for whoever takes part in it.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// Who answers.
    pub sandbox: Arc<Sandbox>,
    /// Its id and number.
    pub id: RequestNumber,
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// What was taken off the path, such as `/sandboxes/one`.
    pub prefix: Arc<str>,
    /// The scheme and host under which the caller knows the server.
    pub base_url: String,
    /// A past state from which it is answered, where a fault makes reads lag.
    pub past: Option<Arc<Store>>,
    /// How the refresh goes that it may start, where it goes another way than the policy has it.
    pub refresh: Option<Arc<RefreshPlan>>,
    /// The media type of an error.
    pub errors_in: &'static str,
}

impl RequestContext {
    /// The style of the answer.
    pub fn style(&self) -> Style {
        self.sandbox.settings().style
    }

    /// The moment on the sandbox's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.sandbox.look().1
    }

    /// The id in the gateway's own shape, such as `b760d632-136996` (observed).
    pub fn gateway_id(&self) -> String {
        let id = self.id.id.simple().to_string();
        format!("{}-{}", &id[..8], 100_000 + self.id.number)
    }
}

/// The headers of an answer that stay when an error takes its place.
static KEPT: [HeaderName; 5] = [header::ALLOW, DEPRECATION, SUNSET, header::LINK, header::VARY];

/// Gives every request its [`RequestContext`], and every answer what the request asked for.
pub async fn around(Extension(chosen): Extension<SelectedSandbox>, mut request: Request, next: Next) -> Response {
    let SelectedSandbox { sandbox, prefix } = chosen;
    let exchange = RequestContext {
        id: sandbox.next_exchange(),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        base_url: format!("{}{prefix}", base_url(request.headers())),
        prefix,
        sandbox,
        past: None,
        refresh: None,
        errors_in: errors_in(&request),
    };
    request.extensions_mut().insert(exchange.clone());
    let mut response = rendered(next.run(request).await, &exchange);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&exchange.id.id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    tracing::info!(method = %exchange.method, path = %exchange.path, status = response.status().as_u16(), "answered");
    response
}

/// The response, with the body of its error if it is one.
pub fn rendered(mut response: Response, exchange: &RequestContext) -> Response {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    let kept = KEPT.iter().filter_map(|name| Some((name.clone(), response.headers_mut().remove(name)?)));
    let kept: Vec<_> = kept.collect();
    let mut rendered = match response.extensions().get::<Negotiated>() {
        Some(Negotiated(media_type)) => error.render(&RequestContext { errors_in: media_type, ..exchange.clone() }),
        None => error.render(exchange),
    };
    rendered.headers_mut().extend(kept);
    rendered
}

fn base_url(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("x-forwarded-host").or_else(|| text("host")).unwrap_or("localhost:8080");
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}")
}

/// The media type of errors that come up before the operation has chosen one: what is accepted, of all that operations
/// answer in. Where there is no operation, the gateway's own.
fn errors_in(request: &Request) -> &'static str {
    let is_operation = request.extensions().get::<MatchedPath>().is_some();
    let accepted = || choose(request.headers(), ALL).unwrap_or(PLAIN);
    if is_operation { accepted() } else { PLAIN }
}

/// With an answer: the media type that the operation has chosen for it.
#[derive(Clone, Copy, Debug)]
struct Negotiated(&'static str);

/// The media type that answers have unless another one is asked for.
pub const PLAIN: &str = "application/json";
/// The same, by version.
pub const VERSIONED: &str = "application/vnd.ruckus.v1+json";

/// The media types in which a group of operations answers; the first is the default.
pub type MediaTypes = &'static [&'static str];

/// What most operations answer in.
pub const V1: MediaTypes = &[PLAIN, VERSIONED];
/// What operations with a newer version answer in as well.
pub const V1_1: MediaTypes = &[PLAIN, VERSIONED, "application/vnd.ruckus.v1.1+json"];

/// What any operation answers in.
const ALL: MediaTypes = &[PLAIN, VERSIONED, "application/vnd.ruckus.v1.1+json", "application/vnd.ruckus.v2+json"];

/// Answers in the media type that the request accepts, of those that the operation has.
pub async fn negotiate(State(offered): State<MediaTypes>, request: Request, next: Next) -> Response {
    let chosen = match choose(request.headers(), offered) {
        Ok(chosen) => chosen,
        Err(error) => return error.into_response(),
    };
    let mut response = next.run(request).await;
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|own| own == PLAIN) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(chosen));
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response.extensions_mut().insert(Negotiated(chosen));
    response
}

/// The best of the media types on offer by the weights of RFC 9110; of equal weights, the first.
pub fn choose(headers: &HeaderMap, offered: &[&'static str]) -> Result<&'static str, ApiError> {
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    if accept.trim().is_empty() {
        return offered.first().copied().ok_or(ApiError::Internal);
    }
    let weight = |media_type: &str| {
        let family = media_type.split('/').next().unwrap_or_default();
        let ranges = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next()?.to_ascii_lowercase();
            let precision = match name.as_str() {
                name if name == media_type => 2,
                name if name.strip_suffix("/*") == Some(family) => 1,
                "*/*" | "*" => 0,
                _ => return None,
            };
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            Some((precision, quality.unwrap_or(1.0)))
        });
        ranges.max_by_key(|(precision, _)| *precision).map_or(0.0, |(_, quality)| quality)
    };
    let weighed = offered.iter().rev().map(|media_type| (*media_type, weight(media_type)));
    let best = weighed.max_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|(_, quality)| *quality > 0.0);
    best.map(|(media_type, _)| media_type)
        .ok_or_else(|| ApiError::NotAcceptable { accept, offered: offered.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONED: &str = "application/vnd.ruckus.v1+json";

    #[track_caller]
    fn check(accept: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        assert_eq!(choose(&headers, V1).ok(), expected, "{accept}");
    }

    #[test]
    fn the_answer_has_the_media_type_that_the_request_accepts_most() {
        check("", Some(PLAIN));
        check("*/*", Some(PLAIN));
        check("application/json", Some(PLAIN));
        check("application/json, text/plain, */*", Some(PLAIN));
        check("application/vnd.ruckus.v1+json", Some(VERSIONED));
        check("application/json;q=0.5, application/vnd.ruckus.v1+json", Some(VERSIONED));
        check("application/vnd.ruckus.v1+json;q=0.5, */*", Some(PLAIN));
        check("text/html,application/xhtml+xml,*/*;q=0.8", Some(PLAIN));
        check("application/json;q=0", None);
        check("text/html", None);
        check("text/*", None);
        check("application/*", Some(PLAIN));
    }
}
