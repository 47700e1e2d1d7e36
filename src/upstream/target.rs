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
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority)
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
        let own_path = match location.strip_prefix(&self.origin()) {
            Some(path) if path.is_empty() || path.starts_with(['/', '?', '#']) => path,
            Some(_) => return None,
            None if location.starts_with('/') && !location.starts_with("//") => location,
            None => return None,
        };
        let path = own_path.strip_prefix(&self.base)?;
        (path.is_empty() || path.starts_with(['/', '?', '#'])).then(|| format!("{base_url}{path}"))
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
