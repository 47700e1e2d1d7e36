//! From fixture files to a checked [`Store`].
//!
//! | file | what |
//! |---|---|
//! | `format` | the files as types; the JSON Schemas for editors come from them |
//! | `when` | absolute and relative dates |
//! | `check` | strict check of a file, all findings at once |
//! | `build` | references, periods, sums; rows to store |
//! | `activity` | refreshes that a scenario has already seen |
//! | `generate` | made-up rows of a large scenario |
//! | `rows` | single rows, checked like those of files |
//! | `export` | a store back to files |
//!
//! One directory is one scenario. All of `fixtures/` is embedded in the binary; a directory on disk
//! (`--fixtures`) adds to it and goes first.

mod activity;
pub mod build;
pub mod check;
pub mod export;
pub mod format;
mod generate;
pub mod rows;
mod when;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use include_dir::{Dir, include_dir};
use parking_lot::Mutex;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::check::{Finding, Severity};
use self::{
    activity::{ACTIVITIES, ActivityRow},
    build::{ASSIGNMENTS, ATTENTION_NOTES, ENTITLEMENTS, LICENSING, MSP_ENTITLEMENTS, OVERRIDES, SCENARIO, TENANTS},
    check::{Findings, drop_computed, nearest},
    format::{
        AssignmentRow, AttentionNoteRow, Entitlements, Licensing, MspEntitlements, OverrideRow, TenantRow, computed,
    },
};
use crate::model::Store;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures");

/// The files of a scenario, checked but not yet tied to a moment. Immutable; share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The name of its directory.
    pub name: String,
    /// Title, settings.
    pub meta: format::Scenario,
    tenants: Vec<TenantRow>,
    entitlements: Entitlements,
    msp_entitlements: MspEntitlements,
    assignments: Vec<AssignmentRow>,
    licensing: Licensing,
    activities: Vec<ActivityRow>,
    attention_notes: Vec<AttentionNoteRow>,
    /// Whether any date is relative to `now`.
    depends_on_the_time_of_day: bool,
    /// Verbatim answers.
    pub overrides: Vec<OverrideRow>,
    /// The store of the day on which one was last asked for: sandboxes of a day share it.
    of_the_day: OfTheDay,
}

/// A kept store. Two scenarios are equal whatever they keep.
#[derive(Debug, Default)]
struct OfTheDay(Mutex<Option<(NaiveDate, Arc<Store>)>>);

impl PartialEq for OfTheDay {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Clone for OfTheDay {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Why there is no such scenario.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Neither a name nor a directory.
    #[error("there is no scenario \"{name}\"{advice}; there are {}, or give a directory with a scenario.json", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest name.
        advice: String,
        /// All names.
        known: Vec<String>,
    },
    /// The directory cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its files are wrong.
    #[error("scenario \"{name}\" cannot be used:\n{}", list(findings))]
    Broken {
        /// Which one.
        name: String,
        /// All that is wrong.
        findings: Vec<Finding>,
    },
    /// A row that somebody sent is wrong.
    #[error("the row cannot be used:\n{}", list(findings))]
    BadRow {
        /// All that is wrong.
        findings: Vec<Finding>,
    },
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n")
}

impl Scenario {
    /// The store that the scenario describes at `now`, and notes worth telling.
    pub fn build(&self, now: DateTime<Utc>) -> Result<(Store, Vec<Finding>), LoadError> {
        let mut findings = Findings::default();
        let store = build::build(self, now, &mut findings);
        if findings.has_errors() {
            return Err(LoadError::Broken { name: self.name.clone(), findings: findings.into_sorted() });
        }
        Ok((store, findings.into_sorted()))
    }

    /// Like [`Self::build`], but sharing: all who ask on one day get the same store. A scenario with
    /// dates relative to `now` is built each time.
    pub fn build_shared(&self, now: DateTime<Utc>) -> Result<(Arc<Store>, Vec<Finding>), LoadError> {
        if let Some((day, store)) = &*self.of_the_day.0.lock()
            && *day == now.date_naive()
        {
            return Ok((Arc::clone(store), Vec::new()));
        }
        let (store, notes) = self.build(now)?;
        let store = Arc::new(store);
        if !self.depends_on_the_time_of_day {
            *self.of_the_day.0.lock() = Some((now.date_naive(), Arc::clone(&store)));
        }
        Ok((store, notes))
    }
}

