//! What the pools of an MSP hold, and what is taken from them, at any moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    Levels, Lot, MspEntitlement, Period, Policy, PoolKey, PoolSums, Status, Store, TenantId, assignment_table::PoolUse,
    levels::walk, words::tier_order,
};

/// The purchases of one pool, added up over time.
#[derive(Clone, Debug)]
pub(super) struct PoolPurchases {
    courtesy_percent: i64,
    /// By expiry of their first purchase.
    lots: Vec<PurchasedLot>,
    total: Levels,
    courtesy_base: Levels,
}

/// The purchases of one SKU and tier.
#[derive(Clone, Debug)]
struct PurchasedLot {
    lot: Lot,
    levels: Levels,
    courtesy_base: Levels,
}

/// One pool of an MSP: its purchases, and what is assigned of it.
#[derive(Clone, Debug)]
pub struct Capacity<'s> {
    purchases: PoolPurchases,
    used: Option<&'s PoolUse>,
}

/// A tier of a pool, and the least that is free of it over some period.
pub type FreeOfTier = (Option<Arc<str>>, i64);

impl Store {
    /// The pools of an MSP with their sums at `now`: one for each product and trial flag that has a
    /// purchase on record or a running assignment, in the order of [`PoolKey`].
    pub fn pools(&self, msp: TenantId, now: DateTime<Utc>) -> BTreeMap<PoolKey, PoolSums> {
        let mut pools: BTreeMap<PoolKey, PoolSums> = BTreeMap::new();
        for purchase in self.msp_entitlements(msp) {
            pools.entry(purchase.pool()).or_default().add_purchase(purchase, &self.policy, now);
        }
        for (pool, used) in self.assignments.pool_uses(msp) {
            let (to_customers, to_itself) = (used.to_customers.at(now), used.to_itself.at(now));
            if to_customers != 0 || to_itself != 0 {
                let sums = pools.entry(pool).or_default();
                (sums.to_customers, sums.to_itself) = (to_customers, to_itself);
            }
        }
        pools
    }

    /// A pool of an MSP over time.
    pub fn capacity(&self, msp: TenantId, pool: PoolKey) -> Capacity<'_> {
        let purchases = PoolPurchases::of(self.msp_entitlements(msp), pool, &self.policy);
        Capacity { purchases, used: self.pool_use(msp, pool) }
    }

    pub(super) fn pool_use(&self, msp: TenantId, pool: PoolKey) -> Option<&PoolUse> {
        self.assignments.pool_use(msp, pool)
    }
}

impl Capacity<'_> {
    /// The sums at a moment.
    pub fn sums_at(&self, at: DateTime<Utc>) -> PoolSums {
        let mut sums = PoolSums::default();
        self.walk(Period { start: at, end: at }, |_, found| {
            sums = found;
            ControlFlow::Break(())
        });
        sums
    }

    /// The most that can be assigned over a whole period: the least that is free at any moment of it.
    /// Below zero when the pool is overdrawn.
    pub fn lowest(&self, period: Period) -> i64 {
        self.purchases.lowest(self.used, period)
    }

    /// The same of each tier; see `PoolPurchases::lowest_by_tier`.
    pub fn lowest_by_tier(&self, period: Period) -> Vec<FreeOfTier> {
        self.purchases.lowest_by_tier(self.used, period)
    }

    /// Visits the start of a period, and each later moment of it at which the sums change.
    pub fn walk(&self, period: Period, visit: impl FnMut(DateTime<Utc>, PoolSums) -> ControlFlow<()>) {
        self.purchases.walk(self.used, period, visit);
    }
}

impl PoolPurchases {
    /// Of the purchases of an MSP, which come in the order of expiry, those of one pool.
    pub(super) fn of(all: &[MspEntitlement], pool: PoolKey, policy: &Policy) -> Self {
        let mut by_lot: BTreeMap<Lot, Vec<&MspEntitlement>> = BTreeMap::new();
        for purchase in all.iter().filter(|purchase| purchase.pool() == pool) {
            by_lot.entry(purchase.lot()).or_default().push(purchase);
        }
        let mut by_lot: Vec<_> = by_lot.into_iter().collect();
        by_lot.sort_by_key(|(_, rows)| rows.first().map(|row| row.period.end));
        let lots = by_lot.into_iter().map(|(lot, rows)| {
            let sum = |rows: &[&MspEntitlement]| Levels::sum(rows.iter().map(|row| (row.period, row.quantity)));
            let earning: Vec<_> = rows.iter().copied().filter(|row| row.earns_courtesy(policy)).collect();
            PurchasedLot { lot, levels: sum(&rows), courtesy_base: sum(&earning) }
        });
        let lots: Vec<PurchasedLot> = lots.collect();
        Self {
            courtesy_percent: policy.courtesy_percent,
            total: Levels::total(lots.iter().map(|lot| &lot.levels)),
            courtesy_base: Levels::total(lots.iter().map(|lot| &lot.courtesy_base)),
            lots,
        }
    }

    /// Whether there is a purchase of a tier, whatever the case of its name.
    pub(super) fn has_tier(&self, tier: &str) -> bool {
        self.lots_of(Some(tier)).next().is_some()
    }

    /// The least that is free over a period.
    pub(super) fn lowest(&self, used: Option<&PoolUse>, period: Period) -> i64 {
        let mut lowest = i64::MAX;
        self.walk(used, period, |_, sums| {
            lowest = lowest.min(sums.free());
            ControlFlow::Continue(())
        });
        lowest
    }

