//! Which sandbox a request means: by path prefix, header, token or host, in this order; else the root. A
//! websocket may bring its token in the query, because a browser can give it no header.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header, uri::PathAndQuery},
};

use crate::{
    catalogue::ACTIVITY_SOCKET,
    sandbox::{
        Sandbox,
        registry::{Registry, RegistryError},
    },
    support::{authorization, origin, problem::Problem},
    wire::{jwt, token::Claims},
};

/// The header that names a sandbox.
pub const SANDBOX: HeaderName = HeaderName::from_static("x-mock-sandbox");

/// The sandbox that a request means.
#[derive(Clone, Debug)]
pub struct SelectedSandbox {
    /// The sandbox that answers.
    pub sandbox: Arc<Sandbox>,
    /// What was taken off the path, such as `/sandboxes/one`; empty otherwise.
    pub prefix: Arc<str>,
    /// Whether the path was that and nothing more, not even a slash.
    pub is_bare: bool,
    /// What the bearer token says, verified by nobody; none if there is none, or it is no JWT.
    pub claims: Option<Arc<Claims>>,
}

impl SelectedSandbox {
    /// The sandbox of a request, whose path loses the sandbox's prefix and needless percent escapes.
    pub fn of(registry: &Registry, request: &mut Request) -> Result<Self, RegistryError> {
        normalise(request.uri_mut());
        let claims = authorization::bearer(request.headers()).and_then(jwt::unverified).map(Arc::new);
        let (prefix, is_bare, named): (Arc<str>, _, _) = if let Some((name, rest)) = take_prefix(request.uri()) {
            let prefix: Arc<str> = format!("/sandboxes/{name}").into();
            let is_bare = request.uri().path() == &*prefix;
            *request.uri_mut() = rest;
            (prefix, is_bare, Some(name))
        } else {
            let headers = request.headers();
            let named = named_by_header(headers)
                .or_else(|| claims.as_deref().and_then(named_by_claims))
                .or_else(|| named_by_query(request.uri()))
                .or_else(|| named_by_host(headers, registry));
            (Arc::default(), false, named)
        };
        let sandbox = named.map_or_else(|| Ok(Arc::clone(&registry.root)), |name| registry.sandbox(&name))?;
        Ok(Self { sandbox, prefix, is_bare, claims })
    }

    /// Where the caller knows this sandbox, such as `http://localhost:8080/sandboxes/one`.
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        format!("{}{}", origin::base_url(headers), self.prefix)
    }
}

/// Decodes percent escapes of characters that need none, which makes no other path of it (RFC 3986, section 6.2.2.2).
fn normalise(uri: &mut Uri) {
    if !uri.path().contains('%') {
        return;
    }
    let mut path = String::with_capacity(uri.path().len());
    let mut rest = uri.path();
    while let Some(at) = rest.find('%') {
        path.push_str(&rest[..at]);
        let escape = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escape {
            Some(plain) if plain.is_ascii_alphanumeric() || b"-._~".contains(&plain) => path.push(plain.into()),
            _ => path.push_str(rest.get(at..at + 3).unwrap_or(&rest[at..])),
        }
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    path.push_str(rest);
    let target = uri.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    if let Ok(target) = PathAndQuery::try_from(target) {
        parts.path_and_query = Some(target);
        *uri = Uri::from_parts(parts).unwrap_or_else(|_| uri.clone());
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

/// A name that cannot be read must not select the root: the request may be a reset. So it is kept, and refused.
fn named_by_header(headers: &HeaderMap) -> Option<String> {
    let name = String::from_utf8_lossy(headers.get(SANDBOX)?.as_bytes()).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// The sandbox that issued a token. Whether the token is valid is for that sandbox to say.
fn named_by_claims(claims: &Claims) -> Option<String> {
    (!claims.sandbox.is_empty()).then(|| claims.sandbox.clone())
}

fn named_by_query(uri: &Uri) -> Option<String> {
    let query = uri.path().starts_with(ACTIVITY_SOCKET).then(|| uri.query()).flatten()?;
    let (_, token) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token")?;
    named_by_claims(&jwt::unverified(&token)?)
}

/// The sandbox whose name is the host's first part, if there is one or can be. A page served at
/// `app.localhost` behind a proxy that keeps the host means no sandbox.
fn named_by_host(headers: &HeaderMap, registry: &Registry) -> Option<String> {
    let host = origin::without_port(headers.get(header::HOST)?.to_str().ok()?);
    let is_named = host.len() > ".localhost".len() && host.to_ascii_lowercase().ends_with(".localhost");
    let name = is_named.then(|| host[..host.len() - ".localhost".len()].to_ascii_lowercase())?;
    (registry.rules.on_first_use || registry.existing(&name).is_ok()).then_some(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needless_escapes_are_decoded_and_others_stay() {
        for (given, expected) in [
            ("/%6dspBanners", "/mspBanners"),
            ("/a%2Fb?x=%61", "/a%2Fb?x=%61"),
            ("/%7e%2d%5F", "/~-_"),
            ("/%zz%4", "/%zz%4"),
            ("/plain?q=1", "/plain?q=1"),
        ] {
            let mut uri: Uri = given.parse().unwrap();
            normalise(&mut uri);
            assert_eq!(uri.to_string(), expected);
        }
    }
}