/// Where scenarios are found: in a directory on disk, if there is one, then in the binary.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// A directory whose subdirectories are scenarios.
    pub directory: Option<PathBuf>,
}

impl Catalog {
    /// The names of all scenarios, sorted.
    pub fn names(&self) -> Vec<String> {
        let on_disk = self.directory.iter().flat_map(|dir| std::fs::read_dir(dir).into_iter().flatten().flatten());
        let on_disk = on_disk.filter(|entry| entry.path().join(SCENARIO).is_file());
        let embedded = EMBEDDED.dirs().filter(|dir| dir.get_file(dir.path().join(SCENARIO)).is_some());
        let mut names: Vec<String> = on_disk
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .chain(embedded.map(|dir| dir.path().to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Where a scenario's files are on disk: in the catalog's directory, or, unless the binary has one of
    /// this name, at the path itself.
    pub fn directory_of(&self, name: &str) -> Option<PathBuf> {
        let in_catalog = self.directory.as_ref().filter(|_| !name.contains(['/', '\\'])).map(|dir| dir.join(name));
        let at_path = Some(PathBuf::from(name)).filter(|dir| embedded(name).is_none() && dir.is_dir());
        in_catalog.filter(|dir| dir.join(SCENARIO).is_file()).or(at_path)
    }

    /// A scenario by name, or by the path of its directory.
    pub fn load(&self, name: &str) -> Result<Arc<Scenario>, LoadError> {
        self.load_with_notes(name).map(|(scenario, _)| scenario)
    }

    /// Like [`Self::load`], with notes worth telling.
    pub fn load_with_notes(&self, name: &str) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
        if let Some(dir) = self.directory_of(name) {
            return parse(name, &files_on_disk(&dir)?);
        }
        if let Some(dir) = embedded(name) {
            let file = |file: &'static include_dir::File<'static>| {
                Some((file.path().file_name()?.to_str()?.to_owned(), Cow::Borrowed(file.contents())))
            };
            // The tests have held these against the schemas; doing it again costs most of the start.
            return read_files(name, &dir.files().filter_map(file).collect(), Check::Done);
        }
        let known = self.names();
        let advice = nearest(name, known.iter().map(String::as_str));
        Err(LoadError::Unknown { name: name.to_owned(), advice, known })
    }
}

/// The directory of a scenario inside the binary.
fn embedded(name: &str) -> Option<&'static Dir<'static>> {
    let plain = !name.contains(['/', '\\']);
    EMBEDDED.get_dir(name).filter(|_| plain).filter(|dir| dir.get_file(dir.path().join(SCENARIO)).is_some())
}

/// Files by name.
pub type Files = BTreeMap<String, Cow<'static, [u8]>>;

fn files_on_disk(dir: &Path) -> Result<Files, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: dir.to_owned(), source };
    let mut files = Files::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let contents = read(&path).map_err(|source| LoadError::Unreadable { path: path.clone(), source })?;
            files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), contents.into());
        }
    }
    Ok(files)
}

/// The most bytes that a file may have.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a regular file: a pipe or a device might never end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::{Error, ErrorKind};
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    if meta.len() > MOST_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it has {} bytes, over {MOST_BYTES}", meta.len())));
    }
    std::fs::read(path)
}

/// A scenario from files that are at hand.
pub fn from_files(name: &str, files: &Files) -> Result<Arc<Scenario>, LoadError> {
    parse(name, files).map(|(scenario, _)| scenario)
}

fn parse(name: &str, files: &Files) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
    read_files(name, files, Check::Due)
}

/// Whether files have been held against the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Due,
    Done,
}

