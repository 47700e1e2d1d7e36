//! What must hold whatever happens: settling in steps (I6), answers after a reset (I7), and that every
//! pool adds up (I9), each by random requests and moves of the clock.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, test_runner::Config};
use r1_entitlements_mock::{
    model::{RefreshKind, RefreshOutcome, Store},
    scenario::Catalog,
};
use serde_json::{Value, json};

use crate::support::{
    COMPANY, MSP, START,
    app::{App, edited, frozen},
    at,
};

/// Something that someone does.
#[derive(Clone, Debug)]
enum Step {
    /// Of the n-th assignment.
    Revoke(usize, usize),
    Assign {
        customer: usize,
        pool: usize,
        quantity: i64,
        from: i64,
        days: i64,
    },
    Change {
        which: usize,
        quantity: Option<i64>,
        days: Option<i64>,
    },
    Refresh(bool),
    Advance(i64),
    Reread(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let hours = prop_oneof![3 => 0_i64..48, 1 => 0_i64..2_000, 1 => -500_i64..0];
    prop_oneof![
        3 => (any::<usize>(), 1_usize..4).prop_map(|(which, rows)| Step::Revoke(which, rows)),
        6 => (any::<usize>(), any::<usize>(), 0_i64..60, -40_i64..40, 0_i64..400).prop_map(|(customer, pool, quantity, from, days)| {
            Step::Assign { customer, pool, quantity, from, days }
        }),
        3 => (any::<usize>(), proptest::option::of(0_i64..80), proptest::option::of(-10_i64..300))
            .prop_map(|(which, quantity, days)| Step::Change { which, quantity, days }),
        1 => any::<bool>().prop_map(Step::Refresh),
        2 => hours.prop_map(Step::Advance),
        1 => any::<usize>().prop_map(Step::Reread),
    ]
}

/// Steps drawn from a seed: the same ones every time.
fn steps(count: usize, seed: u8) -> Vec<Step> {
    use proptest::{
        strategy::ValueTree,
        test_runner::{RngAlgorithm, TestRng, TestRunner},
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| step().new_tree(&mut runner).unwrap().current()).collect()
}

/// A world that steps are taken in, through HTTP.
struct Registry {
    app: App,
    family: Vec<String>,
    pools: Vec<(Value, Value, bool)>,
    next: i64,
    answers: Vec<String>,
}

impl Registry {
    async fn new(app: App) -> Self {
        let (store, _) = app.sandbox.look();
        let family = store.tenants().filter(|t| t.id.to_string() == MSP || t.parent.is_some()).take(20);
        let family = family.map(|tenant| tenant.id.to_string()).collect();
        let purchases = app.get_as(MSP, "/mspEntitlements").await;
        let pool = |row: &Value| (row["deviceType"].clone(), row["deviceSubType"].clone(), row["isTrial"] == true);
        let pools = purchases.as_array().unwrap().iter().map(pool).collect();
        let next = store.assignments().last().map_or(0, |last| last.id) + 1;
        Self { app, family, pools, next, answers: Vec::new() }
    }

    /// An id of an assignment, mostly one that there is.
    fn assignment(&self, which: usize) -> i64 {
        let ids: Vec<i64> = self.app.sandbox.look().0.assignments().map(|row| row.id).collect();
        // The last few are where things happen; one past the end does not exist.
        let recent = &ids[ids.len().saturating_sub(60)..];
        recent.get(which % (recent.len() + 1)).copied().unwrap_or(self.next + 1_000_000)
    }

