//! Dates and durations: whatever is read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::{
    support::duration::{CalendarDuration, Duration},
    wire::date,
};

fuzz_target!(|text: &str| {
    if let Some(given) = date::parse(text) {
        assert!(given.as_start() <= given.as_end(), "{text:?} ends before it starts");
        let written = given.as_start().to_rfc3339();
        assert_eq!(date::moment(&written), Some(given.as_start()), "{text:?} is written as {written}");
    }
    if let Ok(duration) = text.parse::<Duration>() {
        assert_eq!(duration.to_string().parse(), Ok(duration), "{text:?}");
    }
    if let Ok(duration) = text.parse::<CalendarDuration>() {
        let at = date::moment("2024-02-29T12:00:00Z").expect("a date");
        if let Some(later) = duration.after(at) {
            assert!(later >= at, "{text:?} leads back");
        }
    }
});
