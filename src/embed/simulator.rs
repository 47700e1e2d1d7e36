//! A running simulator as a test in Rust sees it: state, clock, faults, requests, snapshots, sandboxes.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::Request, http::HeaderValue, middleware::map_request};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    embed::service::Service,
    faults::{
        Conflict, Counts, Engine, InvalidRule, Rule,
        sets::{Set, UnknownSet},
    },
    journal::{
        Match, RecordedRequest,
        verify::{Count, Expectation, Verdict, Wait},
    },
    model::{StartClock, Store},
    sandbox::{
        self, Kept, Sandbox, Settings,
        clock::Clock,
        events::Event,
        registry::{Registry, RegistryError},
        selection::SANDBOX,
    },
    scenario::LoadError,
};

/// A simulator without a port, or what a [`MockServer`](crate::MockServer) serves: one sandbox of it.
///
/// ```
/// # use r1_entitlements_mock::MockServer;
/// # use tower::ServiceExt;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let simulator = MockServer::builder().frozen_at("2026-03-10").without_port()?;
/// let request = axum::http::Request::get("/mspBanners").body(axum::body::Body::empty())?;
/// assert_eq!(simulator.service().oneshot(request).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Simulator {
    pub(crate) registry: Arc<Registry>,
    pub(crate) sandbox: Arc<Sandbox>,
}

impl Simulator {
    pub(crate) fn new(registry: Arc<Registry>) -> Self {
        Self { sandbox: Arc::clone(&registry.root), registry }
    }

    /// A tower service that answers as the server would, the control surface included. It is about this
    /// sandbox, unless a request says otherwise.
    pub fn service(&self) -> Router {
        let service = Service::builder(Arc::clone(&self.registry)).build().into_router();
        // Names of sandboxes are plain.
        let Ok(name) = HeaderValue::from_str(&self.sandbox.name) else { return service };
        if name.is_empty() {
            return service;
        }
        service.layer(map_request(move |mut request: Request| {
            request.headers_mut().entry(SANDBOX).or_insert(name.clone());
            std::future::ready(request)
        }))
    }

    /// A sandbox of its own: own state, own clock, own faults and requests. It starts like the root did.
    pub fn sandbox(&self) -> Result<Self, RegistryError> {
        let sandbox = self.registry.create(&self.registry.new_name(), None, None)?;
        Ok(Self { registry: Arc::clone(&self.registry), sandbox })
    }

    /// The clock of the simulator, to read and to move.
    pub fn clock(&self) -> ClockHandle<'_> {
        ClockHandle(&self.sandbox)
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> FaultsHandle<'_> {
        FaultsHandle(&self.sandbox)
    }

    /// What was asked.
    pub fn requests(&self) -> RequestsHandle<'_> {
        RequestsHandle(&self.sandbox)
    }

    /// The state at this moment, to look at.
    pub fn state(&self) -> Arc<Store> {
        self.sandbox.look().0
    }

    /// Answers differently from here on.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Arc<Settings> {
        self.sandbox.change_settings(change)
    }

    /// Keeps the state and its moment. [`Snapshot::restore`] goes back to it.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { sandbox: Arc::clone(&self.sandbox), kept: self.sandbox.take_snapshot() }
    }

    /// Starts anew as another scenario, by name or by the path of its directory. Clock, faults and settings are as
    /// the builder made them, and the journal is empty.
    pub fn load(&self, scenario: &str) -> Result<(), LoadError> {
        self.load_keeping(scenario, &[])
    }

    /// Like [`Self::load`], except what is kept.
    pub fn load_keeping(&self, scenario: &str, keep: &[Kept]) -> Result<(), LoadError> {
        self.sandbox.load_keeping(self.registry.catalog.load(scenario)?, keep)
    }

    /// Goes back to the start: state, clock, faults and settings are as the builder made them, and the journal is empty.
    pub fn reset(&self) -> Result<(), LoadError> {
        self.reset_keeping(&[])
    }

    /// Like [`Self::reset`], except what is kept.
    pub fn reset_keeping(&self, keep: &[Kept]) -> Result<(), LoadError> {
        self.sandbox.reset_keeping(keep)
    }

    /// A token of the default tenant's first API client.
    pub fn token(&self) -> Option<String> {
        self.sandbox.token()
    }
}

/// What was asked of a running simulator.
///
/// ```
/// # use r1_entitlements_mock::{MockServer, journal::Match};
/// # use tower::ServiceExt;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = MockServer::builder().without_port()?;
/// # let request = axum::http::Request::get("/banners?type=WIFI").body(axum::body::Body::empty())?;
/// # simulator.service().oneshot(request).await?;
/// // After GET /banners?type=WIFI:
/// simulator.requests().verify(Match::to("GET", "/banners").query("type", "WIFI"), 1)?;
/// simulator.requests().verify(Match::default().status("5xx"), 0)?;
///
/// let missed = simulator.requests().verify(Match::to("GET", "/banner"), 1..).unwrap_err();
/// assert!(missed.to_string().contains("nearest is request 1"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RequestsHandle<'a>(&'a Sandbox);

/// What was expected was not recorded. Its text describes the nearest miss, field by field.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.explanation)]
pub struct VerificationFailed(pub Verdict);

