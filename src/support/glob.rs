//! Patterns of paths and of values, for faults and for the journal. The work of matching grows with the length
//! of the text, not with the product of pattern and text.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::echo;

/// A pattern of paths: `*` is anything within a segment, `**` any number of segments, `{name}` one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "/entitlements/**", max_length = 1_000)]
pub struct PathPattern(Compiled);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Compiled {
    text: Box<str>,
    /// The segments between one `**` and the next.
    groups: Vec<Vec<Segment>>,
}

/// The text is not a pattern of paths.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// It is not like a path.
    #[error("\"{0}\" is not a path pattern: expected a path such as /entitlements, /activities/* or /entitlements/**")]
    NotAPath(String),
    /// It is too long.
    #[error("a pattern has at most {LONGEST} characters; this one has {0}")]
    TooLong(usize),
}

/// The most characters of a pattern.
pub const LONGEST: usize = 1_000;

/// What stands between two `**` is looked for in so many segments of a path. No operation has as many.
const MOST_SEGMENTS: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `{name}`: any text but the empty one.
    Named,
    /// A text in which `*` is anything.
    Glob(Box<str>),
}

/// A pattern in the source of a test. One that is not like a path matches nothing.
impl From<&str> for PathPattern {
    fn from(text: &str) -> Self {
        let segment = |part: &str| {
            let named = part.len() > 2 && part.starts_with('{') && part.ends_with('}');
            if named { Segment::Named } else { Segment::Glob(part.into()) }
        };
        let parts: Vec<&str> = text.trim_matches('/').split('/').collect();
        let groups = parts.split(|part| *part == "**").map(|group| group.iter().map(|part| segment(part)).collect());
        Self(Compiled { groups: groups.collect(), text: text.into() })
    }
}

impl FromStr for PathPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(InvalidPattern::TooLong(length));
        }
        let is_path = text.starts_with('/') || text.starts_with("**");
        if is_path { Ok(text.into()) } else { Err(InvalidPattern::NotAPath(echo::cut(text).into_owned())) }
    }
}

impl TryFrom<String> for PathPattern {
    type Error = InvalidPattern;

    fn try_from(text: String) -> Result<Self, InvalidPattern> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0.text.into()
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl PathPattern {
    /// Whether the pattern matches a path.
    pub fn matches(&self, path: &str) -> bool {
        let Self(Compiled { text, groups }) = self;
        if text.ends_with('/') != path.ends_with('/') && !text.ends_with("**") {
            return false;
        }
        let mut parts = path.trim_matches('/').split('/');
        let Some((first, rest)) = groups.split_first() else { return false };
        if !first.iter().all(|segment| parts.next().is_some_and(|part| segment.matches(part))) {
            return false;
        }
        let Some((last, middle)) = rest.split_last() else { return parts.next().is_none() };
        if !last.iter().rev().all(|segment| parts.next_back().is_some_and(|part| segment.matches(part))) {
            return false;
        }
        let parts: Vec<&str> = parts.take(MOST_SEGMENTS).collect();
        come_in_order(middle, &parts)
    }
}

/// Whether the groups of segments occur in a path one after the other, each as early as it can.
fn come_in_order(groups: &[Vec<Segment>], mut parts: &[&str]) -> bool {
    groups.iter().filter(|group| !group.is_empty()).all(|group| {
        let here = |window: &[&str]| group.iter().zip(window).all(|(segment, part)| segment.matches(part));
        let found = parts.windows(group.len()).position(here);
        parts = found.map_or(&[], |at| &parts[at + group.len()..]);
        found.is_some()
    })
}

impl Segment {
    fn matches(&self, part: &str) -> bool {
        match self {
            Self::Named => !part.is_empty(),
            Self::Glob(pattern) => wild(pattern, part),
        }
    }
}

/// Whether a text is like a pattern in which `*` is anything. Linear: what stands between two stars is taken where
/// it first occurs, as a later place could not do better.
pub fn wild(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut text) = text.strip_prefix(start).and_then(|text| text.strip_suffix(end)) else { return false };
    middle.split('*').all(|piece| match text.split_once(piece) {
        Some((_, after)) => {
            text = after;
            true
        }
        None => piece.is_empty(),
    })
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
    fn a_star_is_any_text() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "abc", true),
            ("a*", "a", true),
            ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("*b*", "abc", true),
            ("*b*b*", "abc", false),
            ("a*b*c", "a-b-b-c", true),
            ("*é*", "café!", true),
            ("Bearer *", "Bearer abc", true),
        ] {
            assert_eq!(wild(pattern, text), expected, "{pattern} {text}");
        }
    }

    /// Without a bound, each of these compares hundreds of millions of times.
    #[test]
    fn patterns_that_nearly_match_long_paths_cost_little() {
        let no_match = |pattern: String, path: &str| {
            let pattern: PathPattern = pattern.parse().unwrap();
            for _ in 0..1_000 {
                assert!(!pattern.matches(path), "{pattern}");
            }
        };
        no_match(format!("/*{}b", "a".repeat(990)), &format!("/{}", "a".repeat(60_000)));
        no_match(format!("/{}b", "*a".repeat(400)), &format!("/{}", "a".repeat(60_000)));
        no_match(format!("/**{}/b/**", "/a".repeat(400)), &"/a".repeat(30_000));
        no_match(format!("/{}b/**", "**/a/".repeat(150)), &"/a".repeat(30_000));
        assert!(PathPattern::from("/**/x/**").matches(&format!("/x{}", "/a".repeat(30_000))));
    }

    #[test]
    fn a_pattern_has_a_longest_length() {
        assert!(format!("/{}", "a".repeat(999)).parse::<PathPattern>().is_ok());
        let error = format!("/{}", "a".repeat(1_000)).parse::<PathPattern>().unwrap_err().to_string();
        assert_eq!(error, "a pattern has at most 1000 characters; this one has 1001");
    }

    #[test]
    fn what_is_not_a_path_is_refused_with_examples() {
        let refused = "entitlements".parse::<PathPattern>().unwrap_err().to_string();
        assert!(refused.contains("/entitlements/**"), "{refused}");
    }
}
