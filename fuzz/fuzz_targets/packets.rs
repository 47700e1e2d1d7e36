//! Frames of the activity socket.

#![no_main]

use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::socket::packet::{self, Said};

fuzz_target!(|frame: &str| {
    if let Said::Ping(with) = packet::read(frame) {
        assert!(packet::pong(with).ends_with(with));
    }
});
