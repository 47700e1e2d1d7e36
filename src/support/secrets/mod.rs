//! Taking secrets out of what is recorded, logged, shown or exported.
//!
//! | file | what |
//! |---|---|
//! | `names` | the table: which names have secret values, and which words of the API only look like them |
//! | `tokens` | secrets that need no name: JWTs, `Bearer` and `Basic` credentials, `user:password@` in URLs |
//! | `pairs` | `name=value`: queries, forms, parameters of a path, cookies |
//! | `json`, `xml`, `multipart` | bodies of these formats |
//! | `text` | names and values in any other text: what is cut, broken, or of no known format |
//!
//! A secret is replaced by [`MASK`], so that a reader sees that there was one. `true`, `false`, `null` and empty
//! values are no secrets. What a body looks like decides if its content type does not, and what cannot be parsed
//! is searched as text; so a mistake of the caller does not reveal more than a correct request.

mod json;
mod multipart;
mod names;
mod pairs;
mod text;
mod tokens;
mod xml;

use std::borrow::Cow;

use self::{names::Name, text::Reading};
pub use self::{pairs::query, tokens::without_tokens};

/// Replaces a secret.
pub const MASK: &str = "***";

/// A path: tokens in its segments, and parameters such as `;jsessionid=1`.
pub fn path(path: &str) -> Cow<'_, str> {
    let path = without_tokens(path);
    if !path.contains('=') {
        return path;
    }
    let part = |part: &str| pairs::pair(part).into_owned();
    let split: Vec<String> = path.split_inclusive(['/', ';', '&']).map(part).collect();
    changed(path, split.concat())
}

/// A path and a query, as the log and events show them.
pub fn target(path: &str, query: Option<&str>) -> String {
    let path = self::path(path);
    match query {
        Some(query) => format!("{path}?{}", self::query(query)),
        None => path.into_owned(),
    }
}

/// The value of a header; the name in lower case. Of credentials the scheme stays, of cookies their names.
pub fn header<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    match name {
        "cookie" => value.split("; ").map(pairs::cookie).collect::<Vec<_>>().join("; ").into(),
        "set-cookie" => match value.split_once(';') {
            Some((first, attributes)) => format!("{};{attributes}", pairs::cookie(first)).into(),
            None => pairs::cookie(value).into(),
        },
        // Browsers cannot set headers of a websocket, so pages send tokens as if they were subprotocols.
        "sec-websocket-protocol" => MASK.into(),
        _ if names::is_plain_value(value) => value.into(),
        // Those that nearly every request has.
        "host" | "origin" | "accept" | "accept-encoding" | "accept-language" | "user-agent" | "content-type"
        | "content-length" | "connection" | "referer" | "x-rks-tenantid" => text(value),
        _ => match Name::of(name) {
            Name::Credentials => credentials(value).into(),
            Name::Secret => MASK.into(),
            Name::Plain => text(value),
        },
    }
}

/// Credentials as in `Authorization`: the scheme stays.
fn credentials(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            format!("{scheme} {MASK}")
        }
        _ => MASK.into(),
    }
}

/// A text that may contain names and values: a URL, a line of a log, the value of a header.
pub fn text(value: &str) -> Cow<'_, str> {
    text::without_secrets(value, Reading::Lines)
}

/// Whether a content type is that of forms.
pub fn is_form(content_type: &str) -> bool {
    has_type(content_type, "application/x-www-form-urlencoded")
}

fn has_type(content_type: &str, expected: &str) -> bool {
    let own = content_type.split(';').next().unwrap_or_default();
    own.trim().eq_ignore_ascii_case(expected)
}

/// A body without its secrets; `None` if it has none. `whole` says that nothing of it was cut off.
pub fn body(bytes: &[u8], content_type: &str, whole: bool) -> Option<Vec<u8>> {
    if !names::may_be_in(bytes) && !tokens::may_be_in(bytes) {
        return None;
    }
    if let Some(boundary) = multipart::boundary(content_type) {
        return multipart::without_secrets(bytes, &boundary);
    }
    let text = String::from_utf8_lossy(bytes);
    let masked = match text.trim_start().chars().next() {
        _ if is_form(content_type) => query(&text),
        Some('{' | '[' | '"') if whole => json::without_secrets(&text),
        Some('<') => xml::without_secrets(&text),
        _ => text::without_secrets(&text, Reading::Lines),
    };
    (masked != text).then(|| masked.into_owned().into_bytes())
}

/// The new text if it differs from the old one; so what has no secrets stays borrowed.
fn changed(old: Cow<'_, str>, new: String) -> Cow<'_, str> {
    if *old == *new { old } else { Cow::Owned(new) }
}

#[cfg(test)]
mod tests;
