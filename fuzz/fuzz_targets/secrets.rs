//! Secrets: whatever stands around one that is named, it is not in the output.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::support::secrets;
use serde_json::json;

const SECRET: &str = "hunter2hunter2";

fuzz_target!(|parts: (&str, &str)| {
    let (name, around) = parts;
    if around.contains("hunter2") || name.contains("hunter2") {
        return;
    }
    let document = json!({ name: around, "password": SECRET, "more": [{ "clientSecret": SECRET, "text": around }] });
    let masked = secrets::body(document.to_string().as_bytes(), "application/json", true);
    let masked = masked.unwrap_or_else(|| document.to_string().into_bytes());
    assert!(!String::from_utf8_lossy(&masked).contains(SECRET), "{document}");
    let encoded: String = around.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let form = format!("a={encoded}&password={SECRET}&b={encoded}&api_key={SECRET}");
    assert!(!secrets::target("/x", Some(&form)).contains(SECRET), "{form}");
    let masked = secrets::body(form.as_bytes(), "application/x-www-form-urlencoded", true);
    assert!(masked.is_some_and(|masked| !String::from_utf8_lossy(&masked).contains(SECRET)), "{form}");
    assert!(!secrets::header("authorization", &format!("Bearer {SECRET}")).contains(SECRET));
    // Whatever is given, these end.
    secrets::path(around);
    secrets::text(around);
    secrets::header(name, around);
    for content_type in ["application/json", "application/xml", "multipart/form-data; boundary=x", "text/plain"] {
        secrets::body(around.as_bytes(), content_type, true);
        secrets::body(around.as_bytes(), content_type, false);
    }
});
