//! The licences that a report is about: of one model, paid or trial, from the side of those who use them
//! or of those who hand them out. What there is and what is taken, over time.
//!
//! A word means the same here as in the sums of `utilization`: the licences of a model are all rows, or all
//! pools, that have it.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    course::{Course, Present},
    holdings::Holdings,
    row::pool_kind,
};
use crate::model::{Capacity, DeviceGroup, FreeOfTier, LicenseType, MspProduct, Period, PoolKey, limit, tier_order};

/// Which licences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What a tenant may use itself: bought, or assigned to it. Its devices take them.
    Own(LicenseType),
    /// What an MSP may hand out, of all pools of a model. Its assignments take them.
    Pools(LicenseType),
    /// What an MSP may hand out of one product.
    Product(MspProduct),
}

/// Licences over time.
#[derive(Debug)]
pub struct Licenses<'h, 's> {
    /// Which.
    pub extent: Extent,
    /// Trial or paid.
    pub trial: bool,
    holdings: &'h Holdings<'s>,
    side: Side<'h, 's>,
}

#[derive(Debug)]
enum Side<'h, 's> {
    Own(LicenseType, Course<'h, 's>),
    Pools(Vec<Capacity<'s>>),
}

/// What there is and what is taken at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Valid licences; of an MSP, with courtesy.
    pub quantity: i64,
    /// Licences that devices use, or that are assigned.
    pub used: i64,
}

impl Level {
    fn free(self) -> i64 {
        self.quantity - self.used
    }
}

impl<'h, 's> Licenses<'h, 's> {
    /// These licences of a tenant.
    pub fn of(holdings: &'h Holdings<'s>, extent: Extent, trial: bool) -> Self {
        let (store, msp) = (holdings.store, holdings.tenant.id);
        let pools = |fits: &dyn Fn(MspProduct) -> bool| {
            let known = store.pools_on_record(msp).into_iter();
            let fitting = known.filter(|pool: &PoolKey| pool.trial == trial && fits(pool.product));
            Side::Pools(fitting.map(|pool| store.capacity(msp, pool)).collect())
        };
        let side = match extent {
            Extent::Own(model) => Side::Own(model, Course::of(holdings)),
            Extent::Pools(model) => pools(&|product| product.tenant_license_type() == model),
            Extent::Product(own) => pools(&|product| product == own),
        };
        Self { extent, trial, holdings, side }
    }

    /// What there is and what is taken at a moment.
    pub fn level_at(&self, at: DateTime<Utc>) -> Level {
        match &self.side {
            Side::Own(model, course) => self.own_level(*model, &course.at(at)),
            Side::Pools(pools) => pools.iter().fold(Level::default(), |sum, pool| {
                let sums = pool.sums_at(at);
                let Level { quantity, used } = sum;
                Level { quantity: quantity + sums.purchased + sums.courtesy, used: used + sums.assigned() }
            }),
        }
    }

    /// What is free over a whole period; below zero when more is taken than there is.
    pub fn lowest(&self, period: Period) -> i64 {
        match &self.side {
            Side::Own(model, course) => {
                let mut lowest = i64::MAX;
                course.walk(period.start, period.end, |_, present| {
                    lowest = lowest.min(self.own_level(*model, present).free());
                    ControlFlow::Continue(())
                });
                lowest
            }
            Side::Pools(pools) => pools.iter().map(|pool| pool.lowest(period)).sum(),
        }
    }

    /// The same of each tier, the lowest tier first; not below zero, and together not more than of all.
    pub fn lowest_by_tier(&self, period: Period) -> Vec<FreeOfTier> {
        let mut lowest: BTreeMap<(usize, Option<&str>), i64> = BTreeMap::new();
        match &self.side {
            Side::Own(model, course) => course.walk(period.start, period.end, |at, present| {
                let mut free: BTreeMap<_, i64> = BTreeMap::new();
                let own = present.cells.iter().filter(|cell| cell.license_type == *model && cell.trial == self.trial);
                for cell in own {
                    *free.entry(tier_order(cell.tier)).or_default() += cell.quantity - cell.used;
                }
                for (tier, free) in free {
                    let own = lowest.entry(tier).or_insert(free);
                    *own = if at == period.start { free } else { free.min(*own) };
                }
                ControlFlow::Continue(())
            }),
            Side::Pools(pools) => {
                let by_tier: Vec<_> = pools.iter().map(|pool| pool.lowest_by_tier(period)).collect();
                let mut sums: BTreeMap<(usize, Option<&str>), i64> = BTreeMap::new();
                for (tier, free) in by_tier.iter().flatten() {
                    *sums.entry(tier_order(tier.as_deref())).or_default() += free;
                }
                return self.limited(sums, period);
            }
        }
        self.limited(lowest, period)
    }

