//! `--watch`: a changed fixture file is checked and swapped in; a broken one leaves the old state and
//! says why.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer, notify};

use crate::sandbox::{Kept, registry::Registry};

/// How long files must be quiet before they are read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Watches for as long as it lives.
pub type Watcher = Debouncer<notify::RecommendedWatcher, RecommendedCache>;

/// Watches the files of the root's scenario.
pub fn start(registry: &Arc<Registry>, name: &str) -> anyhow::Result<Watcher> {
    let Some(directory) = registry.catalog.directory_of(name) else {
        bail!(
            "scenario \"{name}\" is inside the binary, so there are no files to watch; give a directory with --scenario or --fixtures"
        );
    };
    let (registry, name) = (Arc::clone(registry), name.to_owned());
    let mut watcher = new_debouncer(QUIET, None, move |changes: DebounceEventResult| {
        // Reading the files is an event too; only what changes them counts.
        if changes.is_ok_and(|events| events.iter().any(|event| !event.kind.is_access())) {
            reload(&registry, &name);
        }
    })
    .context("cannot watch files")?;
    watcher
        .watch(&directory, notify::RecursiveMode::NonRecursive)
        .with_context(|| format!("cannot watch {}", directory.display()))?;
    Ok(watcher)
}

fn reload(registry: &Registry, name: &str) {
    // Whoever edits files goes on with the clock, the faults and the settings of before.
    let keep = [Kept::Clock, Kept::Faults, Kept::Settings, Kept::Journal];
    let loaded = registry.scenario(name).and_then(|scenario| registry.root.load_keeping(scenario, &keep));
    match loaded {
        Ok(()) => tracing::info!(scenario = name, "fixture files changed; loaded again"),
        Err(error) => tracing::error!(scenario = name, "fixture files changed; the old state stays: {error}"),
    }
}
