//! Scenario files: what can be loaded can be exported, and what was exported can be loaded.

#![no_main]

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use fuzz::parts;
use libfuzzer_sys::fuzz_target;
use r1_entitlements_mock::{
    model::StartClock,
    scenario::{Files, export, from_files},
};

const NAMES: [&str; 9] = [
    "scenario.json",
    "tenants.json",
    "entitlements.json",
    "msp-entitlements.json",
    "assignments.json",
    "licensing.json",
    "activities.json",
    "attention-notes.json",
    "overrides.json",
];

fuzz_target!(|bytes: &[u8]| {
    let contents: [&[u8]; 9] = parts(bytes);
    let given = NAMES.into_iter().zip(contents).filter(|(_, content)| !content.is_empty());
    let files: Files = given.map(|(name, content)| (name.to_owned(), Cow::Owned(content.to_vec()))).collect();
    let now: DateTime<Utc> = "2026-03-10T12:00:00Z".parse().expect("a date");
    let Ok(scenario) = from_files("fuzz", &files) else { return };
    let Ok((store, _)) = scenario.build(now) else { return };
    let clock = StartClock { at: now, frozen: true };
    let exported = export::export(&store, &scenario.meta, &scenario.overrides, clock);
    let files: Files =
        exported.iter().map(|(name, file)| (name.clone(), Cow::Owned(file.to_string().into_bytes()))).collect();
    let again = from_files("fuzz", &files).expect("an export is a scenario");
    let (store, _) = again.build(now).expect("and can be built");
    assert_eq!(
        export::export(&store, &again.meta, &again.overrides, clock),
        exported,
        "an export comes back as it was"
    );
});