    fn limited(&self, by_tier: BTreeMap<(usize, Option<&str>), i64>, period: Period) -> Vec<FreeOfTier> {
        let named = by_tier.into_iter().map(|((_, tier), free)| (tier.map(Arc::from), free));
        let mut by_tier = named.collect();
        limit(&mut by_tier, self.lowest(period));
        by_tier
    }

    /// The later moments at which what is free can change, in their order.
    pub fn changes_after(&self, start: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let (mut moments, end) = (Vec::new(), DateTime::<Utc>::MAX_UTC);
        match &self.side {
            Side::Own(_, course) => course.walk(start, end, |at, _| {
                moments.push(at);
                ControlFlow::Continue(())
            }),
            Side::Pools(pools) => {
                for pool in pools {
                    pool.walk(Period { start, end }, |at, _| {
                        moments.push(at);
                        ControlFlow::Continue(())
                    });
                }
            }
        }
        moments.retain(|at| *at > start);
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// The devices behind what is taken, at any time: the tenant's own, or those of its customers.
    pub fn devices(&self) -> Vec<&'s DeviceGroup> {
        let of_model = |holdings: &Holdings<'s>, model: LicenseType| -> Vec<&'s DeviceGroup> {
            let kinds = holdings.kinds.iter().filter(|kind| kind.license_type == model);
            kinds.flat_map(|kind| kind.groups.iter().copied()).collect()
        };
        let Holdings { store, tenant: msp, now, .. } = *self.holdings;
        let customers = store.tenants().filter(|tenant| tenant.parent == Some(msp.id));
        let customers = customers.map(|customer| Holdings::of(store, customer, now));
        match self.extent {
            Extent::Own(model) => of_model(self.holdings, model),
            Extent::Pools(model) => customers.flat_map(|customer| of_model(&customer, model)).collect(),
            Extent::Product(product) => customers
                .flat_map(|customer| {
                    let kind = customer.kind_index(pool_kind(customer.tenant, product));
                    kind.map(|kind| customer.kinds[kind].groups.clone()).unwrap_or_default()
                })
                .collect(),
        }
    }

    /// The last day of each row or purchase, and how many licences it has.
    pub fn expiries(&self) -> Vec<(NaiveDate, i64)> {
        let (rows, purchases) = (self.holdings.rows.iter(), self.holdings.tenant.msp_entitlements.iter());
        let bought = |fits: &dyn Fn(MspProduct) -> bool| -> Vec<(Period, i64)> {
            let own = purchases.clone().filter(|row| row.trial == self.trial && fits(row.product));
            own.map(|row| (row.period, row.quantity)).collect()
        };
        let all = match self.extent {
            Extent::Own(model) => {
                let own = rows.filter(|row| row.license_type == model && row.trial == self.trial);
                own.map(|row| (row.period, row.quantity)).collect()
            }
            Extent::Pools(model) => bought(&|product| product.tenant_license_type() == model),
            Extent::Product(own) => bought(&|product| product == own),
        };
        all.into_iter().map(|(period, quantity)| (period.end.date_naive(), quantity)).collect()
    }

    fn own_level(&self, model: LicenseType, present: &Present<'_>) -> Level {
        let own = present.cells.iter().filter(|cell| cell.license_type == model && cell.trial == self.trial);
        let covered = own.fold(Level::default(), |sum, cell| Level {
            quantity: sum.quantity + cell.quantity,
            used: sum.used + cell.used,
        });
        let kinds = self.holdings.kinds.iter().zip(&present.uncovered);
        let short = kinds.filter(|(kind, _)| kind.license_type == model && kind.is_short_on_trial() == self.trial);
        Level { used: covered.used + short.map(|(_, uncovered)| uncovered).sum::<i64>(), ..covered }
    }
}