    async fn take(&mut self, step: &Step) {
        let now = self.app.sandbox.look().1;
        let day = |days: i64| (now + TimeDelta::days(days)).format("%Y-%m-%d").to_string();
        let write = |method: &str, body: Value| self.app.call(method, "/assignments").tenant(MSP).json(body);
        let answer = match step {
            Step::Revoke(which, rows) => {
                let ids = (0..*rows).map(|n| json!({ "assignmentId": self.assignment(which.wrapping_add(n)) }));
                write("DELETE", ids.collect()).send().await
            }
            Step::Assign { customer, pool, quantity, from, days } => {
                let Some((device_type, sub_type, trial)) = self.pools.get(pool % self.pools.len().max(1)) else {
                    return;
                };
                let row = json!({ "deviceType": device_type, "deviceSubtype": sub_type, "isTrial": trial, "quantity": quantity, "licenseType": if device_type.is_null() { json!("MSP_URLF") } else { Value::Null } });
                let customer = &self.family[customer % self.family.len()];
                let start = day(*from);
                let end = day(from + days);
                write(
                    "POST",
                    json!({ "mspEcTenantId": customer, "startDate": start, "endDate": end, "assignments": [row] }),
                )
                .send()
                .await
            }
            Step::Change { which, quantity, days } => {
                let row =
                    json!({ "assignmentId": self.assignment(*which), "quantity": quantity, "endDate": days.map(day) });
                write("PATCH", json!([row])).send().await
            }
            Step::Refresh(own) => {
                let path = if *own { "/mspEntitlements/summaries" } else { "/entitlements/summaries" };
                self.app.call("GET", &format!("{path}?refresh=true")).tenant(MSP).send().await
            }
            Step::Advance(hours) => {
                self.app.advance(TimeDelta::hours(*hours));
                return;
            }
            Step::Reread(which) => {
                let paths = [
                    "/mspEntitlements/summaries",
                    "/assignments/summaries",
                    "/mspBanners",
                    "/entitlements/summaries",
                    "/banners",
                ];
                let tenant = if which % 2 == 0 { MSP } else { COMPANY };
                self.app.call("GET", paths[which % paths.len()]).tenant(tenant).send().await
            }
        };
        assert!(answer.status < 500, "{step:?}: {}", answer.text());
        self.answers.push(format!("{} {}", answer.status, answer.text()));
    }

    /// I9: purchased + courtesy = to customers + to itself + free, told alike by both summaries, and
    /// again by the rows themselves.
    async fn check_pools(&self, occasion: &str) {
        let bought = self.app.call("GET", "/mspEntitlements/summaries").tenant(MSP).send().await;
        if bought.status == 417 {
            return;
        }
        let bought = bought.expect(200).json();
        let handed_out = self.app.get_as(MSP, "/assignments/summaries").await;
        let key = |row: &Value| format!("{} {} {}", row["licenseType"], row["deviceSubType"], row["trial"]);
        let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
        let bought: BTreeMap<String, Value> =
            bought["mspEntitlementSummaries"].as_array().unwrap().iter().map(|row| (key(row), row.clone())).collect();
        let handed_out: BTreeMap<String, Value> =
            handed_out.as_array().unwrap().iter().map(|row| (key(row), row.clone())).collect();
        assert!(bought.keys().eq(handed_out.keys()), "{occasion}: {:?} {:?}", bought.keys(), handed_out.keys());
        let counted = self.count_rows().await;
        for (pool, bought) in &bought {
            let handed_out = &handed_out[pool];
            let total = number(bought, "quantity") + number(bought, "courtesyQuantity");
            let (customers, itself) = (number(handed_out, "quantity"), number(handed_out, "myAssignments"));
            let free = number(bought, "remainingLicenses");
            assert_eq!(total, customers + itself + free, "{occasion}: {pool}");
            assert_eq!(free, number(handed_out, "remainingDevices"), "{occasion}: {pool}");
            let counted = counted.get(&Pool::of(bought)).cloned().unwrap_or_default();
            let told = Sums { bought: number(bought, "quantity"), customers, itself };
            assert_eq!(told, counted, "{occasion}: {pool}");
        }
        let missing: Vec<_> =
            counted.keys().filter(|pool| !bought.values().any(|row| Pool::of(row) == **pool)).collect();
        assert!(missing.is_empty(), "{occasion}: {missing:?}");
    }

