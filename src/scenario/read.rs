//! From the bytes of files to a [`Scenario`]: JSON, the schema, the types.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::{
    Finding, LoadError, OfTheDay, Scenario, captured,
    check::{self, Findings},
    convert,
    format::{
        self, ACTIVITIES, ASSIGNMENTS, ATTENTION_NOTES, ENTITLEMENTS, LICENSING, MSP_ENTITLEMENTS, OVERRIDES, SCENARIO,
        TENANTS, computed,
    },
    schema,
};
use crate::support::{json_text, suggest::nearest};

/// Files by name.
pub type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// Equal for equal files.
pub(super) type Digest = [u8; 32];

/// The digest of files.
pub(super) fn digest(files: &Files) -> Digest {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        for part in [name.as_bytes(), &**bytes] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().into()
}

/// A scenario from files that are at hand.
pub fn from_files(name: &str, files: &Files) -> Result<Arc<Scenario>, LoadError> {
    read_files(name, files, Check::Due).map(|(scenario, _)| scenario)
}

/// Whether files have been held against the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Due,
    Done,
}

pub(super) fn read_files(name: &str, files: &Files, check: Check) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
    let mut findings = Findings::default();
    for file in files.keys().filter(|file| !FILES.contains(&file.as_str())) {
        let advice = nearest(file, FILES);
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
    let broken = |findings: Findings| LoadError::Broken { name: name.to_owned(), findings: findings.into_sorted() };
    let (Some(meta), Some(tenants)) = (meta, tenants) else { return Err(broken(findings)) };
    let all_purchases = !findings.has_errors_in(&[ENTITLEMENTS, MSP_ENTITLEMENTS, LICENSING]);
    let scenario = Scenario {
        name: name.to_owned(),
        meta,
        tenants,
        entitlements: entitlements.unwrap_or_default(),
        msp_entitlements: msp_entitlements.unwrap_or_default(),
        assignments: assignments.unwrap_or_default(),
        licensing: licensing.filter(|_| all_purchases).unwrap_or_default(),
        activities: activities.filter(|_| all_purchases).unwrap_or_default(),
        attention_notes: attention_notes.unwrap_or_default(),
        overrides: overrides.unwrap_or_default(),
        depends_on_the_time_of_day: files.values().any(|bytes| mentions_now(bytes)),
        digest: (check == Check::Due).then(|| digest(files)),
        of_the_day: OfTheDay::default(),
    };
    if findings.has_errors() {
        // The rows that can be read are held against each other all the same, so that all mistakes come at once.
        let mut others = Findings::default();
        convert::build(&scenario, check::some_day(), &mut others);
        findings.add_errors_of(others);
        return Err(broken(findings));
    }
    Ok((Arc::new(scenario), findings.into_sorted()))
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
    fn read<T: DeserializeOwned + ToSchema>(&mut self, file: &str, computed: &[&str], required: bool) -> Option<T> {
        let Some(bytes) = self.files.get(file) else {
            if required {
                self.findings.error(file, "$", "is missing");
            }
            return None;
        };
        let bytes = match json_text::utf8(bytes) {
            Ok(bytes) => bytes,
            Err(encoding) => {
                self.findings.error(file, "$", format!("is {encoding}; save it as UTF-8"));
                return None;
            }
        };
        if self.check == Check::Due {
            for path in json_text::repeated_keys(bytes) {
                self.findings.error(file, path, "the key is there twice, and only one of its values would count");
            }
        }
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
            captured::tidy(&mut value, computed, file, self.findings);
        }
        if self.check == Check::Due && !self.holds(&value, &schema::of::<T>(), file) {
            return None;
        }
        serde_path_to_error::deserialize(value)
            .map_err(|error| self.findings.error(file, format!("$.{}", error.path()), error.inner().to_string()))
            .ok()
    }
}

impl Reader<'_> {
    /// Whether a value is as its schema says; if not, everything that is wrong is reported.
    fn holds(&mut self, value: &Value, schema: &Value, file: &str) -> bool {
        let mut own = Findings::default();
        check::check(value, schema, file, &mut own);
        let holds = !own.has_errors();
        for finding in own.into_sorted() {
            self.findings.error(&finding.file, finding.path, finding.message);
        }
        holds
    }
}
