//! Reads the `Authorization` header: bearer tokens (RFC 6750) and Basic credentials (RFC 7617, RFC 6749).

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The token of `Authorization: Bearer ...`, if there is one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}

/// Basic credentials, as they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// The user, or client id.
    pub id: String,
    /// The password, or client secret.
    pub secret: String,
}

impl Basic {
    /// The credentials of `Authorization: Basic ...`, if there are any and they can be read.
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(credentials(headers, "basic")?).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some(Self { id: id.to_owned(), secret: secret.to_owned() })
    }

    /// The same, form-decoded. RFC 6749, section 2.3.1, has OAuth clients encode both parts; many do not.
    pub fn form_decoded(&self) -> Self {
        Self { id: form_decoded(&self.id), secret: form_decoded(&self.secret) }
    }
}

fn form_decoded(text: &str) -> String {
    // The text is a value, so separators in it stand for themselves.
    let value = format!("v={}", text.replace('&', "%26"));
    form_urlencoded::parse(value.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn credentials<'h>(headers: &'h HeaderMap, expected: &str) -> Option<&'h str> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(expected).then(|| credentials.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(authorization: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap())])
    }

    #[test]
    fn the_scheme_decides_and_its_case_does_not_matter() {
        assert_eq!(bearer(&headers("Bearer a.b.c")), Some("a.b.c"));
        assert_eq!(bearer(&headers("bearer  a.b.c ")), Some("a.b.c"));
        assert_eq!(bearer(&headers("Token a.b.c")), None);
        assert_eq!(bearer(&headers("Bearer")), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
        assert_eq!(Basic::read(&headers("Bearer YTpi")), None);
    }

    #[test]
    fn basic_credentials_are_split_at_the_first_colon_and_may_be_form_encoded() {
        let read = |text: &str| Basic::read(&headers(&format!("Basic {}", STANDARD.encode(text))));
        let basic = |id: &str, secret: &str| Basic { id: id.into(), secret: secret.into() };
        assert_eq!(read("id:a:b"), Some(basic("id", "a:b")));
        assert_eq!(read("no colon"), None);
        assert_eq!(read("a%3Ab:c+d%26e").unwrap().form_decoded(), basic("a:b", "c d&e"));
        assert_eq!(basic("id", "100%&x").form_decoded(), basic("id", "100%&x"));
    }
}
