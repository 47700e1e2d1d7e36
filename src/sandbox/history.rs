//! Past states, for reads that lag behind. Pure; [`crate::sandbox::state`] keeps one only while a fault needs it.

use std::{collections::VecDeque, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{faults::Lag, model::Store};

/// How many states are kept; what lies further back is answered with the oldest.
const KEPT: usize = 256;

/// Past states and the present one.
#[derive(Clone, Debug)]
pub struct History {
    /// How many requests have begun.
    requests: u64,
    /// In the order in which they came up; never empty.
    states: VecDeque<State>,
}

#[derive(Clone, Debug)]
struct State {
    store: Arc<Store>,
    /// The moment from which it held.
    from: DateTime<Utc>,
    /// The request that made it.
    made_by: u64,
}

impl History {
    /// A history that begins with this state, which counts as having held ever since.
    pub fn new(store: Arc<Store>) -> Self {
        let first = State { store, from: DateTime::<Utc>::MIN_UTC, made_by: 0 };
        Self { requests: 0, states: VecDeque::from([first]) }
    }

    /// Counts that a request begins.
    pub fn count_request(&mut self) {
        self.requests += 1;
    }

    /// Adds what came up at a moment, if it is another state than before.
    pub fn add(&mut self, store: &Arc<Store>, from: DateTime<Utc>) {
        if self.states.back().is_some_and(|last| Arc::ptr_eq(&last.store, store)) {
            return;
        }
        self.states.push_back(State { store: Arc::clone(store), from, made_by: self.requests });
        if self.states.len() > KEPT {
            self.states.pop_front();
        }
    }

    /// The state so far back. What was due by then has happened in it.
    pub fn past(&self, lag: Lag, now: DateTime<Utc>) -> Option<Arc<Store>> {
        let held = |state: &&State| match lag {
            Lag::Time(time) => now.checked_sub_signed(time).is_some_and(|then| state.from <= then),
            // The last request is the one that asks.
            Lag::Requests(count) => state.made_by < self.requests.saturating_sub(count).max(1),
        };
        let state = self.states.iter().rev().find(held).or(self.states.front())?;
        let then = match lag {
            Lag::Time(time) => now.checked_sub_signed(time)?,
            Lag::Requests(_) => return Some(Arc::clone(&state.store)),
        };
        Some(settled(&state.store, then))
    }
}

fn settled(store: &Arc<Store>, at: DateTime<Utc>) -> Arc<Store> {
    if store.next_due().is_none_or(|due| due > at) {
        return Arc::clone(store);
    }
    let mut store = Store::clone(store);
    store.settle(at);
    Arc::new(store)
}
