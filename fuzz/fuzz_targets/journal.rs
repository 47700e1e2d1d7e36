//! The journal: any request can be shown, as JSON, as HAR and as one shell command.

#![no_main]

use fuzz::{parts, with_world};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let [target, header, content_type, body] = parts(bytes);
    let Ok(target) = std::str::from_utf8(target) else { return };
    let target = format!("/{target}");
    if target.starts_with("/_mock") || target.starts_with("/sandboxes") {
        return;
    }
    let content_type = if content_type.is_empty() { b"application/json" } else { content_type };
    let headers: [(&str, &[u8]); 2] = [("x-any", header), ("content-type", content_type)];
    with_world(|world| {
        if world.send("POST", &target, &headers, body).is_none() {
            return;
        }
        let read = |path: &str| world.send("GET", path, &[], b"").expect("a request");
        let list: Value = serde_json::from_slice(&read("/_mock/requests").body).expect("JSON");
        let Some(last) = list["requests"].as_array().and_then(|rows| rows.last()) else { return };
        let number = &last["seq"];
        for path in [format!("/_mock/requests/{number}"), "/_mock/requests/har".to_owned()] {
            let shown = read(&path);
            assert_eq!(shown.status, 200, "{path}");
            serde_json::from_slice::<Value>(&shown.body).expect("JSON");
        }
        let line = read(&format!("/_mock/requests/{number}/curl"));
        let line = String::from_utf8(line.body.to_vec()).expect("UTF-8");
        let words = shlex::split(&line).unwrap_or_else(|| panic!("a shell does not read {line}"));
        // A body that is no text is piped into it.
        assert!(words.iter().any(|word| word == "curl"), "{line}");
    });
});
