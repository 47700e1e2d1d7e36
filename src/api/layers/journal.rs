//! Puts what was asked and answered into the sandbox's journal. Bodies are copied, up to a limit, while they are sent;
//! nothing is held back for it.

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
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use chrono::{DateTime, SubsecRound, Utc};
use http_body::{Body as HttpBody, Frame, SizeHint};
use parking_lot::Mutex;
use uuid::{Uuid, fmt::Hyphenated};

use super::{
    faults::AppliedFaults,
    header_lines::{KnownLines, lines},
};
use crate::{
    api::{request::context::RequestContext, service::REQUEST_ID},
    journal::{self, recorded_request::Message},
    sandbox::{Sandbox, events::Event, kept::Reply},
    support::{
        authorization::Basic,
        body_tap::{Tap, watched},
        secrets,
    },
};

/// How long to wait for the rest of a body that no handler read, such as that of a request for an unknown path.
const REST_TIMEOUT: Duration = Duration::from_millis(250);

/// A request that is being recorded.
pub struct Recording {
    /// None if the journal is off.
    pending: Option<Pending>,
    /// None if the request has no body.
    sent: Option<Arc<Sent>>,
}

impl Recording {
    /// Begins to record a request, whose body is copied when it is read.
    pub fn begin(context: &RequestContext, headers: &HeaderMap, body: Body, known: &KnownLines) -> (Self, Body) {
        let limits = context.sandbox.journal.limits();
        let pending = (limits.count > 0).then(|| Pending::new(context, headers, known, limits.body_bytes));
        let (body, sent) = copied(body, headers, limits.body_bytes);
        (Self { pending, sent }, body)
    }

    /// Records an answer with a kept reply and these lines of headers, to which nothing has happened. It is in memory, so it
    /// is taken to be sent.
    pub fn record_kept(self, lines: String, reply: &Reply) {
        let Some(mut pending) = self.pending else { return };
        let beginning = reply.body.slice(..reply.body.len().min(pending.most));
        if let Some(recorded) = &mut pending.recorded {
            recorded.id = Some(pending.id);
            recorded.status = StatusCode::OK.as_u16();
            recorded.response = Message::new(lines);
        }
        pending.finish_with(true, beginning, reply.body.len() as u64);
    }

    /// Records the answer, whose body is copied when it is sent. An answer before the end of the request's body announces
    /// that the connection closes (RFC 9112, section 9.6): the rest of the body would be taken for the next request.
    pub async fn finish(self, mut response: Response, method: &Method) -> Response {
        if let Some(sent) = &self.sent
            && !sent.read_rest().await
        {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        self.record(response, method)
    }

    /// The same, of a request whose body has been read.
    pub fn record(self, response: Response, method: &Method) -> Response {
        let Self { pending, sent } = self;
        let Some(mut pending) = pending else { return response };
        if let Some(sent) = sent {
            pending.sent(&mut sent.copy.lock());
        }
        pending.answered(&response);
        response.map(|body| {
            if method == Method::HEAD || body.is_end_stream() {
                pending.finish(true);
                return body;
            }
            watched(body, pending)
        })
    }
}

/// A request on its way to the journal. It gets there whatever happens, if need be without an answer.
struct Pending {
    sandbox: Arc<Sandbox>,
    /// None once it is in the journal.
    recorded: Option<journal::RecordedRequest>,
    asks_for_token: bool,
    /// The id of the request.
    id: Uuid,
    answer: Copy,
    most: usize,
}

impl Pending {
    fn new(context: &RequestContext, headers: &HeaderMap, known: &KnownLines, most: usize) -> Self {
        let client = context.client().map(Into::into).or_else(|| Some(Basic::read(headers)?.id.into()));
        let recorded = journal::RecordedRequest {
            at: context.began.trunc_subsecs(3),
            method: name(&context.method),
            prefix: Arc::clone(&context.prefix),
            path: context.shown_path().into(),
            query: context.uri.query().map(|query| secrets::query(query).into()),
            operation_id: context.operation.map(|operation| operation.id),
            tenant: context.tenant().map(Into::into),
            client,
            unmatched: context.route.is_none() && context.method != Method::OPTIONS,
            request: Message::new(known.of(headers)),
            ..journal::RecordedRequest::default()
        };
        let asks_for_token = context.asks_for_token();
        Self {
            sandbox: Arc::clone(&context.sandbox),
            recorded: Some(recorded),
            asks_for_token,
            id: context.number.id,
            answer: Copy::default(),
            most,
        }
    }

