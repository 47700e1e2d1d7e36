//! Quantities against use by licensing model: the sums of the older summaries, with fewer keys.

use std::collections::BTreeMap;

use super::{
    holdings::Holdings,
    selection::{Selection, UsageType},
};
use crate::model::{LicenseType, Status};

/// One licensing model, trial or paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utilization {
    /// Whose use it is.
    pub usage: UsageType,
    /// The licensing model that the licences belong to, such as APSW.
    pub license_type: LicenseType,
    /// Trial and paid never mix.
    pub trial: bool,
    /// How many licences were bought.
    pub purchased: i64,
    /// How many came on top, for nothing; of an MSP.
    pub courtesy: i64,
    /// Own use: given by an MSP. Of an MSP: handed to customers.
    pub assigned: i64,
    /// Own use: by devices. Of an MSP: handed to customers and to itself.
    pub used: i64,
    /// Of an MSP: handed to itself.
    pub to_itself: i64,
}

impl Utilization {
    /// All licences.
    pub fn quantity(&self) -> i64 {
        match self.usage {
            UsageType::Own => self.purchased + self.assigned,
            UsageType::Assigned => self.purchased + self.courtesy,
        }
    }

    /// What is left; negative when overdrawn.
    pub fn remaining(&self) -> i64 {
        self.quantity() - self.used
    }
}

/// By licensing model and trial flag.
struct Sums {
    usage: UsageType,
    sums: BTreeMap<(LicenseType, bool), Utilization>,
}

/// What a tenant uses itself, or what an MSP hands out; by licensing model, paid before trial. A tenant
/// that is not an MSP hands out nothing.
///
/// Filters on rows (status, SKU, tier, dates, renewable, assigned) leave the sums of the rows that pass,
/// with what devices use of these; what nobody has a licence for is in no row. Without a status, valid rows
/// count.
pub fn utilizations(holdings: &Holdings<'_>, usage: UsageType, selection: &Selection) -> Vec<Utilization> {
    let mut sums = Sums { usage, sums: BTreeMap::new() };
    match usage {
        UsageType::Own => sums.add_own(holdings, selection),
        UsageType::Assigned if selection.is_by_row() => sums.add_some_purchases(holdings, selection),
        UsageType::Assigned => sums.add_pools(holdings),
    }
    let all = sums.sums.into_values();
    all.filter(|sum| selection.admits_sum(sum.license_type, sum.trial)).collect()
}

impl Sums {
    fn of(&mut self, license_type: LicenseType, trial: bool) -> &mut Utilization {
        let usage = self.usage;
        self.sums.entry((license_type, trial)).or_insert_with(|| Utilization {
            usage,
            license_type,
            trial,
            purchased: 0,
            courtesy: 0,
            assigned: 0,
            used: 0,
            to_itself: 0,
        })
    }

    fn add_own(&mut self, holdings: &Holdings<'_>, selection: &Selection) {
        let policy = &holdings.store.policy;
        for row in &holdings.rows {
            if selection.is_by_row() && !selection.admits(row, policy, holdings.now) {
                continue;
            }
            let counts = !selection.statuses.is_empty() || row.is_valid_at(holdings.now);
            let sum = self.of(row.license_type, row.trial);
            if counts {
                *(if row.is_assigned() { &mut sum.assigned } else { &mut sum.purchased }) += row.quantity;
                sum.used += row.used;
            }
        }
        if selection.is_by_row() {
            return;
        }
        for kind in holdings.kinds.iter().filter(|kind| kind.active(holdings.now).next().is_some()) {
            self.of(kind.license_type, kind.is_short_on_trial()).used += kind.uncovered;
        }
        for pool in holdings.pools.keys() {
            self.of(pool.product.tenant_license_type(), pool.trial);
        }
    }

    fn add_pools(&mut self, holdings: &Holdings<'_>) {
        for (pool, pool_sums) in &holdings.pools {
            let sum = self.of(pool.product.tenant_license_type(), pool.trial);
            sum.purchased += pool_sums.purchased;
            sum.courtesy += pool_sums.courtesy;
            sum.assigned += pool_sums.to_customers;
            sum.to_itself += pool_sums.to_itself;
            sum.used += pool_sums.assigned();
        }
    }

    /// The purchases that pass, without courtesy, which belongs to whole pools; and the assignments made
    /// from lots of the SKUs and tiers asked for.
    fn add_some_purchases(&mut self, holdings: &Holdings<'_>, selection: &Selection) {
        let (store, msp, now) = (holdings.store, holdings.tenant, holdings.now);
        for row in msp.msp_entitlements.iter().filter(|row| selection.admits_purchase(row, &store.policy, now)) {
            let counts = !selection.statuses.is_empty() || row.period.status_at(now) == Status::Valid;
            let sum = self.of(row.product.tenant_license_type(), row.trial);
            sum.purchased += if counts { row.quantity } else { 0 };
        }
        for row in store.assignments_of(msp.id).filter(|row| row.status_at(now) == Status::Valid) {
            let Some(sum) = self.sums.get_mut(&(row.product.tenant_license_type(), row.trial)) else { continue };
            if selection.admits_lot(&row.lot) {
                *(if row.is_own() { &mut sum.to_itself } else { &mut sum.assigned }) += row.quantity;
                sum.used += row.quantity;
            }
        }
    }
}
