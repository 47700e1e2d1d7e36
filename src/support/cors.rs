//! Which pages may call the server, and what they may read (the CORS protocol of the Fetch standard).

use std::{convert::Infallible, future::ready, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header, request::Parts},
};
use tower::{Layer, Service, service_fn};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::origin;

/// The headers that pages may read, besides those that every page may read.
const EXPOSED: [HeaderName; 8] = [
    HeaderName::from_static("login-token"),
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-mock-fault"),
    HeaderName::from_static("deprecation"),
    HeaderName::from_static("sunset"),
    header::LINK,
];

/// The policy for pages: those served on this machine and those of configured origins may call with credentials
/// (observed: the vendor's UI sends cookies and reads `login-token`). The exact origin is echoed.
pub fn layer(origins: Vec<HeaderValue>) -> CorsLayer {
    let is_local = |origin: &HeaderValue| origin.to_str().is_ok_and(origin::is_local_origin);
    let allowed = move |origin: &HeaderValue, _: &Parts| origins.contains(origin) || is_local(origin);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_credentials(true)
        .allow_private_network(true)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(Duration::from_mins(10))
}

/// The same policy, asked per request, so that a request without `Origin` pays nothing for it.
#[derive(Clone, Debug)]
pub struct Cors(CorsLayer);

/// What an answer depends on, whether or not this request came from a page.
const VARY: HeaderValue =
    HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers");

impl Cors {
    /// The policy for these origins and pages of this machine.
    pub fn new(origins: Vec<HeaderValue>) -> Self {
        Self(layer(origins))
    }

    /// The answer to a preflight, if the request is one. Any other OPTIONS is an ordinary request.
    pub async fn preflight(&self, method: &Method, headers: &HeaderMap) -> Option<Response<Body>> {
        let is_preflight = *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight {
            return None;
        }
        Some(self.ask(Method::OPTIONS, headers).await)
    }

    /// The headers that this policy adds to the answer of a request. Those of the request are enough to tell.
    pub async fn headers(&self, request: &HeaderMap) -> HeaderMap {
        if request.contains_key(header::ORIGIN) {
            return self.ask(Method::GET, request).await.into_parts().0.headers;
        }
        HeaderMap::from_iter([(header::VARY, VARY)])
    }

    async fn ask(&self, method: Method, headers: &HeaderMap) -> Response<Body> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.headers_mut() = headers.clone();
        let nothing = service_fn(|_| ready(Ok::<_, Infallible>(Response::new(Body::empty()))));
        self.0.layer(nothing).call(request).await.unwrap_or_else(|never| match never {})
    }
}