    fn sent(&mut self, copy: &mut Copy) {
        let Some(recorded) = &mut self.recorded else { return };
        if recorded.client.is_none() && self.asks_for_token {
            recorded.client = client_of_form(&copy.bytes).map(Into::into);
        }
        recorded.request.set_body(mem::take(&mut copy.bytes), copy.size);
    }

    fn answered(&mut self, response: &Response) {
        let Some(recorded) = &mut self.recorded else { return };
        let headers = response.headers();
        recorded.id = headers.get(REQUEST_ID).and_then(|id| id_in(id, self.id));
        let applied = response.extensions().get::<AppliedFaults>();
        let lost = applied.is_some_and(|applied| applied.lost);
        recorded.faults = applied.map(|applied| applied.by.as_slice().into()).unwrap_or_default();
        recorded.status = if lost { 0 } else { response.status().as_u16() };
        let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED && recorded.operation_id.is_none();
        recorded.unmatched |= refused;
        recorded.response = Message::new(lines(headers));
    }

    fn finish(&mut self, complete: bool) {
        let Copy { bytes, size } = mem::take(&mut self.answer);
        self.finish_with(complete, bytes.into_boxed_slice().into(), size);
    }

    /// Puts the request into the journal, with the body of the answer: `size` bytes, of which this is the beginning.
    fn finish_with(&mut self, complete: bool, beginning: Bytes, size: u64) {
        let Some(mut recorded) = self.recorded.take() else { return };
        recorded.complete = complete;
        recorded.took = now(&self.sandbox) - recorded.at;
        recorded.response.share_body(beginning, size);
        let event = self.sandbox.has_listeners().then(|| {
            let status = if complete { recorded.status } else { 0 };
            (recorded.id, recorded.method.to_string(), recorded.target(), status, Arc::clone(&recorded.faults))
        });
        let seq = self.sandbox.journal.record(recorded);
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

/// The id in the header of an answer: nearly always the request's own, which need not be parsed.
fn id_in(header: &HeaderValue, own: Uuid) -> Option<Uuid> {
    let mut text = [0; Hyphenated::LENGTH];
    if header.as_bytes() == own.hyphenated().encode_lower(&mut text).as_bytes() {
        return Some(own);
    }
    header.to_str().ok()?.parse().ok()
}

/// The moment on the sandbox's clock, to the millisecond.
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

/// The API client that a request for a token is from, by its form.
pub(super) fn client_of_form(form: &[u8]) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == "client_id").map(|(_, id)| id.into_owned())
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

/// The copy of a request's body.
struct Sent {
    copy: Mutex<Copy>,
    /// What no handler has read.
    rest: Mutex<Option<Body>>,
    /// Whether the rest is worth waiting for.
    is_small: bool,
    most: usize,
}

/// The body of a request, as one that is copied when it is read; or none, if it is empty.
fn copied(body: Body, headers: &HeaderMap, most: usize) -> (Body, Option<Arc<Sent>>) {
    if body.is_end_stream() {
        return (body, None);
    }
    let length = body.size_hint().exact();
    // A client that expects to be asked for its body is not asked for the journal's sake.
    let is_small = length.is_some_and(|length| length <= most as u64) && !headers.contains_key(header::EXPECT);
    let sent = Arc::new(Sent { copy: Mutex::default(), rest: Mutex::default(), is_small, most });
    let body = Body::new(Copied { body: Some(body), sent: Arc::clone(&sent) });
    (body, Some(sent))
}

impl Sent {
    /// Reads what the handler left, if that is little and comes soon. Answers whether the whole body has been read.
    async fn read_rest(&self) -> bool {
        let Some(mut rest) = self.rest.lock().take() else { return true };
        if !self.is_small {
            return false;
        }
        let reading = async {
            while let Some(frame) = poll_fn(|context| Pin::new(&mut rest).poll_frame(context)).await {
                let Ok(frame) = frame else { return false };
                if let Some(data) = frame.data_ref() {
                    self.copy.lock().add(data, self.most);
                }
            }
            true
        };
        tokio::time::timeout(REST_TIMEOUT, reading).await.unwrap_or(false)
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
