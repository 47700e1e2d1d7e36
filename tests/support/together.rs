//! All systems of a test run in one server: every test has a sandbox of its own there, and neighbours that
//! are noisy. `together.rs` starts such a run.

use std::{
    env,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    extract::Request,
    http::HeaderValue,
    middleware::{Next, from_fn},
};
use chrono::TimeDelta;
use r1_entitlements_mock::{
    embed::Service,
    faults::{Match, sets::Set},
    model::RefreshKind,
    sandbox::{
        Sandbox, Start,
        registry::{Registry, RegistryLimits},
        selection::SANDBOX,
    },
    scenario::{Catalog, Scenario},
};

use super::{
    app::{App, scenario},
    at,
    contract::Contract,
};

/// The environment variable that switches it on.
pub const TOGETHER: &str = "R1MOCK_TESTS_TOGETHER";

static SERVER: LazyLock<(Arc<Registry>, Router)> = LazyLock::new(|| {
    let (root, _) = Sandbox::new(scenario("default"), Start::default()).unwrap();
    let registry = Arc::new(Registry::new(Arc::new(root), Catalog::default(), RegistryLimits::default()));
    (Arc::clone(&registry), Service::builder(registry).build().into_router())
});

/// Whether this run is one.
pub fn is_together() -> bool {
    env::var_os(TOGETHER).is_some()
}

/// A system among others in the one server.
pub fn among_others(scenario: Arc<Scenario>, start: Start) -> App {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let (registry, server) = &*SERVER;
    make_noise(registry, number);
    let name = format!("t{number}");
    let sandbox = registry.insert(Arc::new(Sandbox::named(&name, scenario, start).unwrap().0)).unwrap();
    let name = HeaderValue::from_str(&name).unwrap();
    let choose = move |mut request: Request, next: Next| {
        request.headers_mut().entry(SANDBOX).or_insert(name.clone());
        next.run(request)
    };
    App {
        registry: Arc::clone(registry),
        sandbox,
        sockets: Arc::default(),
        router: Router::new().fallback_service(server.clone()).layer(from_fn(choose)),
        contract: Contract::new(false),
    }
}

/// A neighbour in which much goes on: faults in force, the clock turned, activities under way, tokens killed.
fn make_noise(registry: &Registry, number: u64) {
    let names = ["default", "large", "grace", "refresh-fails"];
    let noisy =
        registry.create(&format!("n{number}"), Some(names[usize::try_from(number % 4).unwrap()]), None).unwrap();
    let set =
        Set::named(["maintenance", "lossy", "rate-limited", "slow"][usize::try_from(number % 4).unwrap()]).unwrap();
    noisy.change_faults(|faults| faults.put_set(set, number, &Match::default())).unwrap();
    noisy.turn_clock(|clock| clock.set(at("2031-01-01T00:00:00Z") + TimeDelta::days(i64::try_from(number).unwrap())));
    noisy.change(|store, now| {
        let tenant = store.default_tenant;
        store.begin_refresh(tenant, RefreshKind::Entitlements, "noise", now).unwrap();
        store.end_sessions(tenant).unwrap();
    });
    noisy.save_snapshot("noise");
    noisy.change_settings(|settings| settings.refresh.delay = Some(TimeDelta::hours(9).into()));
}
