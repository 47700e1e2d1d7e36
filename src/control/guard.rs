//! Who may use the control surface: not a page of another site, and, if a token is set, only who has it.
//!
//! A page that a browser shows could reach a server on this machine in two ways: by asking for it
//! outright, which the browser marks with an `Origin`; or by a name of its own that it lets resolve to
//! this machine (DNS rebinding), which shows in `Host`. A rebinding name is one that the public DNS has. So names without a
//! dot (`localhost`, a container's service name), names under `.localhost`, addresses, and the names that container engines
//! and clusters give out under domains that the public DNS does not have are fine.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::support::{authorization, origin, problem::Problem};

/// Where the control token may come, besides `Authorization: Bearer`.
const TOKEN: HeaderName = HeaderName::from_static("x-mock-token");

/// What guards the control surface.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Names with a dot under which the server may be called.
    pub hosts: Vec<String>,
    /// What callers must bring.
    pub token: Option<String>,
}

/// Lets through who may use the control surface.
pub async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.admit(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

impl Guard {
    fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let refused = |detail: String| Problem::new(StatusCode::FORBIDDEN, detail);
        // What cannot be read, or comes twice, cannot be judged.
        let text = |name: HeaderName| match (
            headers.get(&name).map(HeaderValue::to_str),
            headers.get_all(&name).iter().count(),
        ) {
            (None, _) => Ok(None),
            (Some(Ok(text)), 1) => Ok(Some(text)),
            _ => Err(refused(format!("the header {name} cannot be read, or comes twice; send it once, in ASCII"))),
        };
        let (own_host, origin) = (text(header::HOST)?, text(header::ORIGIN)?);
        if let Some(host) = own_host.filter(|host| !self.is_ours(origin::without_port(host))) {
            return Err(refused(format!(
                "the control surface does not answer under the name \"{host}\"; use localhost or an address, or allow the name with --control-hosts"
            )));
        }
        if let Some(origin) = origin {
            let is_own = origin::host_of_origin(origin).is_some_and(|host| own_host == Some(host));
            if !origin::is_local_origin(origin) && !is_own {
                return Err(refused(format!("pages of {origin} may not use the control surface")));
            }
        }
        match &self.token {
            Some(token) if !has_token(headers, token) => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "the control surface needs the token of --control-token, in x-mock-token or as a bearer",
            )),
            _ => Ok(()),
        }
    }

    fn is_ours(&self, name: &str) -> bool {
        let is_private = origin::is_this_machine(name) || !name.contains('.') || name.parse::<IpAddr>().is_ok();
        is_private || is_of_containers(name) || self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    }
}

/// Whether a container engine or a cluster gives out the name: that of its host (Docker, Podman, Lima), or that of a Service
/// of Kubernetes. Neither `internal` nor `svc` is a domain of the public DNS, nor is `cluster.local`.
fn is_of_containers(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "host.docker.internal" | "gateway.docker.internal" | "host.containers.internal" | "host.lima.internal"
    ) || [".svc", ".svc.cluster.local"].iter().any(|domain| name.ends_with(domain))
}

fn has_token(headers: &HeaderMap, token: &str) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    [text(TOKEN), authorization::bearer(headers)]
        .into_iter()
        .flatten()
        .any(|given| equal(given.trim().as_bytes(), token.as_bytes()))
}

/// Compares in a time that does not depend on where two texts differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(guard: &Guard, headers: &[(&'static str, &str)], status: u16) {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let headers = all;
        let found = guard.admit(&headers).map_or_else(|problem| problem.status, |()| 204);
        assert_eq!(found, status, "{headers:?}");
    }

    #[test]
    fn foreign_names_and_pages_of_other_sites_are_refused() {
        let guard = Guard { hosts: vec!["mock.example.test".into()], token: None };
        for host in
            ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "r1mock:8080", "a.localhost", "mock.example.test"]
        {
            check(&guard, &[("host", host)], 204);
        }
        for host in
            ["host.docker.internal:8080", "host.containers.internal", "r1mock.ns.svc", "R1mock.ns.svc.cluster.local"]
        {
            check(&guard, &[("host", host)], 204);
            check(&guard, &[("host", host), ("origin", "https://evil.example")], 403);
        }
        for host in ["docker.internal.evil.example", "evil-host.docker.internal", "x.svc.evil.example", "evil.local"] {
            check(&guard, &[("host", host)], 403);
        }
        check(&guard, &[("host", "evil.example:8080")], 403);
        check(&guard, &[("host", "localhost.evil.example")], 403);
        check(&guard, &[("host", "localhost:8080"), ("origin", "http://localhost:3000")], 204);
        check(&guard, &[("host", "mock.example.test"), ("origin", "http://mock.example.test")], 204);
        check(&guard, &[("host", "localhost:8080"), ("origin", "https://evil.example")], 403);
        check(&guard, &[("host", "localhost:8080"), ("origin", "null")], 403);
        check(&guard, &[("host", "localhost:8080"), ("host", "evil.example")], 403);
        check(
            &guard,
            &[("host", "localhost:8080"), ("origin", "http://localhost"), ("origin", "https://evil.example")],
            403,
        );
        check(&guard, &[("host", "évil.example")], 403);
    }

    #[test]
    fn a_token_is_asked_for_if_one_is_set() {
        let guard = Guard { hosts: Vec::new(), token: Some("s3cret".into()) };
        check(&guard, &[], 401);
        check(&guard, &[("x-mock-token", "s3cres")], 401);
        check(&guard, &[("x-mock-token", "s3cret!")], 401);
        check(&guard, &[("x-mock-token", "s3cret")], 204);
        check(&guard, &[("authorization", "Bearer s3cret")], 204);
        check(&guard, &[("authorization", "bearer s3cret")], 204);
    }
}
