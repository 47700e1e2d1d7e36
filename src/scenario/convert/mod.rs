//! From checked rows to a [`Store`] at a moment, and back. Each file has both directions side by side.
//!
//! On the way to a store relative dates become absolute, references are followed, and sums are checked. Everything that does
//! not fit is a [`Finding`](super::Finding).

pub(super) mod activities;
pub(super) mod assignments;
pub(super) mod attention_notes;
pub(super) mod licensing;
pub(super) mod purchases;
pub(super) mod settings;
pub(super) mod tenants;

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    Scenario,
    check::Findings,
    format::{self, ASSIGNMENTS, SCENARIO, TENANTS, When},
    generate, when,
};
use crate::{
    model::{DeviceType, Period, Store, TenantId},
    views::holdings::Holdings,
    wire::date::{self, Given, last_second},
};

/// The store that a scenario describes at `now`. Errors among the findings mean that it is not whole.
pub fn build(scenario: &Scenario, now: DateTime<Utc>, findings: &mut Findings) -> Store {
    let mut builder = Builder::new(now, findings);
    let meta = &scenario.meta;
    builder.clock(&meta.clock);
    let policy = builder.policy(&meta.policy);
    let refresh = builder.refresh(&meta.refresh);
    let mut tenants = builder.tenants(&scenario.tenants);
    builder.purchases(scenario, &mut tenants);
    builder.licensing(scenario, &mut tenants);
    let mut assignments = builder.assignments(&scenario.assignments, &tenants);
    if let Some(generate) = &meta.generate {
        match tenants.get(&tenant_id(&generate.msp)) {
            Some(msp) if msp.kind.is_msp() => {
                let (customers, made) = generate::generate(msp, generate, now);
                tenants.extend(customers.into_iter().map(|t| (t.id, t)));
                assignments.extend(made);
            }
            _ => builder.findings.error(SCENARIO, "$.generate.msp", "no MSP of tenants.json has this id"),
        }
    }
    let activities = builder.activities(&scenario.activities, &tenants);
    let default_tenant = tenant_id(&meta.default_tenant);
    if !tenants.contains_key(&default_tenant) {
        builder.findings.error(SCENARIO, "$.defaultTenant", "no tenant of tenants.json has this id");
    }
    let notes = builder.notes(&scenario.attention_notes);
    let store = Store::new(policy, refresh, default_tenant, tenants.into_values(), assignments);
    let mut store = store.with_activities(activities);
    store.notes = notes;
    check_sums(&store, now, findings);
    check_devices(&store, now, findings);
    store
}

/// Devices that tell their types apart, beside APSW licences that do not cover them, are legitimate but more often a
/// missing feature.
fn check_devices(store: &Store, now: DateTime<Utc>, findings: &mut Findings) {
    for tenant in store.tenants().filter(|tenant| !tenant.features.device_agnostic && !tenant.devices.is_empty()) {
        let holdings = Holdings::of(store, tenant, now);
        if !holdings.rows.iter().any(|row| row.kind.device_type == DeviceType::Apsw && row.is_valid_at(now)) {
            continue;
        }
        let bare = holdings.kinds.iter().filter(|kind| kind.cells.is_empty() && kind.kind.device_type.is_hardware());
        let bare: i64 = bare.map(|kind| kind.uncovered).sum();
        if bare > 0 {
            let message = format!(
                "tenant {}: devices use {bare} licenses of kinds that are not on record; APSW licenses cover them only with the feature DEVICE_AGNOSTIC",
                tenant.id
            );
            findings.note(TENANTS, "$", message);
        }
    }
}

/// A tenant's id; the check has seen that it is one.
pub(in crate::scenario) fn tenant_id(text: &format::Tenant) -> TenantId {
    text.0.parse().unwrap_or_else(|_| TenantId::from(0))
}

/// A pool from which more is handed out than it holds is legitimate (the vendor's system can get
/// there too), but more often a slip: worth a note.
fn check_sums(store: &Store, now: DateTime<Utc>, findings: &mut Findings) {
    for msp in store.tenants().filter(|tenant| tenant.kind.is_msp()) {
        for (pool, sums) in store.pools(msp.id, now) {
            if sums.free() < 0 {
                let trial = if pool.trial { "trial " } else { "" };
                findings.note(
                    ASSIGNMENTS,
                    "$",
                    format!(
                        "MSP {} has assigned {} {trial}{} licenses and holds {}: {} too many",
                        msp.id,
                        sums.assigned(),
                        pool.product,
                        sums.purchased + sums.courtesy,
                        -sums.free()
                    ),
                );
            }
        }
    }
}

/// What has an id of its own: an MSP's list and a tenant's can have the same one (observed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub(in crate::scenario) enum Purchase {
    Purchase,
    Pool,
}

/// Turns rows into the model, and reports what does not fit.
pub(super) struct Builder<'a> {
    now: DateTime<Utc>,
    findings: &'a mut Findings,
    ids: BTreeSet<(Purchase, String)>,
}

impl<'a> Builder<'a> {
    pub(in crate::scenario) fn new(now: DateTime<Utc>, findings: &'a mut Findings) -> Self {
        Self { now, findings, ids: BTreeSet::new() }
    }

    pub(in crate::scenario) fn error(&mut self, file: &str, path: String, message: &str) {
        self.findings.error(file, path, message);
    }

    /// Purchases run from the first second of a day to the last second of another.
    fn days(&mut self, start: &When, end: &When, file: &str, path: &str) -> Period {
        let start = Given::Day(self.given(start).day()).as_start();
        let end = last_second(self.given(end).day());
        self.period(start, end, file, path)
    }

    fn period(&mut self, start: DateTime<Utc>, end: DateTime<Utc>, file: &str, path: &str) -> Period {
        if end < start {
            self.findings.error(file, path, format!("the period ends ({end}) before it starts ({start})"));
        }
        Period { start, end }
    }

    /// A date; the check has seen that it is one.
    pub(in crate::scenario) fn given(&mut self, when: &When) -> Given {
        when::parse(&when.0, self.now).unwrap_or(Given::Moment(self.now))
    }

    /// A moment as exactly as it is written.
    fn moment(&mut self, when: &When) -> DateTime<Utc> {
        date::moment(&when.0).unwrap_or_else(|| self.given(when).as_start())
    }

    fn unique(&mut self, kind: Purchase, id: &str, file: &str, path: &str) {
        if !self.ids.insert((kind, id.to_owned())) {
            self.findings.error(file, format!("{path}.id"), format!("another {kind} has the id \"{id}\""));
        }
    }
}

fn sorted<T, K: Ord>(mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Arc<[T]> {
    rows.sort_by_key(key);
    rows.into()
}

fn text(text: Option<&Arc<str>>) -> Option<String> {
    text.map(ToString::to_string)
}
