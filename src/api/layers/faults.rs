//! What goes wrong on purpose: asks the sandbox's faults and the request's own headers what is to
//! become of a request, and carries it out. Nothing under `/_mock` comes by here.

use std::{sync::Arc, time::Duration};

use axum::{
    RequestExt,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::proxy::passes;
use crate::{
    api::{
        openapi,
        request::{
            caller::{BODY_LIMIT, Caller},
            context::{RequestContext, rendered},
        },
        response::{connection::ConnectionControl, error::ApiError, fault_effects::Reply},
    },
    support::paced_body::PacedBody,
    support::pause::pause,
};
use crate::{
    catalogue::Operation,
    faults::{
        Decision, LostHow, RequestFacts, ResponseEffect, Rng, ShortCircuit,
        outcome::{self, BadWord},
    },
    model::TenantId,
    proxy::asks_for_websocket,
    scenario::check::nearest,
    support::problem::Problem,
};

/// The header by which a request asks for its own fate.
pub const OUTCOME: HeaderName = HeaderName::from_static("x-mock-outcome");
/// The header by which a request asks for the fate of the refresh that it starts.
pub const ACTIVITY: HeaderName = HeaderName::from_static("x-mock-activity");
/// The header that tells which faults struck.
pub const STRUCK_BY: HeaderName = HeaderName::from_static("x-mock-fault");

/// With the response of a request that was struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFaults {
    /// The faults; `x-mock-outcome` for the request's own wish.
    pub by: Vec<Arc<str>>,
    /// Whether the caller gets no reply, or no whole one.
    pub lost: bool,
}

/// The longest that anything is kept waiting.
const LONGEST: Duration = Duration::from_mins(10);

/// Lets a request meet its fate, whoever answers it; but for what becomes a websocket.
pub async fn apply(exchange: RequestContext, mut request: Request, next: Next) -> Response {
    let exempt = request.method() == Method::OPTIONS
        || request.uri().path() == "/openapi.json"
        || asks_for_websocket(request.headers());
    let asks = [OUTCOME, ACTIVITY].iter().any(|name| request.headers().contains_key(name));
    if exempt || !(asks || exchange.sandbox.has_faults()) {
        return next.run(request).await;
    }
    let mut decision = match wished(request.headers(), exchange.id.number) {
        Ok(decision) => decision,
        Err(word) => return refuse(&word).into_response(),
    };
    let operation = operation(&request);
    apply_faults(&mut decision, &exchange, &mut request, operation).await;
    if decision.is_empty() {
        return next.run(request).await;
    }
    pause(decision.delay.min(LONGEST)).await;
    carry_out(decision, exchange, request, next, operation).await
}

/// What the request itself asks for.
fn wished(headers: &HeaderMap, number: u64) -> Result<Decision, BadWord> {
    let text = |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut decision = Decision::default();
    if let Some(wish) = text(&OUTCOME) {
        let mut rng = Rng::new(0, number);
        for effect in outcome::effects(&wish)? {
            decision.add(&effect, &mut rng);
        }
        decision.rules.push(OUTCOME.as_str().into());
    }
    if let Some(wish) = text(&ACTIVITY) {
        decision.activity = Some(outcome::activity(&wish)?);
    }
    Ok(decision)
}

fn refuse(word: &BadWord) -> Problem {
    Problem::bad(format!("{word}{}", nearest(&word.found, word.words())))
}

fn operation(request: &Request) -> Option<&'static Operation> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    openapi::operations().find(path, request.method())
}

/// Adds what the sandbox's faults make of the request.
async fn apply_faults(
    decision: &mut Decision,
    exchange: &RequestContext,
    request: &mut Request,
    operation: Option<&'static Operation>,
) {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let asks_token = path.starts_with("/oauth2/");
    let passes = passes(request);
    let caller = if asks_token { None } else { request.extract_parts::<Caller>().await.ok() };
    let tenant_in_path = || path.strip_prefix("/oauth2/token/").and_then(|id| id.parse::<TenantId>().ok());
    let seen = RequestFacts {
        method: exchange.method.as_str(),
        path: &path,
        query: &query,
        tenant: caller.as_ref().map(|caller| caller.tenant).or_else(tenant_in_path),
        client: caller.as_ref().map(|caller| &*caller.name),
        operation: operation.map(|operation| &*operation.id),
        starts_refresh: !passes && starts_refresh(&exchange.method, &path, &query),
        asks_token,
        passes,
    };
    exchange.sandbox.count_request();
    exchange.sandbox.apply_faults(decision, &seen);
    if decision.answer == Some(ShortCircuit::DeadSession)
        && let Some(tenant) = seen.tenant
    {
        // A tenant that is gone has no sessions to end.
        let _ = exchange.sandbox.change(|store, _| store.end_sessions(tenant));
    }
}

fn starts_refresh(method: &Method, path: &str, query: &str) -> bool {
    let asked = || form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "refresh" && value == "true");
    match *method {
        Method::GET => ["/entitlements/summaries", "/mspEntitlements/summaries"].contains(&path) && asked(),
        Method::PATCH => path == "/entitlements",
        _ => false,
    }
}

