//! Sandboxes come in thousands: what one costs is held under what was promised, even without optimisation.
//! Alone in its binary, for it looks at the memory of the whole process. `benches/sandboxes.rs` measures better.

#![allow(clippy::disallowed_methods, reason = "this measures real time")]
#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]

use std::{sync::Arc, time::Instant};

use r1_entitlements_mock::{
    model::RefreshKind,
    sandbox::{
        Sandbox, Settings,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
};

const MANY: u32 = 10_000;
const MOST_MEMORY_KIB: u64 = 100 * 1024;
const MOST_MICROSECONDS: u128 = 100;

/// Resident memory of this process in KiB, as Linux reports it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn ten_thousand_sandboxes_fit_into_100_mib_and_one_is_made_in_less_than_100_microseconds() {
    let catalog = Catalog::default();
    let (root, _) = Sandbox::new(catalog.load("default").unwrap(), Settings::default()).unwrap();
    let registry = Registry::new(Arc::new(root), catalog, RegistryLimits::default());
    let before = resident();
    // The fastest batch: what else runs on the machine is not of interest.
    let batch = |batch: u32| {
        let start = Instant::now();
        for n in 0..MANY / 100 {
            registry.create(&format!("sandbox-{batch}-{n}"), None, None).unwrap();
        }
        start.elapsed() / (MANY / 100)
    };
    let each = (0..100).map(batch).min().unwrap();
    assert!(each.as_micros() < MOST_MICROSECONDS, "{each:?} each");
    // Used ones too: each has a snapshot, and a state of its own by its first write.
    for sandbox in registry.list() {
        assert!(sandbox.save_snapshot("here"));
        sandbox.change(|store, now| {
            let tenant = store.default_tenant;
            store.begin_refresh(tenant, RefreshKind::MspEntitlements, "test", now).unwrap();
        });
    }
    if let Some((before, after)) = before.zip(resident()) {
        let took = after.saturating_sub(before);
        assert!(took < MOST_MEMORY_KIB, "{took} KiB");
        println!("{MANY} sandboxes: {each:?} each, {took} KiB in all");
    }
}
