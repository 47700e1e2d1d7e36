//! The vendor's surface as a service: what happens to a request, in order.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tower::ServiceExt;
use uuid::fmt::Hyphenated;

use super::{
    layers::{
        deprecation, fault_decision, faults,
        header_lines::KnownLines,
        journal::Recording,
        kept,
        overrides::Pinned,
        proxy::{self, Exposed},
    },
    request::context::RequestContext,
    response::error::ApiError,
    router,
};
use crate::{
    catalogue::{JSON, Route},
    proxy::Upstream,
    sandbox::{kept::Budget, selection::SelectedSandbox},
    support::{cors::Cors, origin::Address},
};

/// The header that carries the id of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The vendor's surface. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Api(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    handlers: Router,
    cors: Cors,
    upstream: Option<Arc<Upstream>>,
    /// For the replies that are kept.
    budget: Arc<Budget>,
    known_lines: KnownLines,
}

impl Api {
    /// The surface, for pages of these origins besides those of this machine, with an upstream for what is not
    /// simulated, and a budget for replies that are kept.
    pub fn new(cors: Cors, upstream: Option<Arc<Upstream>>, budget: Arc<Budget>) -> Self {
        Self(Arc::new(Parts {
            handlers: router::handlers(),
            cors,
            upstream,
            budget,
            known_lines: KnownLines::default(),
        }))
    }

    /// Answers a request that is about a sandbox: with a kept reply, if it is a read like many, or else by computing.
    pub async fn answer(&self, selected: SelectedSandbox, request: Request) -> Response {
        let context = RequestContext::of(selected, &request);
        match self.answer_kept(&context, &request) {
            Some(response) => response,
            // On the heap, so that a kept reply does not pay for the size of everything that can happen to a request.
            None => Box::pin(self.answer_computed(context, request)).await,
        }
    }

    /// The kept reply to a read to which nothing else can happen: no fault, no upstream, no pinned answer, no removal. It
    /// takes the same steps as [`Self::answer_computed`], without those that have nothing to do. None if the read is
    /// not of this kind, or no reply is kept; then nothing has happened yet.
    fn answer_kept(&self, context: &RequestContext, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let is_plain = !context.has_faults
            && !fault_decision::asks(headers)
            && context.scenario.overrides.is_empty()
            && self.0.upstream.is_none()
            && request.body().is_end_stream()
            && deprecation::gone(context).is_none();
        let key = kept::key(context).filter(|_| is_plain)?;
        let cors = self.0.cors.known_headers(headers)?;
        let reply = context.sandbox.kept(&key, context.began)?;
        let (recording, _) = Recording::begin(context, headers, Body::empty(), &self.0.known_lines);
        // It cannot fail: the operation is not gone.
        let _ = deprecation::count(context, headers);
        if context.method == Method::HEAD || headers.contains_key(header::IF_NONE_MATCH) {
            let mut response = kept::response(&reply, &context.method, headers);
            finish(&mut response, context);
            add(response.headers_mut(), &cors);
            return Some(recording.record(response, &context.method));
        }
        let id = id_header(context);
        let head = reply.head(&cors, &self.0.budget, || {
            kept::head(&reply, &cors, &id, |headers| {
                mark(headers, context);
                add(headers, &cors);
            })
        });
        let (response, lines) = kept::whole(&head, &reply, id);
        log(&response, context);
        recording.record_kept(lines, &reply);
        Some(response)
    }

    /// Computes the answer. The journal records what the caller gets, so it goes around all else; then come CORS,
    /// deprecation, faults, and the answer itself.
    async fn answer_computed(&self, mut context: RequestContext, request: Request) -> Response {
        let pinned = Pinned::for_request(&context);
        context.proxied = pinned.is_none() && self.is_proxied(&context);
        let method = context.method.clone();
        context.address = Address::of(request.headers());
        let (parts, body) = request.into_parts();
        let (recording, body) = Recording::begin(&context, &parts.headers, body, &self.0.known_lines);
        let request = Request::from_parts(parts, body);
        let response = if let Some(preflight) = self.0.cors.preflight(&method, request.headers()).await {
            preflight
        } else {
            self.respond_to_page(context, pinned, request).await
        };
        recording.finish(response, &method).await
    }

    /// The response, with the headers that let a page read it.
    async fn respond_to_page(
        &self,
        context: RequestContext,
        pinned: Option<Result<Pinned, ApiError>>,
        request: Request,
    ) -> Response {
        let cors = self.0.cors.headers(request.headers()).await;
        let mut response = self.respond(Arc::new(context), pinned, request).await;
        let exposed = response.extensions_mut().remove::<Exposed>();
        let headers = response.headers_mut();
        add(headers, &cors);
        for names in exposed.iter().flat_map(|Exposed(names)| names.values()) {
            headers.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
        }
        response
    }

