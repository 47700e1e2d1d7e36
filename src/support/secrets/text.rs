//! Names and values in a text of no known format.

use std::borrow::Cow;

use memchr::memchr2;

use super::{
    MASK, changed,
    names::{self, Name},
    tokens::without_tokens,
};

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As lines of data: a value follows after `:` or `=`.
    Lines,
    /// As prose, where a colon and a blank go on with a sentence ("token: has expired"): there a value follows after
    /// `=`, in quotation marks, or after the name of a header.
    Prose,
}

/// A text without the values after names of secrets, and without tokens.
pub(super) fn without_secrets(text: &str, reading: Reading) -> Cow<'_, str> {
    match without_tokens(text) {
        Cow::Borrowed(text) => named(text, reading),
        Cow::Owned(masked) => named(&masked, reading).into_owned().into(),
    }
}

/// Whether a value follows after anything, and what it follows after may be a name of a secret.
fn may_be_named(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_escapes = || memchr2(b'%', b'\\', bytes).is_some();
    memchr2(b':', b'=', bytes).is_some()
        && (has_escapes()
            || names::may_be_in(bytes)
            || bytes.windows(6).any(|word| word.eq_ignore_ascii_case(b"cookie")))
}

fn named(text: &str, reading: Reading) -> Cow<'_, str> {
    if !may_be_named(text) {
        return text.into();
    }
    let mut masked = String::new();
    let mut rest = text;
    let mut is_changed = false;
    while let Some(start) = rest.find(is_word) {
        let end = start + rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start);
        let (before, after) = rest.split_at(end);
        masked.push_str(before);
        rest = after;
        if let Some((between, length, replacement)) = value_after(&before[start..], after, reading) {
            masked.push_str(between);
            masked.push_str(&replacement);
            is_changed = true;
            rest = &after[between.len() + length..];
        }
    }
    if is_changed { changed(text.into(), masked + rest) } else { text.into() }
}

/// The letters of names, with escapes of JSON (`\u0077`) and of URLs (`%77`).
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '[' | ']' | '%' | '\\')
}

/// What stands between a name and its secret value, how long the value is, and what replaces it.
fn value_after<'t>(word: &str, after: &'t str, reading: Reading) -> Option<(&'t str, usize, String)> {
    let name = match Name::of(&unescaped(word)) {
        Name::Plain if is_cookie(word) => Name::Credentials,
        Name::Plain => return None,
        secret => secret,
    };
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '>' | '"' | '\'' | '\\' | '(' | ',');
    let between = &after[..after.find(|c| !is_gap(c)).unwrap_or(after.len())];
    let is_header = word.contains('-') || name == Name::Credentials;
    let says_value = match reading {
        Reading::Lines => between.contains([':', '=']),
        Reading::Prose => {
            between.contains('=') || between.contains(':') && (is_header || between.contains('"') || between == ":")
        }
    };
    let value = &after[between.len()..];
    let length = length_of_value(between, value, name);
    let value = &value[..length];
    let is_secret =
        says_value && !between.contains(',') && !names::is_plain_value(value) && !names::is_count(word, value);
    let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
    let keeps_scheme =
        name == Name::Credentials && ["bearer", "basic", "digest"].contains(&scheme.to_ascii_lowercase().as_str());
    let replacement = if keeps_scheme { format!("{scheme} {MASK}") } else { MASK.to_owned() };
    (is_secret && value != replacement).then_some((between, length, replacement))
}

fn is_cookie(word: &str) -> bool {
    ["cookie", "set-cookie"].contains(&word.to_ascii_lowercase().as_str())
}

/// Where a value ends: at the quotation mark that opened it; for credentials at the end of the line; or else at what
/// commonly stands between values.
fn length_of_value(between: &str, value: &str, name: Name) -> usize {
    let quote = between.trim_end_matches('\\').chars().last().filter(|c| matches!(c, '"' | '\''));
    let mut is_escaped = false;
    for (at, c) in value.char_indices() {
        let ends = match quote {
            Some(quote) => c == quote && !is_escaped,
            None if name == Name::Credentials => c.is_control() || matches!(c, '"' | '\'' | '<' | '&'),
            None => c.is_whitespace() || matches!(c, '&' | ',' | ';' | '}' | ']' | '<' | '"' | '\'' | '#' | ')'),
        };
        if ends {
            return at;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    value.len()
}

/// A name with its escapes resolved; what is not an escape stays.
fn unescaped(word: &str) -> Cow<'_, str> {
    if !word.contains(['\\', '%']) {
        return word.into();
    }
    let mut plain = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find(['\\', '%']) {
        plain.push_str(&rest[..at]);
        let (escape, digits) = if rest[at..].starts_with("\\u") { (2, 4) } else { (1, 2) };
        let code = rest.get(at + escape..at + escape + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = &rest[at + escape + digits..];
            }
            None => rest = &rest[at + 1..],
        }
    }
    (plain + rest).into()
}