    /// The least that is free of each tier over a period, the lowest tier first; not below zero. Courtesy
    /// counts with the tier that earned it, so that the tiers together have that of the pool. Where a tier
    /// is overdrawn, the others have less, so that together they never have more than the pool (chosen).
    pub(super) fn lowest_by_tier(&self, used: Option<&PoolUse>, period: Period) -> Vec<FreeOfTier> {
        let used_lots = used.into_iter().flat_map(|used| used.lots.keys()).map(|lot| &lot.tier);
        let names: BTreeSet<_> = self.lots.iter().map(|lot| &lot.lot.tier).chain(used_lots).collect();
        let mut names: Vec<&Option<Arc<str>>> = names.into_iter().collect();
        names.sort_by_key(|name| tier_order(name.as_deref()));
        let levels: Vec<Levels> = names
            .iter()
            .flat_map(|name| {
                let lots = || self.lots.iter().filter(|lot| lot.lot.tier == **name);
                let used = used.into_iter().flat_map(|used| &used.lots).filter(|(lot, _)| lot.tier == **name);
                [
                    Levels::total(lots().map(|lot| &lot.levels)),
                    Levels::total(lots().map(|lot| &lot.courtesy_base)),
                    Levels::total(used.map(|(_, levels)| &**levels)),
                ]
            })
            .collect();
        let mut lowest = vec![i64::MAX; names.len()];
        walk(&levels.iter().collect::<Vec<_>>(), period, |_, held| {
            let mut base = 0;
            for (lowest, held) in lowest.iter_mut().zip(held.chunks(3)) {
                let earned = courtesy(base + held[1], self.courtesy_percent) - courtesy(base, self.courtesy_percent);
                base += held[1];
                *lowest = (*lowest).min(held[0] + earned - held[2]);
            }
            ControlFlow::Continue(())
        });
        let mut by_tier = names.into_iter().cloned().zip(lowest).collect();
        limit(&mut by_tier, self.lowest(used, period));
        by_tier
    }

    /// The lot that an assignment is made from: the first that is valid when the period starts and has
    /// enough left throughout, in the order of expiry; else the valid one with the most left; else any of
    /// the tier; else none, which a made-up SKU says (chosen).
    pub(super) fn lot_for(
        &self,
        pool: PoolKey,
        used: Option<&PoolUse>,
        (quantity, period): (i64, Period),
        tier: Option<&str>,
    ) -> Lot {
        let valid = || self.lots_of(tier).filter(|lot| lot.levels.at(period.start) > 0);
        let left = |lot: &&PurchasedLot| lot.lowest(used, period);
        let found = valid()
            .find(|lot| left(lot) >= quantity)
            .or_else(|| valid().rev().max_by_key(left))
            .or_else(|| self.lots_of(tier).next());
        found.map_or_else(
            || Lot { tier: tier.map(Into::into), sku: format!("ASGN-{}", pool.product).into() },
            |lot| lot.lot.clone(),
        )
    }

    fn lots_of(&self, tier: Option<&str>) -> impl DoubleEndedIterator<Item = &PurchasedLot> {
        let is_of = move |lot: &Lot| {
            tier.is_none_or(|wanted| lot.tier.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
        };
        self.lots.iter().filter(move |own| is_of(&own.lot))
    }

    fn walk(
        &self,
        used: Option<&PoolUse>,
        period: Period,
        mut visit: impl FnMut(DateTime<Utc>, PoolSums) -> ControlFlow<()>,
    ) {
        let none = Levels::default();
        let taken = |pick: fn(&PoolUse) -> &Arc<Levels>| used.map_or(&none, |used| pick(used));
        let taken = [taken(|used| &used.to_customers), taken(|used| &used.to_itself)];
        walk(&[&self.total, &self.courtesy_base, taken[0], taken[1]], period, |at, held| {
            visit(
                at,
                PoolSums {
                    purchased: held[0],
                    courtesy: courtesy(held[1], self.courtesy_percent),
                    to_customers: held[2],
                    to_itself: held[3],
                    courtesy_base: held[1],
                },
            )
        });
    }
}

impl PurchasedLot {
    /// The least that is left of it over a period, courtesy not counted.
    fn lowest(&self, used: Option<&PoolUse>, period: Period) -> i64 {
        let (none, mut lowest) = (Levels::default(), i64::MAX);
        let used = used.and_then(|used| used.lots.get(&self.lot)).map_or(&none, AsRef::as_ref);
        walk(&[&self.levels, used], period, |_, held| {
            lowest = lowest.min(held[0] - held[1]);
            ControlFlow::Continue(())
        });
        lowest
    }
}

impl MspEntitlement {
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
            self.courtesy = courtesy(self.courtesy_base, policy.courtesy_percent);
        }
    }
}

/// Takes from tiers, the lowest first, until together they have at most `total`; none has less than nothing.
pub fn limit(by_tier: &mut Vec<FreeOfTier>, total: i64) {
    let mut surplus = by_tier.iter().map(|(_, free)| free.max(&0)).sum::<i64>() - total.max(0);
    for (_, free) in by_tier {
        let own = (*free).max(0);
        let taken = surplus.clamp(0, own);
        surplus -= taken;
        *free = own - taken;
    }
}

/// The courtesy on a quantity, rounded up (documented: 100 -> 5, 10 -> 1).
fn courtesy(quantity: i64, percent: i64) -> i64 {
    (quantity * percent + 99) / 100
}
