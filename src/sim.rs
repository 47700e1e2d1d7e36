//! The running handle of one sandbox: a store, a clock, and the one lock over both.
//!
//! The clock is read after the lock is taken, and what is due is applied before anybody looks. Views
//! are computed from a snapshot, outside the lock; nothing is awaited under it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use crate::{clock::Clock, store::Store};

/// A store that lives by a clock.
#[derive(Debug)]
pub struct Sim {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Arc<Store>,
    clock: Clock,
}

impl Inner {
    /// The moment, with everything applied that was due by then.
    fn settled(&mut self) -> DateTime<Utc> {
        let now = self.clock.now();
        if self.store.next_due().is_some_and(|due| due <= now) {
            Arc::make_mut(&mut self.store).settle(now);
        }
        now
    }
}

impl Sim {
    /// A store and the clock that it lives by.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { inner: Mutex::new(Inner { store: Arc::new(store), clock }) }
    }

    /// The state at this moment, for as long as it is looked at.
    pub fn look(&self) -> (Arc<Store>, DateTime<Utc>) {
        let mut inner = self.inner.lock();
        let now = inner.settled();
        (Arc::clone(&inner.store), now)
    }

    /// Changes the state at this moment.
    pub fn change<T>(&self, change: impl FnOnce(&mut Store, DateTime<Utc>) -> T) -> T {
        let mut inner = self.inner.lock();
        let now = inner.settled();
        change(Arc::make_mut(&mut inner.store), now)
    }

    /// Moves the clock, then applies what fell due.
    pub fn turn_clock(&self, turn: impl FnOnce(&mut Clock)) -> DateTime<Utc> {
        let mut inner = self.inner.lock();
        turn(&mut inner.clock);
        inner.settled()
    }

    /// Puts another store in the place of this one; the clock stays.
    pub fn replace(&self, store: Store) {
        self.inner.lock().store = Arc::new(store);
    }
}
