//! JSON.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    MASK,
    names::{self, Name},
    text::{self, Reading},
};

/// Text within a text within a text is not looked into further than this.
const DEPTH: usize = 4;

/// A JSON text, written anew if it has secrets. One that is broken is searched as text.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    nested(text, DEPTH)
}

fn nested(text: &str, depth: usize) -> Cow<'_, str> {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return text::without_secrets(text, Reading::Lines);
    };
    if masks(&mut value, depth) { value.to_string().into() } else { text.into() }
}

/// Masks the secrets in a value. Returns whether there were any.
fn masks(value: &mut Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |any, item| masks(item, depth) | any),
        Value::Object(members) => members.iter_mut().fold(false, |any, (name, value)| {
            if Name::of(name).is_secret() && is_secret_value(name, value) {
                *value = MASK.into();
                return true;
            }
            masks(value, depth) | any
        }),
        Value::String(text) => match in_string(text, depth) {
            Cow::Owned(masked) => {
                *text = masked;
                true
            }
            Cow::Borrowed(_) => false,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_secret_value(name: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !names::is_plain_value(text) && text != MASK,
        Value::Number(number) => !names::is_count(name, &number.to_string()),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// A text in JSON: JSON again, or prose.
fn in_string(text: &str, depth: usize) -> Cow<'_, str> {
    if depth > 0 && text.starts_with(['{', '[']) && text.ends_with(['}', ']']) {
        return nested(text, depth - 1);
    }
    text::without_secrets(text, Reading::Prose)
}
