//! One simulated system: a [`State`] and the settings under which it answers.

pub mod clock;
pub mod deprecations;
pub mod events;
mod history;
pub mod registry;
pub mod selection;
pub mod state;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    faults::{Conflict, Decision, Engine, Match, RequestFacts, sets::Set},
    journal::{self, Journal},
    model::{IdSource, RefreshPolicy, Store, TenantId},
    sandbox::{
        clock::Clock,
        deprecations::{Ledger, Sunset},
        events::Event,
        state::SandboxState,
    },
    scenario::{Finding, LoadError, Scenario, export, format},
    wire::{Style, date, jwt},
};

pub use crate::sandbox::clock::StartClock;

/// A simulated system.
#[derive(Debug)]
pub struct Sandbox {
    /// By what it is reached; empty for the one at the root.
    pub name: Arc<str>,
    /// Its state and clock.
    pub sim: SandboxState,
    /// What was asked of it.
    pub journal: Journal,
    /// Who called which deprecated operation.
    pub deprecations: Ledger,
    settings: RwLock<Settings>,
    scenario: RwLock<Arc<Scenario>>,
    snapshots: Mutex<BTreeMap<String, Snapshot>>,
    /// Nothing while no fault is in force: sandboxes come in thousands.
    faults: Mutex<Option<Box<Engine>>>,
    requests: AtomicU64,
}

/// A state that can be gone back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    store: Arc<Store>,
    scenario: Arc<Scenario>,
    at: DateTime<Utc>,
    requests: u64,
}

/// The most snapshots that a sandbox may have.
const MOST_SNAPSHOTS: usize = 100;

/// How a sandbox answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// By the reference or as seen live.
    pub style: Style,
    /// Whether callers must prove who they are.
    pub auth: Auth,
    /// In the place of the scenario's delay.
    pub refresh_delay: Option<TimeDelta>,
    /// How the deprecated operations are phased out.
    pub sunset: Sunset,
    /// How much the journal keeps.
    pub journal: journal::Limits,
    /// Sets of faults that are in force from the start.
    pub faults: Arc<[Set]>,
    /// What the clock shows at the start, in the place of the scenario's start or real time.
    pub clock: Option<StartClock>,
}

/// Whether callers must prove who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Everyone is let in; who says nothing is the scenario's default tenant.
    #[default]
    Open,
    /// A token that this server issued, and that is alive.
    Required,
}

/// A request id for an exchange and its place in the count.
#[derive(Clone, Copy, Debug)]
pub struct RequestNumber {
    /// The id.
    pub id: Uuid,
    /// From 1.
    pub number: u64,
}

impl Sandbox {
    /// A system at the root that starts as the scenario says, under these settings; and notes worth telling.
    pub fn new(scenario: Arc<Scenario>, settings: Settings) -> Result<(Self, Vec<Finding>), LoadError> {
        Self::named("", scenario, settings)
    }

    /// A system that is reached by a name.
    pub fn named(name: &str, scenario: Arc<Scenario>, settings: Settings) -> Result<(Self, Vec<Finding>), LoadError> {
        let clock = start_clock(&scenario.meta.clock, settings.clock);
        let (store, notes) = start_store(&scenario, &settings, clock.now())?;
        Ok((Self::starting(name, SandboxState::new(store, clock), scenario, settings), notes))
    }

    fn starting(name: &str, sim: SandboxState, scenario: Arc<Scenario>, settings: Settings) -> Self {
        let faults = Arc::clone(&settings.faults);
        let sandbox = Self {
            name: name.into(),
            sim,
            journal: Journal::new(settings.journal),
            settings: RwLock::new(settings),
            scenario: RwLock::new(scenario),
            snapshots: Mutex::default(),
            faults: Mutex::default(),
            deprecations: Ledger::default(),
            requests: AtomicU64::new(0),
        };
        for set in faults.iter() {
            // Each comes once, and there is nothing yet that they could be in conflict with.
            let _ = sandbox.change_faults(|faults| faults.put_set(*set, 0, &Match::default()));
        }
        sandbox
    }

    /// How it answers now.
    pub fn settings(&self) -> Settings {
        self.settings.read().clone()
    }

