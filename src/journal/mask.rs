//! Secrets are taken out before anything is kept. What stays tells that there was one: `***`.

use std::{borrow::Cow, sync::LazyLock};

use memchr::memmem::Finder;
use serde_json::Value;

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// Names of members, parameters and headers whose values are secret, in lower case without `-` and `_`.
const NAMES: [&str; 11] = [
    "clientsecret",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "logintoken",
    "token",
    "controltoken",
    "password",
    "apikey",
    "assertion",
    "clientassertion",
];

/// Parts of those names, to tell quickly that a body has none of them. Names in mixed case that nobody
/// writes, such as `cLIENT_sECRET`, are not looked for.
static HINTS: LazyLock<[Finder<'static>; 10]> = LazyLock::new(|| {
    ["oken", "ecret", "assword", "ssertion", "pikey", "piKey", "pi_key", "OKEN", "ECRET", "ASSWORD"].map(Finder::new)
});

fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).take(40).collect();
    NAMES.contains(&plain.as_str())
}

/// The value of a header whose name is in lower case.
pub fn header<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    match name {
        "authorization" | "proxy-authorization" => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {MASK}").into(),
            None => MASK.into(),
        },
        "cookie" => value.split("; ").map(cookie).collect::<Vec<_>>().join("; ").into(),
        "set-cookie" => match value.split_once(';') {
            Some((first, attributes)) => format!("{};{attributes}", cookie(first)).into(),
            None => cookie(value).into(),
        },
        "referer" | "location" => match value.split_once('?') {
            Some((path, query)) => match form(query) {
                Cow::Owned(query) => format!("{path}?{query}").into(),
                Cow::Borrowed(_) => value.into(),
            },
            None => value.into(),
        },
        _ if ["token", "secret", "password", "api-key"].iter().any(|part| name.contains(part)) => MASK.into(),
        _ => value.into(),
    }
}

fn cookie(pair: &str) -> String {
    pair.split_once('=').map_or_else(|| MASK.to_owned(), |(name, _)| format!("{name}={MASK}"))
}

/// A query or a form.
pub fn form(text: &str) -> Cow<'_, str> {
    let is_secret = |pair: &str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        name.is_some_and(|name| is_secret(&name))
    };
    if !text.split('&').any(is_secret) {
        return text.into();
    }
    let masked = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(pair) => Cow::Owned(format!("{name}={MASK}")),
        _ => Cow::Borrowed(pair),
    });
    masked.collect::<Vec<_>>().join("&").into()
}

/// Whether a content type is that of forms.
pub fn is_form(content_type: &str) -> bool {
    content_type.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

/// A body, if it has secrets. One that is not whole, or not what it says, is masked by what it looks like.
pub fn body(bytes: &[u8], content_type: &str, whole: bool) -> Option<Vec<u8>> {
    let named = named_secrets(bytes, content_type, whole);
    without_jwts(named.as_deref().unwrap_or(bytes)).or(named)
}

/// The same without tokens that stand where no name tells of them; none if there are none.
fn without_jwts(bytes: &[u8]) -> Option<Vec<u8>> {
    static START: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("eyJ"));
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let (mut masked, mut done) = (Vec::new(), 0);
    for at in START.find_iter(bytes) {
        if at < done || (at > 0 && is_part(&bytes[at - 1])) {
            continue;
        }
        let end = bytes[at..].iter().position(|b| !is_part(b)).map_or(bytes.len(), |length| at + length);
        // Header and payload are there even if a body was cut within the signature.
        if bytes[at..end].split(|b| *b == b'.').filter(|part| part.len() >= 10).count() >= 2 {
            masked.extend_from_slice(&bytes[done..at]);
            masked.extend_from_slice(MASK.as_bytes());
            done = end;
        }
    }
    (done > 0).then(|| {
        masked.extend_from_slice(&bytes[done..]);
        masked
    })
}

fn named_secrets(bytes: &[u8], content_type: &str, whole: bool) -> Option<Vec<u8>> {
    if !HINTS.iter().any(|hint| hint.find_iter(bytes).any(|at| may_be_name(bytes, at))) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    if whole && is_form(content_type) {
        return match form(&text) {
            Cow::Owned(masked) => Some(masked.into_bytes()),
            Cow::Borrowed(_) => None,
        };
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(mut value) if whole => mask_members(&mut value).then(|| value.to_string().into_bytes()),
        _ => Some(by_looks(&text).into_bytes()),
    }
}

/// Whether the word at a place is the name of a secret, or written so that one cannot tell. The vendor's
/// own words have such parts too: MSP_SLTN_TOKEN.
fn may_be_name(bytes: &[u8], at: usize) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'\\' | b'%');
    // No name is as long as that; looking further would take the square of the length.
    let (first, end) = (at.saturating_sub(80), bytes.len().min(at + 80));
    let start = bytes[first..at].iter().rposition(|b| !is_word(b)).map_or(first, |before| first + before + 1);
    let length = bytes[start..end].iter().position(|b| !is_word(b)).unwrap_or(end - start);
    let word = &bytes[start..start + length];
    word.iter().any(|b| matches!(b, b'\\' | b'%')) || std::str::from_utf8(word).is_ok_and(is_secret)
}

