//! Broken JSON, in each way that a parser can meet.

use super::Rng;

/// The first part of a body; never all of it, unless it is empty.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a length stays within it"
)]
pub fn truncated(body: &[u8], keep: f64) -> &[u8] {
    let kept = (body.len() as f64 * keep.clamp(0.0, 1.0)) as usize;
    &body[..kept.min(body.len().saturating_sub(1))]
}

/// The body with one mistake; which one and where is drawn.
pub fn malformed(body: &str, rng: &mut Rng) -> String {
    let mistakes: [fn(&str, usize) -> Option<String>; 6] =
        [trailing_comma, missing_colon, single_quotes, bare_word, open_end, control_character];
    let (first, place) = (rng.below(mistakes.len()), rng.below(body.len().max(1)));
    let in_turn = (0..mistakes.len()).map(|n| mistakes[(first + n) % mistakes.len()]);
    let broken = in_turn.filter_map(|mistake| mistake(body, place)).find(|text| !is_json(text));
    broken.unwrap_or_else(|| "{".into())
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The place of a character, the first one from `place` on, else the first at all.
fn find(body: &str, wanted: &str, place: usize) -> Option<usize> {
    let later = body.get(place..).and_then(|rest| rest.find(wanted)).map(|at| at + place);
    later.or_else(|| body.find(wanted))
}

fn replaced(body: &str, wanted: &str, place: usize, by: &str) -> Option<String> {
    let at = find(body, wanted, place)?;
    Some(format!("{}{by}{}", &body[..at], &body[at + wanted.len()..]))
}

fn trailing_comma(body: &str, place: usize) -> Option<String> {
    replaced(body, "}", place, ",}").or_else(|| replaced(body, "]", place, ",]"))
}

fn missing_colon(body: &str, place: usize) -> Option<String> {
    replaced(body, "\":", place, "\" ")
}

fn single_quotes(body: &str, place: usize) -> Option<String> {
    replaced(body, "\":", place, "':")
}

fn bare_word(body: &str, place: usize) -> Option<String> {
    replaced(body, ":", place, ":undefined")
}

fn open_end(body: &str, _: usize) -> Option<String> {
    let end = body.trim_end().len().checked_sub(1)?;
    body.get(..end).map(str::to_owned)
}

fn control_character(body: &str, place: usize) -> Option<String> {
    replaced(body, "\"", place, "\"\u{1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_body_is_shorter_and_a_malformed_one_is_no_json() {
        let body = r#"[{"type":"INITIAL","quantity":5,"rows":[]},{"type":"GRACE_PERIOD"}]"#;
        assert_eq!(truncated(body.as_bytes(), 0.5).len(), body.len() / 2);
        assert_eq!(truncated(body.as_bytes(), 1.0).len(), body.len() - 1);
        assert_eq!(truncated(b"", 0.5), b"");
        for body in [body, "[]", "{}", "1", "\"\"", "", "null", r#"["a: b"]"#] {
            for count in 0..40 {
                let broken = malformed(body, &mut Rng::new(1, count));
                assert!(!is_json(&broken), "{broken}");
            }
        }
    }
}
