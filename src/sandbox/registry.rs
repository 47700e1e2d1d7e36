//! All sandboxes of a server: the one at the root and those with names, and which one a request means.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    journal::room::Room,
    sandbox::{Sandbox, Start, clock, deprecation_totals::RemovedCalls, events::Event, kept::Budget},
    scenario::{Catalog, LoadError, Scenario},
    support::shutdown::Stop,
};

/// All sandboxes of a server.
#[derive(Debug)]
pub struct Registry {
    /// The sandbox at the root.
    pub root: Arc<Sandbox>,
    /// Where scenarios are found.
    pub catalog: Catalog,
    /// How sandboxes come and go.
    pub rules: RegistryLimits,
    /// Tells those who wait for something that they wait in vain.
    pub stop: Stop,
    /// The memory for kept replies, of all sandboxes together.
    pub kept: Arc<Budget>,
    /// The memory for journals, of all sandboxes together.
    pub journals: Arc<Room>,
    named: Mutex<HashMap<Arc<str>, Named>>,
    names: AtomicU64,
    /// The calls of deprecated operations of sandboxes that are gone.
    pub(super) removed_calls: RemovedCalls,
    /// The scenario of the start: a directory, perhaps, of which the catalog does not know.
    own: String,
    /// Scenarios as they were last read: shared by all sandboxes made from them.
    scenarios: Mutex<HashMap<String, Arc<Scenario>>>,
}

/// How sandboxes come and go.
#[derive(Clone, Copy, Debug)]
pub struct RegistryLimits {
    /// A new name makes a sandbox on first use.
    pub on_first_use: bool,
    /// A sandbox that nobody used for so long is removed.
    pub idle: Duration,
    /// The most that there may be.
    pub most: usize,
    /// The most bytes that kept replies take, over all sandboxes; 0 keeps none.
    pub kept_bytes: usize,
    /// The most bytes that journals take, over all sandboxes.
    pub journal_bytes: usize,
}

impl Default for RegistryLimits {
    fn default() -> Self {
        let (kept_bytes, journal_bytes) = (64 * 1024 * 1024, 192 * 1024 * 1024);
        Self { on_first_use: false, idle: Duration::from_hours(1), most: 20_000, kept_bytes, journal_bytes }
    }
}

/// The memory that all sandboxes share.
#[derive(Clone, Debug)]
pub struct Memory {
    /// For kept replies.
    pub kept: Arc<Budget>,
    /// For journals.
    pub journals: Arc<Room>,
}

#[derive(Debug)]
struct Named {
    sandbox: Arc<Sandbox>,
    used: Instant,
}

/// Why there is no such sandbox.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The name is not one.
    #[error(
        "\"{0}\" is no name for a sandbox: expected 1 to 63 letters, digits, dashes or underscores, beginning and ending with a letter or digit"
    )]
    BadName(String),
    /// Nobody made it.
    #[error(
        "there is no sandbox \"{0}\"; make it with POST /_mock/sandboxes, or start the server with --sandboxes auto"
    )]
    Unknown(String),
    /// Somebody made it.
    #[error("there is a sandbox \"{0}\" already")]
    Exists(String),
    /// There are too many.
    #[error("there are {0} sandboxes, which is the most that there may be; delete some")]
    Full(usize),
    /// Its scenario cannot be used.
    #[error(transparent)]
    Scenario(#[from] LoadError),
}

impl Registry {
    /// A world with one sandbox, at the root.
    pub fn new(root: Arc<Sandbox>, catalog: Catalog, rules: RegistryLimits) -> Self {
        let scenario = root.scenario();
        let journals = Arc::new(Room::new(rules.journal_bytes));
        root.journal.join(&journals);
        Self {
            root,
            catalog,
            rules,
            stop: Stop::default(),
            kept: Arc::new(Budget::new(rules.kept_bytes)),
            journals,
            named: Mutex::default(),
            names: AtomicU64::new(0),
            removed_calls: RemovedCalls::default(),
            own: scenario.name.clone(),
            scenarios: Mutex::new(HashMap::from([(scenario.name.clone(), scenario)])),
        }
    }

    /// Makes a sandbox; with the root's scenario and settings where none are given.
    pub fn create(
        &self,
        name: &str,
        scenario: Option<&str>,
        start: Option<Start>,
    ) -> Result<Arc<Sandbox>, RegistryError> {
        let name = &known_as(name)?;
        let scenario = scenario.map_or_else(|| Ok(self.root.scenario()), |name| self.scenario(name))?;
        let start = start.unwrap_or_else(|| self.root.start());
        let (sandbox, _) = Sandbox::named(name, scenario, start)?;
        self.insert(Arc::new(sandbox))
    }

