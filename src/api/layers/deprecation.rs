//! How deprecated operations are phased out: their calls are counted, their answers carry headers, and they can be gone.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    api::{request::context::RequestContext, response::error::ApiError},
    catalogue::{DEPRECATIONS_PAGE, Operation},
    sandbox::deprecations::{Gone, Mode},
    support::http_date::http_date,
};

/// `@` and seconds since 1970 (RFC 9745).
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
/// An HTTP date (RFC 8594).
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Counts a call of a deprecated operation, also one that the upstream answers. An error if the operation is gone.
pub fn count(request: &RequestContext, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(operation) = request.operation.filter(|operation| operation.is_deprecated()) else { return Ok(()) };
    let gone = gone(request);
    let user_agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let user_agent = user_agent.as_deref().unwrap_or("(none)");
    request.sandbox.deprecations.record(operation, user_agent, gone.is_some(), request.began);
    gone.map_or(Ok(()), |gone| Err(ApiError::Gone { operation, gone }))
}

/// Why the operation is gone, if it is. What the upstream answers never is.
pub fn gone(request: &RequestContext) -> Option<Gone> {
    let operation = request.operation.filter(|operation| operation.is_deprecated() && !request.proxied)?;
    request.settings.sunset.gone(operation, request.began)
}

/// Adds the headers that announce the removal. The upstream's answers keep its own.
pub fn mark(headers: &mut HeaderMap, request: &RequestContext) {
    let Some(operation) = request.operation.filter(|operation| operation.is_deprecated()) else { return };
    let sunset = &request.settings.sunset;
    // A kept reply has them already.
    if sunset.mode == Mode::Silent || request.proxied || headers.contains_key(DEPRECATION) {
        return;
    }
    let since = format!("@{}", sunset.deprecated_since().timestamp());
    headers.insert(SUNSET, http_date(sunset.date));
    for (name, text) in [(DEPRECATION, since), (header::LINK, link(operation, &request.prefix))] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

fn link(operation: &Operation, prefix: &str) -> String {
    let successors = operation.successors.iter().map(|s| format!("<{prefix}{}>; rel=\"successor-version\"", s.link));
    let about = format!("<{prefix}{DEPRECATIONS_PAGE}#{}>; rel=\"deprecation\"; type=\"text/html\"", operation.id);
    successors.chain([about]).collect::<Vec<_>>().join(", ")
}
