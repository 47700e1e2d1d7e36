//! One simulated system: the handle through which its state is read and changed.
//!
//! | file | what |
//! |---|---|
//! | `state` | everything that a sandbox remembers, behind one lock |
//! | `settings` | how it answers, and what it starts with |
//! | `lifecycle` | start, load, reset, import |
//! | `snapshots` | states that are kept, and gone back to |
//! | `clock` | the only reader of real time |
//! | `history` | past states, for reads that lag |
//! | `events` | what happens, for listeners |
//! | `deprecations` | calls of deprecated operations |
//! | `registry` | all sandboxes of a server |
//! | `selection` | which sandbox a request means |

pub mod clock;
pub mod deprecation_totals;
pub mod deprecations;
pub mod events;
mod history;
pub mod identity;
pub mod kept;
mod lifecycle;
pub mod registry;
pub mod selection;
mod settings;
mod snapshots;
mod state;

use std::{convert::Infallible, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::{
    faults::{Conflict, Decision, Engine, Lag, RequestFacts},
    journal::Journal,
    model::{IdSource, Store, TenantId},
    sandbox::{
        clock::Clock,
        deprecations::Ledger,
        events::{Event, Listeners, Subscription},
        kept::{Budget, Key, Moment, Reply},
        state::SandboxState,
    },
    scenario::{Scenario, export},
    views::timeline::{self, Passage},
    wire::jwt,
};

pub use self::{
    clock::StartClock,
    settings::{Auth, Kept, Settings, Start},
    state::{Snapshot, StateView},
};

/// One simulated system: a state with a clock, settings, faults and a journal.
///
/// Everything that belongs together stands under one lock, `state`. Each method takes it once, briefly;
/// closures given to a method run under it and must not call the sandbox again.
#[derive(Debug)]
pub struct Sandbox {
    /// The name by which requests select it; empty for the one at the root.
    pub name: Arc<str>,
    /// The requests that it got. Behind a lock of its own: an entry is written when a response has ended, and
    /// searching a thousand entries must not hold up the state. Nothing is decided by both.
    pub journal: Journal,
    /// Which callers used which deprecated operation.
    pub deprecations: Ledger,
    /// What it was made with.
    start: Arc<Start>,
    state: Mutex<SandboxState>,
    listeners: Listeners,
}

/// The number of a request, and the request id drawn from it.
#[derive(Clone, Copy, Debug)]
pub struct RequestNumber {
    /// Unique for each request; sent as `x-request-id`.
    pub id: Uuid,
    /// Counts the requests since the start, from 1.
    pub number: u64,
}

/// What a request finds when it begins: everything of one moment.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The number of the request.
    pub number: RequestNumber,
    /// The model, with everything applied that was due.
    pub model: Arc<Store>,
    /// The scenario that was loaded last.
    pub scenario: Arc<Scenario>,
    /// How the sandbox answers.
    pub settings: Arc<Settings>,
    /// What the clock showed when the state was read.
    pub now: DateTime<Utc>,
    /// Whether any fault is in force.
    pub has_faults: bool,
}

impl Sandbox {
    /// The model at this moment, with everything applied that was due.
    pub fn look(&self) -> (Arc<Store>, DateTime<Utc>) {
        let mut state = self.lock();
        let now = state.settle(&self.listeners);
        (Arc::clone(&state.content.model), now)
    }

    /// Model, scenario, settings and clock of one moment.
    pub fn view(&self) -> StateView {
        self.lock().view(&self.listeners)
    }

    /// Changes the model at this moment.
    pub fn change<T>(&self, change: impl FnOnce(&mut Store, DateTime<Utc>) -> T) -> T {
        self.lock().change(&self.listeners, change)
    }

    /// A copy of the clock.
    pub fn clock(&self) -> Clock {
        self.lock().clock
    }

    /// Turns the clock, then applies everything that fell due, in order. Returns what the clock shows then.
    pub fn turn_clock(&self, turn: impl FnOnce(&mut Clock)) -> DateTime<Utc> {
        self.lock().turn_clock(&self.listeners, turn)
    }

    /// Puts the clock forward to a moment, unless it is past it. Returns the way there.
    pub fn advance_clock(&self, to: DateTime<Utc>) -> Vec<Passage> {
        self.lock().advance(to, &self.listeners)
    }

