//! Puts what was asked and answered into the sandbox's journal. Bodies are copied, up to a limit, while
//! they pass; nothing is held back for it.

use std::{
    borrow::Cow,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SubsecRound, Utc};
use http_body::{Body as HttpBody, Frame, SizeHint};
use parking_lot::Mutex;

use super::faults::AppliedFaults;
use crate::api::{operations, request::context::REQUEST_ID};
use crate::{
    journal::{
        self, mask,
        recorded_request::{self, Message},
    },
    sandbox::{Sandbox, events::Event, selection::SelectedSandbox},
    support::body_tap::{Tap, watched},
    wire::jwt,
};

/// How long to wait for the rest of a body that nobody asked for, such as that of a request for an
/// unknown path.
const PATIENCE: Duration = Duration::from_millis(250);

/// Records a request and its answer.
pub async fn record(Extension(chosen): Extension<SelectedSandbox>, request: Request, next: Next) -> Response {
    let limits = chosen.sandbox.journal.limits();
    if limits.count == 0 {
        return next.run(request).await;
    }
    let is_head = request.method() == Method::HEAD;
    let mut pending = Pending::new(chosen, &request, limits.body_bytes);
    let (request, sent) = copied(request, limits.body_bytes);
    let response = next.run(request).await;
    if let Some(sent) = sent {
        sent.read_rest().await;
        pending.sent(&mut sent.copy.lock());
    }
    pending.answered(&response);
    response.map(|body| {
        if is_head || body.is_end_stream() {
            pending.finish(true);
            return body;
        }
        watched(body, pending)
    })
}

/// A request on its way to the journal. Gets there whatever happens, if only as one without an answer.
struct Pending {
    sandbox: Arc<Sandbox>,
    /// None once it is in the journal.
    exchange: Option<journal::RecordedRequest>,
    answer: Copy,
    most: usize,
}

impl Pending {
    fn new(chosen: SelectedSandbox, request: &Request, most: usize) -> Self {
        let SelectedSandbox { sandbox, prefix } = chosen;
        let (method, headers) = (request.method(), request.headers());
        let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let caller = Caller::of(request, matched, &sandbox);
        let exchange = journal::RecordedRequest {
            at: now(&sandbox),
            method: name(method),
            prefix,
            path: request.uri().path().into(),
            query: request.uri().query().map(|query| mask::form(query).into()),
            operation_id: matched.and_then(|path| operations().find(path, method)).map(|own| Arc::clone(&own.id)),
            tenant: caller.tenant,
            client: caller.client,
            unmatched: matched.is_none() && method != Method::OPTIONS,
            request: Message::new(lines(headers)),
            ..journal::RecordedRequest::default()
        };
        Self { sandbox, exchange: Some(exchange), answer: Copy::default(), most }
    }

    fn sent(&mut self, copy: &mut Copy) {
        let Some(exchange) = &mut self.exchange else { return };
        if exchange.client.is_none() && exchange.path.starts_with("/oauth2/") {
            let client = form_urlencoded::parse(&copy.bytes).find(|(name, _)| name == "client_id");
            exchange.client = client.map(|(_, id)| id.into());
        }
        exchange.request.set_body(mem::take(&mut copy.bytes), copy.size);
    }

    fn answered(&mut self, response: &Response) {
        let Some(exchange) = &mut self.exchange else { return };
        let headers = response.headers();
        exchange.id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()?.parse().ok());
        let struck = response.extensions().get::<AppliedFaults>();
        let lost = struck.is_some_and(|struck| struck.lost);
        exchange.faults = struck.map(|struck| struck.by.as_slice().into()).unwrap_or_default();
        exchange.status = if lost { 0 } else { response.status().as_u16() };
        let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED && exchange.operation_id.is_none();
        exchange.unmatched |= refused;
        exchange.response = Message::new(lines(headers));
    }

    fn finish(&mut self, complete: bool) {
        let Some(mut exchange) = self.exchange.take() else { return };
        exchange.complete = complete;
        exchange.took = now(&self.sandbox) - exchange.at;
        exchange.response.set_body(mem::take(&mut self.answer.bytes), self.answer.size);
        let event = self.sandbox.has_listeners().then(|| {
            let status = if complete { exchange.status } else { 0 };
            (exchange.id, exchange.method.to_string(), exchange.target(), status, Arc::clone(&exchange.faults))
        });
        let seq = self.sandbox.journal.record(exchange);
        if let Some((id, method, path, status, faults)) = event {
            self.sandbox.send(Event::RequestAnswered { seq, id, method, path, status, faults });
        }
    }
}