fn read_files(name: &str, files: &Files, check: Check) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
    let mut findings = Findings::default();
    for file in files.keys().filter(|file| !FILES.contains(&file.as_str())) {
        let advice = nearest(file, FILES.into_iter());
        findings.error(file, "$", format!("is no file of a scenario{advice}; there are {}", FILES.join(", ")));
    }
    let mut reader = Reader { files, check, findings: &mut findings };
    let meta = reader.read::<format::Scenario>(SCENARIO, &[], true);
    let tenants = reader.read(TENANTS, &[], true);
    let entitlements = reader.read(ENTITLEMENTS, computed::ENTITLEMENT, false);
    let msp_entitlements = reader.read(MSP_ENTITLEMENTS, computed::MSP_ENTITLEMENT, false);
    let assignments = reader.read(ASSIGNMENTS, computed::ASSIGNMENT, false);
    let licensing = reader.read(LICENSING, &[], false);
    let activities = reader.read(ACTIVITIES, &[], false);
    let attention_notes = reader.read(ATTENTION_NOTES, computed::ATTENTION_NOTE, false);
    let overrides = reader.read(OVERRIDES, &[], false);
    match meta {
        Some(meta) if !findings.has_errors() => {
            let scenario = Scenario {
                name: name.to_owned(),
                meta,
                tenants: tenants.unwrap_or_default(),
                entitlements: entitlements.unwrap_or_default(),
                msp_entitlements: msp_entitlements.unwrap_or_default(),
                assignments: assignments.unwrap_or_default(),
                licensing: licensing.unwrap_or_default(),
                activities: activities.unwrap_or_default(),
                attention_notes: attention_notes.unwrap_or_default(),
                overrides: overrides.unwrap_or_default(),
                depends_on_the_time_of_day: files.values().any(|bytes| mentions_now(bytes)),
                of_the_day: OfTheDay::default(),
            };
            Ok((Arc::new(scenario), findings.into_sorted()))
        }
        _ => Err(LoadError::Broken { name: name.to_owned(), findings: findings.into_sorted() }),
    }
}

/// Whether a file has a date that is relative to the moment rather than the day.
fn mentions_now(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|window| window == b"\"now")
}

const FILES: [&str; 9] =
    [SCENARIO, TENANTS, ENTITLEMENTS, MSP_ENTITLEMENTS, ASSIGNMENTS, LICENSING, ACTIVITIES, ATTENTION_NOTES, OVERRIDES];

struct Reader<'a> {
    files: &'a Files,
    check: Check,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    /// A file as its type; none, with a finding, if it is not one.
    fn read<T: DeserializeOwned + JsonSchema>(&mut self, file: &str, computed: &[&str], required: bool) -> Option<T> {
        let Some(bytes) = self.files.get(file) else {
            if required {
                self.findings.error(file, "$", "is missing");
            }
            return None;
        };
        let mut value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => {
                self.findings.error(
                    file,
                    format!("line {}, column {}", error.line(), error.column()),
                    format!("is not JSON: {error}"),
                );
                return None;
            }
        };
        if file != OVERRIDES {
            drop_computed(&mut value, computed, file, "$", self.findings);
        }
        if self.check == Check::Due && !self.holds(&value, &schema::<T>(), file) {
            return None;
        }
        serde_path_to_error::deserialize(value)
            .map_err(|error| self.findings.error(file, format!("$.{}", error.path()), error.inner().to_string()))
            .ok()
    }
}

impl Reader<'_> {
    /// Whether a value is as its schema says; if not, all that is wrong is told.
    fn holds(&mut self, value: &Value, schema: &Schema, file: &str) -> bool {
        let mut own = Findings::default();
        check::check(value, schema, file, &mut own);
        let holds = !own.has_errors();
        for finding in own.into_sorted() {
            self.findings.error(&finding.file, finding.path, finding.message);
        }
        holds
    }
}

fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// The JSON Schemas of the fixture files, by file name, for editors.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("scenario.schema.json", schema::<format::Scenario>()),
        ("tenants.schema.json", schema::<Vec<TenantRow>>()),
        ("entitlements.schema.json", schema::<Entitlements>()),
        ("msp-entitlements.schema.json", schema::<MspEntitlements>()),
        ("assignments.schema.json", schema::<Vec<AssignmentRow>>()),
        ("licensing.schema.json", schema::<Licensing>()),
        ("activities.schema.json", schema::<Vec<ActivityRow>>()),
        ("attention-notes.schema.json", schema::<Vec<AttentionNoteRow>>()),
        ("overrides.schema.json", schema::<Vec<OverrideRow>>()),
    ]
}

/// The policy of a scenario that sets none.
#[cfg(test)]
pub(crate) fn default_policy() -> crate::model::Policy {
    let policy = format::Policy::default();
    crate::model::Policy {
        initial_days: policy.initial_days,
        close_days: policy.close_days,
        paid_grace_days: policy.grace_days.paid,
        trial_grace_days: policy.grace_days.trial,
        courtesy_percent: policy.courtesy_percent,
        courtesy_until: "2025-01-01T00:00:00Z".parse().expect("a date"),
        licenses_per_virtual_edge: policy.licenses_per_virtual_edge,
        max_rows_per_call: policy.max_rows_per_call,
    }
}
