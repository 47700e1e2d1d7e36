//! Which pages may call the server, and what they may read (the CORS protocol of the Fetch standard).

use std::{collections::VecDeque, convert::Infallible, future::ready, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header, request::Parts},
};
use parking_lot::Mutex;
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

/// With which a browser asks whether a public page may call a private address. Its name is not among those of the library.
const ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");

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

/// The same policy, asked per request: a request without `Origin` pays nothing for it, and a page that calls often pays once.
#[derive(Debug)]
pub struct Cors {
    layer: CorsLayer,
    without_origin: Arc<HeaderMap>,
    /// What was said of the origins that called last, the latest at the end.
    latest: Mutex<VecDeque<(HeaderValue, Arc<HeaderMap>)>>,
}

/// What an answer depends on, whether or not this request came from a page.
const VARY: HeaderValue =
    HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers");

/// So many origins are remembered.
const LATEST: usize = 8;

impl Cors {
    /// The policy for these origins and pages of this machine.
    pub fn new(origins: Vec<HeaderValue>) -> Self {
        let without_origin = Arc::new(HeaderMap::from_iter([(header::VARY, VARY)]));
        Self { layer: layer(origins), without_origin, latest: Mutex::default() }
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
    pub async fn headers(&self, request: &HeaderMap) -> Arc<HeaderMap> {
        if let Some(known) = self.known_headers(request) {
            return known;
        }
        let said = Arc::new(self.ask(Method::GET, request).await.into_parts().0.headers);
        if let Some(origin) = request.get(header::ORIGIN).filter(|_| is_plain(request)) {
            let mut latest = self.latest.lock();
            if latest.len() == LATEST {
                latest.pop_front();
            }
            latest.push_back((origin.clone(), Arc::clone(&said)));
        }
        said
    }

    /// The same, if the origin of the request is known already.
    pub fn known_headers(&self, request: &HeaderMap) -> Option<Arc<HeaderMap>> {
        let Some(origin) = request.get(header::ORIGIN) else { return Some(Arc::clone(&self.without_origin)) };
        if !is_plain(request) {
            return None;
        }
        self.latest.lock().iter().find(|(own, _)| own == origin).map(|(_, said)| Arc::clone(said))
    }

    async fn ask(&self, method: Method, headers: &HeaderMap) -> Response<Body> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.headers_mut() = headers.clone();
        let nothing = service_fn(|_| ready(Ok::<_, Infallible>(Response::new(Body::empty()))));
        self.layer.layer(nothing).call(request).await.unwrap_or_else(|never| match never {})
    }
}

/// Whether the origin alone decides, besides the method for preflights.
fn is_plain(request: &HeaderMap) -> bool {
    !request.contains_key(ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK)
}
