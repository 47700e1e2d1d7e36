//! Sequences of requests and control calls: the world of `tests/simulation`, with the choices that the fuzzer makes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/simulation/world/mod.rs"]
mod world;

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.iter().copied();
    let steps = bytes.len() / 3;
    let mut choose = |count: usize| {
        let wide = count > 256;
        let low = usize::from(bytes.next().unwrap_or_default());
        let high = if wide { usize::from(bytes.next().unwrap_or_default()) * 40_000 } else { 0 };
        (low + high) % count
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    if let Err(violation) = runtime.block_on(world::live(steps.min(200), &mut choose)) {
        panic!("{violation}");
    }
});
