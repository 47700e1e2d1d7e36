//! `--watch`: changed fixture files are checked and loaded; wrong ones leave the old state and are reported, in the log and as
//! an event.
//!
//! Files are polled by name. So a directory that has been replaced is followed, and file systems that report no changes
//! (network shares, mounts of some container engines) work, too. What was read decides: a file that was touched, or is no
//! file of the scenario, changes nothing.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use notify_debouncer_full::{Debouncer, NoCache, new_debouncer_opt, notify};

use crate::{
    sandbox::{Kept, events::Event, registry::Registry},
    scenario::Scenario,
};

/// How often files are looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// How long files must be quiet before they are read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Watches for as long as it lives.
pub type Watcher = Debouncer<notify::PollWatcher, NoCache>;

/// Watches the files of the root's scenario.
pub fn start(registry: &Arc<Registry>, name: &str) -> anyhow::Result<Watcher> {
    let Some(directory) = registry.catalog.directory_of(name) else {
        bail!(
            "scenario \"{name}\" is inside the binary, so there are no files to watch; give a directory with --scenario or --fixtures"
        );
    };
    let mut watched = Watched {
        loaded: registry.root.scenario(),
        is_wrong: false,
        registry: Arc::clone(registry),
        name: name.to_owned(),
    };
    let config = notify::Config::default().with_poll_interval(INTERVAL).with_compare_contents(true);
    let changed = move |_| watched.read();
    let mut watcher: Watcher =
        new_debouncer_opt(QUIET, None, changed, NoCache::new(), config).context("cannot watch files")?;
    watcher
        .watch(&directory, notify::RecursiveMode::NonRecursive)
        .with_context(|| format!("cannot watch {}", directory.display()))?;
    Ok(watcher)
}

/// A scenario whose files are watched.
struct Watched {
    registry: Arc<Registry>,
    name: String,
    /// As its files were last loaded.
    loaded: Arc<Scenario>,
    /// Whether its files could not be used since.
    is_wrong: bool,
}

impl Watched {
    /// Reads the files, and loads them unless they are as they were.
    fn read(&mut self) {
        let Self { registry, name, loaded, is_wrong } = self;
        let found = registry.scenario(name);
        // Equal files give the same scenario.
        if found.as_ref().is_ok_and(|found| Arc::ptr_eq(found, loaded)) && !*is_wrong {
            return;
        }
        // A developer who edits files goes on with the clock, the faults and the settings of before.
        let keep = [Kept::Clock, Kept::Faults, Kept::Settings, Kept::Journal];
        let done = found.and_then(|found| {
            registry.root.load_keeping(Arc::clone(&found), &keep)?;
            *loaded = found;
            Ok(())
        });
        *is_wrong = done.is_err();
        match &done {
            Ok(()) => tracing::info!(scenario = *name, "fixture files changed; loaded again"),
            Err(error) => tracing::error!(scenario = *name, "fixture files changed; the old state stays: {error}"),
        }
        registry.root.send(Event::FixturesRead { problem: done.err().map(|error| error.to_string()) });
    }
}
