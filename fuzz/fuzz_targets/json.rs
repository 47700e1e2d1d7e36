//! Strict JSON bodies: they are read if and only if an ordinary parser reads them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::{
    faults::Rule,
    support::{json_text, strict_json},
};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = json_text::utf8(bytes) else { return };
    let strict = strict_json::from_slice::<Value>(text);
    assert_eq!(strict.is_ok(), serde_json::from_slice::<Value>(text).is_ok());
    json_text::repeated_keys(text);
    if let Ok(rules) = strict_json::from_slice::<Vec<Rule>>(text) {
        for rule in rules {
            // A refusal is as good.
            let _ = rule.check();
        }
    }
});
