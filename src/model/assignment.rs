//! Assignments: licences that an MSP hands to a customer, or to itself, out of its pools.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{AssignmentId, LicenseType, MspDeviceType, MspProduct, Period, PoolKey, Status, TenantId};

/// Licences in the hands of a customer or of the MSP itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Unique over all MSPs; ascending in the order of creation (observed).
    pub id: AssignmentId,
    /// Who gives.
    pub msp: TenantId,
    /// Who gets; the MSP itself for its own assignments.
    pub customer: TenantId,
    /// What it licenses.
    pub product: MspProduct,
    /// Out of the trial or the paid pool.
    pub trial: bool,
    /// Which licences of the pool it was made from. Later purchases do not change it.
    pub lot: Lot,
    /// How many licences.
    pub quantity: i64,
    /// First and last moment of use.
    pub period: Period,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Who made it.
    pub created_by: Arc<str>,
    /// When and by whom it was revoked.
    pub revoked: Option<Revocation>,
}

/// Licences of one SKU and tier: what several purchases of a pool have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lot {
    /// Silver, Gold or Platinum.
    pub tier: Option<Arc<str>>,
    /// Stock keeping unit. Empty in an assignment that is to get one when the store is made.
    pub sku: Arc<str>,
}

/// When and by whom an assignment was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When it was revoked.
    pub at: DateTime<Utc>,
    /// The user or API client.
    pub by: Arc<str>,
}

/// An assignment that someone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssignment {
    /// Who shall get it.
    pub customer: TenantId,
    /// What it shall license.
    pub wanted: Wanted,
    /// Out of the trial or the paid pool.
    pub trial: bool,
    /// Of which tier; any if none is given.
    pub tier: Option<Arc<str>>,
    /// How many licences; a row of zero asks for nothing.
    pub quantity: i64,
    /// First and last moment of use.
    pub period: Period,
}

/// How precisely an assignment names what it shall license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Exactly this product.
    Product(MspProduct),
    /// Any product of a device category, as the vendor's UI asks for switches.
    Any(MspDeviceType),
    /// Any product of a licensing model, the one that is named after it first.
    Model(LicenseType),
}

/// A change of a running assignment; what is not given stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentChange {
    /// Which one.
    pub id: AssignmentId,
    /// How many licences from now on; zero revokes it.
    pub quantity: Option<i64>,
    /// First second from now on.
    pub start: Option<DateTime<Utc>>,
    /// Last second from now on.
    pub end: Option<DateTime<Utc>>,
}

/// Who acts: an MSP, through one of its users or API clients.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The MSP.
    pub msp: TenantId,
    /// The name that goes on record.
    pub name: &'a str,
    /// When the change is made; the start of what has no start date.
    pub now: DateTime<Utc>,
}

/// What was tried with a trial assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialAction {
    /// Creating one.
    Create,
    /// Changing one.
    Update,
    /// Revoking one.
    Revoke,
}

impl Assignment {
    /// REVOKED once revoked, else by its period.
    pub fn status_at(&self, now: DateTime<Utc>) -> Status {
        if self.revoked.is_some() { Status::Revoked } else { self.period.status_at(now) }
    }

    /// The pool that it draws on.
    pub fn pool(&self) -> PoolKey {
        PoolKey { product: self.product, trial: self.trial }
    }

    /// Whether the MSP gave it to itself.
    pub fn is_own(&self) -> bool {
        self.msp == self.customer
    }
}

impl Wanted {
    /// Whether a product is one of those that are asked for.
    pub fn admits(self, product: MspProduct) -> bool {
        match self {
            Self::Product(wanted) => product == wanted,
            Self::Any(device_type) => product.device_type() == Some(device_type),
            Self::Model(license_type) => product.tenant_license_type() == license_type,
        }
    }

    /// Whether a product is the one that the word itself names.
    pub(super) fn names(self, product: MspProduct) -> bool {
        match self {
            Self::Product(wanted) => product == wanted,
            Self::Any(_) => false,
            Self::Model(license_type) => MspProduct::named_after(license_type) == Some(product),
        }
    }
}
