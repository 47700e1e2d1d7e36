//! The running handle of one sandbox: a store, a clock, and the one lock over both.
//!
//! The clock is read after the lock is taken, and what is due is applied before anybody looks. Views
//! are computed from a snapshot, outside the lock; nothing is awaited under it. Events are sent under
//! it, so that everybody sees them in the order in which they happened.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, broadcast};

use crate::{
    faults::Lag,
    model::Store,
    sandbox::{clock::Clock, events::Event, history::History},
};

/// How many events a slow listener may fall behind before it misses some.
const BACKLOG: usize = 256;

/// A store that lives by a clock.
#[derive(Debug)]
pub struct SandboxState {
    inner: Mutex<Inner>,
    /// Made when the first listener comes: most sandboxes have none.
    listeners: OnceLock<Listeners>,
}

#[derive(Debug)]
struct Inner {
    store: Arc<Store>,
    clock: Clock,
    /// Only while reads may lag.
    history: Option<Box<History>>,
}

#[derive(Debug)]
struct Listeners {
    events: broadcast::Sender<Event>,
    /// Wakes whoever sleeps until the next due moment, when that moment may have moved.
    moved: Notify,
}

/// One listener's stream of events. It also makes due things happen while it waits.
pub struct Subscription<S> {
    sim: S,
    events: broadcast::Receiver<Event>,
}

