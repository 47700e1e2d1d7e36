//! The simulator in a Rust test: a server on a free port that ends with the value, or a tower service
//! without a port.
//!
//! ```
//! # use r1_entitlements_mock::MockServer;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::builder().scenario("expiring").frozen_at("2026-03-10T12:00:00Z").start_blocking()?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//!
//! server.clock().advance_days(60);
//! assert_eq!(server.clock().now().to_rfc3339(), "2026-05-09T12:00:00+00:00");
//! # Ok(())
//! # }
//! ```

use std::{net::SocketAddr, sync::Arc, thread::JoinHandle};

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use crate::{
    app,
    clock::Clock,
    fault::{
        Conflict, Counts, Engine, Match, Rule, Wrong,
        sets::{Set, UnknownSet},
    },
    fixtures::{Catalog, LoadError},
    http::line::{Line, Lines},
    sandbox::{Auth, Sandbox, Settings, StartClock},
    store::Store,
    wire::{Style, date},
    world::{Rules, World, WorldError},
};

/// A running simulator. Dropping it ends it.
#[derive(Debug)]
pub struct MockServer {
    world: Arc<World>,
    sandbox: Arc<Sandbox>,
    running: Arc<Running>,
}

/// The thread that serves; ended when the last handle goes.
#[derive(Debug)]
struct Running {
    address: SocketAddr,
    stop: parking_lot::Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.stop.lock().take() {
            // Gone already is as good.
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scenario cannot be used.
    #[error(transparent)]
    Scenario(#[from] LoadError),
    /// The moment is no date.
    #[error("\"{0}\" is not a date such as 2026-01-31T12:00:00Z")]
    BadDate(String),
    /// No port could be had.
    #[error("cannot listen on this machine")]
    Listen(#[source] std::io::Error),
}

/// How a simulator shall start.
#[derive(Clone, Debug)]
pub struct Builder {
    scenario: String,
    catalog: Catalog,
    settings: Settings,
    clock: Option<(String, bool)>,
}

impl MockServer {
    /// Says how a simulator shall start; as it is: scenario `default`, real time, open to all.
    pub fn builder() -> Builder {
        Builder { scenario: "default".into(), catalog: Catalog::default(), settings: Settings::default(), clock: None }
    }

    /// Starts one as it is.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// What to put before a path, such as `http://127.0.0.1:41234`; with the sandbox's prefix in a sandbox.
    pub fn url(&self) -> String {
        let address = self.address();
        if self.sandbox.name.is_empty() {
            format!("http://{address}")
        } else {
            format!("http://{address}/sandboxes/{}", self.sandbox.name)
        }
    }

    /// A sandbox of its own on the same server: own state, own clock. It starts like the root did, and
    /// is removed when the server ends.
    pub fn sandbox(&self) -> Result<Self, WorldError> {
        let sandbox = self.world.create(&self.world.new_name(), None, None)?;
        Ok(Self { world: Arc::clone(&self.world), sandbox, running: Arc::clone(&self.running) })
    }

    /// The clock.
    pub fn clock(&self) -> ClockHandle<'_> {
        ClockHandle(&self.sandbox)
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> FaultsHandle<'_> {
        FaultsHandle(&self.sandbox)
    }

    /// The state at this moment, to look at.
    pub fn state(&self) -> Arc<Store> {
        self.sandbox.sim.look().0
    }

    /// Keeps the state and its moment. [`Snapshot::restore`] goes back to it.
    pub fn snapshot(&self) -> Snapshot {
        let (store, at) = self.sandbox.sim.look();
        Snapshot { sandbox: Arc::clone(&self.sandbox), store, at }
    }

    /// Goes back to the start.
    pub fn reset(&self) -> Result<(), LoadError> {
        self.sandbox.reset()
    }

    /// A token of the default tenant's first API client.
    pub fn token(&self) -> Option<String> {
        self.sandbox.token()
    }
}

impl Builder {
    /// A scenario by name, or the path of its directory.
    pub fn scenario(mut self, name: impl Into<String>) -> Self {
        self.scenario = name.into();
        self
    }

    /// The clock stands still at this moment, such as `2026-01-31T12:00:00Z`.
    pub fn frozen_at(mut self, at: impl Into<String>) -> Self {
        self.clock = Some((at.into(), true));
        self
    }

    /// The clock runs from this moment on.
    pub fn running_from(mut self, at: impl Into<String>) -> Self {
        self.clock = Some((at.into(), false));
        self
    }

    /// Answers by the reference, or as seen live.
    pub fn style(mut self, style: Style) -> Self {
        self.settings.style = style;
        self
    }

    /// Whether callers must prove who they are.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.settings.auth = auth;
        self
    }

    /// From the 202 of a refresh to its end.
    pub fn refresh_delay(mut self, delay: TimeDelta) -> Self {
        self.settings.refresh_delay = Some(delay);
        self
    }

    /// Starts on a free port of this machine.
    #[allow(clippy::unused_async, reason = "starting may come to wait; callers need not change then")]
    pub async fn start(self) -> Result<MockServer, StartError> {
        // Binding and the thread's start are short, so that waiting for them here blocks nobody.
        self.start_blocking()
    }

    /// Starts on a free port of this machine, from a test that is not async.
    pub fn start_blocking(self) -> Result<MockServer, StartError> {
        let world = self.world()?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(StartError::Listen)?;
        listener.set_nonblocking(true).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let app = app::world_router(Arc::clone(&world), Vec::new());
        let app = app.into_make_service_with_connect_info::<Line>();
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Listen)?;
        let serve = move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    _ = axum::serve(Lines(listener), app) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("r1-entitlements-mock".into()).spawn(serve);
        let stop = parking_lot::Mutex::new(Some((stop, thread.map_err(StartError::Listen)?)));
        let sandbox = Arc::clone(&world.root);
        Ok(MockServer { world, sandbox, running: Arc::new(Running { address, stop }) })
    }

