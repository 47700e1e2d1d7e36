//! The vendor's surface as a service: what happens to a request, in order.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tower::ServiceExt;
use uuid::fmt::Hyphenated;

use super::{
    layers::{
        deprecation, fault_decision, faults,
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
    support::{cors::Cors, secrets},
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
}

impl Api {
    /// The surface, for pages of these origins besides those of this machine, with an upstream for what is not
    /// simulated, and a budget for replies that are kept.
    pub fn new(cors: Cors, upstream: Option<Arc<Upstream>>, budget: Arc<Budget>) -> Self {
        Self(Arc::new(Parts { handlers: router::handlers(), cors, upstream, budget }))
    }

    /// Answers a request that is about a sandbox. The journal records what the caller gets, so it goes around all else;
    /// then come CORS, deprecation, faults, and the answer itself.
    pub async fn answer(&self, selected: SelectedSandbox, request: Request) -> Response {
        let mut context = RequestContext::of(selected, &request);
        let pinned = Pinned::for_request(&context);
        context.proxied = pinned.is_none() && self.is_proxied(&context);
        let method = context.method.clone();
        let (recording, request) = Recording::begin(&context, request);
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
        for (name, value) in &cors {
            headers.append(name, value.clone());
        }
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
        if let Some(reply) = key.as_ref().and_then(|key| context.sandbox.kept(key)) {
            return Ok(kept::response(reply, &context.method, request.headers()));
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

/// Adds what every response has: the marks of deprecation, the id of the request, and a line in the log.
fn finish(response: &mut Response, context: &RequestContext) {
    let headers = response.headers_mut();
    deprecation::mark(headers, context);
    let negotiates = context.operation.is_some_and(|operation| !operation.media_types.is_empty());
    if negotiates && !context.proxied {
        headers.append(header::VARY, HeaderValue::from_static("accept"));
    }
    let mut text = [0; Hyphenated::LENGTH];
    let id = context.number.id.hyphenated().encode_lower(&mut text);
    headers.extend(HeaderValue::from_str(id).ok().map(|id| (REQUEST_ID, id)));
    let status = response.status().as_u16();
    tracing::info!(method = %context.method, path = %secrets::path(context.path()), status, "answered");
}
