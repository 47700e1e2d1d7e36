//! Who may use the configured token. Without this, any page in a browser on this machine could act on the
//! real system with it: by asking outright, which the browser marks with `Origin` or `Sec-Fetch-Site`, or
//! under a name of its own that resolves to this machine, which shows in `Host`. Pure.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::support::origin;

/// Who is trusted besides this machine.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Origins of pages.
    pub origins: Vec<HeaderValue>,
    /// Names with a dot under which this server is called.
    pub hosts: Vec<String>,
}

impl Trust {
    /// Who is not trusted, if that is who calls.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), String> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(host) = text("host").map(origin::without_port)
            && !self.is_ours(host)
        {
            return Err(format!("callers of this server as \"{host}\""));
        }
        match headers.get(header::ORIGIN) {
            Some(origin) if self.origins.contains(origin) => Ok(()),
            Some(origin) => {
                let origin = String::from_utf8_lossy(origin.as_bytes());
                let is_own = origin::host_of_origin(&origin).is_some_and(|host| text("host") == Some(host));
                if is_own || origin::is_local_origin(&origin) { Ok(()) } else { Err(format!("pages of {origin}")) }
            }
            None if text("sec-fetch-site") == Some("cross-site") => Err("pages of other sites".into()),
            None => Ok(()),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let is_address = || host.parse::<IpAddr>().is_ok();
        let is_named = || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
        !host.contains('.') || origin::is_this_machine(host) || is_address() || is_named()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_site_cannot_use_the_token() {
        let trust =
            Trust { origins: vec![HeaderValue::from_static("https://ui.test")], hosts: vec!["mock.test".into()] };
        for (name, value, trusted) in [
            ("host", "localhost:8080", true),
            ("host", "127.0.0.1:8080", true),
            ("host", "mock:8080", true),
            ("host", "mock.test", true),
            ("host", "rebound.evil.example", false),
            ("origin", "http://localhost:3000", true),
            ("origin", "https://ui.test", true),
            ("origin", "http://evil.example", false),
            ("origin", "null", false),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", true),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))]);
            assert_eq!(trust.check(&headers).is_ok(), trusted, "{name}: {value}");
        }
    }
}