    /// Answers differently from here on. A refresh delay holds for refreshes from here on.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Settings {
        let mut settings = self.settings.write();
        change(&mut settings);
        if let Some(delay) = settings.refresh_delay {
            self.sim.change(|store, _| with_delay(store, delay));
        }
        self.journal.set_limits(settings.journal);
        self.sim.send(Event::SettingsChanged);
        settings.clone()
    }

    /// Forgets what was asked of it.
    pub fn clear_journal(&self) {
        self.journal.clear();
        self.sim.send(Event::RequestsCleared);
    }

    /// What it was made from.
    pub fn scenario(&self) -> Arc<Scenario> {
        Arc::clone(&self.scenario.read())
    }

    /// Goes back to the start: the same requests then get the same answers (invariant I7). The journal is
    /// empty then, as ids begin anew. The clock stays, and so does what is known of deprecated calls: a
    /// suite that resets between its tests asks for them at its end.
    pub fn reset(&self) -> Result<(), LoadError> {
        self.load(self.scenario())?;
        self.clear_journal();
        Ok(())
    }

    /// Starts anew as another scenario says. The clock stays. If the scenario cannot be used, all stays.
    pub fn load(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        let (_, now) = self.sim.look();
        let (store, _) = start_store(&scenario, &self.settings(), now)?;
        *self.scenario.write() = scenario;
        self.sim.replace(store);
        self.started_anew();
        Ok(())
    }

    /// Starts anew as an exported state says, with the clock that it says. If it cannot be used, all stays.
    pub fn replace_state(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        let Some(StartClock { at, frozen }) = scenario_clock(&scenario.meta.clock) else { return self.load(scenario) };
        let (store, _) = start_store(&scenario, &self.settings(), at)?;
        *self.scenario.write() = scenario;
        self.sim.replace_at(store, at, Some(frozen));
        self.started_anew();
        Ok(())
    }

    fn started_anew(&self) {
        self.requests.store(0, Ordering::Relaxed);
        if let Some(faults) = &mut *self.faults.lock() {
            faults.rewind();
        }
    }

    /// The state and its moment as the files of a scenario, by name.
    pub fn export(&self) -> serde_json::Map<String, serde_json::Value> {
        let (store, at) = self.sim.look();
        self.exported(&store, &self.scenario(), at)
    }

    /// A kept state as the files of a scenario, by name; none if there is none of this name.
    pub fn export_snapshot(&self, name: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
        let Snapshot { store, scenario, at, requests: _ } = self.snapshots.lock().get(name).cloned()?;
        Some(self.exported(&store, &scenario, at))
    }

    fn exported(
        &self,
        store: &Store,
        scenario: &Scenario,
        at: DateTime<Utc>,
    ) -> serde_json::Map<String, serde_json::Value> {
        let frozen = self.sim.clock().is_frozen();
        export::export(store, &scenario.meta, &scenario.overrides, StartClock { at, frozen })
    }

    /// Keeps the state under a name, in the place of what was kept under it. False if there are too many.
    pub fn save_snapshot(&self, name: &str) -> bool {
        let snapshot = self.take_snapshot();
        let mut snapshots = self.snapshots.lock();
        let room = snapshots.len() < MOST_SNAPSHOTS || snapshots.contains_key(name);
        if room {
            snapshots.insert(name.to_owned(), snapshot);
            self.sim.send(Event::SnapshotsChanged);
        }
        room
    }

    /// The state at this moment, to go back to.
    pub fn take_snapshot(&self) -> Snapshot {
        let (store, at) = self.sim.look();
        let requests = self.requests.load(Ordering::Relaxed);
        Snapshot { store, scenario: self.scenario(), at, requests }
    }

    /// Goes back to a state and its moment.
    pub fn restore(&self, snapshot: Snapshot) {
        let Snapshot { store, scenario, at, requests } = snapshot;
        *self.scenario.write() = scenario;
        self.sim.replace_at(store, at, None);
        self.requests.store(requests, Ordering::Relaxed);
    }

    /// Goes back to a kept state and its moment. False if there is none of this name.
    pub fn load_snapshot(&self, name: &str) -> bool {
        let found = self.snapshots.lock().get(name).cloned();
        found.map(|snapshot| self.restore(snapshot)).is_some()
    }

    /// A new sandbox that starts from a kept state.
    pub fn fork_snapshot(&self, name: &str, sandbox: &str) -> Option<Self> {
        let Snapshot { store, scenario, at, requests } = self.snapshots.lock().get(name).cloned()?;
        let clock = StartClock { at, frozen: self.sim.clock().is_frozen() }.into();
        let fork = Self::starting(sandbox, SandboxState::new(store, clock), scenario, self.settings());
        fork.requests.store(requests, Ordering::Relaxed);
        Some(fork)
    }

    /// The names of all kept states and their moments.
    pub fn snapshots(&self) -> Vec<(String, DateTime<Utc>)> {
        self.snapshots.lock().iter().map(|(name, snapshot)| (name.clone(), snapshot.at)).collect()
    }

    /// Forgets a kept state. False if there is none of this name.
    pub fn delete_snapshot(&self, name: &str) -> bool {
        let found = self.snapshots.lock().remove(name).is_some();
        if found {
            self.sim.send(Event::SnapshotsChanged);
        }
        found
    }

    /// A token of the default tenant's first API client, if it has one.
    pub fn token(&self) -> Option<String> {
        let (store, _) = self.sim.look();
        self.token_of(store.default_tenant)
    }

    /// A token of a tenant's first API client, if it has one.
    pub fn token_of(&self, tenant: TenantId) -> Option<String> {
        let (store, now) = self.sim.look();
        let tenant = store.tenant(tenant)?;
        let client = tenant.clients.first()?;
        // Of its own making: asking for it must not use up the ids of the state.
        let id = IdSource::new(u64::MAX).next_request_id();
        let lifetime = self.scenario().meta.auth.token_lifetime_seconds;
        jwt::sign(&jwt::claims(tenant, client, &jwt::Issue { sandbox: &self.name, id, issued: now, lifetime })).ok()
    }

    /// Whether any fault is in force.
    pub fn has_faults(&self) -> bool {
        self.faults.lock().is_some()
    }

    /// Looks at the faults in force.
    pub fn look_at_faults<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        match &*self.faults.lock() {
            Some(faults) => look(faults),
            None => look(&Engine::default()),
        }
    }

    /// Changes the faults in force, or leaves them all as they are.
    pub fn change_faults<T>(&self, change: impl FnOnce(&mut Engine) -> Result<T, Conflict>) -> Result<T, Conflict> {
        let mut faults = self.faults.lock();
        let mut next = faults.clone().unwrap_or_default();
        let done = change(&mut next)?;
        self.sim.keep_history(next.needs_history());
        *faults = Some(next).filter(|next| !next.is_empty());
        self.sim.send(Event::SettingsChanged);
        Ok(done)
    }

    /// Adds to the plan for a request what the faults in force make of it.
    pub fn apply_faults(&self, decision: &mut Decision, seen: &RequestFacts<'_>) {
        let (_, now) = self.sim.look();
        if let Some(faults) = &mut *self.faults.lock() {
            faults.decide(decision, seen, now);
        }
    }

    /// An id for the next exchange.
    pub fn next_exchange(&self) -> RequestNumber {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        RequestNumber { id: IdSource::new(number).next_request_id(), number }
    }
}

