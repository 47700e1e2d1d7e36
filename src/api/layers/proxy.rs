//! Forwards what is not simulated to the upstream, if there is one.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
};

use crate::{
    api::{request::context::RequestContext, response::error::ApiError},
    proxy::{Upstream, capture::CapturedResponse, is_json},
};

/// The headers of the upstream's answer that a page may read, besides those that this server exposes itself. With the
/// response, because the CORS policy replaces the header.
#[derive(Clone, Debug)]
pub struct Exposed(pub HeaderMap);

/// The upstream's answer to a request.
pub async fn forward(upstream: &Upstream, context: &RequestContext, request: Request) -> Result<Response, ApiError> {
    let tenant = context.identity.as_ref().ok().and_then(|identity| identity.named);
    let answer = upstream.forward(request, &context.base_url(), &context.prefix).await.map_err(|error| {
        tracing::warn!(%error, "not forwarded");
        ApiError::from(error)
    })?;
    let mut answer = record(upstream, context, tenant.map(|tenant| tenant.to_string()), answer);
    let mut exposed = HeaderMap::new();
    for names in answer.headers().get_all(header::ACCESS_CONTROL_EXPOSE_HEADERS) {
        exposed.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
    }
    answer.headers_mut().remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    answer.extensions_mut().insert(Exposed(exposed));
    Ok(answer)
}

/// Captures what overrides.json can answer: JSON, or nothing where all went well. Tokens are never captured.
fn record(upstream: &Upstream, context: &RequestContext, tenant: Option<String>, answer: Response) -> Response {
    let methods = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let is_bare = answer.status().is_success() && !answer.headers().contains_key(header::CONTENT_TYPE);
    let is_recordable = is_json(answer.headers()) || is_bare;
    if !is_recordable || context.is_secret() || !methods.contains(&context.method) {
        return answer;
    }
    let about = CapturedResponse {
        sandbox: Arc::clone(&context.sandbox.name),
        operation: format!("{} {}", context.method, context.path()),
        query: context.query().to_owned(),
        tenant,
        status: answer.status().as_u16(),
    };
    answer.map(|body| upstream.recorded.watch(about, body))
}
