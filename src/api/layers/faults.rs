//! What goes wrong on purpose: asks the sandbox's faults and the request's own headers what happens to a request, and
//! does it. Requests to the control surface never come here.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use crate::{
    api::{
        openapi,
        request::{body::BODY_LIMIT, context::RequestContext},
        response::{connection::ConnectionControl, error::ApiError, fault_effects::Reply},
    },
    catalogue::{DOCUMENT, Effect},
    faults::{
        Decision, LostHow, RequestFacts, ResponseEffect, Rng, ShortCircuit,
        outcome::{self, BadWord},
    },
    model::TenantId,
    proxy::asks_for_websocket,
    support::{paced_body::PacedBody, pause::pause, problem::Problem, suggest::nearest},
};

/// The header by which a request asks for its own outcome.
const OUTCOME: HeaderName = HeaderName::from_static("x-mock-outcome");
/// The header by which a request asks for the outcome of the refresh that it starts.
const ACTIVITY: HeaderName = HeaderName::from_static("x-mock-activity");
/// The header that names the faults that applied.
const APPLIED: HeaderName = HeaderName::from_static("x-mock-fault");

/// With the response of a request to which faults applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFaults {
    /// The ids of the faults; `x-mock-outcome` for the request's own wish.
    pub by: Vec<Arc<str>>,
    /// Whether the caller gets no reply, or no whole one.
    pub lost: bool,
}

/// The longest that a request is kept waiting.
const LONGEST: Duration = Duration::from_mins(10);

/// What happens to a request on purpose; nothing for most. Faults apply to forwarded requests too, but never to what
/// becomes a websocket, to OPTIONS, and to the document. An error if the request asks for an unknown outcome.
pub fn decide(context: &RequestContext, headers: &HeaderMap) -> Result<Option<Decision>, Problem> {
    let asks = || [OUTCOME, ACTIVITY].iter().any(|name| headers.contains_key(name));
    if !(context.has_faults || asks()) {
        return Ok(None);
    }
    if context.method == Method::OPTIONS || context.path() == DOCUMENT || asks_for_websocket(headers) {
        return Ok(None);
    }
    let mut decision = wished(headers, context.number.number).map_err(|word| refuse(&word))?;
    apply_faults(&mut decision, context);
    Ok(Some(decision).filter(|decision| !decision.is_empty()))
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

/// Adds what the sandbox's faults make of the request.
fn apply_faults(decision: &mut Decision, context: &RequestContext) {
    let identity = context.identity.as_ref().ok().filter(|_| !context.asks_for_token());
    let in_path = || context.tenant().filter(|_| context.asks_for_token())?.parse::<TenantId>().ok();
    let facts = RequestFacts {
        method: context.method.as_str(),
        path: context.path(),
        query: context.query(),
        tenant: identity.map(|identity| identity.tenant).or_else(in_path),
        client: identity.map(|identity| &*identity.name),
        operation: context.operation.map(|operation| operation.id),
        starts_refresh: !context.proxied && context.starts_refresh(),
        asks_token: context.asks_for_token(),
        passes: context.proxied,
    };
    context.sandbox.count_request();
    context.sandbox.apply_faults(decision, &facts);
    if decision.answer == Some(ShortCircuit::DeadSession)
        && let Some(tenant) = facts.tenant
    {
        // A tenant that is gone has no sessions to end.
        let _ = context.sandbox.change(|store, _| store.end_sessions(tenant));
    }
}

/// Whether the request reads, so that a past state can answer it.
fn only_reads(context: &RequestContext) -> bool {
    match context.operation.map(|operation| operation.effect) {
        Some(Effect::Read | Effect::ReadOrRefresh(_)) => true,
        Some(Effect::Write | Effect::Refresh(_) | Effect::Token) => false,
        None => context.method.is_safe(),
    }
}

/// Carries out a decision. `answer` gives the reply that the request would have had.
pub async fn carry_out<F>(
    decision: Decision,
    mut context: Arc<RequestContext>,
    mut request: Request,
    answer: impl FnOnce(Arc<RequestContext>, Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let Decision { rules, activity, lag, answer: short_circuit, after, delay } = decision;
    pause(delay.min(LONGEST)).await;
    let connection = request.extensions().get::<ConnectInfo<ConnectionControl>>().map(|info| info.0.clone());
    let outcome = if let Some(short_circuit) = short_circuit {
        // Closing with unread bytes would be a reset, and no orderly end.
        let _ = to_bytes(std::mem::take(request.body_mut()), BODY_LIMIT).await;
        answered(short_circuit, connection.as_ref(), &context).await
    } else {
        let past = lag.filter(|_| only_reads(&context)).and_then(|lag| context.sandbox.past(lag));
        let changed = Arc::make_mut(&mut context);
        changed.past = past;
        changed.refresh = activity.map(Arc::new);
        Outcome::Reply(answer(Arc::clone(&context), request).await)
    };
    let (response, lost) = match outcome {
        Outcome::Reply(response) => sent(response, after, connection.as_ref(), &context).await,
        Outcome::Lost(response) => (response, true),
    };
    marked(response, AppliedFaults { by: rules, lost })
}

/// A reply after its effects, and whether it is lost. Its body is read only for effects that need it.
async fn sent(
    response: Response,
    after: Vec<ResponseEffect>,
    connection: Option<&ConnectionControl>,
    context: &RequestContext,
) -> (Response, bool) {
    let schema = context.operation.and_then(|own| openapi::answer_schema(own, response.status().as_u16()));
    let mut reply = Reply::new(response, context.method == Method::HEAD);
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
            None => (cut(connection), true),
        },
        Some(LostHow::Cut) => (cut(connection), true),
        Some(LostHow::Hang) => {
            pause(LONGEST).await;
            (cut(connection), true)
        }
        Some(LostHow::GatewayTimeout) => {
            (ApiError::fault(StatusCode::GATEWAY_TIMEOUT.as_u16(), None, None, None).render(context), true)
        }
    }
}

