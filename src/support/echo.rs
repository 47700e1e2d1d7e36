//! Quoting what a caller sent in an error message, without repeating all of it.

use std::borrow::Cow;

/// The most characters of a caller's text that an error message repeats.
pub const LONGEST: usize = 200;

/// The text, cut after [`LONGEST`] characters. A cut text ends in `...`.
pub fn cut(text: &str) -> Cow<'_, str> {
    first(text, LONGEST)
}

/// The first characters of a text. A cut text ends in `...`.
pub fn first(text: &str, count: usize) -> Cow<'_, str> {
    match text.char_indices().nth(count) {
        Some((end, _)) => format!("{}...", &text[..end]).into(),
        None => text.into(),
    }
}

/// A message of a library that quotes a caller's text: every word or quoted part of it is cut as by [`cut`].
/// Texts in quotes may contain spaces, so the parts between spaces and quotes are what is measured, and the
/// whole message is limited as well.
pub fn cut_parts(message: &str) -> Cow<'_, str> {
    if message.chars().nth(LONGEST).is_none() {
        return message.into();
    }
    let is_quote = |c: char| matches!(c, '"' | '`');
    let parts: Vec<Cow<'_, str>> = message.split_inclusive(is_quote).map(cut_part).collect();
    first(&parts.concat(), 10 * LONGEST).into_owned().into()
}

/// A part of a message, with the quotation mark at its end if it has one.
fn cut_part(part: &str) -> Cow<'_, str> {
    match part.chars().last().filter(|c| matches!(c, '"' | '`')) {
        Some(quote) if part.chars().nth(LONGEST).is_some() => {
            format!("{}{quote}", cut(&part[..part.len() - quote.len_utf8()])).into()
        }
        _ => cut(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stay_and_long_ones_are_cut_between_characters() {
        assert_eq!(cut("a name"), "a name");
        assert_eq!(cut(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(cut(&"é".repeat(201)), format!("{}...", "é".repeat(200)));
    }

    #[test]
    fn long_quotations_in_a_message_are_cut_and_the_words_around_them_stay() {
        let message = format!("unknown field `{}`, expected one of `id`, `match`", "x".repeat(1_000));
        let expected = format!("unknown field `{}...`, expected one of `id`, `match`", "x".repeat(200));
        assert_eq!(cut_parts(&message), expected);
        assert_eq!(cut_parts("invalid type: null"), "invalid type: null");
        assert!(cut_parts(&"a \"b\" ".repeat(100_000)).len() < 3_000);
    }
}
