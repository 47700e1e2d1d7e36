//! Secrets that show without a name.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{MASK, changed};

/// Whether a body may have such a secret, or cookies: in one pass that only stops at the last byte of what betrays one.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    let follows = |at: usize, word: &str| {
        let start = at.checked_sub(word.len());
        start.is_some_and(|start| bytes[start..at].eq_ignore_ascii_case(word.as_bytes()))
    };
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'J' => bytes[..at].ends_with(b"ey"),
        b' ' => follows(at, "earer") || follows(at, "asic"),
        b':' => follows(at, "ookie") || bytes[at..].starts_with(b"://") && bytes[at..].contains(&b'@'),
        _ => false,
    })
}

/// A text without JWTs, without the credentials after `Bearer` and `Basic`, and without user and password in URLs.
pub fn without_tokens(text: &str) -> Cow<'_, str> {
    if !may_be_in(text.as_bytes()) {
        return text.into();
    }
    let masked = without_jwts(text);
    let masked = without_credentials(&masked);
    let masked = without_userinfo(&masked);
    changed(text.into(), masked)
}

fn without_jwts(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let (before, token) = rest.split_at(at);
        let end = token.find(|c| !is_part(c)).unwrap_or(token.len());
        masked.push_str(before);
        let is_inside = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        masked.push_str(if !is_inside && is_jwt(&token[..end]) { MASK } else { &token[..end] });
        rest = &token[end..];
    }
    masked + rest
}

/// Two long parts, as of a token that was cut in its signature; or a head that is a JSON object and anything more.
fn is_jwt(text: &str) -> bool {
    let Some((head, rest)) = text.split_once('.') else { return false };
    let has_long_parts = || text.split('.').filter(|part| part.len() >= 10).count() >= 2;
    let is_object = |json: Vec<u8>| json.starts_with(b"{") && json.ends_with(b"}");
    !rest.is_empty() && (has_long_parts() || URL_SAFE_NO_PAD.decode(head).is_ok_and(is_object))
}

/// `Bearer abc123`; a word of plain lower-case letters is prose, as in "a Bearer token" and `Bearer realm="x"`.
fn without_credentials(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, scheme, after)) = next_scheme(rest) {
        let blanks = after.len() - after.trim_start_matches(' ').len();
        let (blanks, value) = after.split_at(blanks);
        let is_value = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let end = value.find(|c| !is_value(c)).unwrap_or(value.len());
        let is_prose = value[..end].trim_end_matches(['.', '=']).bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        masked.extend([before, scheme, blanks, if is_prose { &value[..end] } else { MASK }]);
        rest = &value[end..];
    }
    masked + rest
}

/// What stands before the next scheme, the scheme, and what stands after it.
fn next_scheme(text: &str) -> Option<(&str, &str, &str)> {
    let is_scheme = |at: &usize| {
        let starts_word = !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let begins =
            |scheme: &str| text.get(*at..*at + scheme.len()).is_some_and(|word| word.eq_ignore_ascii_case(scheme));
        starts_word && (begins("bearer ") || begins("basic "))
    };
    let at = text.match_indices(['b', 'B']).map(|(at, _)| at).find(is_scheme)?;
    let end = at + text[at..].find(' ')?;
    Some((&text[..at], &text[at..end], &text[end..]))
}

fn without_userinfo(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        masked.push_str(before);
        masked.push_str("://");
        let ends = |c: char| c.is_whitespace() || c.is_control() || "/?#\"'<>\\`".contains(c);
        let end = after.find(ends).unwrap_or(after.len());
        let (authority, after) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, host)) if !user.is_empty() && user != MASK => {
                masked.extend([MASK, "@", host]);
            }
            _ => masked.push_str(authority),
        }
        rest = after;
    }
    masked + rest
}
