//! Carries out what faults do to a request and to its response. Requests to the control API never come here.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};

use super::fault_decision::Fate;
use crate::{
    api::{
        openapi,
        request::{body::BODY_LIMIT, context::RequestContext},
        response::{connection::ConnectionControl, error::ApiError, fault_effects::Reply},
    },
    catalogue::Effect,
    faults::{AnswerBody, Decision, LostHow, ResponseEffect, ShortCircuit},
    support::{paced_body::PacedBody, pause::pause},
};

/// The header that names the faults that applied.
const APPLIED: HeaderName = HeaderName::from_static("x-mock-fault");

/// The header that names the preferences that were met (RFC 7240).
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

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
    Fate { decision, preferences }: Fate,
    mut context: Arc<RequestContext>,
    mut request: Request,
    answer: impl FnOnce(Arc<RequestContext>, Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let Decision { rules, activity, lag, answer: short_circuit, response_effects, delay } = decision;
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
        Outcome::Reply(response) => sent(response, response_effects, connection.as_ref(), &context).await,
        Outcome::Lost(response) => (response, true),
    };
    marked(response, AppliedFaults { by: rules, lost }, &preferences)
}

/// A reply after its effects, and whether it is lost. Its body is read only for effects that need it.
async fn sent(
    response: Response,
    effects: Vec<ResponseEffect>,
    connection: Option<&ConnectionControl>,
    context: &RequestContext,
) -> (Response, bool) {
    let schema = context.operation.and_then(|own| openapi::answer_schema(own, response.status().as_u16()));
    let mut reply = Reply::new(response, context.method == Method::HEAD);
    if effects.iter().any(ResponseEffect::reads_body) {
        reply.read_body().await;
    }
    for effect in effects {
        reply.apply(effect, schema);
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

fn marked(mut response: Response, applied: AppliedFaults, preferences: &[String]) -> Response {
    let value = |text: String| HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty());
    let headers = response.headers_mut();
    headers.extend(value(applied.by.join(", ")).map(|by| (APPLIED, by)));
    headers.extend(value(preferences.join(", ")).map(|met| (PREFERENCE_APPLIED, met)));
    response.extensions_mut().insert(applied);
    response
}

/// What a developer should know who sees an answer.
const HINT: HeaderName = HeaderName::from_static("x-mock-hint");
const FROZEN: &str =
    "the clock of this sandbox is frozen, so waiting does not help: POST /_mock/clock/advance {\"by\":\"1s\"}";

enum Outcome {
    Reply(Response),
    Lost(Response),
}

async fn answered(answer: ShortCircuit, connection: Option<&ConnectionControl>, context: &RequestContext) -> Outcome {
    match answer {
        ShortCircuit::Status { code, retry_after, error_code, message } => {
            let mut reply = ApiError::fault(code, retry_after, error_code, message).render(context);
            if code == 429 && context.sandbox.clock().is_frozen() {
                reply.headers_mut().insert(HINT, HeaderValue::from_static(FROZEN));
            }
            Outcome::Reply(reply)
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

fn verbatim(status: u16, headers: &BTreeMap<String, String>, body: Option<AnswerBody>) -> Response {
    let content_type = body.as_ref().map(AnswerBody::content_type);
    // The bytes are shared with the rule.
    let body = body.map_or_else(Body::empty, |body| Bytes::from_owner(body.bytes()).into());
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