    /// A tower service instead of a server: for `oneshot`, without a port.
    pub fn into_service(self) -> Result<Router, StartError> {
        Ok(app::world_router(self.world()?, Vec::new()))
    }

    fn world(mut self) -> Result<Arc<World>, StartError> {
        if let Some((text, frozen)) = self.clock {
            let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
            let at = at.or_else(|| date::parse(&text).map(date::Given::as_start));
            let in_range = |at: &DateTime<Utc>| (Clock::earliest()..=Clock::latest()).contains(at);
            let at = at.filter(in_range).ok_or(StartError::BadDate(text))?;
            self.settings.clock = Some(StartClock { at, frozen });
        }
        let (sandbox, _) = Sandbox::new(self.catalog.load(&self.scenario)?, self.settings)?;
        Ok(Arc::new(World::new(Arc::new(sandbox), self.catalog, Rules::default())))
    }
}

/// What goes wrong on purpose in a running simulator.
///
/// ```
/// # use r1_entitlements_mock::{MockServer, fault::{Effect, Rule}};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::builder().start_blocking()?;
/// let lost = Rule { times: Some(1), ..Rule::new([Effect::LoseReply { how: Default::default() }]) };
/// let id = server.faults().add(lost)?;
/// assert_eq!(server.faults().hits(&id).unwrap().struck, 0);
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
    Wrong(#[from] Wrong),
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
        self.0.sim.look().1
    }

    /// Puts it forward.
    pub fn advance(&self, by: TimeDelta) -> DateTime<Utc> {
        self.0.sim.turn_clock(|clock| clock.advance(by.max(TimeDelta::zero())))
    }

    /// Puts it forward by whole days.
    pub fn advance_days(&self, days: u32) -> DateTime<Utc> {
        self.advance(TimeDelta::days(i64::from(days)))
    }

    /// Puts it to a moment, forward or back.
    pub fn set(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let now = now.clamp(Clock::earliest(), Clock::latest());
        self.0.sim.turn_clock(|clock| clock.set(now))
    }

    /// Stops it.
    pub fn freeze(&self) {
        self.0.sim.turn_clock(Clock::freeze);
    }

    /// Lets it run at real speed.
    pub fn resume(&self) {
        self.0.sim.turn_clock(Clock::resume);
    }
}

/// A kept state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    sandbox: Arc<Sandbox>,
    store: Arc<Store>,
    at: DateTime<Utc>,
}

impl Snapshot {
    /// Goes back to it, and to its moment.
    pub fn restore(&self) {
        self.sandbox.sim.replace_at(Arc::clone(&self.store), self.at);
    }
}
