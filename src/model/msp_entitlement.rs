//! The bulk pools of an MSP: purchases from which customers, and the MSP itself, get licences.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use super::{Alm, Assignment, MspProduct, Period, Policy, Status, Store, TenantId};

/// One purchase of an MSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MspEntitlement {
    /// The licensing system's id, such as `358889502-1`.
    pub id: Arc<str>,
    /// What it licenses.
    pub product: MspProduct,
    /// Trial and paid pools are separate everywhere.
    pub trial: bool,
    /// Stock keeping unit.
    pub sku: Arc<str>,
    /// Silver, Gold or Platinum.
    pub sku_tier: Option<Arc<str>>,
    /// How many licences.
    pub quantity: i64,
    /// First and last moment of use.
    pub period: Period,
    /// Present when the purchase is managed by the application licence manager.
    pub alm: Option<Alm>,
}

/// What makes two purchases one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolKey {
    /// What it licenses.
    pub product: MspProduct,
    /// Trial or paid.
    pub trial: bool,
}

/// The sums of one pool at one moment. `purchased + courtesy = to_customers + to_itself + free()` (invariant I9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolSums {
    /// Licences of the purchases that are valid now.
    pub purchased: i64,
    /// What comes on top of them, for nothing.
    pub courtesy: i64,
    /// Licences in valid assignments to customers.
    pub to_customers: i64,
    /// Licences in valid assignments to the MSP itself.
    pub to_itself: i64,
    /// Purchases on which the courtesy is reckoned.
    courtesy_base: i64,
}

impl PoolSums {
    /// What is left; below zero when purchases ended or shrank under running assignments.
    pub fn free(&self) -> i64 {
        self.purchased + self.courtesy - self.to_customers - self.to_itself
    }

    /// What has been handed out.
    pub fn assigned(&self) -> i64 {
        self.to_customers + self.to_itself
    }
}

impl Store {
    /// The pools of an MSP with their sums at `now`: one for each product and trial flag that has a
    /// purchase on record or a running assignment, in the order of [`PoolKey`].
    pub fn pools(&self, msp: TenantId, now: DateTime<Utc>) -> BTreeMap<PoolKey, PoolSums> {
        let mut pools: BTreeMap<PoolKey, PoolSums> = BTreeMap::new();
        for purchase in self.msp_entitlements(msp) {
            pools.entry(purchase.pool()).or_default().add_purchase(purchase, &self.policy, now);
        }
        for assignment in self.assignments_of(msp).filter(|a| a.status_at(now) == Status::Valid) {
            let sums = pools.entry(assignment.pool()).or_default();
            if assignment.is_own() {
                sums.to_itself += assignment.quantity;
            } else {
                sums.to_customers += assignment.quantity;
            }
        }
        pools
    }

    /// The most that can be assigned from a pool over a whole period: the least that is free on any
    /// day of it. Below zero when the pool is overdrawn.
    pub fn free_throughout(&self, msp: TenantId, pool: PoolKey, period: Period) -> i64 {
        self.free_throughout_without(msp, pool, period, None)
    }

    /// Like [`Self::free_throughout`], as if the assignment `replaced` did not exist.
    pub(super) fn free_throughout_without(
        &self,
        msp: TenantId,
        pool: PoolKey,
        period: Period,
        replaced: Option<super::AssignmentId>,
    ) -> i64 {
        let mut timeline = CapacityTimeline::over(period);
        for purchase in self.msp_entitlements(msp).iter().filter(|p| p.pool() == pool) {
            let earns = purchase.earns_courtesy(&self.policy);
            timeline.flow(purchase.period, purchase.quantity, if earns { purchase.quantity } else { 0 });
        }
        let standing = |a: &&Assignment| a.pool() == pool && a.revoked.is_none() && Some(a.id) != replaced;
        for assignment in self.assignments_of(msp).filter(standing) {
            timeline.flow(assignment.period, -assignment.quantity, 0);
        }
        timeline.lowest(&self.policy)
    }
}

impl MspEntitlement {
    /// The pool that it belongs to.
    pub fn pool(&self) -> PoolKey {
        PoolKey { product: self.product, trial: self.trial }
    }

    fn earns_courtesy(&self, policy: &Policy) -> bool {
        !self.trial && self.period.start < policy.courtesy_until
    }
}

impl PoolSums {
    fn add_purchase(&mut self, purchase: &MspEntitlement, policy: &Policy, now: DateTime<Utc>) {
        if purchase.period.status_at(now) != Status::Valid {
            return;
        }
        self.purchased += purchase.quantity;
        if purchase.earns_courtesy(policy) {
            self.courtesy_base += purchase.quantity;
            self.courtesy = courtesy(self.courtesy_base, policy);
        }
    }
}

/// Pools that a tenant sees as one.
impl std::ops::AddAssign for PoolSums {
    fn add_assign(&mut self, other: Self) {
        let Self { purchased, courtesy, to_customers, to_itself, courtesy_base } = other;
        self.purchased += purchased;
        self.courtesy += courtesy;
        self.to_customers += to_customers;
        self.to_itself += to_itself;
        self.courtesy_base += courtesy_base;
    }
}

/// The courtesy on a quantity, rounded up (documented: 100 -> 5, 10 -> 1).
fn courtesy(quantity: i64, policy: &Policy) -> i64 {
    (quantity * policy.courtesy_percent + 99) / 100
}

/// The rise and fall of what is free over a period.
struct CapacityTimeline {
    period: Period,
    changes: BTreeMap<DateTime<Utc>, (i64, i64)>,
}

impl CapacityTimeline {
    fn over(period: Period) -> Self {
        Self { period, changes: BTreeMap::from([(period.start, (0, 0))]) }
    }

    /// Adds `quantity` and `courtesy_base` for as long as `period` lasts within the whole.
    fn flow(&mut self, period: Period, quantity: i64, courtesy_base: i64) {
        if period.end < self.period.start || period.start > self.period.end {
            return;
        }
        let mut change = |at, sign: i64| {
            let (free, base) = self.changes.entry(at).or_default();
            *free += sign * quantity;
            *base += sign * courtesy_base;
        };
        change(period.start.max(self.period.start), 1);
        if period.end < self.period.end {
            change(period.after(), -1);
        }
    }

    fn lowest(&self, policy: &Policy) -> i64 {
        let (mut free, mut base, mut lowest) = (0, 0, i64::MAX);
        for (change, base_change) in self.changes.values() {
            free += change;
            base += base_change;
            lowest = lowest.min(free + courtesy(base, policy));
        }
        lowest
    }
}
