//! The control API: whatever is sent, errors are problem details, and the state stays sound.

#![no_main]

use std::sync::LazyLock;

use fuzz::{TENANTS, chosen, parts, with_world};
use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::control;
use serde_json::Value;

/// All operations but those that wait: a stream, and the wait for a request.
static OPERATIONS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let document = control::document();
    let paths = document["paths"].as_object().expect("paths").iter();
    let all = paths.flat_map(|(path, item)| {
        item.as_object().expect("operations").keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    all.filter(|(_, path)| !path.ends_with("/events") && !path.ends_with("/wait")).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let [head, name, query, body] = parts(bytes);
    let (method, path) = chosen(&OPERATIONS, head.first().copied());
    let name = std::str::from_utf8(name).unwrap_or_default();
    let name = if name.is_empty() { "default" } else { name };
    let path = path.replace("{tenant}", TENANTS[0]).replace("{id}", name).replace("{name}", name);
    let target = match std::str::from_utf8(query) {
        Ok("") | Err(_) => path,
        Ok(query) => format!("{path}?{query}"),
    };
    with_world(|world| {
        let Some(answer) = world.send(method, &target, &[("content-type", b"application/json")], body) else { return };
        assert!(answer.status < 500 || answer.status == 507, "{method} {target}: {} {:?}", answer.status, answer.body);
        if answer.status >= 400 && !answer.body.is_empty() && !target.starts_with("/_mock/requests/verify") {
            assert_eq!(answer.content_type, "application/problem+json", "{method} {target}: {:?}", answer.body);
        }
        let checked = world.send("GET", "/_mock/check", &[], b"").expect("a request");
        let checked: Value = serde_json::from_slice(&checked.body).expect("JSON");
        assert_eq!(checked["ok"], true, "{method} {target}: {checked}");
    });
});
