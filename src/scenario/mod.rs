//! From fixture files to a checked [`Store`].
//!
//! | file | what |
//! |---|---|
//! | `format` | the files as types; the JSON Schemas for editors come from them |
//! | `when` | absolute and relative dates |
//! | `captured` | captured rows without what is computed |
//! | `check` | strict check of a file, all findings at once |
//! | `schema` | the JSON Schemas of the files |
//! | `read` | bytes to rows |
//! | `convert` | rows to a store and back, with references, periods and sums |
//! | `generate` | made-up rows of a large scenario |
//! | `problem` | errors as the control API reports them |
//! | `rows` | single rows, checked like those of files |
//! | `export` | the files of a store |
//! | `catalog` | where scenarios are found |
//!
//! One directory is one scenario. All of `fixtures/` is embedded in the binary; a directory on disk
//! (`--fixtures`) adds to it and goes first.

mod captured;
mod catalog;
pub mod check;
mod convert;
pub mod export;
pub mod format;
mod generate;
mod problem;
mod read;
pub mod rows;
mod schema;
mod when;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::Mutex;

pub use self::{
    catalog::Catalog,
    check::{Finding, Severity},
    read::{Files, from_files},
    schema::schemas,
};
use self::{
    check::Findings,
    format::{
        ActivityRow, AssignmentRow, AttentionNoteRow, Entitlements, Licensing, MspEntitlements, OverrideRow, TenantRow,
    },
};
use crate::{model::Store, support::suggest::nearest};

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
    /// Of the bytes of its files; none if they are inside the binary.
    digest: Option<read::Digest>,
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
    #[error("there is no scenario \"{name}\"{advice}; there are {}{or}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest name, as part of a sentence; empty if none is near.
        advice: String,
        /// All names.
        known: Vec<String>,
        /// What else would do.
        or: &'static str,
    },
    /// The directory cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The path has no scenarios.
    #[error("{path} is not a directory of scenarios: {reason}")]
    NoCatalog {
        /// Which one.
        path: PathBuf,
        /// Why not, and what to do.
        reason: &'static str,
    },
    /// Its files are wrong.
    #[error("scenario \"{name}\" cannot be used:\n{}", list(findings))]
    Broken {
        /// Which one.
        name: String,
        /// All that is wrong.
        findings: Vec<Finding>,
    },
    /// A row that a request contains is wrong.
    #[error("the row cannot be used:\n{}", list(findings))]
    BadRow {
        /// All that is wrong.
        findings: Vec<Finding>,
    },
}

impl LoadError {
    /// There is no such scenario among these.
    pub(crate) fn unknown(name: &str, known: Vec<String>, or: &'static str) -> Self {
        let advice = nearest(name, known.iter().map(String::as_str));
        Self::Unknown { name: name.to_owned(), advice, known, or }
    }
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n")
}

impl Scenario {
    /// The store that the scenario describes at `now`, and notes worth telling.
    pub fn build(&self, now: DateTime<Utc>) -> Result<(Store, Vec<Finding>), LoadError> {
        let mut findings = Findings::default();
        let store = convert::build(self, now, &mut findings);
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

/// The policy of a scenario that sets none.
#[cfg(test)]
pub(crate) fn default_policy() -> crate::model::Policy {
    let mut findings = Findings::default();
    convert::Builder::new(check::some_day(), &mut findings).policy(&format::Policy::default())
}