    /// Adds a sandbox under its name.
    pub fn insert(&self, sandbox: Arc<Sandbox>) -> Result<Arc<Sandbox>, RegistryError> {
        let now = clock::instant();
        let mut named = self.named.lock();
        if named.contains_key(&sandbox.name) {
            return Err(RegistryError::Exists(sandbox.name.to_string()));
        }
        if named.len() >= self.rules.most {
            self.remove_idle(&mut named, now);
        }
        if named.len() >= self.rules.most {
            return Err(RegistryError::Full(named.len()));
        }
        sandbox.journal.join(&self.journals);
        named.insert(Arc::clone(&sandbox.name), Named { sandbox: Arc::clone(&sandbox), used: now });
        Ok(sandbox)
    }

    /// The sandbox of this name, which counts as used. Makes it, if new names make sandboxes.
    pub fn sandbox(&self, name: &str) -> Result<Arc<Sandbox>, RegistryError> {
        let name = &known_as(name)?;
        if let Some(found) = self.find(name) {
            return Ok(found);
        }
        if !self.rules.on_first_use {
            return Err(RegistryError::Unknown(name.to_owned()));
        }
        match self.create(name, None, None) {
            // Somebody else was faster.
            Err(RegistryError::Exists(_)) => self.find(name).ok_or_else(|| RegistryError::Unknown(name.to_owned())),
            made => made,
        }
    }

    fn find(&self, name: &str) -> Option<Arc<Sandbox>> {
        let now = clock::instant();
        let mut named = self.named.lock();
        if named.get(name).is_some_and(|found| found.is_idle(now, self.rules.idle))
            && let Some(Named { sandbox, .. }) = named.remove(name)
        {
            self.removed_calls.keep(&sandbox);
        }
        named.get_mut(name).map(|found| {
            found.used = now;
            Arc::clone(&found.sandbox)
        })
    }

    fn remove_idle(&self, named: &mut HashMap<Arc<str>, Named>, now: Instant) {
        named.retain(|_, other| {
            let stays = !other.is_idle(now, self.rules.idle);
            if !stays {
                self.removed_calls.keep(&other.sandbox);
            }
            stays
        });
    }

    /// Removes the sandboxes that have been idle for too long, with all that they hold.
    pub fn sweep(&self) {
        self.remove_idle(&mut self.named.lock(), clock::instant());
    }

    /// A sandbox that exists; it counts as used now.
    pub fn existing(&self, name: &str) -> Result<Arc<Sandbox>, RegistryError> {
        self.find(&known_as(name)?).ok_or_else(|| RegistryError::Unknown(name.to_owned()))
    }

    /// A name that no sandbox has had yet.
    pub fn new_name(&self) -> String {
        loop {
            let name = format!("s{}", self.names.fetch_add(1, Ordering::Relaxed) + 1);
            if !self.named.lock().contains_key(name.as_str()) {
                return name;
            }
        }
    }

    /// All sandboxes with names, by name.
    pub fn list(&self) -> Vec<Arc<Sandbox>> {
        let now = clock::instant();
        let mut named = self.named.lock();
        self.remove_idle(&mut named, now);
        let mut all: Vec<_> = named.values().map(|named| Arc::clone(&named.sandbox)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Removes a sandbox.
    pub fn remove(&self, name: &str) -> Result<(), RegistryError> {
        let removed = self.named.lock().remove(&*known_as(name)?);
        let Named { sandbox, .. } = removed.ok_or_else(|| RegistryError::Unknown(name.to_owned()))?;
        self.removed_calls.keep(&sandbox);
        sandbox.send(Event::SandboxRemoved);
        Ok(())
    }

    /// The names of all scenarios that can be loaded, sorted: those of the catalog, and the one of the start.
    pub fn scenario_names(&self) -> Vec<String> {
        let mut names = self.catalog.names();
        if let Err(place) = names.binary_search(&self.own) {
            names.insert(place, self.own.clone());
        }
        names
    }

    /// A scenario by its name, as its files are now; equal files give the same one. Names come over the network, so
    /// a directory is none of them.
    pub fn scenario(&self, name: &str) -> Result<Arc<Scenario>, LoadError> {
        let names = self.scenario_names();
        if !names.iter().any(|known| known == name) {
            return Err(LoadError::unknown(name, names, ""));
        }
        let known = self.scenarios.lock().get(name).cloned();
        let scenario = self.catalog.load_again(name, known.as_ref())?;
        self.scenarios.lock().insert(name.to_owned(), Arc::clone(&scenario));
        Ok(scenario)
    }
}

impl Named {
    /// Whether nobody has used it for so long, and nobody listens to it.
    fn is_idle(&self, now: Instant, most: Duration) -> bool {
        now.duration_since(self.used) >= most && !self.sandbox.has_listeners()
    }
}

/// The name under which a sandbox is kept: in lower case, as hosts know no other. It must do as a part of a
/// host name and of a path.
pub fn known_as(name: &str) -> Result<String, RegistryError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let ends = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    let good = bytes.len() <= 63 && ends(bytes.first()) && ends(bytes.last()) && bytes.iter().all(|b| plain(*b));
    if good { Ok(name.to_ascii_lowercase()) } else { Err(RegistryError::BadName(name.to_owned())) }
}
