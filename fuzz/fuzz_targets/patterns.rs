//! Patterns of paths, against a slow and obvious matcher.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::support::glob::{PathPattern, wild};

/// `*` is any text.
fn slow(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| slow(rest, &text[at..])),
        Some((letter, rest)) => text.split_first().is_some_and(|(first, text)| first == letter && slow(rest, text)),
    }
}

fuzz_target!(|parts: (&str, &str)| {
    let (pattern, text) = parts;
    if pattern.len() <= 12 && text.len() <= 24 {
        assert_eq!(wild(pattern, text), slow(pattern.as_bytes(), text.as_bytes()), "{pattern:?} and {text:?}");
    }
    if let Ok(parsed) = pattern.parse::<PathPattern>() {
        parsed.matches(text);
        assert_eq!(parsed.to_string(), pattern);
        if !pattern.contains(['*', '{']) && pattern.matches('/').count() < 64 {
            assert!(parsed.matches(pattern), "{pattern:?} does not match itself");
        }
    }
});
