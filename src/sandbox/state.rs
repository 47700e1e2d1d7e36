//! Everything that one sandbox remembers, as one value behind one lock: the model, the clock, the scenario,
//! the settings, the faults, the snapshots. So no reader ever sees a part of one state and a part of another.
//!
//! The clock is read after the lock is taken, and what is due is applied before anybody looks. Views are
//! computed from an `Arc` of the model, outside the lock; nothing is awaited under it. Events are sent under
//! it, so that all listeners see them in the order in which things happened.

use std::{collections::BTreeMap, mem, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    faults::{Conflict, Engine},
    model::{RefreshPlan, RefreshPolicy, Store},
    sandbox::{
        clock::{Clock, StartClock},
        events::{Event, Listeners},
        history::History,
        kept::Kept,
        settings::{Settings, Start},
    },
    scenario::Scenario,
    views::timeline::Passage,
};

/// The state of one sandbox.
#[derive(Debug)]
pub(super) struct SandboxState {
    pub content: Content,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    pub snapshots: BTreeMap<String, Snapshot>,
    /// None while no fault is in force: there may be thousands of sandboxes.
    pub faults: Option<Box<Engine>>,
    /// Only while reads may lag.
    pub history: Option<Box<History>>,
    /// Changes whenever an answer may change other than by time.
    pub version: u64,
    /// Replies about the present version.
    pub kept: Kept,
}

/// What is exchanged as a whole when another scenario, an imported state or a snapshot takes over.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub model: Arc<Store>,
    pub scenario: Arc<Scenario>,
    /// What a reset goes back to.
    pub start: Arc<Start>,
    /// How many requests have come since the start: request ids are drawn from it.
    pub requests: u64,
}

/// What a swap replaces. A part that is `None` stays.
#[derive(Debug)]
pub(super) struct Replacement {
    pub content: Content,
    pub clock: Option<Clock>,
    pub settings: Option<Arc<Settings>>,
    pub faults: Option<Engine>,
}

/// A state that can be gone back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) content: Content,
    pub(super) refresh: RefreshPlan,
    pub(super) at: DateTime<Utc>,
}

/// A consistent view of a sandbox at a moment.
#[derive(Clone, Debug)]
pub struct StateView {
    /// What the product remembers, with everything applied that was due.
    pub model: Arc<Store>,
    /// The scenario that it was made from.
    pub scenario: Arc<Scenario>,
    /// How the sandbox answers.
    pub settings: Arc<Settings>,
    /// What the clock shows.
    pub now: DateTime<Utc>,
    /// Shows the time of this sandbox.
    pub clock: Clock,
}

impl StateView {
    /// A clock that starts as this one stands.
    pub fn start_clock(&self) -> StartClock {
        StartClock { at: self.now, frozen: self.clock.is_frozen() }
    }
}

impl SandboxState {
    pub fn new(content: Content, clock: Clock, settings: Arc<Settings>) -> Self {
        Self {
            content,
            clock,
            settings,
            snapshots: BTreeMap::new(),
            faults: None,
            history: None,
            version: 0,
            kept: Kept::default(),
        }
    }

    /// The present moment, with everything applied that was due by then.
    pub fn settle(&mut self, listeners: &Listeners) -> DateTime<Utc> {
        let now = self.clock.now();
        if let Some(due) = self.due_by(now) {
            self.settle_until(now, due, listeners);
        }
        now
    }

    /// The moment of what is due next, if it is due by then.
    fn due_by(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.content.model.next_due().filter(|due| *due <= now)
    }

    /// Applies what is due by `now`; the state that comes of it holds from `from` on.
    fn settle_until(&mut self, now: DateTime<Utc>, from: DateTime<Utc>, listeners: &Listeners) {
        let before = self.content.model.generation;
        Arc::make_mut(&mut self.content.model).settle(now);
        self.announce(from, before, listeners);
    }

    /// Changes the model at the present moment.
    pub fn change<T>(&mut self, listeners: &Listeners, change: impl FnOnce(&mut Store, DateTime<Utc>) -> T) -> T {
        let now = self.settle(listeners);
        let before = self.content.model.generation;
        let done = change(Arc::make_mut(&mut self.content.model), now);
        self.announce(now, before, listeners);
        done
    }

    /// Adds the present model to the history, as it holds from a moment on, and sends what has changed since a
    /// generation.
    fn announce(&mut self, from: DateTime<Utc>, before: u64, listeners: &Listeners) {
        if let Some(history) = &mut self.history {
            history.add(&self.content.model, from);
        }
        if self.content.model.has_changes() {
            for change in Arc::make_mut(&mut self.content.model).take_changes() {
                listeners.send(change.into());
            }
        }
        let generation = self.content.model.generation;
        if generation != before {
            self.version += 1;
            listeners.send(Event::StateChanged { generation });
        }
    }

