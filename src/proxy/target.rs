//! Where a real system is. Pure.

use std::{fmt, str::FromStr};

use axum::http::{HeaderValue, Uri, uri::Authority};

/// Scheme, host and port of a real system, and what all its paths begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    https: bool,
    authority: Authority,
    /// Without a slash at the end; mostly empty.
    base: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || format!("\"{text}\" is no address of a server: expected one such as https://api.ruckus.cloud");
        let uri: Uri = text.trim().parse().map_err(|_| expected())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(expected()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(expected)?;
        if uri.query().is_some() {
            return Err(expected());
        }
        Ok(Self { https, authority: authority.clone(), base: uri.path().trim_end_matches('/').to_owned() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.base)
    }
}

impl Target {
    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("{}//{}", self.scheme(), self.authority)
    }

    /// What a request there has as its `Host`.
    pub fn host(&self) -> HeaderValue {
        HeaderValue::from_str(self.authority.as_str()).unwrap_or(HeaderValue::from_static(""))
    }

    /// The same path and query there.
    pub fn uri(&self, uri: &Uri) -> Uri {
        let rest = uri.path_and_query().map_or("/", |rest| rest.as_str());
        format!("{self}{rest}").parse().unwrap_or_default()
    }

    /// A place there, as the caller reaches it through this server; none, if it is elsewhere.
    pub fn through(&self, location: &str, base_url: &str) -> Option<String> {
        let at_host = |rest: &str| {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            self.is_own(&rest[..end]).then_some(end)
        };
        let path = match location.split_once("//") {
            Some(("", rest)) => &rest[at_host(rest)?..],
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(self.scheme()) => &rest[at_host(rest)?..],
            _ if location.starts_with('/') => location,
            _ => return None,
        };
        let end = path.find(['?', '#']).unwrap_or(path.len());
        let own = path[..end].strip_prefix(&self.base)?;
        (own.is_empty() || own.starts_with('/')).then(|| format!("{base_url}{own}{}", &path[end..]))
    }

    /// What is left of a path there without what all begin with; the root, of one that holds for more than
    /// those; none, if it is none of them.
    pub fn own_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        let is_within = |outer: &str, inner: &str| {
            inner.strip_prefix(outer.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match path.strip_prefix(&self.base) {
            Some(own) if own.is_empty() || own.starts_with('/') => Some(own),
            _ => is_within(path, &self.base).then_some(""),
        }
    }

    /// `http:` or `https:`.
    fn scheme(&self) -> &'static str {
        if self.https { "https:" } else { "http:" }
    }

    /// Whether this is its host and port, in whatever case and with or without the port that goes without saying.
    fn is_own(&self, authority: &str) -> bool {
        let plain = |authority: &str| {
            let lower = authority.to_ascii_lowercase();
            let port = if self.https { ":443" } else { ":80" };
            lower.strip_suffix(port).map(str::to_owned).unwrap_or(lower)
        };
        plain(authority) == plain(self.authority.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_upstream_is_one_of_this_server_and_others_stay() {
        let here = "http://localhost:8080/sandboxes/one";
        let plain: Target = "https://api.ruckus.cloud/".parse().unwrap();
        let based: Target = "http://gateway:9000/r1".parse().unwrap();
        for (target, location, expected) in [
            (&plain, "https://api.ruckus.cloud/venues/1", Some("/venues/1")),
            (&plain, "https://api.ruckus.cloud", Some("")),
            (&plain, "/venues?page=1", Some("/venues?page=1")),
            (&plain, "https://api.ruckus.cloud.evil.example/", None),
            (&plain, "https://login.ruckus.cloud/", None),
            (&plain, "//elsewhere/", None),
            (&plain, "//api.ruckus.cloud/venues", Some("/venues")),
            (&plain, "//api.ruckus.cloud.evil.example/", None),
            (&plain, "HTTPS://API.ruckus.cloud:443/venues", Some("/venues")),
            (&plain, "http://api.ruckus.cloud/venues", None),
            (&plain, "/login?next=https://elsewhere//x", Some("/login?next=https://elsewhere//x")),
            (&plain, "/a//b", Some("/a//b")),
            (&based, "//gateway:9000/r1?a=/b", Some("?a=/b")),
            (&plain, "sibling", None),
            (&based, "http://gateway:9000/r1/venues", Some("/venues")),
            (&based, "http://gateway:9000/r12", None),
            (&based, "/r1/venues", Some("/venues")),
        ] {
            let expected = expected.map(|path| format!("{here}{path}"));
            assert_eq!(target.through(location, here), expected, "{location}");
        }
        assert_eq!(based.uri(&"/a?b=c".parse().unwrap()), "http://gateway:9000/r1/a?b=c");
    }

    #[test]
    fn what_is_no_address_of_a_server_is_refused() {
        for bad in ["", "api.ruckus.cloud", "ftp://a", "https://", "https://user:word@a", "https://a/?b=c", "/path"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }
}
