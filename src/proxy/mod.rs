//! A real system (`--upstream`) to which everything goes that is not simulated: methods, headers,
//! streamed bodies and websockets unchanged, except what names the server.
//!
//! | file | what |
//! |---|---|
//! | `target` | where the real system is |
//! | `choice` | which operations are simulated |
//! | `headers` | what is rewritten on the way there and back |
//! | `timeout` | how long to wait for it |
//! | `transport` | connections to it, with and without TLS |
//! | `trust` | who may use the configured token |
//! | `capture` | what passed through, as rows of overrides.json |

pub mod capture;
pub mod choice;
mod headers;
pub mod target;
mod timeout;
#[cfg(feature = "proxy")]
pub(crate) mod transport;
mod trust;

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header},
};
use hyper_util::rt::TokioIo;

pub use self::headers::asks_for_websocket;
#[cfg(feature = "proxy")]
pub use self::transport::BadTls;
use self::{
    capture::Recorded,
    choice::Choice,
    target::Target,
    timeout::{Elapsed, RequestTimeout},
    trust::Trust,
};

/// A real system, and how to use it.
#[derive(Debug)]
pub struct Upstream {
    /// Which operations it does not get.
    pub choice: Choice,
    /// What passed through.
    pub recorded: Arc<Recorded>,
    target: Target,
    token: Option<HeaderValue>,
    timeout: Duration,
    trust: Trust,
    transport: Transport,
}

#[cfg(feature = "proxy")]
use self::transport::Transport;

/// In a build without the feature `proxy` there is no upstream, because nothing can connect to it.
#[cfg(not(feature = "proxy"))]
#[derive(Debug)]
enum Transport {}

#[cfg(not(feature = "proxy"))]
impl Transport {
    fn send(&self, _: Request<Body>) -> std::future::Ready<Result<Response<Body>, std::convert::Infallible>> {
        match *self {}
    }
}

/// How a real system shall be used.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it is.
    pub target: Target,
    /// In the place of the callers' tokens.
    pub token: Option<HeaderValue>,
    /// How long it may take from the end of a request until its answer begins.
    pub timeout: Duration,
    /// Which operations it does not get.
    pub choice: Choice,
    /// Origins of pages that may use the token, besides those on this machine.
    pub origins: Vec<HeaderValue>,
    /// Names with a dot under which callers who use the token may reach this server.
    pub hosts: Vec<String>,
    /// A PEM file with the root certificates to trust, instead of the web's.
    pub ca: Option<PathBuf>,
}

/// Why a request could not be forwarded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// Nobody answered, or not to the end.
    #[error("the upstream {upstream} cannot be reached: {reason}")]
    Down {
        /// Where it should be.
        upstream: String,
        /// What happened.
        reason: String,
    },
    /// No answer began in time.
    #[error("the upstream {upstream} did not answer within {}", crate::support::duration::Duration::from(*.timeout))]
    Slow {
        /// Where it is.
        upstream: String,
        /// How long it had.
        timeout: Duration,
    },
    /// It was this server.
    #[error("the upstream {upstream} sends requests back to this server")]
    Loop {
        /// Where it is.
        upstream: String,
    },
    /// The caller is none to be trusted with the token.
    #[error("the upstream's token is not for {caller}")]
    Untrusted {
        /// Which page or name it was.
        caller: String,
    },
}

impl Upstream {
    /// Ready to be used; nothing is connected yet.
    #[cfg(feature = "proxy")]
    pub fn new(config: Config) -> Result<Self, BadTls> {
        let Config { target, token, timeout, choice, origins, hosts, ca } = config;
        let trust = Trust { origins, hosts };
        Ok(Self { choice, recorded: Arc::default(), target, token, timeout, trust, transport: Transport::new(ca)? })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.target.to_string()
    }

    /// Forwards a request and returns the answer. `base_url` is where the caller knows this server, `prefix` what the
    /// paths there begin with.
    pub async fn forward(
        &self,
        mut request: Request<Body>,
        base_url: &str,
        prefix: &str,
    ) -> Result<Response<Body>, ProxyError> {
        let upstream = || self.target.to_string();
        if headers::came_through_here(request.headers()) {
            return Err(ProxyError::Loop { upstream: upstream() });
        }
        if self.token.is_some() {
            self.trust.check(request.headers()).map_err(|caller| ProxyError::Untrusted { caller })?;
        }
        let websocket = headers::asks_for_websocket(request.headers());
        let caller = websocket.then(|| hyper::upgrade::on(&mut request));
        let (parts, body) = request.into_parts();
        let (patience, body) = RequestTimeout::with(self.timeout, body);
        let outgoing = self.outgoing(Request::from_parts(parts, body), websocket);
        let answer = patience.wait_for(self.transport.send(outgoing)).await;
        let slow = |Elapsed| ProxyError::Slow { upstream: upstream(), timeout: self.timeout };
        let down = |error| ProxyError::Down { upstream: upstream(), reason: innermost(&error) };
        let mut answer = answer.map_err(slow)?.map_err(down)?;
        let switched = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
        if let (Some(caller), true) = (caller, switched) {
            tokio::spawn(tunnel(caller, hyper::upgrade::on(&mut answer)));
        }
        // Each hop speaks its own version.
        *answer.version_mut() = Version::HTTP_11;
        let here = headers::Here { base_url, prefix };
        headers::back(answer.headers_mut(), &self.target, here, switched);
        Ok(answer.map(Body::new))
    }

    fn outgoing(&self, request: Request<Body>, websocket: bool) -> Request<Body> {
        let (parts, body) = request.into_parts();
        let mut outgoing = Request::new(body);
        *outgoing.method_mut() = parts.method;
        *outgoing.uri_mut() = self.target.uri(&parts.uri);
        *outgoing.version_mut() = Version::HTTP_11;
        *outgoing.headers_mut() = parts.headers;
        headers::there(outgoing.headers_mut(), &self.target, websocket);
        if let Some(token) = &self.token {
            outgoing.headers_mut().insert(header::AUTHORIZATION, token.clone());
        }
        outgoing
    }
}

/// Carries bytes both ways until one side ends.
async fn tunnel(caller: hyper::upgrade::OnUpgrade, upstream: hyper::upgrade::OnUpgrade) {
    let ended = match tokio::try_join!(caller, upstream) {
        Ok((caller, upstream)) => {
            let (mut caller, mut upstream) = (TokioIo::new(caller), TokioIo::new(upstream));
            let carried = tokio::io::copy_bidirectional(&mut caller, &mut upstream).await;
            carried.map(|_| ()).map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    if let Err(reason) = ended {
        tracing::debug!(reason, "a websocket that was passed through broke");
    }
}

/// What is at the bottom of an error: the rest only says that there is one.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The header with a configured token.
pub fn bearer(token: &str) -> Result<HeaderValue, String> {
    let token = token.trim();
    if token.is_empty() {
        return Err("the token is empty".to_owned());
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| "the token has characters that no header can carry".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether an answer is JSON, which is what can be recorded.
pub fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
