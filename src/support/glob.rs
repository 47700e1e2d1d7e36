//! Patterns of paths and of values, for faults and for the journal. Matching takes at most the product of
//! both lengths, whatever they are.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A pattern of paths: `*` is anything within a segment, `**` any number of segments, `{name}` one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(example = "/entitlements/**")]
pub struct PathPattern(String);

/// The text is no pattern of paths.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no path pattern: expected a path such as /entitlements, /activities/* or /entitlements/**")]
pub struct BadPattern(String);

/// A pattern from the source of a test, taken as it is.
impl From<&str> for PathPattern {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for PathPattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for PathPattern {
    type Error = BadPattern;

    fn try_from(text: String) -> Result<Self, BadPattern> {
        if text.starts_with('/') || text.starts_with("**") { Ok(Self(text)) } else { Err(BadPattern(text)) }
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PathPattern {
    /// Whether a path is one of those.
    pub fn matches(&self, path: &str) -> bool {
        if self.0.ends_with('/') != path.ends_with('/') && !self.0.ends_with("**") {
            return false;
        }
        spread(&parts(&self.0), &parts(path), |part| *part == "**", |pattern, part| segment(pattern, part))
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
            ("/*nts/sum*", "/entitlements/summaries", true),
            ("/**", "/", true),
            ("**", "/anything/at/all", true),
        ] {
            assert_eq!(pattern.parse::<PathPattern>().unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern: PathPattern = "/**/a*a*a*a".repeat(500).parse().unwrap();
        assert!(!pattern.matches(&"/aaaaaaaab".repeat(500)));
    }

    #[test]
    fn what_is_no_path_is_refused_with_examples() {
        let refused = "entitlements".parse::<PathPattern>().unwrap_err().to_string();
        assert!(refused.contains("/entitlements/**"), "{refused}");
    }
}
