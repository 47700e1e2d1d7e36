//! The vendor's API: whatever is sent, the answer is one of HTTP and never a defect.

#![no_main]

use fuzz::{TENANTS, chosen, parts, with_world};
use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::catalogue::OPERATIONS;

fuzz_target!(|bytes: &[u8]| {
    let [head, query, accept, content_type, body] = parts(bytes);
    let mut head = head.iter().copied();
    let operation = chosen(&OPERATIONS, head.next());
    let tenant = *chosen(&TENANTS, head.next());
    let path =
        operation.path.replace("{tenantId}", tenant).replace("{activityId}", "00000000-0000-4000-8000-000000000000");
    let path = path.replace("{mspEcTenantId}", TENANTS[1]).replace("{id}", "130468").replace(['{', '}'], "");
    let target = match std::str::from_utf8(query) {
        Ok("") | Err(_) => path,
        Ok(query) => format!("{path}?{query}"),
    };
    let content_type = if content_type.is_empty() { b"application/json" } else { content_type };
    let mut headers = vec![("x-rks-tenantid", tenant.as_bytes()), ("content-type", content_type)];
    if !accept.is_empty() {
        headers.push(("accept", accept));
    }
    with_world(|world| {
        let Some(answer) = world.send(operation.method.as_str(), &target, &headers, body) else { return };
        assert!(answer.status < 500, "{} {target}: {} {:?}", operation.method, answer.status, answer.body);
        if answer.content_type.ends_with("json") && !answer.body.is_empty() {
            serde_json::from_slice::<serde_json::Value>(&answer.body).expect("what is called JSON is JSON");
        }
    });
});
