//! How long it takes to make 10,000 sandboxes, and how much memory they need.
//! `cargo run --release --example sandboxes`

#![allow(clippy::disallowed_methods, reason = "this measures real time")]
#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::{sync::Arc, time::Instant};

use r1_entitlements_mock::{
    fixtures::Catalog,
    sandbox::{Sandbox, Settings},
    world::{Rules, World},
};

const MANY: u32 = 10_000;

/// Resident memory of this process in KiB, as Linux tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalog = Catalog::default();
    let (root, _) = Sandbox::new(catalog.load("default")?, Settings::default())?;
    let world = World::new(Arc::new(root), catalog, Rules::default());
    let (before, start) = (resident(), Instant::now());
    for n in 0..MANY {
        world.create(&format!("sandbox-{n}"), None, None)?;
    }
    let each = start.elapsed() / MANY;
    println!("{MANY} sandboxes: {each:?} each, {} KiB in all", resident() - before);
    let start = Instant::now();
    for sandbox in world.list() {
        sandbox.reset()?;
    }
    println!("reset: {:?} each", start.elapsed() / MANY);
    let start = Instant::now();
    for sandbox in world.list() {
        sandbox.save_snapshot("here");
    }
    println!("snapshot: {:?} each", start.elapsed() / MANY);
    let start = Instant::now();
    for sandbox in world.list() {
        sandbox.sim.change(|store, now| {
            let tenant = store.default_tenant;
            store.begin_refresh(tenant, r1_entitlements_mock::store::RefreshKind::MspEntitlements, "bench", now)
        })?;
    }
    println!("first write: {:?} each, {} KiB in all", start.elapsed() / MANY, resident() - before);
    Ok(())
}
