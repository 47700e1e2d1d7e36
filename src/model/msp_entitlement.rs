//! The bulk pools of an MSP: purchases from which customers, and the MSP itself, get licences.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Alm, Lot, MspProduct, Period, Policy};

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
    /// Purchases on which the courtesy is computed.
    pub(super) courtesy_base: i64,
}

impl MspEntitlement {
    /// The pool that it belongs to.
    pub fn pool(&self) -> PoolKey {
        PoolKey { product: self.product, trial: self.trial }
    }

    /// Until when its licences stay usable after expiry.
    pub fn grace_end(&self, policy: &Policy) -> DateTime<Utc> {
        self.period.end + policy.grace(self.product.tenant_device_type(), self.trial)
    }

    /// What it has in common with other purchases of the pool.
    pub fn lot(&self) -> Lot {
        Lot { tier: self.sku_tier.clone(), sku: Arc::clone(&self.sku) }
    }
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
