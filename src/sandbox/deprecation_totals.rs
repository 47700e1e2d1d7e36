//! Who called which deprecated operation, over all sandboxes of a server, the removed ones included.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Sandbox,
    deprecations::{Ledger, Usage},
    registry::Registry,
};

/// The most removed sandboxes that are counted by name.
const MOST_REMOVED: usize = 10_000;
/// Stands for all removed sandboxes beyond those.
const OTHERS: &str = "(others)";

/// The calls of removed sandboxes, by name. A name that was used again counts once.
#[derive(Debug, Default)]
pub struct RemovedCalls(Mutex<BTreeMap<Arc<str>, Ledger>>);

impl RemovedCalls {
    /// Keeps the calls of a sandbox that is being removed.
    pub fn keep(&self, sandbox: &Sandbox) {
        if sandbox.deprecations.is_empty() {
            return;
        }
        let mut removed = self.0.lock();
        let is_known = removed.contains_key(&sandbox.name);
        let name = if is_known || removed.len() < MOST_REMOVED { Arc::clone(&sandbox.name) } else { OTHERS.into() };
        removed.entry(name).or_default().add(&sandbox.deprecations);
    }
}

/// The calls of deprecated operations, over all sandboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeprecationTotals)]
pub struct Totals {
    /// Calls of all of them.
    pub calls: u64,
    /// When they may be gone, by the settings of the sandbox at the root.
    pub sunset: DateTime<Utc>,
    /// The sandboxes in which there were any, by name.
    pub sandboxes: Vec<SandboxCalls>,
}

/// The calls of deprecated operations in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SandboxDeprecations)]
pub struct SandboxCalls {
    /// Its name; empty at the root.
    pub sandbox: String,
    /// Calls of all operations.
    pub calls: u64,
    /// The operations that were called.
    pub operations: Vec<Usage>,
}

impl SandboxCalls {
    fn new(sandbox: &str, ledger: &Ledger) -> Self {
        let operations = ledger.called();
        Self { sandbox: sandbox.to_owned(), calls: operations.iter().map(|usage| usage.calls).sum(), operations }
    }
}

impl Registry {
    /// The calls of deprecated operations, over all sandboxes, the removed ones included.
    pub fn deprecation_totals(&self) -> Totals {
        let present = self.list();
        let mut ledgers: BTreeMap<Arc<str>, Ledger> = BTreeMap::new();
        for sandbox in present.iter().chain([&self.root]).filter(|sandbox| !sandbox.deprecations.is_empty()) {
            ledgers.entry(Arc::clone(&sandbox.name)).or_default().add(&sandbox.deprecations);
        }
        for (name, removed) in &*self.removed_calls.0.lock() {
            match ledgers.entry(Arc::clone(name)) {
                Entry::Occupied(known) => known.get().add(removed),
                Entry::Vacant(new) => new.insert(Ledger::default()).add(removed),
            }
        }
        let sandboxes: Vec<_> = ledgers.iter().map(|(name, ledger)| SandboxCalls::new(name, ledger)).collect();
        Totals {
            calls: sandboxes.iter().map(|sandbox| sandbox.calls).sum(),
            sunset: self.root.settings().sunset.date,
            sandboxes,
        }
    }

    /// Forgets the calls of all sandboxes.
    pub fn clear_deprecations(&self) {
        self.removed_calls.0.lock().clear();
        for sandbox in self.list().iter().chain([&self.root]) {
            sandbox.deprecations.clear();
        }
    }
}
