//! The import of a state: it is refused and everything stays, or the state is sound and comes back as it was.

#![no_main]

use fuzz::with_world;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    with_world(|world| {
        let read = |path: &str| world.send("GET", path, &[], b"").expect("a request").body;
        let before = read("/_mock/fingerprint");
        let answer =
            world.send("PUT", "/_mock/state", &[("content-type", b"application/json")], bytes).expect("a request");
        if answer.status != 204 {
            assert!(answer.status < 500, "{}", answer.status);
            assert_eq!(read("/_mock/fingerprint"), before, "a state that is refused changes something");
            return;
        }
        let checked: Value = serde_json::from_slice(&read("/_mock/check")).expect("JSON");
        assert_eq!(checked["ok"], true, "{checked}");
        let exported = read("/_mock/state");
        let again = world.send("PUT", "/_mock/state", &[("content-type", b"application/json")], &exported);
        assert_eq!(again.expect("a request").status, 204, "an export is refused");
        assert_eq!(read("/_mock/state"), exported, "an export does not come back as it was");
    });
});
