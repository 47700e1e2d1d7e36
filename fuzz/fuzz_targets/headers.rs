//! Headers: Accept, Basic and bearer, forwarded hosts, entity tags, the words of x-mock headers and Prefer.

#![no_main]

use axum::http::{HeaderMap, HeaderValue};
use fuzz::parts;
use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::{
    faults::header_words,
    support::{accept, authorization, etag, origin},
};

const OFFERED: [&str; 2] = ["application/json", "application/vnd.ruckus.v1+json"];

fuzz_target!(|bytes: &[u8]| {
    let names = ["accept", "authorization", "host", "x-forwarded-host", "x-forwarded-proto", "if-none-match"];
    let values: [&[u8]; 6] = parts(bytes);
    let mut headers = HeaderMap::new();
    for (name, value) in names.into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    if let Ok(found) = accept::choose(&headers, &OFFERED) {
        assert!(OFFERED.contains(&found));
    }
    authorization::bearer(&headers);
    if let Some(basic) = authorization::Basic::read(&headers) {
        basic.form_decoded();
    }
    let base = origin::base_url(&headers);
    assert!(base.starts_with("http://") || base.starts_with("https://"), "{base:?}");
    assert!(!base.contains(['"', '<', '>', '\'', ' ', '\\', '@']), "{base:?} would be a link");
    etag::is_known(&headers, &HeaderValue::from_static("\"0123456789abcdef\""));
    if let Ok(text) = std::str::from_utf8(values[0]) {
        // Refusals are as good.
        let _ = header_words::outcome(text);
        let _ = header_words::preferred(text);
        let _ = header_words::activity(text);
    }
});
