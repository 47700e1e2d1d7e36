//! Patterns of paths and of values. Matching takes at most the product of both lengths, whatever they are.

use std::fmt;

use serde::Deserialize;

/// A pattern of paths: `*` is anything within a segment, `**` any number of segments, `{name}` one segment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct PathPattern {
    text: String,
}

impl From<String> for PathPattern {
    fn from(text: String) -> Self {
        Self { text }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PathPattern {
    /// Whether a path is one of those.
    pub fn matches(&self, path: &str) -> bool {
        if self.text.ends_with('/') != path.ends_with('/') && !self.text.ends_with("**") {
            return false;
        }
        spread(&parts(&self.text), &parts(path), |part| *part == "**", |pattern, part| segment(pattern, part))
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

fn segment(pattern: &str, part: &str) -> bool {
    let named = pattern.len() > 2 && pattern.starts_with('{') && pattern.ends_with('}');
    if named { !part.is_empty() } else { wild(pattern, part) }
}

/// Whether a text is as a pattern says, in which `*` is anything.
pub fn wild(pattern: &str, text: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == text;
    }
    spread(pattern.as_bytes(), text.as_bytes(), |b| *b == b'*', u8::eq)
}

/// Matches pieces, of which some stand for any number of pieces: back to the last such piece at the most.
fn spread<T>(pattern: &[T], text: &[T], is_any: impl Fn(&T) -> bool, same: impl Fn(&T, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p).is_some_and(&is_any) {
            back = Some((p + 1, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|piece| same(piece, &text[t])) {
            p += 1;
            t += 1;
        } else if let Some((after, from)) = back {
            back = Some((after, from + 1));
            p = after;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(is_any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_by_segments() {
        for (pattern, path, expected) in [
            ("/assignments", "/assignments", true),
            ("/assignments", "/assignments/", false),
            ("/assignments", "/assignments/summaries", false),
            ("/assignments/*", "/assignments/summaries", true),
            ("/assignments/*", "/assignments", false),
            ("/assignments/**", "/assignments", true),
            ("/assignments/**", "/assignments/summaries", true),
            ("/msp*", "/mspEntitlements", true),
            ("/msp*", "/mspEntitlements/summaries", false),
            ("/**/summaries", "/mspEntitlements/summaries", true),
            ("/**/a/**/b", "/x/a/y/a/z/b", true),
            ("/**/a/**/b", "/x/a/y/a/z/c", false),
            ("/activities/{id}", "/activities/1", true),
            ("/activities/{id}", "/activities/", false),
            ("**", "/anything/at/all", true),
        ] {
            assert_eq!(PathPattern::from(pattern.to_owned()).matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern = PathPattern::from("/**/a*a*a*a".repeat(500));
        assert!(!pattern.matches(&"/aaaaaaaab".repeat(500)));
    }
}
