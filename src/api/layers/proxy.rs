//! What is not simulated goes to the upstream, if there is one.

use std::sync::Arc;

use axum::{
    Extension, RequestExt,
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::api::{
    request::{
        caller::Caller,
        context::{RequestContext, pin},
    },
    response::error::ApiError,
};
use crate::proxy::{ProxyError, Upstream, capture, is_json};

/// Marks requests that go to the upstream, and says which it is.
#[derive(Clone, Debug)]
pub struct Passing(Arc<Upstream>);

/// Marks answers of the upstream.
#[derive(Clone, Debug)]
pub struct Passed {
    /// What it says of methods itself: the router would add what this server allows.
    pub allow: Option<HeaderValue>,
    /// Which headers a page may read, besides those that this server lets it.
    pub expose: Vec<HeaderValue>,
}

/// Decides whether a request goes to the upstream, before anybody else looks at it: what is neither
/// simulated nor pinned does.
pub async fn decide(
    upstream: Option<Extension<Arc<Upstream>>>,
    exchange: RequestContext,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(Extension(upstream)) = upstream {
        let route = request.extensions().get::<MatchedPath>();
        let simulated = upstream.choice.simulates(request.method(), route.map(MatchedPath::as_str));
        if !simulated && pin(&exchange, &mut request).await.is_none() {
            request.extensions_mut().insert(Passing(upstream));
        }
    }
    next.run(request).await
}

/// Whether a request goes to the upstream.
pub fn passes(request: &Request) -> bool {
    request.extensions().get::<Passing>().is_some()
}

/// Passes on what was decided to be.
pub async fn pass_through(
    passing: Option<Extension<Passing>>,
    exchange: RequestContext,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(Extension(Passing(upstream))) = passing else { return next.run(request).await };
    let tenant = request.extract_parts::<Caller>().await.ok().and_then(|caller| caller.said());
    let query = request.uri().query().unwrap_or_default().to_owned();
    match upstream.pass(request, &exchange.base_url, &exchange.prefix).await {
        Ok(answer) => {
            let mut answer = record(&upstream, &exchange, query, tenant, answer);
            let allow = answer.headers().get(header::ALLOW).cloned();
            let expose = answer.headers().get_all(header::ACCESS_CONTROL_EXPOSE_HEADERS).iter().cloned().collect();
            answer.headers_mut().remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
            answer.extensions_mut().insert(Passed { allow, expose });
            answer
        }
        Err(error) => {
            tracing::warn!(%error, "not passed on");
            ApiError::from(error).into_response()
        }
    }
}

/// Recorded is what overrides.json can answer: JSON, or nothing where all went well. Tokens are none of it.
fn record(
    upstream: &Upstream,
    exchange: &RequestContext,
    query: String,
    tenant: Option<String>,
    answer: Response,
) -> Response {
    let methods = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let is_secret = exchange.path.starts_with("/oauth2/");
    let is_bare = answer.status().is_success() && !answer.headers().contains_key(header::CONTENT_TYPE);
    if !(is_json(answer.headers()) || is_bare) || is_secret || !methods.contains(&exchange.method) {
        return answer;
    }
    let about = capture::CapturedResponse {
        sandbox: Arc::clone(&exchange.sandbox.name),
        operation: format!("{} {}", exchange.method, exchange.path),
        query,
        tenant,
        status: answer.status().as_u16(),
    };
    answer.map(|body| upstream.recorded.watch(about, body))
}

impl From<ProxyError> for ApiError {
    fn from(error: ProxyError) -> Self {
        match error {
            ProxyError::Down { .. } | ProxyError::Loop { .. } => Self::UpstreamDown(error),
            ProxyError::Slow { .. } => Self::UpstreamSlow(error),
            ProxyError::Untrusted { .. } => Self::UpstreamForbidden(error),
        }
    }
}
