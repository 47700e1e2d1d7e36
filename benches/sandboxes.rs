//! What a sandbox costs, and what is done with it between two tests. `cargo bench --bench sandboxes`

#![allow(missing_docs, reason = "criterion makes public items")]
#![allow(clippy::unwrap_used, reason = "a bench that finds nothing to unwrap has failed")]

use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use r1_entitlements_mock::{
    model::RefreshKind,
    sandbox::{Sandbox, Settings},
    scenario::Catalog,
    views::{banner, compliance, filter::Filter, holdings::Holdings, msp_summary, summary},
};

fn sandbox(scenario: &str) -> Sandbox {
    Sandbox::new(Catalog::default().load(scenario).unwrap(), Settings::default()).unwrap().0
}

fn of_sandboxes(c: &mut Criterion) {
    let root = sandbox("default");
    c.bench_function("make a sandbox of `default`", |b| {
        b.iter(|| Sandbox::named("one", root.scenario(), root.start()).unwrap());
    });
    c.bench_function("reset it", |b| b.iter(|| root.reset().unwrap()));
    c.bench_function("snapshot it", |b| b.iter(|| root.save_snapshot("here")));
    c.bench_function("go back to a snapshot", |b| b.iter(|| root.load_snapshot("here")));
    c.bench_function("fork a snapshot", |b| b.iter(|| root.fork_snapshot("here", "two")));
    let write = |sandbox: Sandbox| {
        sandbox.change(|store, now| {
            let tenant = store.default_tenant;
            store.begin_refresh(tenant, RefreshKind::MspEntitlements, "bench", now).unwrap();
        });
    };
    c.bench_function("write for the first time", |b| {
        b.iter_batched(
            || Sandbox::named("one", Arc::clone(&root.scenario()), root.start()).unwrap().0,
            write,
            BatchSize::SmallInput,
        );
    });
}

fn of_views(c: &mut Criterion) {
    for name in ["default", "large"] {
        let (store, now) = sandbox(name).look();
        let tenant = store.tenant(store.default_tenant).unwrap();
        c.bench_function(&format!("MSP summaries of `{name}`"), |b| {
            b.iter(|| msp_summary::msp_summaries(&Holdings::of(&store, tenant, now)));
        });
        c.bench_function(&format!("summaries of `{name}`"), |b| {
            b.iter(|| summary::summaries(&Holdings::of(&store, tenant, now), Filter::default()));
        });
        c.bench_function(&format!("banners of `{name}`"), |b| {
            b.iter(|| banner::banners(&Holdings::of(&store, tenant, now), |_, _| true).len());
        });
        c.bench_function(&format!("compliances of `{name}`"), |b| {
            b.iter(|| compliance::compliances(&Holdings::of(&store, tenant, now), &[]));
        });
    }
}

criterion_group!(benches, of_sandboxes, of_views);
criterion_main!(benches);
