//! What is rewritten on the way to a real system and back. Pure.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::target::Target;

/// How this server calls itself in `Via` (RFC 9110): a request that says so has been here.
const PSEUDONYM: &str = "r1-entitlements-mock";

/// What is for the next hop only (RFC 9110, section 7.6.1), besides what `Connection` names.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What this server answers for itself: it is what the page talks to.
const CORS: &str = "access-control-";

/// What is for this server only.
const OWN: &str = "x-mock-";

/// Whether a request has been here before.
pub fn came_through_here(headers: &HeaderMap) -> bool {
    texts(headers, &header::VIA).any(|via| via.split(',').any(|hop| hop.split_whitespace().nth(1) == Some(PSEUDONYM)))
}

/// Whether a request asks for a websocket.
pub fn asks_for_websocket(headers: &HeaderMap) -> bool {
    texts(headers, &header::UPGRADE).any(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// To the real system: its own host, and its own origin, as if its own page asked; this server takes care
/// of pages of other origins.
pub fn there(headers: &mut HeaderMap, target: &Target, websocket: bool) {
    drop_hop_by_hop(headers);
    drop_prefixed(headers, OWN);
    if websocket {
        switch_to_websocket(headers);
    }
    headers.insert(header::HOST, target.host());
    if headers.contains_key(header::ORIGIN)
        && let Ok(origin) = HeaderValue::from_str(&target.origin())
    {
        headers.insert(header::ORIGIN, origin);
    }
    // What comes back is looked into, to be recorded.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Ok(via) = HeaderValue::from_str(&format!("1.1 {PSEUDONYM}")) {
        headers.append(header::VIA, via);
    }
}

/// Where the caller knows this server.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// Scheme, host and what paths begin with.
    pub base_url: &'a str,
    /// What paths begin with, such as `/sandboxes/one`; mostly empty.
    pub prefix: &'a str,
}

/// Back to the caller.
pub fn back(headers: &mut HeaderMap, target: &Target, here: Here<'_>, switched: bool) {
    drop_hop_by_hop(headers);
    let exposed: Vec<HeaderValue> = headers.get_all(header::ACCESS_CONTROL_EXPOSE_HEADERS).iter().cloned().collect();
    drop_prefixed(headers, CORS);
    // Which headers a page may read besides is for the upstream to say.
    headers.extend(exposed.into_iter().map(|names| (header::ACCESS_CONTROL_EXPOSE_HEADERS, names)));
    if switched {
        switch_to_websocket(headers);
    }
    for name in [header::LOCATION, header::CONTENT_LOCATION] {
        let place = headers.get(&name).and_then(|value| value.to_str().ok());
        let through = place.and_then(|place| target.through(place, here.base_url));
        if let Some(through) = through.and_then(|through| HeaderValue::from_str(&through).ok()) {
            headers.insert(name, through);
        }
    }
    let cookies: Vec<HeaderValue> = texts(headers, &header::SET_COOKIE)
        .filter_map(|cookie| HeaderValue::from_str(&own_cookie(cookie, target, here)).ok())
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    // Always there, so that a page can tell who answered.
    headers.insert(HeaderName::from_static("x-mock-upstream"), target.host());
}

/// The same cookie for this server: under its own paths, without a domain and, where this server is called
/// without TLS, without what asks for TLS. Names that browsers accept only from the host itself keep
/// `Secure`: on localhost most browsers take them so.
fn own_cookie(cookie: &str, target: &Target, here: Here<'_>) -> String {
    let mut parts = cookie.split(';').map(str::trim);
    let pair = parts.next().unwrap_or_default();
    let tls = here.base_url.starts_with("https:");
    let is_marked = ["__host-", "__secure-"].iter().any(|mark| starts_with(pair, mark));
    let kept = parts.filter_map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is = |other: &str| name.trim().eq_ignore_ascii_case(other);
        let is_secure = is("secure");
        let needs_tls = is("partitioned") || is("samesite") && value.trim().eq_ignore_ascii_case("none");
        if is("domain") || !tls && (needs_tls || is_secure && !is_marked) {
            return None;
        }
        // `__Host-` wants the path to be `/`, and nothing else.
        if is("path") && value.trim().starts_with('/') && !starts_with(pair, "__host-") {
            return Some(own_path(value.trim(), target, here.prefix).unwrap_or_else(|| part.to_owned()));
        }
        Some(part.to_owned())
    });
    std::iter::once(pair.to_owned()).chain(kept).collect::<Vec<_>>().join("; ")
}

/// The attribute with the same path here; none, if the path is not there.
fn own_path(path: &str, target: &Target, prefix: &str) -> Option<String> {
    let path = target.own_path(path)?.trim_end_matches('/');
    let path = format!("{prefix}{path}");
    Some(format!("Path={}", if path.is_empty() { "/" } else { &path }))
}

fn starts_with(text: &str, mark: &str) -> bool {
    text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    // The chunks tell the length, whatever else does (RFC 9112, section 6.3).
    if headers.contains_key(header::TRANSFER_ENCODING) {
        headers.remove(header::CONTENT_LENGTH);
    }
    let named: Vec<String> = texts(headers, &header::CONNECTION)
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn drop_prefixed(headers: &mut HeaderMap, prefix: &str) {
    let names: Vec<HeaderName> = headers.keys().filter(|name| name.as_str().starts_with(prefix)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn switch_to_websocket(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

fn texts<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn cookie(given: &str, base_url: &str, kept: &str) {
        let target = "https://api.ruckus.cloud/r1".parse().unwrap();
        assert_eq!(own_cookie(given, &target, Here { base_url, prefix: "" }), kept);
    }

    #[test]
    fn cookies_become_this_servers_own() {
        let (plain, tls) = ("http://localhost:8080", "https://mock.test");
        cookie("a=1; Domain=.ruckus.cloud; Path=/; HttpOnly", plain, "a=1; Path=/; HttpOnly");
        cookie("a=1; domain=ruckus.cloud;Secure;SameSite=None", plain, "a=1");
        cookie("a=1; domain=ruckus.cloud;Secure;SameSite=None", tls, "a=1; Secure; SameSite=None");
        cookie("a=domain=x; SameSite=Lax", plain, "a=domain=x; SameSite=Lax");
        cookie("a=1; path=/r1/", plain, "a=1; Path=/");
        cookie("a=1; Path=/r1/venues; Max-Age=1", plain, "a=1; Path=/venues; Max-Age=1");
        cookie("a=1; Path=/r12", plain, "a=1; Path=/r12");
        cookie("__Host-a=1; Path=/; Secure; SameSite=None", plain, "__Host-a=1; Path=/; Secure");
        cookie("__secure-a=1; Path=/r1; Secure", plain, "__secure-a=1; Path=/; Secure");
    }

    #[test]
    fn what_is_for_one_hop_stays_there() {
        let target: Target = "https://api.ruckus.cloud".parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "localhost:8080"),
            ("connection", "keep-alive, x-hop"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("origin", "http://localhost:3000"),
            ("x-mock-sandbox", "one"),
            ("x-rks-tenantid", "1"),
            ("accept-encoding", "gzip"),
            ("via", "1.1 proxy"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        there(&mut headers, &target, false);
        let mut left: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        left.sort();
        assert_eq!(
            left,
            [
                "accept-encoding: identity",
                "host: api.ruckus.cloud",
                "origin: https://api.ruckus.cloud",
                "via: 1.1 proxy",
                "via: 1.1 r1-entitlements-mock",
                "x-rks-tenantid: 1",
            ]
        );
        assert!(came_through_here(&headers));
    }
}
