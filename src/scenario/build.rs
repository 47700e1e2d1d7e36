//! From checked rows to a [`Store`] at a moment: relative dates become absolute, references are
//! followed, sums are looked at. Everything that does not fit is a [`Finding`](super::Finding).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    Scenario,
    check::Findings,
    format::{
        self, AssignmentRow, AttentionNoteRow, ChangeRow, DeviceRow, EntitlementRow, Feature, MspEntitlementRow, When,
        delta,
    },
    generate, when,
};
use crate::{
    model::{
        ActivityError, Alm, ApiClient, Assignment, AttentionNote, DeviceGroup, Entitlement, Features, LONGEST_DELAY,
        MspDeviceType, MspEntitlement, MspProduct, Period, Policy, Progress, RefreshOutcome, RefreshPolicy, Revision,
        Revocation, Role, Store, Tenant, TenantId, Upstream, WhileRunning, is_trial_sku,
    },
    sandbox::clock::Clock,
    wire::date::{Given, last_second},
};

pub(super) const SCENARIO: &str = "scenario.json";
pub(super) const TENANTS: &str = "tenants.json";
pub(super) const ENTITLEMENTS: &str = "entitlements.json";
pub(super) const MSP_ENTITLEMENTS: &str = "msp-entitlements.json";
pub(super) const ASSIGNMENTS: &str = "assignments.json";
pub(super) const LICENSING: &str = "licensing.json";
pub(super) const ATTENTION_NOTES: &str = "attention-notes.json";
pub(super) const OVERRIDES: &str = "overrides.json";

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
    store
}

