//! States that are kept under a name, gone back to, and forked.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    sandbox::{
        Sandbox, StartClock,
        events::Event,
        settings::{Settings, Start},
        state::{Content, Replacement, Snapshot},
    },
    scenario::export,
};

/// The most snapshots that a sandbox may have.
const MOST_SNAPSHOTS: usize = 100;

impl Sandbox {
    /// The state at this moment, to go back to.
    pub fn take_snapshot(&self) -> Snapshot {
        self.lock().snapshot(&self.listeners)
    }

    /// Goes back to a state, its moment, and how refreshes went in it. Other settings and faults stay; faults count anew.
    pub fn restore(&self, snapshot: Snapshot) {
        let Snapshot { content, refresh, at } = snapshot;
        let mut state = self.lock();
        let mut clock = state.clock;
        clock.set(at);
        let settings = Settings { refresh, ..Settings::clone(&state.settings) };
        let replacement = Replacement { content, clock: Some(clock), settings: Some(Arc::new(settings)), faults: None };
        let old = state.swap(replacement, &self.listeners);
        drop(state);
        drop(old);
    }

    /// Keeps the state under a name, instead of what was kept under it. False if there are too many.
    pub fn save_snapshot(&self, name: &str) -> bool {
        let mut state = self.lock();
        let room = state.snapshots.len() < MOST_SNAPSHOTS || state.snapshots.contains_key(name);
        if room {
            let snapshot = state.snapshot(&self.listeners);
            state.snapshots.insert(name.to_owned(), snapshot);
            self.listeners.send(Event::SnapshotsChanged);
        }
        room
    }

    /// Goes back to a kept state and its moment. False if there is none of this name.
    pub fn load_snapshot(&self, name: &str) -> bool {
        self.snapshot(name).map(|snapshot| self.restore(snapshot)).is_some()
    }

    /// A new sandbox that starts from a kept state.
    pub fn fork_snapshot(&self, name: &str, sandbox: &str) -> Option<Self> {
        let Snapshot { mut content, refresh, at } = self.snapshot(name)?;
        let settings = Settings { refresh, ..Settings::clone(&self.settings()) };
        let start = Arc::new(Start { settings: Arc::new(settings), ..Start::clone(&content.start) });
        content.start = Arc::clone(&start);
        let clock = StartClock { at, frozen: self.clock().is_frozen() };
        Some(Self::starting(sandbox, content, clock.into(), start))
    }

    /// A kept state as the files of a scenario, by name; none if there is none of this name.
    pub fn export_snapshot(&self, name: &str) -> Option<Map<String, Value>> {
        let Snapshot { content, refresh: _, at } = self.snapshot(name)?;
        let Content { model, scenario, start: _, requests: _ } = content;
        let clock = StartClock { at, frozen: self.clock().is_frozen() };
        Some(export::export(&model, &scenario.meta, &scenario.overrides, clock))
    }

    /// The names of all kept states and their moments.
    pub fn snapshots(&self) -> Vec<(String, DateTime<Utc>)> {
        self.lock().snapshots.iter().map(|(name, snapshot)| (name.clone(), snapshot.at)).collect()
    }

    /// Deletes a kept state. False if there is none of this name.
    pub fn delete_snapshot(&self, name: &str) -> bool {
        let mut state = self.lock();
        let found = state.snapshots.remove(name).is_some();
        if found {
            self.listeners.send(Event::SnapshotsChanged);
        }
        found
    }

    fn snapshot(&self, name: &str) -> Option<Snapshot> {
        self.lock().snapshots.get(name).cloned()
    }
}
