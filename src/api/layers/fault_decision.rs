//! Which faults apply to a request: those of the sandbox, and those that its own headers ask for.

use std::cell::OnceCell;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, Method},
};

use super::{header_lines::lines, journal::client_of_form};
use crate::{
    api::request::context::RequestContext,
    catalogue::DOCUMENT,
    faults::{
        Decision, RequestFacts, Rng, ShortCircuit,
        header_words::{self, UnknownWord},
    },
    journal::{matching::Facts, recorded_request::Message},
    model::TenantId,
    proxy::asks_for_websocket,
    support::{authorization::Basic, body_peek::peek, problem::Problem, secrets, suggest::nearest},
};

/// The header by which a request asks for its own outcome.
pub const OUTCOME: HeaderName = HeaderName::from_static("x-mock-outcome");
/// The header by which a request asks for the outcome of the refresh that it starts.
const ACTIVITY: HeaderName = HeaderName::from_static("x-mock-activity");
/// The header by which a request asks for a status, as clients of Prism do (RFC 7240).
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// What happens to a request on purpose, and which preferences it meets.
#[derive(Debug, Default)]
pub struct Fate {
    /// What is done to it.
    pub decision: Decision,
    /// For the header `Preference-Applied`.
    pub preferences: Vec<String>,
}

/// What happens to a request on purpose; nothing for most. Faults apply to forwarded requests too, but never to what
/// becomes a websocket, to OPTIONS, and to the document. An error if the request asks for an unknown outcome.
///
/// The body is read only if a rule looks into it; the handler still gets all of it.
pub async fn decide(context: &RequestContext, request: &mut Request) -> Result<Option<Fate>, Problem> {
    let headers = request.headers();
    let has_faults = context.sandbox.has_faults();
    if !(has_faults || asks(headers)) {
        return Ok(None);
    }
    if context.method == Method::OPTIONS || context.path() == DOCUMENT || asks_for_websocket(headers) {
        return Ok(None);
    }
    let mut fate = wished(headers, context.number.number).map_err(|word| refuse(&word))?;
    if has_faults {
        apply_faults(&mut fate.decision, context, request).await;
    }
    let is_empty = fate.decision.is_empty() && fate.preferences.is_empty();
    Ok((!is_empty).then_some(fate))
}

/// Whether the request itself asks for anything.
pub fn asks(headers: &HeaderMap) -> bool {
    // Looking at each of the few headers costs less than looking for each of these.
    headers.keys().any(|name| [OUTCOME, ACTIVITY, PREFER].contains(name))
}

/// What the request itself asks for.
fn wished(headers: &HeaderMap, number: u64) -> Result<Fate, UnknownWord> {
    let text = |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut fate = Fate::default();
    let mut rng = Rng::new(0, number);
    if let Some(wish) = text(&OUTCOME) {
        for effect in header_words::outcome(&wish)? {
            fate.decision.add(&effect, &mut rng);
        }
        fate.decision.rules.push(OUTCOME.as_str().into());
    }
    for wish in headers.get_all(&PREFER) {
        let preferred = header_words::preferred(&String::from_utf8_lossy(wish.as_bytes()))?;
        if !preferred.effects.is_empty() {
            fate.decision.rules.push(PREFER.as_str().into());
        }
        for effect in &preferred.effects {
            fate.decision.add(effect, &mut rng);
        }
        fate.preferences.extend(preferred.applied);
    }
    if let Some(wish) = text(&ACTIVITY) {
        fate.decision.activity = Some(header_words::activity(&wish)?);
    }
    Ok(fate)
}

fn refuse(word: &UnknownWord) -> Problem {
    Problem::bad(format!("{word}{}", nearest(&word.found, word.words())))
}

/// Adds what the sandbox's faults do to the request.
async fn apply_faults(decision: &mut Decision, context: &RequestContext, request: &mut Request) {
    let message = message(context, request).await;
    let (tenant, client) = (context.tenant(), client(context, request.headers(), &message));
    let query = secrets::query(context.query());
    let path = secrets::path(context.path());
    let identity = context.identity.as_ref().ok().filter(|_| !context.asks_for_token());
    let in_path = || tenant.as_deref().filter(|_| context.asks_for_token())?.parse::<TenantId>().ok();
    let facts = RequestFacts {
        facts: Facts {
            method: context.method.as_str(),
            path: &path,
            query: &query,
            tenant: tenant.as_deref(),
            client: client.as_deref(),
            operation_id: context.operation.map(|operation| operation.id),
            unmatched: is_unmatched(context),
            message: &message,
            content: OnceCell::new(),
            status: None,
        },
        tenant: identity.map(|identity| identity.tenant).or_else(in_path),
        starts_refresh: !context.proxied && context.starts_refresh(),
        asks_token: context.asks_for_token(),
        is_forwarded: context.proxied,
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

/// Headers and body as the journal would keep them, as far as a rule looks at them.
async fn message(context: &RequestContext, request: &mut Request) -> Message {
    let reads = context.sandbox.look_at_faults(crate::faults::Engine::reads);
    let reads_body = reads.body || reads.client && context.asks_for_token();
    if !(reads.headers || reads_body) {
        return Message::default();
    }
    let mut message = Message::new(lines(request.headers()));
    if reads_body {
        let most = context.sandbox.journal.limits().body_bytes;
        let beginning = peek(request.body_mut(), most).await;
        let size = beginning.bytes.len() as u64 + u64::from(!beginning.is_whole);
        message.set_body(beginning.bytes, size);
    }
    message
}

/// The API client that calls, as the journal names it.
fn client(context: &RequestContext, headers: &HeaderMap, message: &Message) -> Option<String> {
    let by_form = || client_of_form(message.body()).filter(|_| context.asks_for_token());
    context.client().map(ToOwned::to_owned).or_else(|| Some(Basic::read(headers)?.id)).or_else(by_form)
}

/// Whether no operation has this path and method.
fn is_unmatched(context: &RequestContext) -> bool {
    let is_read = matches!(context.method, Method::GET | Method::HEAD);
    let is_page = context.route.is_some_and(|route| route.is_page() && is_read);
    context.operation.is_none() && !is_page
}
