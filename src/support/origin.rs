//! Names of hosts, as far as it matters whether they mean this machine.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What a request says about the address under which its caller knows the server.
#[derive(Clone, Debug, Default)]
pub struct Address {
    host: Option<HeaderValue>,
    forwarded_host: Option<HeaderValue>,
    forwarded_proto: Option<HeaderValue>,
}

impl Address {
    /// The address that a request gives.
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            host: headers.get(header::HOST).cloned(),
            forwarded_host: headers.get(FORWARDED_HOST).cloned(),
            forwarded_proto: headers.get(FORWARDED_PROTO).cloned(),
        }
    }

    /// The scheme and host, such as `https://mock.example.test`: what a reverse proxy says, else `Host`. Values that are
    /// no host or scheme are ignored: they would end up in links.
    pub fn base_url(&self) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let is_host = |host: &&str| host.bytes().all(is_plain) && host.parse::<Authority>().is_ok();
        let host =
            text(self.forwarded_host.as_ref()).filter(is_host).or_else(|| text(self.host.as_ref()).filter(is_host));
        let scheme = text(self.forwarded_proto.as_ref()).filter(|scheme| matches!(*scheme, "http" | "https"));
        format!("{}://{}", scheme.unwrap_or("http"), host.unwrap_or("localhost:8080"))
    }
}

/// The base URL of [`Address::base_url`], for a request with these headers.
pub fn base_url(headers: &HeaderMap) -> String {
    Address::of(headers).base_url()
}

/// A header as text; of a list, the first value, which the proxy next to the caller set.
fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value?.to_str().ok()?.split(',').next().map(str::trim)
}

/// The name in `name:port`, `[v6]:port` or either without a port.
pub fn without_port(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// The host in an origin such as `http://localhost:3000`, with its port.
pub fn host_of_origin(origin: &str) -> Option<&str> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
}

/// Whether a name always means this machine: localhost, a name under it, or a loopback address.
pub fn is_this_machine(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether an origin is that of a page served on this machine.
pub fn is_local_origin(origin: &str) -> bool {
    host_of_origin(origin).is_some_and(|host| is_this_machine(without_port(host)))
}

/// An origin as browsers write it: lower case, without a default port. A slash at the end is dropped,
/// for people write one; anything else that is not an origin would match no page, and is refused.
pub fn as_browsers_write(origin: &str) -> Result<String, String> {
    let expected = || {
        format!("\"{origin}\" is no origin: expected a scheme, a host and perhaps a port, such as https://ui.test:3000")
    };
    let plain = origin.trim().to_ascii_lowercase();
    let plain = plain.strip_suffix('/').unwrap_or(&plain);
    let host = host_of_origin(plain).filter(|host| !host.is_empty()).ok_or_else(expected)?;
    if host.contains(|c: char| c == '/' || c == '?' || c == '#' || c == '@' || c == '*' || c.is_whitespace()) {
        return Err(expected());
    }
    let default_port = if plain.starts_with("https:") { ":443" } else { ":80" };
    Ok(plain.strip_suffix(default_port).unwrap_or(plain).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_is_what_the_caller_knows_and_never_anything_else() {
        for (headers, expected) in [
            (&[][..], "http://localhost:8080"),
            (&[("host", "mock:9090")], "http://mock:9090"),
            (&[("host", "[::1]:9090")], "http://[::1]:9090"),
            (&[("host", "a"), ("x-forwarded-host", "b.test"), ("x-forwarded-proto", "https")], "https://b.test"),
            (&[("host", "a"), ("x-forwarded-host", "b.test, c.test")], "http://b.test"),
            (&[("host", "a"), ("x-forwarded-host", "\"><script>"), ("x-forwarded-proto", "javascript")], "http://a"),
            (&[("host", "a"), ("x-forwarded-host", "user:pw@b.test")], "http://a"),
            (&[("host", "a"), ("x-forwarded-host", "b.test'onclick='x")], "http://a"),
            (&[("host", "a;b"), ("x-forwarded-host", "$(b)")], "http://localhost:8080"),
        ] {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(base_url(&headers), expected);
        }
    }

    #[test]
    fn pages_served_on_this_machine_are_local_and_others_are_not() {
        for (origin, local) in [
            ("http://localhost:3000", true),
            ("https://localhost", true),
            ("http://app.localhost:8080", true),
            ("http://127.0.0.1:5173", true),
            ("http://[::1]:5173", true),
            ("http://localhost.evil.example", false),
            ("http://evil.example", false),
            ("http://192.168.1.2", false),
            ("file://localhost", false),
            ("null", false),
        ] {
            assert_eq!(is_local_origin(origin), local, "{origin}");
        }
    }

    #[test]
    fn a_configured_origin_matches_what_browsers_send() {
        for (given, kept) in [
            ("https://ui.test", Some("https://ui.test")),
            ("https://UI.test/", Some("https://ui.test")),
            ("https://ui.test:443", Some("https://ui.test")),
            ("http://ui.test:443", Some("http://ui.test:443")),
            ("http://[2001:db8::1]:3000", Some("http://[2001:db8::1]:3000")),
            ("ui.test", None),
            ("https://ui.test/page", None),
            ("https://*.ui.test", None),
            ("https://", None),
            ("*", None),
        ] {
            assert_eq!(as_browsers_write(given).ok().as_deref(), kept, "{given}");
        }
    }
}
