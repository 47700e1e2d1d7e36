//! XML, as far as it matters here: the content of elements, and the values of attributes.

use std::borrow::Cow;

use super::{
    MASK, changed,
    names::{self, Name},
    text::{self, Reading},
};

/// An XML or HTML text. The content of an element with a secret name goes as a whole, up to its end tag.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        masked.push_str(&text::without_secrets(&rest[..open], Reading::Lines));
        let end = rest[open..].find('>').map_or(rest.len(), |end| open + end + 1);
        let tag = &rest[open..end];
        // Attributes are names and values too.
        masked.push_str(&text::without_secrets(tag, Reading::Lines));
        rest = &rest[end..];
        let name = local_name(tag);
        let content = rest.find(&format!("</{}", full_name(tag))).unwrap_or(rest.len());
        if Name::of(name).is_secret() && !tag.ends_with("/>") && !names::is_plain_value(&rest[..content]) {
            masked.push_str(MASK);
            rest = &rest[content..];
        }
    }
    masked.push_str(&text::without_secrets(rest, Reading::Lines));
    changed(text.into(), masked)
}

/// `<ns:password type="x">` as `ns:password`; nothing for an end tag, a comment or a declaration.
fn full_name(tag: &str) -> &str {
    let name = tag.trim_start_matches('<');
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    &name[..name.find(|c| !is_name(c)).unwrap_or(name.len())]
}

fn local_name(tag: &str) -> &str {
    let name = full_name(tag);
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