fn start_store(
    scenario: &Scenario,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<(Arc<Store>, Vec<Finding>), LoadError> {
    let (mut store, notes) = scenario.build_shared(now)?;
    if let Some(delay) = settings.refresh_delay {
        with_delay(Arc::make_mut(&mut store), delay);
    }
    Ok((store, notes))
}

fn with_delay(store: &mut Store, delay: TimeDelta) {
    if store.refresh.delay != delay {
        store.refresh = Arc::new(RefreshPolicy { delay, ..RefreshPolicy::clone(&store.refresh) });
    }
}

fn start_clock(scenario: &format::Clock, setting: Option<StartClock>) -> Clock {
    match setting.or_else(|| scenario_clock(scenario)) {
        Some(start) => start.into(),
        None if scenario.frozen => Clock::frozen_at(Clock::real().now()),
        None => Clock::real(),
    }
}

/// The clock with which a scenario says that it starts, if it does.
fn scenario_clock(scenario: &format::Clock) -> Option<StartClock> {
    let at = scenario.start.as_ref().and_then(|start| date::moment(&start.0))?;
    Some(StartClock { at, frozen: scenario.frozen })
}

impl std::ops::Deref for Sandbox {
    type Target = SandboxState;

    fn deref(&self) -> &SandboxState {
        &self.sim
    }
}