impl Tap for Pending {
    fn piece(&mut self, data: &[u8]) {
        self.answer.add(data, self.most);
    }

    fn end(&mut self, complete: bool) {
        self.finish(complete);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.finish(false);
    }
}

/// Who calls, as far as the request says so; whether it may is for others to decide.
struct Caller {
    tenant: Option<Box<str>>,
    client: Option<Box<str>>,
}

impl Caller {
    fn of(request: &Request, matched: Option<&str>, sandbox: &Sandbox) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let credentials = header("authorization").and_then(|value| value.split_once(' '));
        let claims = credentials.and_then(|(_, token)| jwt::unverified(token.trim()));
        let basic = || {
            let (_, credentials) = credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))?;
            let text = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
            text.split_once(':').map(|(id, _)| id.into())
        };
        let in_path = || {
            let at = matched?.split('/').position(|part| part == "{tenantId}")?;
            request.uri().path().split('/').nth(at)
        };
        let tenant = in_path().or_else(|| header("x-rks-tenantid").map(str::trim).filter(|name| !name.is_empty()));
        let tenant = tenant.or_else(|| claims.as_ref().map(|claims| claims.tenant_id.as_str())).map(Into::into);
        // Who asks for a token without saying for which tenant does not ask for the default one.
        let has_default = matched.is_some_and(|path| !path.starts_with("/oauth2/"));
        let default = || has_default.then(|| sandbox.look().0.default_tenant.to_string().into());
        let client = claims.as_ref().map(|claims| claims.user_name.as_str()).filter(|name| !name.is_empty());
        Self { tenant: tenant.or_else(default), client: client.map(Into::into).or_else(basic) }
    }
}

/// The moment on the sandbox's clock, as exact as is worth telling.
fn now(sandbox: &Sandbox) -> DateTime<Utc> {
    sandbox.clock().now().trunc_subsecs(3)
}

fn name(method: &Method) -> Cow<'static, str> {
    match *method {
        Method::GET => "GET".into(),
        Method::POST => "POST".into(),
        Method::PUT => "PUT".into(),
        Method::PATCH => "PATCH".into(),
        Method::DELETE => "DELETE".into(),
        Method::HEAD => "HEAD".into(),
        Method::OPTIONS => "OPTIONS".into(),
        _ => method.to_string().into(),
    }
}

fn lines(headers: &HeaderMap) -> String {
    let length = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 3).sum();
    let mut lines = String::with_capacity(length);
    for (name, value) in headers {
        recorded_request::line(&mut lines, name.as_str(), value.as_bytes());
    }
    lines
}

/// The beginning of a body, and how long the body was.
#[derive(Default)]
struct Copy {
    bytes: Vec<u8>,
    size: u64,
}

impl Copy {
    fn add(&mut self, data: &[u8], most: usize) {
        let room = most.saturating_sub(self.bytes.len()).min(data.len());
        self.bytes.extend_from_slice(&data[..room]);
        self.size += data.len() as u64;
    }
}

/// What comes of the body of a request.
struct Sent {
    copy: Mutex<Copy>,
    /// What nobody has read.
    rest: Mutex<Option<Body>>,
    /// Whether the rest is worth waiting for.
    is_small: bool,
    most: usize,
}

/// The request with a body that is copied when it is read; or none, if it has no body.
fn copied(request: Request, most: usize) -> (Request, Option<Arc<Sent>>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let length = request.body().size_hint().exact();
    // A client that expects to be asked for its body is not asked for the journal's sake.
    let is_small =
        length.is_some_and(|length| length <= most as u64) && !request.headers().contains_key(header::EXPECT);
    let sent = Arc::new(Sent { copy: Mutex::default(), rest: Mutex::default(), is_small, most });
    let request = request.map(|body| Body::new(Copied { body: Some(body), sent: Arc::clone(&sent) }));
    (request, Some(sent))
}

impl Sent {
    async fn read_rest(&self) {
        let Some(mut rest) = self.rest.lock().take().filter(|_| self.is_small) else { return };
        let reading = async {
            while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut rest).poll_frame(context)).await {
                if let Some(data) = frame.data_ref() {
                    self.copy.lock().add(data, self.most);
                }
            }
        };
        // What does not come is not in the journal.
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    }
}

/// The body of a request, copied as it is read.
struct Copied {
    /// None once it was read to its end.
    body: Option<Body>,
    sent: Arc<Sent>,
}

impl HttpBody for Copied {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    self.sent.copy.lock().add(data, self.sent.most);
                }
            }
            Poll::Ready(_) => self.body = None,
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            *self.sent.rest.lock() = Some(body);
        }
    }
}
