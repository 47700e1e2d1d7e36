//! `name=value` between `&` or `;`: queries, forms, parameters of a path, cookies.

use std::borrow::Cow;

use super::{
    MASK, changed,
    names::{self, Name},
    text::{self, Reading},
};

/// A query or a form.
pub fn query(text: &str) -> Cow<'_, str> {
    // Unchanged pairs stay as they were sent, however they were encoded.
    let masked: Vec<Cow<'_, str>> = text.split_inclusive('&').map(pair).collect();
    if masked.iter().all(|pair| matches!(pair, Cow::Borrowed(_))) {
        return text.into();
    }
    changed(text.into(), masked.concat())
}

/// One pair, with the separator after it.
pub(super) fn pair(text: &str) -> Cow<'_, str> {
    let (pair, separator) = match text.strip_suffix(['&', ';', '/']) {
        Some(pair) => (pair, &text[pair.len()..]),
        None => (text, ""),
    };
    let Some((raw_name, raw_value)) = pair.split_once('=') else { return text::without_secrets(text, Reading::Lines) };
    let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else { return text.into() };
    if Name::of(&name).is_secret() && !names::is_plain_value(&value) && !names::is_count(&name, &value) {
        return format!("{raw_name}={MASK}{separator}").into();
    }
    match masked_value(&value) {
        Cow::Borrowed(_) => text.into(),
        // A value that is sent in the clear stays in the clear.
        Cow::Owned(masked) if value == raw_value => format!("{raw_name}={masked}{separator}").into(),
        Cow::Owned(masked) => {
            let encoded: String = form_urlencoded::byte_serialize(masked.as_bytes()).collect();
            format!("{raw_name}={encoded}{separator}").into()
        }
    }
}

/// A value may be a URL, or JSON.
fn masked_value(value: &str) -> Cow<'_, str> {
    if value.starts_with(['{', '[']) {
        return super::json::without_secrets(value);
    }
    text::without_secrets(value, Reading::Lines)
}

/// A cookie: every value is a secret.
pub(super) fn cookie(pair: &str) -> String {
    pair.split_once('=').map_or_else(|| MASK.to_owned(), |(name, _)| format!("{name}={MASK}"))
}