    /// The sums of each pool by counting the valid rows of the two lists.
    async fn count_rows(&self) -> BTreeMap<Pool, Sums> {
        let mut counted: BTreeMap<Pool, Sums> = BTreeMap::new();
        for row in self.app.get_as(MSP, "/mspEntitlements").await.as_array().unwrap() {
            let sums = counted.entry(Pool::of(row)).or_default();
            if row["status"] == "VALID" {
                sums.bought += row["quantity"].as_i64().unwrap();
            }
        }
        for row in self.app.get_as(MSP, "/assignments").await.as_array().unwrap() {
            if row["status"] != "VALID" {
                continue;
            }
            let sums = counted.entry(Pool::of(row)).or_default();
            let own = row["mspEcTenantId"] == row["mspTenantId"];
            *(if own { &mut sums.itself } else { &mut sums.customers }) += row["quantity"].as_i64().unwrap();
        }
        counted
    }
}

/// What rows of the four lists have in common: the device, its variant, and whether it is a trial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pool(String, String, bool);

impl Pool {
    fn of(row: &Value) -> Self {
        let trial = ["trial", "isTrial", "trialAssignment"].iter().find_map(|name| row[name].as_bool()).unwrap();
        Self(row["deviceType"].to_string(), row["deviceSubType"].to_string(), trial)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums {
    bought: i64,
    customers: i64,
    itself: i64,
}

#[tokio::test]
async fn i9_every_pool_adds_up_before_and_after_a_thousand_random_steps() {
    for (seed, name) in (0..).zip(Catalog::default().names()) {
        let app = App::new(&name);
        if app.call("GET", "/mspEntitlements").tenant(MSP).send().await.status == 417 {
            continue;
        }
        let often = if name == "large" { 250 } else { 10 };
        let mut registry = Registry::new(app).await;
        registry.check_pools(&name).await;
        let mut written = 0;
        for (n, step) in steps(1_000, seed).iter().enumerate() {
            registry.take(step).await;
            written += usize::from(registry.answers.last().is_some_and(|answer| answer.starts_with("20")));
            if n % often == 0 {
                registry.check_pools(&format!("{name}, step {n}, {step:?}")).await;
            }
        }
        registry.check_pools(&format!("{name}, at the end")).await;
        assert!(name == "empty" || written > 100, "{name}: only {written} steps got anywhere");
    }
}

#[tokio::test]
async fn i7_after_a_reset_the_same_requests_get_the_same_answers_byte_for_byte() {
    for (seed, name) in (100..).zip(["default", "trial-only", "refresh-fails"]) {
        let app = App::new(name);
        let mut runs = Vec::new();
        for _ in 0..2 {
            let mut registry = Registry::new(app.clone()).await;
            app.token(MSP, "r1mock").await;
            for step in steps(150, seed) {
                registry.take(&step).await;
            }
            registry.answers.push(app.token(MSP, "r1mock").await);
            for path in crate::support::MSP_READS.iter().chain(&crate::support::TENANT_READS) {
                registry.answers.push(app.call("GET", path).tenant(MSP).send().await.text());
            }
            runs.push(registry.answers);
            app.turn_to(START);
            app.call("POST", "/_mock/reset").send().await.expect(204);
        }
        assert_eq!(runs[0], runs[1], "{name}");
    }
}

/// A store in which refreshes run, begun at the given seconds.
fn with_refreshes(begun: &[(i64, bool)], outcome: RefreshOutcome) -> (Store, DateTime<Utc>) {
    let start = at(START);
    let scenario = edited("default", |scenario| scenario.refresh.outcome = Some(outcome));
    let mut store = scenario.build(start).unwrap().0;
    for (seconds, own) in begun {
        let tenant = if *own { MSP } else { COMPANY }.parse().unwrap();
        store
            .begin_refresh(tenant, RefreshKind::Entitlements, "someone", start + TimeDelta::seconds(*seconds))
            .unwrap();
    }
    (store, start)
}

/// The content of a store, without the count of its changes.
fn content(mut store: Store) -> Store {
    store.generation = 0;
    store
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 64, ..Config::default() })]

    #[test]
    fn i6_settling_in_steps_is_settling_once(
        begun in proptest::collection::vec((0_i64..60, any::<bool>()), 0..12),
        mut moments in proptest::collection::vec(-5_i64..70, 1..6),
        fails: bool,
    ) {
        let (store, start) = with_refreshes(&begun, if fails { RefreshOutcome::Fail } else { RefreshOutcome::Success });
        moments.sort_unstable();
        let moment = |seconds: &i64| start + TimeDelta::seconds(*seconds);
        let mut in_steps = store.clone();
        for seconds in &moments {
            in_steps.settle(moment(seconds));
        }
        let mut at_once = store.clone();
        let last = moment(moments.last().unwrap());
        at_once.settle(last);
        prop_assert_eq!(content(in_steps), content(at_once.clone()), "news included, in the same order");
        at_once.take_changes();
        let settled = at_once.clone();
        at_once.settle(last);
        prop_assert_eq!(&at_once, &settled);
        prop_assert!(at_once.next_due().is_none_or(|due| due > last));
    }

    #[test]
    fn a_refused_write_leaves_the_store_as_it_was(chosen in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut registry = Registry::new(App::of(edited("default", |_| {}), frozen())).await;
            for step in chosen {
                let before = registry.app.sandbox.look().0;
                let count = registry.answers.len();
                registry.take(&step).await;
                if registry.answers.get(count).is_some_and(|answer| answer.starts_with('4')) {
                    assert_eq!(registry.app.sandbox.look().0, before, "{step:?}");
                }
            }
        });
    }
}