    /// Turns the clock, then applies everything that fell due, in order. Returns what the clock shows then.
    pub fn turn_clock(&mut self, listeners: &Listeners, turn: impl FnOnce(&mut Clock)) -> DateTime<Utc> {
        turn(&mut self.clock);
        let now = self.settle(listeners);
        listeners.send(Event::ClockTurned { now, frozen: self.clock.is_frozen() });
        now
    }

    /// Puts the clock forward to a moment, unless it is past it, and applies what falls due one due moment after
    /// the other. Returns the way there.
    pub fn advance(&mut self, to: DateTime<Utc>, listeners: &Listeners) -> Vec<Passage> {
        let mut from = self.settle(listeners);
        // A running clock has gone on meanwhile.
        self.clock.set(to.max(self.clock.now()));
        let mut passages = Vec::new();
        loop {
            let now = self.clock.now();
            let due = self.due_by(now);
            let (until, model) = (due.unwrap_or(now), Arc::clone(&self.content.model));
            if let Some(due) = due {
                self.settle_until(due, due, listeners);
            }
            passages.push(Passage { model, from, until, then: Arc::clone(&self.content.model) });
            from = until;
            if due.is_none() {
                listeners.send(Event::ClockTurned { now, frozen: self.clock.is_frozen() });
                return passages;
            }
        }
    }

    /// Replaces the content as a whole, and what else there is another of. Faults that stay count anew.
    ///
    /// Returns the old content. It may be large: drop it after the lock.
    #[must_use]
    pub fn swap(&mut self, replacement: Replacement, listeners: &Listeners) -> Content {
        let Replacement { content, clock, settings, faults } = replacement;
        let other_settings = settings.is_some() || faults.is_some();
        let old = mem::replace(&mut self.content, content);
        self.version += 1;
        if let Some(settings) = settings {
            self.settings = settings;
        }
        self.apply_settings();
        match (faults, &mut self.faults) {
            (Some(faults), _) => self.put_faults(faults),
            (None, Some(faults)) => faults.rewind(),
            (None, None) => {}
        }
        if let Some(history) = &mut self.history {
            // No past state of the old content led to the new one.
            **history = History::new(Arc::clone(&self.content.model));
        }
        listeners.send(Event::StateChanged { generation: self.content.model.generation });
        if other_settings {
            listeners.send(Event::SettingsChanged);
        }
        if let Some(clock) = clock {
            self.turn_clock(listeners, |present| *present = clock);
        }
        old
    }

    /// Makes the model follow the settings: refreshes go as the scenario says, except where the settings say otherwise.
    pub fn apply_settings(&mut self) {
        let refresh = RefreshPolicy::default().with(&self.content.scenario.meta.refresh).with(&self.settings.refresh);
        if *self.content.model.refresh != refresh {
            Arc::make_mut(&mut self.content.model).refresh = Arc::new(refresh);
        }
    }

    /// Changes the faults in force, or leaves them all as they are.
    pub fn change_faults<T>(&mut self, change: impl FnOnce(&mut Engine) -> Result<T, Conflict>) -> Result<T, Conflict> {
        // A change of the engine is all or nothing, so there is no need for a copy to go back to.
        let mut faults = self.faults.take().unwrap_or_default();
        let done = change(&mut faults);
        self.put_faults(*faults);
        done
    }

    /// Puts these faults in force, and no others.
    pub fn put_faults(&mut self, faults: Engine) {
        self.keep_history(faults.needs_history());
        self.faults = Some(faults).filter(|faults| !faults.is_empty()).map(Box::new);
    }

    /// Begins or ceases to remember past states.
    fn keep_history(&mut self, keep: bool) {
        if keep != self.history.is_some() {
            self.history = keep.then(|| Box::new(History::new(Arc::clone(&self.content.model))));
        }
    }

    /// The state at this moment, to go back to.
    pub fn snapshot(&mut self, listeners: &Listeners) -> Snapshot {
        let at = self.settle(listeners);
        Snapshot { content: self.content.clone(), refresh: self.settings.refresh.clone(), at }
    }

    /// The state with its moment.
    pub fn view(&mut self, listeners: &Listeners) -> StateView {
        let now = self.settle(listeners);
        StateView {
            model: Arc::clone(&self.content.model),
            scenario: Arc::clone(&self.content.scenario),
            settings: Arc::clone(&self.settings),
            now,
            clock: self.clock,
        }
    }

    /// Real time until something happens by itself; none if nothing will, or the clock stands still.
    pub fn until_due(&self) -> Option<Duration> {
        let due = self.content.model.next_wake(self.clock.now())?;
        self.clock.real_time_until(due)
    }
}
