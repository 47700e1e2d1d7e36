//! What refreshes bring: the revisions of the licensing system's list.

use std::collections::BTreeMap;

use super::{
    Builder, Purchase,
    purchases::{entitlement_row, msp_entitlement_row},
    sorted, tenant_id,
};
use crate::{
    model::{Period, Revision, Tenant, TenantId},
    scenario::{
        Scenario,
        format::{ChangeRow, LICENSING, RevisionRow},
    },
    wire::date::{Given, last_second},
};

impl Builder<'_> {
    pub(super) fn licensing(&mut self, scenario: &Scenario, tenants: &mut BTreeMap<TenantId, Tenant>) {
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

    pub(super) fn revision(&mut self, before: &Revision, row: &RevisionRow, is_msp: bool, path: &str) -> Revision {
        let mut entitlements: BTreeMap<_, _> = before.entitlements.iter().map(|e| (e.id.clone(), e.clone())).collect();
        let mut pools: BTreeMap<_, _> = before.msp_entitlements.iter().map(|e| (e.id.clone(), e.clone())).collect();
        for (n, id) in row.remove.iter().enumerate() {
            let gone = (entitlements.remove(id.as_str()), pools.remove(id.as_str()));
            if gone == (None, None) {
                self.findings.error(
                    LICENSING,
                    format!("{path}.remove[{n}]"),
                    "no purchase or pool of this id is there to remove",
                );
            }
        }
        for (n, change) in row.change.iter().enumerate() {
            let path = format!("{path}.change[{n}]");
            let found = (entitlements.get_mut(change.id.as_str()), pools.get_mut(change.id.as_str()));
            let is_known = found.0.is_some() || found.1.is_some();
            if let Some(entitlement) = found.0 {
                entitlement.quantity = change.quantity.unwrap_or(entitlement.quantity);
                entitlement.period = self.changed(entitlement.period, change, &path);
            }
            if let Some(pool) = found.1 {
                pool.quantity = change.quantity.unwrap_or(pool.quantity);
                pool.period = self.changed(pool.period, change, &path);
            }
            if !is_known {
                self.findings.error(LICENSING, path, "no purchase or pool of this id is there to change");
            }
        }
        for (n, new) in row.put_entitlements.iter().enumerate() {
            self.ids.remove(&(Purchase::Purchase, new.id.clone()));
            let made = self.entitlement(new, LICENSING, &format!("{path}.putEntitlements[{n}]"));
            entitlements.insert(made.id.clone(), made);
        }
        for (n, new) in row.put_msp_entitlements.iter().enumerate() {
            let path = format!("{path}.putMspEntitlements[{n}]");
            if !is_msp {
                self.findings.error(LICENSING, path.as_str(), "this tenant is no MSP");
            }
            self.ids.remove(&(Purchase::Pool, new.id.clone()));
            let made = self.msp_entitlement(new, LICENSING, &path);
            pools.insert(made.id.clone(), made);
        }
        Revision {
            entitlements: sorted(entitlements.into_values().collect(), |e| (e.period.end, e.id.clone())),
            msp_entitlements: sorted(pools.into_values().collect(), |e| (e.period.end, e.id.clone())),
        }
    }

    pub(super) fn changed(&mut self, period: Period, change: &ChangeRow, path: &str) -> Period {
        let start = change.effective_date.as_ref().map(|date| Given::Day(self.given(date).day()).as_start());
        let end = change.expiration_date.as_ref().map(|date| last_second(self.given(date).day()));
        self.period(start.unwrap_or(period.start), end.unwrap_or(period.end), LICENSING, path)
    }
}

/// The revisions still to come, each as what differs from the one before.
pub(in crate::scenario) fn revision_rows(tenant: &Tenant) -> Vec<RevisionRow> {
    let mut before =
        Revision { entitlements: tenant.entitlements.clone(), msp_entitlements: tenant.msp_entitlements.clone() };
    let coming = tenant.upstream.revisions[tenant.upstream.taken..].iter();
    coming.map(|next| difference(&std::mem::replace(&mut before, next.clone()), next)).collect()
}

fn difference(before: &Revision, next: &Revision) -> RevisionRow {
    let gone = |id: &str| {
        !next.entitlements.iter().any(|row| &*row.id == id) && !next.msp_entitlements.iter().any(|row| &*row.id == id)
    };
    let before_ids = before.entitlements.iter().map(|row| &row.id);
    let ids = before_ids.chain(before.msp_entitlements.iter().map(|row| &row.id));
    RevisionRow {
        note: None,
        put_entitlements: next
            .entitlements
            .iter()
            .filter(|row| !before.entitlements.contains(row))
            .map(entitlement_row)
            .collect(),
        put_msp_entitlements: next
            .msp_entitlements
            .iter()
            .filter(|row| !before.msp_entitlements.contains(row))
            .map(msp_entitlement_row)
            .collect(),
        change: Vec::new(),
        remove: ids.filter(|id| gone(id)).map(ToString::to_string).collect(),
    }
}
