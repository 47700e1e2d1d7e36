//! What callers of a deprecated operation notice: headers on every answer, and 410 when it is gone.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::proxy::passes;
use crate::api::{request::context::RequestContext, response::error::ApiError};
use crate::sandbox::deprecations::{self, Mode, Operation, Sunset};

/// `@` and seconds since 1970 (RFC 9745).
pub const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
/// An HTTP date (RFC 8594).
pub const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// The page that explains the deprecations; the control surface serves it.
pub const ABOUT: &str = "/_mock/deprecations/about";

/// Counts calls of deprecated operations, marks their answers, and refuses them when they are gone. What
/// goes to the upstream is counted, for it is a call of a deprecated operation whoever answers it; the rest
/// is the upstream's own business.
pub async fn announce(exchange: RequestContext, request: Request, next: Next) -> Response {
    let Some(operation) = deprecations::find(exchange.method.as_str(), &exchange.path) else {
        return next.run(request).await;
    };
    let (sunset, now) = (exchange.sandbox.settings().sunset.clone(), exchange.now());
    let passes = passes(&request);
    let gone = sunset.gone(operation, now).filter(|_| !passes);
    exchange.sandbox.deprecations.record(operation, &user_agent(request.headers()), gone.is_some(), now);
    let mut response = match gone {
        Some(gone) => ApiError::Gone { operation, gone }.into_response(),
        None => next.run(request).await,
    };
    if sunset.mode != Mode::Silent && !passes {
        mark(response.headers_mut(), operation, &sunset, &exchange.prefix);
    }
    response
}

fn user_agent(headers: &HeaderMap) -> String {
    let own = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    own.unwrap_or_else(|| "(none)".into())
}

fn mark(headers: &mut HeaderMap, operation: &Operation, sunset: &Sunset, prefix: &str) {
    let successors = operation.successors.iter().map(|s| format!("<{prefix}{}>; rel=\"successor-version\"", s.link));
    let about = format!("<{prefix}{ABOUT}#{}>; rel=\"deprecation\"; type=\"text/html\"", operation.id);
    let link = successors.chain([about]).collect::<Vec<_>>().join(", ");
    let since = format!("@{}", sunset.deprecated_since().timestamp());
    for (name, text) in [(DEPRECATION, since), (SUNSET, http_date(sunset.date)), (header::LINK, link)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110).
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