    /// How it answers now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.lock().settings)
    }

    /// What another sandbox like this one starts with: its present settings, and the clock and the faults of its
    /// own start.
    pub fn start(&self) -> Start {
        Start { settings: self.settings(), ..Start::clone(&self.start) }
    }

    /// Answers differently from here on. What is said of refreshes holds for those that begin from here on.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Arc<Settings> {
        let Ok(settings) = self.try_change_settings(|settings| {
            change(settings);
            Ok::<_, Infallible>(())
        });
        settings
    }

    /// [`Self::change_settings`], unless the change fails.
    pub fn try_change_settings<E>(
        &self,
        change: impl FnOnce(&mut Settings) -> Result<(), E>,
    ) -> Result<Arc<Settings>, E> {
        let mut state = self.lock();
        let mut settings = Settings::clone(&state.settings);
        change(&mut settings)?;
        state.settings = Arc::new(settings);
        state.version += 1;
        state.apply_settings();
        self.journal.set_limits(state.settings.journal);
        self.listeners.send(Event::SettingsChanged);
        Ok(Arc::clone(&state.settings))
    }

    /// The scenario that it was made from.
    pub fn scenario(&self) -> Arc<Scenario> {
        Arc::clone(&self.lock().content.scenario)
    }

    /// The state and its moment as the files of a scenario, by name.
    pub fn export(&self) -> serde_json::Map<String, serde_json::Value> {
        let view = self.view();
        export::export(&view.model, &view.scenario.meta, &view.scenario.overrides, view.start_clock())
    }

    /// Empties the journal.
    pub fn clear_journal(&self) {
        self.journal.clear();
        self.listeners.send(Event::RequestsCleared);
    }

    /// A token of the default tenant's first API client, if it has one.
    pub fn token(&self) -> Option<String> {
        let view = self.view();
        self.token_in(&view, view.model.default_tenant)
    }

    /// A token of a tenant's first API client, if it has one.
    pub fn token_of(&self, tenant: TenantId) -> Option<String> {
        self.token_in(&self.view(), tenant)
    }

    fn token_in(&self, view: &StateView, tenant: TenantId) -> Option<String> {
        let tenant = view.model.tenant(tenant)?;
        let client = tenant.clients.first()?;
        // Not from the ids of the state: asking for a token must not use one up.
        let id = IdSource::new(u64::MAX).next_request_id();
        let lifetime = view.scenario.meta.auth.token_lifetime_seconds;
        let issue = jwt::Issue { sandbox: &self.name, id, issued: view.now, lifetime };
        jwt::sign(&jwt::claims(tenant, client, &issue)).ok()
    }

    /// Whether any fault is in force.
    pub fn has_faults(&self) -> bool {
        self.lock().faults.is_some()
    }

    /// Looks at the faults in force.
    pub fn look_at_faults<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        match &self.lock().faults {
            Some(faults) => look(faults),
            None => look(&Engine::default()),
        }
    }

    /// Changes the faults in force, or leaves them all as they are.
    pub fn change_faults<T>(&self, change: impl FnOnce(&mut Engine) -> Result<T, Conflict>) -> Result<T, Conflict> {
        let mut state = self.lock();
        let done = state.change_faults(change)?;
        self.listeners.send(Event::SettingsChanged);
        Ok(done)
    }

    /// Adds to the decision on a request what the faults in force make of it.
    pub fn apply_faults(&self, decision: &mut Decision, seen: &RequestFacts<'_>) {
        let mut state = self.lock();
        let now = state.settle(&self.listeners);
        if let Some(faults) = &mut state.faults {
            faults.decide(decision, seen, now);
        }
    }

    /// Counts a request, for reads that ask for the state some requests ago.
    pub fn count_request(&self) {
        if let Some(history) = &mut self.lock().history {
            history.count_request();
        }
    }

    /// The model so far back; none if the past is not remembered.
    pub fn past(&self, lag: Lag) -> Option<Arc<Store>> {
        let mut state = self.lock();
        let now = state.settle(&self.listeners);
        state.history.as_ref()?.past(lag, now)
    }

    /// What a request finds when it begins. Numbers the request.
    pub fn begin_request(&self) -> Beginning {
        let mut state = self.lock();
        let now = state.settle(&self.listeners);
        state.content.requests += 1;
        let number = state.content.requests;
        Beginning {
            number: RequestNumber { id: IdSource::new(number).next_request_id(), number },
            model: Arc::clone(&state.content.model),
            scenario: Arc::clone(&state.content.scenario),
            settings: Arc::clone(&state.settings),
            now,
            has_faults: state.faults.is_some(),
        }
    }

    /// The reply that is kept for a request which began at a moment, if it is right for that moment.
    pub fn kept(&self, key: &Key, began: DateTime<Utc>) -> Option<Arc<Reply>> {
        let state = self.lock();
        state.kept.get(key, state.version, began)
    }

    /// Keeps the reply to a request, which `make` computes from the model and a moment of this sandbox.
    pub fn keep(&self, key: Key, reply: &Arc<Reply>, made: (Arc<Store>, DateTime<Utc>), budget: &Arc<Budget>) {
        let (model, now) = made;
        let until = timeline::next_change(&model, now);
        let mut state = self.lock();
        let present = state.settle(&self.listeners);
        // A change since then has made the reply worthless, and so has the moment at which things look different.
        let is_right = (now..until.unwrap_or(DateTime::<Utc>::MAX_UTC)).contains(&present);
        if is_right && Arc::ptr_eq(&state.content.model, &model) {
            let moment = Moment { version: state.version, now, until };
            state.kept.put(key, Arc::clone(reply), moment, budget);
        }
    }

    /// Sends an event to all listeners.
    pub fn send(&self, event: Event) {
        self.listeners.send(event);
    }

    /// Whether anybody listens.
    pub fn has_listeners(&self) -> bool {
        self.listeners.any()
    }

    /// Events from here on.
    pub fn subscribe(&self) -> Subscription<&Self> {
        Subscription::new(self)
    }

    /// Real time until something happens by itself; none if nothing will, or the clock stands still.
    fn until_due(&self) -> Option<Duration> {
        self.lock().until_due()
    }

    fn lock(&self) -> MutexGuard<'_, SandboxState> {
        self.state.lock()
    }
}