impl RequestsHandle<'_> {
    /// All that is in the journal, oldest first.
    pub fn list(&self) -> Vec<Arc<RecordedRequest>> {
        self.0.journal.after(0).requests
    }

    /// Whether so many requests are like that: a number, or a range such as `1..` or `2..=3`.
    pub fn verify(&self, wanted: Match, count: impl Into<Count>) -> Result<(), VerificationFailed> {
        self.judge(&Expectation { wanted: Some(wanted), count: Some(count.into()), ..Expectation::default() })
    }

    /// Whether requests like these came in this order, anything between them.
    pub fn verify_order(&self, order: impl IntoIterator<Item = Match>) -> Result<(), VerificationFailed> {
        self.judge(&Expectation { order: Some(order.into_iter().collect()), ..Expectation::default() })
    }

    /// Waits until so many requests like that have come; at once if they have. `timeout` is real time.
    pub async fn wait(&self, wanted: Match, count: u64, timeout: Duration) -> Result<(), VerificationFailed> {
        let mut events = self.0.subscribe();
        let expected = Expectation { wanted: Some(wanted), count: Some((count..).into()), ..Expectation::default() };
        let wanted = expected.wanted.clone().unwrap_or_default();
        let mut wait = Wait::new(wanted, usize::try_from(count).unwrap_or(usize::MAX), 0);
        let came = async {
            while !wait.look(&self.0.journal) {
                // After missed events, the journal may have been emptied.
                if let Ok(Event::RequestsCleared) | Err(_) = events.next().await {
                    wait.begin_again();
                }
            }
        };
        // After the timeout the journal shows what is missing.
        let _ = tokio::time::timeout(timeout, came).await;
        self.judge(&expected)
    }

    /// Forgets them.
    pub fn clear(&self) {
        self.0.clear_journal();
    }

    fn judge(&self, expected: &Expectation) -> Result<(), VerificationFailed> {
        if let Err(explanation) = expected.check() {
            return Err(VerificationFailed(Verdict { passed: false, explanation, matched: Vec::new(), nearest: None }));
        }
        let verdict = expected.judge(&self.0.journal.after(0));
        if verdict.passed { Ok(()) } else { Err(VerificationFailed(verdict)) }
    }
}

/// What goes wrong on purpose in a running simulator.
///
/// ```
/// # use r1_entitlements_mock::{MockServer, faults::{Effect, Rule}};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::builder().start_blocking()?;
/// let lost = Rule { times: Some(1), ..Rule::new([Effect::LoseReply { how: Default::default() }]) };
/// let id = server.faults().add(lost)?;
/// assert_eq!(server.faults().hits(&id).unwrap().applied, 0);
/// server.faults().add_set("flaky-5xx", 7)?;
/// server.faults().clear();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FaultsHandle<'a>(&'a Sandbox);

/// Why a fault was not added.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// The rule is wrong.
    #[error(transparent)]
    InvalidRule(#[from] InvalidRule),
    /// It does not fit those in force.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// There is no such set.
    #[error(transparent)]
    UnknownSet(#[from] UnknownSet),
}

impl FaultsHandle<'_> {
    /// Adds a rule behind those in force. Answers its id.
    pub fn add(&self, rule: Rule) -> Result<Arc<str>, FaultError> {
        rule.check()?;
        let ids = self.0.change_faults(|faults| faults.add([rule]))?;
        Ok(ids.into_iter().next().unwrap_or_default())
    }

    /// Puts rules in force that are ready made, such as `flaky-5xx`.
    pub fn add_set(&self, name: &str, seed: u64) -> Result<(), FaultError> {
        let set = Set::named(name)?;
        self.0.change_faults(|faults| faults.put_set(set, seed, &Match::default()))?;
        Ok(())
    }

    /// How often a rule was met; none if there is none of this id.
    pub fn hits(&self, id: &str) -> Option<Counts> {
        self.0.look_at_faults(|faults| faults.get(id).map(|(_, counts)| counts))
    }

    /// Removes a rule. False if there is none of this id.
    pub fn remove(&self, id: &str) -> bool {
        self.0.change_faults(|faults| Ok(faults.remove(id))).unwrap_or_default()
    }

    /// Removes all rules.
    pub fn clear(&self) {
        // Nothing is in the way of none.
        let _ = self.0.change_faults(|faults| {
            *faults = Engine::default();
            Ok(())
        });
    }
}

/// The clock of a running simulator. Whatever falls due on the way has happened when a call returns.
#[derive(Debug)]
pub struct ClockHandle<'a>(&'a Sandbox);

impl ClockHandle<'_> {
    /// What it shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.look().1
    }

    /// Puts it forward.
    pub fn advance(&self, by: TimeDelta) -> DateTime<Utc> {
        self.0.turn_clock(|clock| clock.advance(by.max(TimeDelta::zero())))
    }

    /// Puts it forward by whole days.
    pub fn advance_days(&self, days: u32) -> DateTime<Utc> {
        self.advance(TimeDelta::days(i64::from(days)))
    }

    /// Puts it to a moment, forward or back.
    pub fn set(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let now = now.clamp(StartClock::earliest(), StartClock::latest());
        self.0.turn_clock(|clock| clock.set(now))
    }

    /// Stops it.
    pub fn freeze(&self) {
        self.0.turn_clock(Clock::freeze);
    }

    /// Lets it run at real speed.
    pub fn resume(&self) {
        self.0.turn_clock(Clock::resume);
    }
}

/// A state that can be gone back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    sandbox: Arc<Sandbox>,
    kept: sandbox::Snapshot,
}

impl Snapshot {
    /// Goes back to it, and to its moment.
    pub fn restore(&self) {
        self.sandbox.restore(self.kept.clone());
    }
}
