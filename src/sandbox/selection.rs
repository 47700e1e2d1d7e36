//! Which sandbox a request means: by path prefix, header, token or host, in this order; else the root. A
//! websocket may bring its token in the query: a browser can give it no header.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    sandbox::{
        Sandbox,
        registry::{Registry, RegistryError},
    },
    socket,
    support::problem::Problem,
};

/// The header that names a sandbox.
pub const SANDBOX: HeaderName = HeaderName::from_static("x-mock-sandbox");

/// The sandbox that a request means.
#[derive(Clone, Debug)]
pub struct SelectedSandbox {
    /// It.
    pub sandbox: Arc<Sandbox>,
    /// What was taken off the path, such as `/sandboxes/one`; empty otherwise.
    pub prefix: Arc<str>,
}

/// Puts the [`SelectedSandbox`] sandbox with the request, takes its prefix off the path, and dates the answer by
/// its clock.
pub async fn choose(State(registry): State<Arc<Registry>>, mut request: Request, next: Next) -> Response {
    let (prefix, named): (Arc<str>, _) = if let Some((name, rest)) = take_prefix(request.uri()) {
        *request.uri_mut() = rest;
        (format!("/sandboxes/{name}").into(), Some(name))
    } else {
        let headers = request.headers();
        (
            Arc::default(),
            named_by_headers(headers)
                .or_else(|| named_by_query(request.uri()))
                .or_else(|| named_by_host(headers, &registry)),
        )
    };
    match named.map_or_else(|| Ok(Arc::clone(&registry.root)), |name| registry.sandbox(&name)) {
        Ok(sandbox) => {
            request.extensions_mut().insert(SelectedSandbox { sandbox: Arc::clone(&sandbox), prefix });
            let mut response = next.run(request).await;
            response.headers_mut().insert(header::DATE, http_date(sandbox.look().1));
            response
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110), on the sandbox's clock.
fn http_date(at: DateTime<Utc>) -> HeaderValue {
    let text = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// `/sandboxes/{name}/rest` as the name and `/rest`.
fn take_prefix(uri: &Uri) -> Option<(String, Uri)> {
    let rest = uri.path_and_query()?.as_str().strip_prefix("/sandboxes/")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Some((name.to_owned(), Uri::from_parts(parts).ok()?))
}

fn named_by_headers(headers: &HeaderMap) -> Option<String> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // A name that is none must not mean the root: somebody may be about to reset it.
    let by_header = || {
        let name = String::from_utf8_lossy(headers.get(SANDBOX)?.as_bytes()).trim().to_owned();
        (!name.is_empty()).then_some(name)
    };
    let by_token = || text(header::AUTHORIZATION)?.split_once(' ').and_then(|(_, token)| named_by_token(token));
    by_header().or_else(by_token)
}

/// The sandbox whose name is the host's first part, if there is one or can be. A page served at
/// `app.localhost` behind a proxy that keeps the host means no sandbox.
fn named_by_host(headers: &HeaderMap, registry: &Registry) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?.split(':').next()?;
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(".localhost")?;
    (registry.rules.on_first_use || registry.existing(name).is_ok()).then(|| name.to_owned())
}

fn named_by_query(uri: &Uri) -> Option<String> {
    let query = uri.path().starts_with(socket::PATH).then(|| uri.query()).flatten()?;
    let (_, token) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token")?;
    named_by_token(&token)
}

/// The sandbox in which a token was minted. Whether the token is any good is for that sandbox to say.
fn named_by_token(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Minted {
        sandbox: Option<String>,
    }
    let payload = token.split('.').nth(1)?;
    let claims: Minted = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.sandbox.filter(|name| !name.is_empty())
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::BadName(_) => Self::bad(error.to_string()),
            RegistryError::Unknown(_) => Self::unknown(error.to_string()),
            RegistryError::Exists(_) => Self::conflict(error.to_string()),
            RegistryError::Full(_) => Self::new(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            RegistryError::Scenario(error) => error.into(),
        }
    }
}