impl SandboxState {
    /// A store and the clock that it lives by.
    pub fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self { inner: Mutex::new(Inner { store, clock, history: None }), listeners: OnceLock::new() }
    }

    /// The state at this moment, for as long as it is looked at.
    pub fn look(&self) -> (Arc<Store>, DateTime<Utc>) {
        let mut inner = self.inner.lock();
        let now = self.settle(&mut inner);
        (Arc::clone(&inner.store), now)
    }

    /// Changes the state at this moment.
    pub fn change<T>(&self, change: impl FnOnce(&mut Store, DateTime<Utc>) -> T) -> T {
        let mut inner = self.inner.lock();
        let now = self.settle(&mut inner);
        let before = inner.store.generation;
        let done = change(Arc::make_mut(&mut inner.store), now);
        inner.remember(now);
        self.announce(&mut inner, before);
        done
    }

    /// What the clock shows, and whether it stands still.
    pub fn clock(&self) -> Clock {
        self.inner.lock().clock
    }

    /// Turns the clock, then applies all that fell due, in order. Answers what it shows then.
    pub fn turn_clock(&self, turn: impl FnOnce(&mut Clock)) -> DateTime<Utc> {
        let mut inner = self.inner.lock();
        turn(&mut inner.clock);
        let now = self.settle(&mut inner);
        self.send(Event::ClockTurned { now, frozen: inner.clock.is_frozen() });
        now
    }

    /// Puts another store in the place of this one, and the clock to its moment; there it stands still, runs,
    /// or goes on as it did.
    pub fn replace_at(&self, store: Arc<Store>, at: DateTime<Utc>, frozen: Option<bool>) {
        let mut inner = self.inner.lock();
        inner.store = store;
        match frozen {
            Some(true) => inner.clock.freeze(),
            Some(false) if inner.clock.is_frozen() => inner.clock.resume(),
            Some(false) | None => {}
        }
        inner.clock.set(at);
        inner.forget();
        self.send(Event::StateChanged { generation: inner.store.generation });
        self.send(Event::ClockTurned { now: at, frozen: inner.clock.is_frozen() });
    }

    /// Puts another store in the place of this one; the clock stays.
    pub fn replace(&self, store: Arc<Store>) {
        let mut inner = self.inner.lock();
        inner.store = store;
        inner.forget();
        self.send(Event::StateChanged { generation: inner.store.generation });
    }

    /// Begins or ceases to remember past states.
    pub fn keep_history(&self, keep: bool) {
        let mut inner = self.inner.lock();
        if keep != inner.history.is_some() {
            let history = keep.then(|| Box::new(History::new(Arc::clone(&inner.store))));
            inner.history = history;
        }
    }

    /// Counts that a request begins, for those who ask for the state some requests ago.
    pub fn count_request(&self) {
        if let Some(history) = &mut self.inner.lock().history {
            history.count_request();
        }
    }

    /// The state so far back; none if the past is not remembered.
    pub fn past(&self, lag: Lag) -> Option<Arc<Store>> {
        let mut inner = self.inner.lock();
        let now = self.settle(&mut inner);
        inner.history.as_ref()?.past(lag, now)
    }

    /// Tells all listeners of an event.
    pub fn send(&self, event: Event) {
        if let Some(listeners) = self.listeners.get() {
            // Nobody listening is no failure.
            let _ = listeners.events.send(event);
            listeners.moved.notify_waiters();
        }
    }

    /// Whether anybody listens.
    pub fn has_listeners(&self) -> bool {
        self.listeners.get().is_some_and(|listeners| listeners.events.receiver_count() > 0)
    }

    /// Events from here on.
    pub fn subscribe(&self) -> Subscription<&Self> {
        Subscription::new(self)
    }

    fn listeners(&self) -> &Listeners {
        self.listeners.get_or_init(|| Listeners { events: broadcast::Sender::new(BACKLOG), moved: Notify::new() })
    }

    /// The moment, with everything applied that was due by then.
    fn settle(&self, inner: &mut MutexGuard<'_, Inner>) -> DateTime<Utc> {
        let now = inner.clock.now();
        if inner.store.next_due().is_some_and(|due| due <= now) {
            let before = inner.store.generation;
            let due = inner.store.next_due().unwrap_or(now);
            Arc::make_mut(&mut inner.store).settle(now);
            inner.remember(due);
            self.announce(inner, before);
        }
        now
    }

    fn announce(&self, inner: &mut MutexGuard<'_, Inner>, before: u64) {
        if inner.store.has_changes() {
            for change in Arc::make_mut(&mut inner.store).take_changes() {
                self.send(change.into());
            }
        }
        let generation = inner.store.generation;
        if generation != before {
            self.send(Event::StateChanged { generation });
        }
    }

    /// Real time until something happens by itself; none if nothing will, or the clock stands still.
    fn until_due(&self) -> Option<std::time::Duration> {
        let inner = self.inner.lock();
        let due = inner.store.next_wake(inner.clock.now())?;
        inner.clock.real_time_until(due)
    }

    /// Waits until `within` has passed in real time or something may have changed.
    async fn wait(&self, within: Option<std::time::Duration>) {
        let moved = self.listeners().moved.notified();
        match within {
            Some(time) => {
                let _ = tokio::time::timeout(time, moved).await;
            }
            None => moved.await,
        }
    }
}

impl Inner {
    fn remember(&mut self, from: DateTime<Utc>) {
        if let Some(history) = &mut self.history {
            history.add(&self.store, from);
        }
    }

    /// Another state was put in the place of this one: there is no way from the one to the other.
    fn forget(&mut self) {
        if let Some(history) = &mut self.history {
            **history = History::new(Arc::clone(&self.store));
        }
    }
}

impl<S: Deref<Target = SandboxState>> Subscription<S> {
    /// Events from here on, of a sim that is borrowed or held.
    pub fn new(sim: S) -> Self {
        let events = sim.listeners().events.subscribe();
        Self { sim, events }
    }

    /// The next event, or how many were missed by falling behind. Things that fall due meanwhile happen.
    pub async fn next(&mut self) -> Result<Event, u64> {
        loop {
            let until_due = self.sim.until_due();
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) => return Ok(event),
                    Err(broadcast::error::RecvError::Lagged(missed)) => return Err(missed),
                    // The sender lives as long as the sim that this borrows.
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                },
                () = self.sim.wait(until_due) => {
                    self.sim.look();
                }
            }
        }
    }
}