    async fn respond(
        &self,
        context: Arc<RequestContext>,
        pinned: Option<Result<Pinned, ApiError>>,
        mut request: Request,
    ) -> Response {
        let gone = deprecation::count(&context, request.headers());
        let fate = fault_decision::decide(&context, &mut request).await;
        let answer = |context: Arc<RequestContext>, request| async move {
            let reply = self.reply(&context, pinned, request).await;
            rendered(reply.unwrap_or_else(IntoResponse::into_response), &context)
        };
        let mut response = match (gone, fate) {
            (Err(gone), _) => gone.render(&context),
            (Ok(()), Err(problem)) => problem.into_response(),
            (Ok(()), Ok(None)) => answer(Arc::clone(&context), request).await,
            (Ok(()), Ok(Some(fate))) => faults::carry_out(fate, Arc::clone(&context), request, answer).await,
        };
        finish(&mut response, &context);
        response
    }

    /// The reply itself: the upstream's, a pinned one, or a handler's.
    async fn reply(
        &self,
        context: &Arc<RequestContext>,
        pinned: Option<Result<Pinned, ApiError>>,
        mut request: Request,
    ) -> Result<Response, ApiError> {
        if let Some(upstream) = self.0.upstream.as_ref().filter(|_| context.proxied) {
            return proxy::forward(upstream, context, request).await;
        }
        let Some(route) = context.route else {
            return match pinned {
                Some(pinned) => Ok(pinned?.into_response()),
                None if context.method == Method::CONNECT => Err(ApiError::NoTunnel),
                None => Err(ApiError::UnknownPath),
            };
        };
        if context.method == Method::OPTIONS {
            return Ok(allowed(route));
        }
        let is_page = route.is_page() && matches!(context.method, Method::GET | Method::HEAD);
        if context.operation.is_none() && !is_page {
            return Err(ApiError::MethodNotAllowed { method: context.method.clone(), allow: &route.allow });
        }
        let media_type = context.media_type.clone()?;
        if let Some(pinned) = pinned {
            return Ok(typed(pinned?.into_response(), media_type));
        }
        let key = kept::key(context);
        if let Some(reply) = key.as_ref().and_then(|key| context.sandbox.kept(key, context.now())) {
            return Ok(kept::response(&reply, &context.method, request.headers()));
        }
        request.extensions_mut().insert(Arc::clone(context));
        // The state before the handler looks at it.
        let made = key.map(|key| (key, context.sandbox.look(), request.headers().clone()));
        if made.is_some() {
            // What is kept has a body, which HEAD leaves out.
            *request.method_mut() = Method::GET;
        }
        let handler = self.0.handlers.clone().oneshot(request);
        // What a panicking handler has borrowed is behind locks that a panic does not poison.
        let handled = AssertUnwindSafe(handler).catch_unwind().await.map_err(|_| ApiError::Internal)?;
        let response = typed(handled.unwrap_or_else(|never: Infallible| match never {}), media_type);
        match made {
            Some((key, state, headers)) => {
                Ok(kept::keep(response, key, context, &headers, state, &self.0.budget).await)
            }
            None => Ok(response),
        }
    }

    /// Whether the upstream has to answer: there is one, and the request is not simulated.
    fn is_proxied(&self, context: &RequestContext) -> bool {
        let upstream = self.0.upstream.as_ref();
        upstream.is_some_and(|upstream| !upstream.choice.simulates(&context.method, context.route))
    }
}

/// The response in the media type that was negotiated, if it is JSON.
fn typed(mut response: Response, media_type: &'static str) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|own| own == JSON);
    if is_json && media_type != JSON {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}

/// What can be done with a path.
fn allowed(route: &Route) -> Response {
    let allow = HeaderValue::from_str(&route.allow).unwrap_or(HeaderValue::from_static(""));
    (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]).into_response()
}

/// The response, with the body of its error if a handler returned one.
fn rendered(mut response: Response, context: &RequestContext) -> Response {
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error.render(context),
        None => response,
    }
}

/// Adds headers to those that are there.
fn add(headers: &mut HeaderMap, more: &HeaderMap) {
    for (name, value) in more {
        headers.append(name, value.clone());
    }
}

/// Adds what every response has: the marks of deprecation, the id of the request, and a line in the log.
fn finish(response: &mut Response, context: &RequestContext) {
    mark(response.headers_mut(), context);
    log(response, context);
}

/// Adds the headers that every response has.
fn mark(headers: &mut HeaderMap, context: &RequestContext) {
    deprecation::mark(headers, context);
    let negotiates = context.operation.is_some_and(|operation| !operation.media_types.is_empty());
    if negotiates && !context.proxied {
        headers.append(header::VARY, HeaderValue::from_static("accept"));
    }
    headers.insert(REQUEST_ID, id_header(context));
}

/// The id of a request as a header has it.
fn id_header(context: &RequestContext) -> HeaderValue {
    let mut text = [0; Hyphenated::LENGTH];
    let id = context.number.id.hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static(""))
}

fn log(response: &Response, context: &RequestContext) {
    let status = response.status().as_u16();
    tracing::info!(method = %context.method, path = %context.shown_path(), status, "answered");
}