/// A tenant's id; the check has seen that it is one.
pub(super) fn tenant_id(text: &format::Tenant) -> TenantId {
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

/// Turns rows into what the store remembers, and tells what does not fit.
pub(super) struct Builder<'a> {
    now: DateTime<Utc>,
    findings: &'a mut Findings,
    ids: BTreeSet<String>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(now: DateTime<Utc>, findings: &'a mut Findings) -> Self {
        Self { now, findings, ids: BTreeSet::new() }
    }

    pub(super) fn error(&mut self, file: &str, path: String, message: &str) {
        self.findings.error(file, path, message);
    }

    fn clock(&mut self, clock: &format::Clock) {
        let Some(start) = &clock.start else { return };
        let (at, from, to) = (self.given(start).as_start(), Clock::earliest(), Clock::latest());
        if !(from..=to).contains(&at) {
            self.findings.error(SCENARIO, "$.clock.start", format!("{at} is not between {from} and {to}"));
        }
    }

    fn policy(&mut self, policy: &format::Policy) -> Policy {
        Policy {
            initial_days: policy.initial_days,
            close_days: policy.close_days,
            paid_grace_days: policy.grace_days.paid,
            trial_grace_days: policy.grace_days.trial,
            courtesy_percent: policy.courtesy_percent,
            courtesy_until: self.given(&policy.courtesy_until).as_start(),
            licenses_per_virtual_edge: policy.licenses_per_virtual_edge,
            max_rows_per_call: policy.max_rows_per_call,
        }
    }

    fn refresh(&mut self, refresh: &format::Refresh) -> RefreshPolicy {
        let error = || ActivityError { code: refresh.error.code.clone(), message: refresh.error.message.clone() };
        let (delay, appears_after) = (delta(&refresh.delay), delta(&refresh.appears_after));
        if delay > LONGEST_DELAY || appears_after > LONGEST_DELAY {
            self.findings.error(SCENARIO, "$.refresh", "delay and appearsAfter are at most 3650 days");
        }
        RefreshPolicy {
            delay: delay.min(LONGEST_DELAY),
            appears_after: appears_after.min(LONGEST_DELAY),
            progress: match refresh.progress {
                format::Progress::Time => Progress::ByTime,
                format::Progress::Polls => Progress::AfterPolls(refresh.polls),
                format::Progress::Hand => Progress::ByHand,
            },
            outcome: match refresh.outcome {
                format::Outcome::Success => RefreshOutcome::Success,
                format::Outcome::Fail => RefreshOutcome::Fail(error()),
                format::Outcome::Hang => RefreshOutcome::Hang,
            },
            while_running: match refresh.while_running {
                format::WhileRunning::Accept => WhileRunning::Accept,
                format::WhileRunning::Refuse => WhileRunning::Refuse,
            },
            entitlements_use_case: refresh.use_case.entitlements.clone(),
            msp_use_case: refresh.use_case.msp_entitlements.clone(),
            sync_use_case: refresh.use_case.sync_entitlements.clone(),
        }
    }

    fn tenants(&mut self, rows: &[format::TenantRow]) -> BTreeMap<TenantId, Tenant> {
        let mut tenants = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let tenant = self.tenant(row, index);
            if tenants.insert(tenant.id, tenant).is_some() {
                self.findings.error(TENANTS, format!("$[{index}].id"), "another tenant has this id");
            }
        }
        for (index, row) in rows.iter().enumerate() {
            let parent = row.parent.as_ref().map(tenant_id);
            if parent.is_some_and(|parent| !tenants.get(&parent).is_some_and(|t| t.kind.is_msp())) {
                self.findings.error(TENANTS, format!("$[{index}].parent"), "no MSP of tenants.json has this id");
            }
        }
        tenants
    }

    fn tenant(&mut self, row: &format::TenantRow, index: usize) -> Tenant {
        let has = |feature| row.features.contains(&feature);
        let devices = row.devices.iter().enumerate();
        Tenant {
            id: tenant_id(&row.id),
            name: row.name.as_str().into(),
            kind: row.kind,
            parent: row.parent.as_ref().map(tenant_id),
            entitlement_id: row.entitlement_id.as_deref().map(Into::into),
            features: Features {
                device_agnostic: has(Feature::DeviceAgnostic),
                extended_trial: has(Feature::ExtendedTrial),
                analytics: has(Feature::Analytics),
                beta: has(Feature::Beta),
            },
            tier: row.tier.as_str().into(),
            vertical: row.vertical.as_str().into(),
            region: row.region.as_str().into(),
            devices: devices.map(|(n, device)| self.device(device, &format!("$[{index}].devices[{n}]"))).collect(),
            clients: row.clients.iter().map(client).collect(),
            entitlements: Arc::default(),
            msp_entitlements: Arc::default(),
            upstream: Upstream::default(),
            session: 0,
        }
    }

    pub(super) fn device(&mut self, row: &DeviceRow, path: &str) -> DeviceGroup {
        let installed = self.given(&row.installed_date).as_start();
        let removed = row.removed_date.as_ref().map(|date| self.given(date).as_start());
        if removed.is_some_and(|removed| removed <= installed) {
            self.findings.error(TENANTS, format!("{path}.removedDate"), "is not after installedDate");
        }
        DeviceGroup {
            device_type: row.device_type,
            device_sub_type: row.device_sub_type.as_deref().map(Into::into),
            model: row.model.as_deref().map(Into::into),
            count: row.count,
            installed,
            removed,
        }
    }

    fn purchases(&mut self, scenario: &Scenario, tenants: &mut BTreeMap<TenantId, Tenant>) {
        for (owner, rows) in &scenario.entitlements {
            let made: Vec<_> = rows
                .iter()
                .enumerate()
                .map(|(n, row)| self.entitlement(row, ENTITLEMENTS, &format!("$.{}[{n}]", owner.0)))
                .collect();
            match tenants.get_mut(&tenant_id(owner)) {
                Some(tenant) => tenant.entitlements = sorted(made, |e| (e.period.end, e.id.clone())),
                None => {
                    self.findings.error(
                        ENTITLEMENTS,
                        format!("$.{}", owner.0),
                        "no tenant of tenants.json has this id",
                    );
                }
            }
        }
        for (owner, rows) in &scenario.msp_entitlements {
            let path = |n| format!("$.{}[{n}]", owner.0);
            let made: Vec<_> =
                rows.iter().enumerate().map(|(n, row)| self.msp_entitlement(row, MSP_ENTITLEMENTS, &path(n))).collect();
            match tenants.get_mut(&tenant_id(owner)) {
                Some(msp) if msp.kind.is_msp() => msp.msp_entitlements = sorted(made, |e| (e.period.end, e.id.clone())),
                _ => self.findings.error(
                    MSP_ENTITLEMENTS,
                    format!("$.{}", owner.0),
                    "no MSP of tenants.json has this id",
                ),
            }
        }
    }

    pub(super) fn entitlement(&mut self, row: &EntitlementRow, file: &str, path: &str) -> Entitlement {
        self.unique(&row.id, file, path);
        let period = self.days(&row.effective_date, &row.expiration_date, file, path);
        let created = row.created_date.as_ref().map_or(period.start, |date| self.given(date).as_start());
        Entitlement {
            id: row.id.as_str().into(),
            device_type: row.device_type,
            device_sub_type: row.device_sub_type.as_deref().map(Into::into),
            license_type: row.license_type.unwrap_or_else(|| row.device_type.license_type()),
            sku: row.sku.as_str().into(),
            sku_tier: row.sku_tier.as_deref().map(Into::into),
            quantity: row.quantity,
            trial: row.temp_license.unwrap_or_else(|| is_trial_sku(&row.sku)),
            assigned: false,
            period,
            created,
            updated: row.updated_date.as_ref().map_or(created, |date| self.given(date).as_start()),
            license_name: row.license_name.as_deref().map(Into::into),
            license_desc: row.license_desc.as_deref().map(Into::into),
            external_id: row.external_id.as_deref().map(Into::into),
            parent_id: row.parent_id.as_deref().map(Into::into),
            alm: alm(row.alm, row.alm_activation_id.as_deref(), row.alm_so_ent_quantity.unwrap_or(row.quantity)),
        }
    }

    pub(super) fn msp_entitlement(&mut self, row: &MspEntitlementRow, file: &str, path: &str) -> MspEntitlement {
        self.unique(&row.id, file, path);
        MspEntitlement {
            id: row.id.as_str().into(),
            product: self.product(row.license_type, row.device_type, row.device_sub_type.as_deref(), file, path),
            trial: row.is_trial.unwrap_or_else(|| is_trial_sku(&row.sku)),
            sku: row.sku.as_str().into(),
            sku_tier: row.sku_tier.as_deref().map(Into::into),
            quantity: row.quantity,
            period: self.days(&row.effective_date, &row.expiration_date, file, path),
            alm: alm(row.alm, row.alm_activation_id.as_deref(), row.alm_so_ent_quantity.unwrap_or(row.quantity)),
        }
    }

    fn product(
        &mut self,
        named: Option<MspProduct>,
        device_type: Option<MspDeviceType>,
        sub_type: Option<&str>,
        file: &str,
        path: &str,
    ) -> MspProduct {
        let product = match (named, device_type) {
            (Some(product), None) => Some(product),
            (Some(product), Some(device_type)) => Some(product).filter(|p| p.device_type() == Some(device_type)),
            (None, Some(device_type)) => MspProduct::from_device(device_type, sub_type),
            (None, None) => None,
        };
        product.unwrap_or_else(|| {
            let message = "deviceType, deviceSubType and licenseType name no product together; give licenseType, or a deviceType with one of its variants";
            self.findings.error(file, path, message);
            MspProduct::MspApsw
        })
    }

    fn licensing(&mut self, scenario: &Scenario, tenants: &mut BTreeMap<TenantId, Tenant>) {
        for (owner, rows) in &scenario.licensing {
            let Some(tenant) = tenants.get_mut(&tenant_id(owner)) else {
                self.findings.error(LICENSING, format!("$.{}", owner.0), "no tenant of tenants.json has this id");
                continue;
            };
            let mut last = Revision {
                entitlements: tenant.entitlements.clone(),
                msp_entitlements: tenant.msp_entitlements.clone(),
            };
            let mut revisions = Vec::new();
            for (n, row) in rows.iter().enumerate() {
                last = self.revision(&last, row, tenant.kind.is_msp(), &format!("$.{}[{n}]", owner.0));
                revisions.push(last.clone());
            }
            tenant.upstream.revisions = revisions.into();
        }
    }

    fn revision(&mut self, before: &Revision, row: &format::RevisionRow, is_msp: bool, path: &str) -> Revision {
        let mut entitlements: BTreeMap<_, _> = before.entitlements.iter().map(|e| (e.id.clone(), e.clone())).collect();
        let mut pools: BTreeMap<_, _> = before.msp_entitlements.iter().map(|e| (e.id.clone(), e.clone())).collect();
        for (n, id) in row.remove.iter().enumerate() {
            if entitlements.remove(id.as_str()).is_none() && pools.remove(id.as_str()).is_none() {
                self.findings.error(
                    LICENSING,
                    format!("{path}.remove[{n}]"),
                    "no purchase or pool of this id is there to remove",
                );
            }
        }
        for (n, change) in row.change.iter().enumerate() {
            let path = format!("{path}.change[{n}]");
            if let Some(entitlement) = entitlements.get_mut(change.id.as_str()) {
                entitlement.quantity = change.quantity.unwrap_or(entitlement.quantity);
                entitlement.period = self.changed(entitlement.period, change, &path);
            } else if let Some(pool) = pools.get_mut(change.id.as_str()) {
                pool.quantity = change.quantity.unwrap_or(pool.quantity);
                pool.period = self.changed(pool.period, change, &path);
            } else {
                self.findings.error(LICENSING, path, "no purchase or pool of this id is there to change");
            }
        }
        for (n, new) in row.put_entitlements.iter().enumerate() {
            self.ids.remove(&new.id);
            let made = self.entitlement(new, LICENSING, &format!("{path}.putEntitlements[{n}]"));
            entitlements.insert(made.id.clone(), made);
        }
        for (n, new) in row.put_msp_entitlements.iter().enumerate() {
            let path = format!("{path}.putMspEntitlements[{n}]");
            if !is_msp {
                self.findings.error(LICENSING, path.as_str(), "this tenant is no MSP");
            }
            self.ids.remove(&new.id);
            let made = self.msp_entitlement(new, LICENSING, &path);
            pools.insert(made.id.clone(), made);
        }
        Revision {
            entitlements: sorted(entitlements.into_values().collect(), |e| (e.period.end, e.id.clone())),
            msp_entitlements: sorted(pools.into_values().collect(), |e| (e.period.end, e.id.clone())),
        }
    }

    fn changed(&mut self, period: Period, change: &ChangeRow, path: &str) -> Period {
        let start = change.effective_date.as_ref().map(|date| Given::Day(self.given(date).day()).as_start());
        let end = change.expiration_date.as_ref().map(|date| last_second(self.given(date).day()));
        self.period(start.unwrap_or(period.start), end.unwrap_or(period.end), LICENSING, path)
    }

    fn assignments(&mut self, rows: &[AssignmentRow], tenants: &BTreeMap<TenantId, Tenant>) -> Vec<Assignment> {
        let mut seen = BTreeSet::new();
        let mut made = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            let (msp, customer) = (tenant_id(&row.msp_tenant_id), tenant_id(&row.msp_ec_tenant_id));
            if !seen.insert(row.id) {
                self.findings.error(ASSIGNMENTS, format!("{path}.id"), "another assignment has this id");
            }
            if !tenants.get(&msp).is_some_and(|t| t.kind.is_msp()) {
                self.findings.error(ASSIGNMENTS, format!("{path}.mspTenantId"), "no MSP of tenants.json has this id");
            }
            if customer != msp && tenants.get(&customer).is_none_or(|t| t.parent != Some(msp)) {
                self.findings.error(
                    ASSIGNMENTS,
                    format!("{path}.mspEcTenantId"),
                    "is neither the MSP nor a customer of it",
                );
            }
            made.push(self.assignment(row, msp, customer, &path));
        }
        made
    }

    fn assignment(&mut self, row: &AssignmentRow, msp: TenantId, customer: TenantId, path: &str) -> Assignment {
        let start = self.given(&row.date_effective).as_start();
        let end = self.given(&row.date_expires).as_end();
        let revoked = row.date_assignment_revoked.as_ref().map(|date| Revocation {
            at: self.given(date).as_start(),
            by: row.revoked_by.as_deref().unwrap_or(&row.created_by).into(),
        });
        Assignment {
            id: row.id,
            msp,
            customer,
            product: self.product(row.license_type, row.device_type, row.device_sub_type.as_deref(), ASSIGNMENTS, path),
            trial: row.trial_assignment,
            quantity: row.quantity,
            period: self.period(start, end, ASSIGNMENTS, path),
            created: row.date_assignment_created.as_ref().map_or(start, |date| self.given(date).as_start()),
            created_by: row.created_by.as_str().into(),
            revoked,
        }
    }

    fn notes(&mut self, rows: &[AttentionNoteRow]) -> Arc<[AttentionNote]> {
        let mut seen = BTreeSet::new();
        let mut made = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            if !seen.insert(row.id.as_str()) {
                self.findings.error(ATTENTION_NOTES, format!("{path}.id"), "another note has this id");
            }
            let (start, end) = (self.given(&row.start_date).as_start(), self.given(&row.end_date).as_end());
            let created = row.created_date.as_ref().map_or(start, |date| self.given(date).as_start());
            made.push(AttentionNote {
                id: row.id.as_str().into(),
                kind: row.kind.as_str().into(),
                audience: row.tenant_type,
                enabled: row.enabled,
                period: self.period(start, end, ATTENTION_NOTES, &path),
                summary: row.summary.as_str().into(),
                details: row.details.as_str().into(),
                created,
                updated: row.updated_date.as_ref().map_or(created, |date| self.given(date).as_start()),
            });
        }
        sorted(made, |note| (note.period.start, note.id.clone()))
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
    pub(super) fn given(&mut self, when: &When) -> Given {
        when::parse(&when.0, self.now).unwrap_or(Given::Moment(self.now))
    }

    fn unique(&mut self, id: &str, file: &str, path: &str) {
        if !self.ids.insert(id.to_owned()) {
            self.findings.error(file, format!("{path}.id"), format!("another purchase or pool has the id \"{id}\""));
        }
    }
}

fn client(row: &format::ClientRow) -> ApiClient {
    ApiClient {
        id: row.client_id.as_str().into(),
        secret: row.client_secret.as_str().into(),
        role: match row.role {
            format::Role::Admin => Role::Admin,
            format::Role::ReadOnly => Role::ReadOnly,
        },
    }
}

fn alm(managed: bool, activation_id: Option<&str>, so_ent_quantity: i64) -> Option<Alm> {
    managed.then(|| Alm { activation_id: activation_id.unwrap_or("ALM-ACT-0").into(), so_ent_quantity })
}

fn sorted<T, K: Ord>(mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Arc<[T]> {
    rows.sort_by_key(key);
    rows.into()
}
