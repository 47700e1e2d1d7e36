//! Which sandbox a request means: by path prefix, header, host, or by its token; else the root. A
//! websocket may bring its token in the query: a browser can give it no header.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{
    problem::Problem,
    sandbox::Sandbox,
    socket,
    world::{World, WorldError},
};

/// The header that names a sandbox.
pub const SANDBOX: HeaderName = HeaderName::from_static("x-mock-sandbox");

/// The sandbox that a request means.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// It.
    pub sandbox: Arc<Sandbox>,
    /// What was taken off the path, such as `/sandboxes/one`; empty otherwise.
    pub prefix: Arc<str>,
}

/// Puts the [`Chosen`] sandbox with the request, and takes its prefix off the path.
pub async fn choose(State(world): State<Arc<World>>, mut request: Request, next: Next) -> Response {
    let (prefix, name) = match take_prefix(request.uri()) {
        Some((name, rest)) => {
            *request.uri_mut() = rest;
            (format!("/sandboxes/{name}").into(), Some(name))
        }
        None => (Arc::default(), named_by_headers(request.headers()).or_else(|| named_by_query(request.uri()))),
    };
    match world.sandbox(name.as_deref().unwrap_or_default()) {
        Ok(sandbox) => {
            request.extensions_mut().insert(Chosen { sandbox, prefix });
            next.run(request).await
        }
        Err(error) => Problem::from(error).into_response(),
    }
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
    let by_header = || text(SANDBOX).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let by_host = || {
        let host = text(header::HOST)?.split(':').next()?;
        host.strip_suffix(".localhost").map(str::to_owned)
    };
    let by_token = || text(header::AUTHORIZATION)?.split_once(' ').and_then(|(_, token)| named_by_token(token));
    by_header().or_else(by_host).or_else(by_token)
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

impl From<WorldError> for Problem {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::BadName(_) => Self::bad(error.to_string()),
            WorldError::Unknown(_) => Self::unknown(error.to_string()),
            WorldError::Exists(_) => Self::conflict(error.to_string()),
            WorldError::Full(_) => Self::new(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            WorldError::Scenario(error) => error.into(),
        }
    }
}