fn only_reads(method: &Method, path: &str) -> bool {
    matches!(*method, Method::GET | Method::HEAD) || (*method == Method::POST && path.ends_with("/query"))
}

async fn carry_out(
    decision: Decision,
    mut exchange: RequestContext,
    mut request: Request,
    next: Next,
    operation: Option<&'static Operation>,
) -> Response {
    let Decision { rules, activity, lag, answer, after, delay: _ } = decision;
    let line = request.extensions().get::<ConnectInfo<ConnectionControl>>().map(|info| info.0.clone());
    let fate = if let Some(answer) = answer {
        // Closing with unread bytes would be a reset, and no orderly end.
        let _ = to_bytes(std::mem::take(request.body_mut()), BODY_LIMIT).await;
        answered(answer, line.as_ref(), &exchange).await
    } else {
        let lag = lag.filter(|_| only_reads(&exchange.method, &exchange.path));
        exchange.past = lag.and_then(|lag| exchange.sandbox.past(lag));
        exchange.refresh = activity.map(Arc::new);
        request.extensions_mut().insert(exchange.clone());
        Outcome::Reply(rendered(next.run(request).await, &exchange))
    };
    let (response, lost) = match fate {
        Outcome::Reply(response) => sent(response, after, line.as_ref(), &exchange, operation).await,
        Outcome::Lost(response) => (response, true),
    };
    marked(response, AppliedFaults { by: rules, lost })
}

/// A reply, and what becomes of it. Its body is read only by what looks into it or takes it apart.
async fn sent(
    response: Response,
    after: Vec<ResponseEffect>,
    line: Option<&ConnectionControl>,
    exchange: &RequestContext,
    operation: Option<&'static Operation>,
) -> (Response, bool) {
    let schema = operation.and_then(|own| openapi::answer_schema(own, response.status().as_u16()));
    let mut reply = Reply::new(response, exchange.method == Method::HEAD);
    if after.iter().any(ResponseEffect::reads_body) {
        reply.read_body().await;
    }
    for after in after {
        reply.apply(after, schema);
    }
    let breaks_off = reply.breaks_off();
    match reply.lost {
        None => match reply.into_response() {
            Some(response) => (response, breaks_off),
            None => (cut(line), true),
        },
        Some(LostHow::Cut) => (cut(line), true),
        Some(LostHow::Hang) => {
            pause(LONGEST).await;
            (cut(line), true)
        }
        Some(LostHow::GatewayTimeout) => {
            (ApiError::fault(StatusCode::GATEWAY_TIMEOUT.as_u16(), None, None, None).render(exchange), true)
        }
    }
}

fn marked(mut response: Response, struck: AppliedFaults) -> Response {
    let by = HeaderValue::from_str(&struck.by.join(", ")).ok().filter(|by| !by.is_empty());
    response.headers_mut().extend(by.map(|by| (STRUCK_BY, by)));
    response.extensions_mut().insert(struck);
    response
}

enum Outcome {
    Reply(Response),
    Lost(Response),
}

async fn answered(answer: ShortCircuit, line: Option<&ConnectionControl>, exchange: &RequestContext) -> Outcome {
    match answer {
        ShortCircuit::Status { code, retry_after, error_code, message } => {
            Outcome::Reply(ApiError::fault(code, retry_after, error_code, message).render(exchange))
        }
        ShortCircuit::Verbatim { status, headers, body } => Outcome::Reply(verbatim(status, &headers, body)),
        ShortCircuit::DeadSession => Outcome::Reply(ApiError::DeadSession.render(exchange)),
        ShortCircuit::Hang(time) => {
            pause(time).await;
            Outcome::Lost(cut(line))
        }
        ShortCircuit::Cut => Outcome::Lost(cut(line)),
        ShortCircuit::Close => Outcome::Lost(closed(line, Vec::new())),
        ShortCircuit::Wire(bytes) => Outcome::Lost(closed(line, bytes)),
    }
}

/// The connection is reset. Without one, as in a test that calls the service itself, the body breaks off.
fn cut(line: Option<&ConnectionControl>) -> Response {
    if let Some(line) = line {
        line.reset();
    }
    Response::new(PacedBody::new(Bytes::new(), None).break_off().into_body())
}

/// The connection is closed after these bytes. Without one, they are the body, which then breaks off.
fn closed(line: Option<&ConnectionControl>, bytes: Vec<u8>) -> Response {
    match line {
        Some(line) => {
            line.close_after(bytes);
            Response::new(Body::empty())
        }
        None => Response::new(PacedBody::new(bytes.into(), None).break_off().into_body()),
    }
}

fn verbatim(status: u16, headers: &std::collections::BTreeMap<String, String>, body: Option<Value>) -> Response {
    let (body, content_type) = match body {
        None => (Body::empty(), None),
        Some(Value::String(text)) => (Body::from(text), Some("text/plain; charset=utf-8")),
        Some(value) => (Body::from(value.to_string()), Some("application/json")),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let own = response.headers_mut();
    own.extend(content_type.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value))));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            own.insert(name, value);
        }
    }
    response
}
