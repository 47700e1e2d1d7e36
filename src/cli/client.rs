//! Calls a running server for `ctl`, `deprecations` and `healthcheck`: one request at a time, and blocking.

use std::{error::Error, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, Uri, header, uri::Scheme},
};
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::proxy;

/// How long connecting may take, and the answer to a health check.
const SHORT: Duration = Duration::from_secs(2);

/// How long the answer to a command may take: the server may have much to do.
const LONG: Duration = Duration::from_mins(1);

/// The most bytes that an answer may have.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A server, and the token to call it with.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its URL, such as `http://127.0.0.1:8080`, with the prefix of a sandbox if the calls are for one.
    pub url: String,
    /// The token of the control surface.
    pub token: Option<String>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The URL cannot be called.
    #[error("\"{0}\" is not the URL of a server: expected http:// or https://, a host and perhaps a port and a path")]
    BadUrl(String),
    /// The token cannot be sent in a header.
    #[error("the control token has characters that a header cannot carry")]
    BadToken,
    /// The server cannot be reached, is no web server, or broke off.
    #[error("no answer from {url}: {reason}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// What happened.
        reason: String,
    },
    /// This machine does not let the program call anything.
    #[error("cannot make calls: {0}")]
    NotReady(String),
}

impl Client {
    /// Sends a request, with JSON if there is a body, and waits for the whole answer.
    pub fn call(&self, method: Method, path: &str, body: Option<String>) -> Result<Answer, ClientError> {
        self.call_within(LONG, method, path, body)
    }

    /// Whether the server is healthy; if not, why.
    pub fn check_health(&self) -> Result<(), String> {
        match self.call_within(SHORT, Method::GET, "/_mock/health", None) {
            Ok(Answer { status: 200, .. }) => Ok(()),
            Ok(Answer { status, .. }) => Err(format!("{} answered with {status}", self.url)),
            Err(error) => Err(error.to_string()),
        }
    }

    fn call_within(
        &self,
        time: Duration,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, ClientError> {
        let request = self.request(method, path, body)?;
        let not_ready = |error: &dyn Error| ClientError::NotReady(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| not_ready(&e))?;
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(SHORT));
        let connector = proxy::transport::connector(http, None).map_err(|e| not_ready(&e))?;
        let client = HttpClient::builder(TokioExecutor::new()).build(connector);
        let answer = async {
            let (head, body) = client.request(request).await.map_err(|error| cause(&error))?.into_parts();
            let body = to_bytes(Body::new(body), MOST_BYTES).await.map_err(|error| cause(&error))?;
            Ok(Answer { status: head.status.as_u16(), body: String::from_utf8_lossy(&body).into_owned() })
        };
        let answer = runtime.block_on(async { tokio::time::timeout(time, answer).await });
        let answer = answer.unwrap_or_else(|_| Err(format!("it took longer than {time:?}")));
        answer.map_err(|reason| ClientError::Unreachable { url: self.url.clone(), reason })
    }

    fn request(&self, method: Method, path: &str, body: Option<String>) -> Result<Request<Body>, ClientError> {
        let Self { url, token } = self;
        let bad_url = || ClientError::BadUrl(url.clone());
        let uri: Uri = format!("{}{path}", url.trim_end_matches('/')).parse().map_err(|_| bad_url())?;
        if !matches!(uri.scheme(), Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS) {
            return Err(bad_url());
        }
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = token {
            request = request.header("x-mock-token", token);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, Body::from);
        request.body(body).map_err(|_| ClientError::BadToken)
    }
}

/// The innermost reason: what the operating system or the parser said.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