fn marked(mut response: Response, applied: AppliedFaults) -> Response {
    let by = HeaderValue::from_str(&applied.by.join(", ")).ok().filter(|by| !by.is_empty());
    response.headers_mut().extend(by.map(|by| (APPLIED, by)));
    response.extensions_mut().insert(applied);
    response
}

enum Outcome {
    Reply(Response),
    Lost(Response),
}

async fn answered(answer: ShortCircuit, connection: Option<&ConnectionControl>, context: &RequestContext) -> Outcome {
    match answer {
        ShortCircuit::Status { code, retry_after, error_code, message } => {
            Outcome::Reply(ApiError::fault(code, retry_after, error_code, message).render(context))
        }
        ShortCircuit::Verbatim { status, headers, body } => Outcome::Reply(verbatim(status, &headers, body)),
        ShortCircuit::DeadSession => Outcome::Reply(ApiError::DeadSession.render(context)),
        ShortCircuit::Hang(time) => {
            pause(time).await;
            Outcome::Lost(cut(connection))
        }
        ShortCircuit::Cut => Outcome::Lost(cut(connection)),
        ShortCircuit::Close => Outcome::Lost(closed(connection, Vec::new())),
        ShortCircuit::Wire(bytes) => Outcome::Lost(closed(connection, bytes)),
    }
}

/// The connection is reset. Without one, as in a test that calls the service itself, the body breaks off.
fn cut(connection: Option<&ConnectionControl>) -> Response {
    if let Some(connection) = connection {
        connection.reset();
    }
    Response::new(PacedBody::new(Bytes::new(), None).break_off().into_body())
}

/// The connection is closed after these bytes. Without one, they are the body, which then breaks off.
fn closed(connection: Option<&ConnectionControl>, bytes: Vec<u8>) -> Response {
    match connection {
        Some(connection) => {
            connection.close_after(bytes);
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
