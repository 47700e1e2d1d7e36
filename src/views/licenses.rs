//! Licences of one model, paid or trial, from either side: those that a tenant may use itself, or
//! those that an MSP may hand out. What there is and what is taken, at any moment.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    entitlement::{Filter, entitlements},
    summary::{Summary, summaries},
};
use crate::model::{LicenseType, MspProduct, Period, PoolKey, PoolSums, Status, Store, Tenant};

/// Licences of one model.
#[derive(Clone, Copy, Debug)]
pub struct Licenses<'a> {
    /// Where.
    pub store: &'a Store,
    /// Whose.
    pub tenant: &'a Tenant,
    /// From which side.
    pub side: Side,
    /// Trial or paid.
    pub trial: bool,
}

/// From which side licences are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What a tenant may use itself: bought, or assigned to it. Its devices take them.
    Own(LicenseType),
    /// What an MSP may hand out. Its assignments take them. None is a model of which there are no pools.
    Pool(Option<MspProduct>),
}

impl Side {
    /// The pool of a model, under the product that is named after it (chosen).
    pub fn pool_of(license: LicenseType) -> Self {
        Self::Pool(match license {
            LicenseType::Unknown => None,
            LicenseType::Apsw => Some(MspProduct::MspApsw),
            LicenseType::Urlf => Some(MspProduct::MspUrlf),
            LicenseType::EdgeSecs => Some(MspProduct::MspEdgeSels),
            LicenseType::EdgeSecl => Some(MspProduct::MspEdgeSecl),
            LicenseType::SltnToken => Some(MspProduct::MspSltnToken),
        })
    }
}

/// A row that adds to what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When.
    pub period: Period,
    /// How much.
    pub quantity: i64,
    /// Silver, Gold or Platinum.
    pub sku_tier: Option<Arc<str>>,
}

impl Licenses<'_> {
    /// Purchases, and what was assigned to the tenant; earliest expiry first.
    pub fn rows(&self) -> Vec<Row> {
        match self.side {
            Side::Own(license) => {
                let filter = Filter { device_type: None, license_type: Some(license) };
                let rows = entitlements(self.store, self.tenant, filter).into_iter().filter(|r| r.trial == self.trial);
                rows.map(|r| Row { period: r.period, quantity: r.quantity, sku_tier: r.sku_tier }).collect()
            }
            Side::Pool(product) => {
                let rows = self.store.msp_entitlements(self.tenant.id).iter();
                let mut rows: Vec<Row> = rows
                    .filter(|row| Some(row.product) == product && row.trial == self.trial)
                    .map(|r| Row { period: r.period, quantity: r.quantity, sku_tier: r.sku_tier.clone() })
                    .collect();
                rows.sort_by_key(|row| row.period.end);
                rows
            }
        }
    }

    /// What there is: the valid rows, and, in a pool, the courtesy on top.
    pub fn quantity_at(&self, at: DateTime<Utc>) -> i64 {
        match self.side {
            Side::Own(_) => valid_quantity(&self.rows(), at),
            Side::Pool(product) => product.map_or(0, |product| {
                let sums = self.sums_at(product, at);
                sums.purchased + sums.courtesy
            }),
        }
    }

    /// What is taken: by the tenant's devices, or by assignments.
    pub fn used_at(&self, at: DateTime<Utc>) -> i64 {
        match self.side {
            Side::Own(license) => self.summaries_at(license, at).iter().map(|row| row.used).sum(),
            Side::Pool(product) => product.map_or(0, |product| self.sums_at(product, at).assigned()),
        }
    }

    /// The tenant's own devices behind what is taken.
    pub fn devices_at(&self, at: DateTime<Utc>) -> Option<i64> {
        match self.side {
            Side::Own(license) => {
                Some(self.summaries_at(license, at).iter().flat_map(|row| row.devices.values()).sum())
            }
            Side::Pool(_) => None,
        }
    }

    /// The least that is free at any moment of a period; below zero when more is taken than there is.
    pub fn lowest(&self, period: Period) -> i64 {
        match self.side {
            Side::Own(_) => {
                let within = self.turns().into_iter().filter(|at| period.start < *at && *at <= period.end);
                let (rows, moments) = (self.rows(), std::iter::once(period.start).chain(within));
                moments.map(|at| valid_quantity(&rows, at) - self.used_at(at)).min().unwrap_or(0)
            }
            Side::Pool(None) => 0,
            Side::Pool(Some(product)) => {
                self.store.free_throughout(self.tenant.id, PoolKey { product, trial: self.trial }, period)
            }
        }
    }

    /// The first moment from `start` on at which less than `quantity` is free.
    pub fn first_below(&self, quantity: i64, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut turns = self.turns();
        turns.insert(start);
        let mut turns = turns.range(start..).copied();
        match self.side {
            Side::Own(_) => {
                let rows = self.rows();
                turns.find(|at| valid_quantity(&rows, *at) - self.used_at(*at) < quantity)
            }
            Side::Pool(_) => {
                // The least that is free never grows with the period, so the first can be searched for.
                let turns: Vec<_> = turns.collect();
                let enough = turns.partition_point(|end| self.lowest(Period { start, end: *end }) >= quantity);
                turns.get(enough).copied()
            }
        }
    }

    /// The moments at which what is free can change.
    fn turns(&self) -> BTreeSet<DateTime<Utc>> {
        let both = |period: Period| [period.start, period.after()];
        let mut turns: BTreeSet<DateTime<Utc>> = self.rows().iter().flat_map(|row| both(row.period)).collect();
        match self.side {
            Side::Own(_) => {
                let devices = self.tenant.devices.iter();
                turns.extend(devices.flat_map(|group| [Some(group.installed), group.removed]).flatten());
                // Paid and trial rows share the devices, so the twin's turns are turns here too.
                let twin = Self { trial: !self.trial, ..*self };
                turns.extend(twin.rows().iter().flat_map(|row| both(row.period)));
            }
            Side::Pool(product) => {
                let assignments = self.store.assignments_of(self.tenant.id);
                let standing =
                    assignments.filter(|a| Some(a.product) == product && a.trial == self.trial && a.revoked.is_none());
                turns.extend(standing.flat_map(|a| both(a.period)));
            }
        }
        turns
    }

    fn sums_at(&self, product: MspProduct, at: DateTime<Utc>) -> PoolSums {
        let pool = PoolKey { product, trial: self.trial };
        self.store.pools(self.tenant.id, at).remove(&pool).unwrap_or_default()
    }

    fn summaries_at(&self, license: LicenseType, at: DateTime<Utc>) -> Vec<Summary> {
        let filter = Filter { device_type: None, license_type: Some(license) };
        let rows = summaries(self.store, self.tenant, filter, at);
        rows.into_iter().filter(|row| row.trial == self.trial).collect()
    }
}

fn valid_quantity(rows: &[Row], at: DateTime<Utc>) -> i64 {
    let valid = rows.iter().filter(|row| row.period.status_at(at) == Status::Valid);
    valid.map(|row| row.quantity).sum()
}
