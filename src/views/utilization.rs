//! Quantities against use by licensing model: the sums of the older summaries, with fewer keys.
//! Everything is read off those, so that old and new cannot disagree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    entitlement::Filter,
    msp_summary::msp_summaries,
    selection::{Selection, UsageType},
    summary::summaries,
};
use crate::model::{LicenseType, Store, Tenant};

/// One licensing model, trial or paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utilization {
    /// Whose use it is.
    pub usage: UsageType,
    /// The licensing model.
    pub license_type: LicenseType,
    /// Trial and paid never mix.
    pub trial: bool,
    /// All licences.
    pub quantity: i64,
    /// How many of them were bought.
    pub purchased: i64,
    /// How many came on top, for nothing; of an MSP.
    pub courtesy: i64,
    /// Own use: given by an MSP. Of an MSP: handed to customers.
    pub assigned: i64,
    /// Own use: by devices. Of an MSP: handed to customers and to itself.
    pub used: i64,
    /// Of an MSP: handed to itself.
    pub to_itself: i64,
    /// What is left; negative when overdrawn.
    pub remaining: i64,
}

/// What a tenant uses itself, or what an MSP hands out; by licensing model, paid before trial. Who is
/// no MSP hands out nothing.
pub fn utilizations(
    store: &Store,
    tenant: &Tenant,
    usage: UsageType,
    selection: &Selection,
    now: DateTime<Utc>,
) -> Vec<Utilization> {
    let mut sums: BTreeMap<(LicenseType, bool), Utilization> = BTreeMap::new();
    for row in rows(store, tenant, usage, now) {
        sums.entry((row.license_type, row.trial)).and_modify(|sum| *sum = sum.plus(row)).or_insert(row);
    }
    sums.into_values().filter(|sum| selection.admits_sum(sum.license_type, sum.trial)).collect()
}

fn rows(store: &Store, tenant: &Tenant, usage: UsageType, now: DateTime<Utc>) -> Vec<Utilization> {
    match usage {
        UsageType::Own => summaries(store, tenant, Filter::default(), now)
            .into_iter()
            .map(|row| Utilization {
                usage,
                license_type: row.license_type,
                trial: row.trial,
                quantity: row.quantity,
                purchased: row.purchased,
                courtesy: 0,
                assigned: row.assigned,
                used: row.used,
                to_itself: 0,
                remaining: row.remaining(),
            })
            .collect(),
        UsageType::Assigned if !tenant.kind.is_msp() => Vec::new(),
        UsageType::Assigned => msp_summaries(store, tenant, now)
            .into_iter()
            .map(|row| Utilization {
                usage,
                license_type: row.pool.product.tenant_license_type(),
                trial: row.pool.trial,
                quantity: row.sums.purchased + row.sums.courtesy,
                purchased: row.sums.purchased,
                courtesy: row.sums.courtesy,
                assigned: row.sums.to_customers,
                used: row.sums.assigned(),
                to_itself: row.sums.to_itself,
                remaining: row.sums.free(),
            })
            .collect(),
    }
}

impl Utilization {
    fn plus(self, other: Self) -> Self {
        let Self { usage, license_type, trial, quantity, purchased, courtesy, assigned, used, to_itself, remaining } =
            other;
        Self {
            usage,
            license_type,
            trial,
            quantity: self.quantity + quantity,
            purchased: self.purchased + purchased,
            courtesy: self.courtesy + courtesy,
            assigned: self.assigned + assigned,
            used: self.used + used,
            to_itself: self.to_itself + to_itself,
            remaining: self.remaining + remaining,
        }
    }
}