fn mask_members(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |any, item| mask_members(item) | any),
        Value::Object(members) => members.iter_mut().fold(false, |any, (name, value)| {
            if is_secret(name) && !value.is_null() {
                *value = MASK.into();
                return true;
            }
            mask_members(value) | any
        }),
        _ => false,
    }
}

/// Masks the word after whatever looks like the name of a secret.
fn by_looks(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        masked.push_str(word);
        rest = after;
        if is_secret(word) {
            let value = rest.find(|c: char| c.is_alphanumeric() || matches!(c, '+' | '/' | '%' | '.' | '$'));
            let value = value.unwrap_or(rest.len());
            let (between, after) = rest.split_at(value);
            masked.push_str(between);
            if !after.is_empty() {
                masked.push_str(MASK);
            }
            rest = &after[end_of_value(between, after)..];
        }
    }
    masked + rest
}

/// Where a value ends: at the quote that opened it, or else at what commonly stands between values.
fn end_of_value(between: &str, value: &str) -> usize {
    let quote = between.chars().last().filter(|c| matches!(c, '"' | '\''));
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        let ends = match quote {
            Some(quote) => c == quote && !escaped,
            None => c.is_whitespace() || matches!(c, '&' | ',' | ';' | '}' | ']' | '<' | '"' | '\''),
        };
        if ends {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_body(content_type: &str, whole: bool, found: &str, expected: &str) {
        let masked = body(found.as_bytes(), content_type, whole).unwrap_or_else(|| found.into());
        assert_eq!(std::str::from_utf8(&masked).unwrap(), expected);
    }

    #[test]
    fn headers_tell_that_there_was_a_secret_and_not_which() {
        for (name, found, expected) in [
            ("authorization", "Bearer abc.def.ghi", "Bearer ***"),
            ("authorization", "abc", "***"),
            ("cookie", "JSESSIONID=1; other=2", "JSESSIONID=***; other=***"),
            ("set-cookie", "JSESSIONID=1; Path=/; HttpOnly", "JSESSIONID=***; Path=/; HttpOnly"),
            ("login-token", "abc", "***"),
            ("location", "/back?access_token=abc&x=1", "/back?access_token=***&x=1"),
            ("accept", "application/json", "application/json"),
        ] {
            assert_eq!(header(name, found), expected, "{name}");
        }
    }

    #[test]
    fn secrets_go_out_of_forms() {
        let form = "application/x-www-form-urlencoded";
        let asked = "grant_type=client_credentials&client_id=r1mock&client_secret=s3cret";
        check_body(form, true, asked, "grant_type=client_credentials&client_id=r1mock&client_secret=***");
        check_body(form, true, "client%5Fsecret=s3cret", "client%5Fsecret=***");
        check_body(form, true, "secretive=1&token_type=2", "secretive=1&token_type=2");
    }

    #[test]
    fn secrets_go_out_of_json() {
        let json = "application/json";
        check_body(
            json,
            true,
            r#"{"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 7199}"#,
            r#"{"access_token":"***","token_type":"Bearer","expires_in":7199}"#,
        );
        check_body(json, true, r#"[{"client\u005fsecret":"a\"b"}]"#, r#"[{"client_secret":"***"}]"#);
        let harmless = r#"{"name":  "the tokens", "licenseType": "MSP_SLTN_TOKEN"}"#;
        assert_eq!(body(harmless.as_bytes(), json, true), None);
    }

    #[test]
    fn tokens_go_out_wherever_they_stand() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJ0ZW5hbnRJZCI6IjEifQ.c2lnbmF0dXJl";
        let note = format!(r#"{{"note":"it was {token}, I think"}}"#);
        check_body("application/json", true, &note, r#"{"note":"it was ***, I think"}"#);
        check_body("text/plain", false, &token[..40], "***");
        check_body("text/plain", true, "eyJust a word. eyJ", "eyJust a word. eyJ");
    }

    #[test]
    fn secrets_go_out_of_what_is_cut_or_broken_or_something_else() {
        let json = "application/json";
        check_body(json, false, r#"{"access_token":"a\"b.c","x":"#, r#"{"access_token":"***","x":"#);
        check_body(json, false, r#"{"access_token":"abc"#, r#"{"access_token":"***"#);
        check_body(
            json,
            true,
            r#"{"a: 1, "client_secret": "x", "b": 2}"#,
            r#"{"a: 1, "client_secret": "***", "b": 2}"#,
        );
        check_body("text/plain", true, "client_secret=abc&x=1", "client_secret=***&x=1");
        check_body("text/xml", true, "<password>abc</password>", "<password>***</password>");
    }
}
