//! Patterns of paths, against a slow and obvious matcher.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::support::glob::{PathPattern, wild};

/// `*` is any text: whether each beginning of the pattern matches each beginning of the text, one by one.
fn slow(pattern: &[u8], text: &[u8]) -> bool {
    let mut before: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for letter in pattern {
        let mut now = vec![*letter == b'*' && before[0]];
        for (at, other) in text.iter().enumerate() {
            now.push(if *letter == b'*' { now[at] || before[at + 1] } else { letter == other && before[at] });
        }
        before = now;
    }
    before.last() == Some(&true)
}

fuzz_target!(|parts: (&str, &str)| {
    let (pattern, text) = parts;
    if pattern.len() <= 200 && text.len() <= 200 {
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
