//! Paths with `*` (within one segment) and `**` (any number of segments).

use serde::{Deserialize, Serialize};

/// A path pattern, such as `/entitlements/**` or `/activities/*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// The text is no path pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no path pattern: expected a path such as /entitlements, /activities/* or /entitlements/**")]
pub struct BadPattern(String);

impl TryFrom<String> for Pattern {
    type Error = BadPattern;

    fn try_from(text: String) -> Result<Self, BadPattern> {
        if text.starts_with('/') || text.starts_with("**") { Ok(Self(text)) } else { Err(BadPattern(text)) }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0
    }
}

impl Pattern {
    /// Whether a path is of this kind.
    pub fn matches(&self, path: &str) -> bool {
        let segments = |text: &str| text.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
        fits(
            &segments(&self.0),
            &segments(path),
            |part| part == "**",
            |part, segment| fits(part.as_bytes(), segment.as_bytes(), |b| *b == b'*', |a, b| a == b),
        )
    }
}

/// Whether a text is of a pattern's kind, where a star stands for any number of items. Goes back to
/// the last star only, so the effort is bounded by the product of the lengths.
fn fits<P, T>(pattern: &[P], text: &[T], is_star: impl Fn(&P) -> bool, same: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star = None;
    while t < text.len() {
        if pattern.get(p).is_some_and(&is_star) {
            last_star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|part| same(part, &text[t])) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, taken)) = last_star {
            last_star = Some((star, taken + 1));
            (p, t) = (star + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(Pattern::try_from(pattern.to_owned()).unwrap().matches(path), expected, "{pattern} on {path}");
    }

    #[test]
    fn one_star_stays_within_a_segment_and_two_cross_them() {
        check("/entitlements", "/entitlements", true);
        check("/entitlements", "/entitlements/summaries", false);
        check("/entitlements/*", "/entitlements/summaries", true);
        check("/entitlements/*", "/entitlements", false);
        check("/*/summaries", "/mspEntitlements/summaries", true);
        check("/msp*/summaries", "/entitlements/summaries", false);
        check("/*nts/sum*", "/entitlements/summaries", true);
        check("/**", "/", true);
        check("/**", "/a/b/c", true);
        check("/a/**", "/a", true);
        check("/a/**/d", "/a/b/c/d", true);
        check("/a/**/d", "/a/d", true);
        check("/a/**/d", "/a/b/c", false);
        check("**/summaries", "/assignments/summaries", true);
        check("/tenants/*/entitlements/**", "/tenants/1/entitlements/assignments/query", true);
    }

    #[test]
    fn many_stars_do_not_take_long() {
        let pattern = format!("/{}b", "*a".repeat(40));
        check(&pattern, &format!("/{}", "a".repeat(4_000)), false);
    }
}
