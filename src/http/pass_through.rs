//! What is not simulated goes to the upstream, if there is one.

use std::sync::Arc;

use axum::{
    Extension, RequestExt,
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    error::ApiError,
    exchange::{Exchange, is_pinned},
    extract::Caller,
};
use crate::upstream::{NotPassed, Upstream, is_json, recorded};

/// Marks answers of the upstream.
#[derive(Clone, Copy, Debug)]
pub struct Passed;

/// Passes on what is neither simulated nor pinned.
pub async fn pass_through(
    upstream: Option<Extension<Arc<Upstream>>>,
    exchange: Exchange,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(Extension(upstream)) = upstream else { return next.run(request).await };
    let route = request.extensions().get::<MatchedPath>();
    let simulated = upstream.choice.simulates(request.method(), route.map(MatchedPath::as_str));
    if simulated || is_pinned(&exchange) {
        return next.run(request).await;
    }
    let tenant = request.extract_parts::<Caller>().await.ok().and_then(|caller| caller.said());
    match upstream.pass(request, &exchange.base_url).await {
        Ok(answer) => {
            let mut answer = record(&upstream, &exchange, tenant, answer);
            answer.extensions_mut().insert(Passed);
            answer
        }
        Err(error) => {
            tracing::warn!(%error, "not passed on");
            ApiError::from(error).into_response()
        }
    }
}

/// Recorded is what overrides.json can answer. Tokens are none of it.
fn record(upstream: &Upstream, exchange: &Exchange, tenant: Option<String>, answer: Response) -> Response {
    let methods = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let is_secret = exchange.path.starts_with("/oauth2/");
    if !is_json(answer.headers()) || is_secret || !methods.contains(&exchange.method) {
        return answer;
    }
    let about = recorded::Exchange {
        sandbox: Arc::clone(&exchange.sandbox.name),
        operation: format!("{} {}", exchange.method, exchange.path),
        tenant,
        status: answer.status().as_u16(),
    };
    answer.map(|body| upstream.recorded.watch(about, body))
}

impl From<NotPassed> for ApiError {
    fn from(error: NotPassed) -> Self {
        match error {
            NotPassed::Down { .. } | NotPassed::Loop { .. } => Self::UpstreamDown(error),
            NotPassed::Slow { .. } => Self::UpstreamSlow(error),
            NotPassed::Untrusted { .. } => Self::UpstreamForbidden(error),
        }
    }
}
