//! Assignments: licences that an MSP hands to a customer, or to itself, out of its pools.
//!
//! Changing an assignment revokes the old row and creates a new one; revoked rows stay on record
//! (observed). Every write here is all or nothing: it checks the whole call before it changes anything.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{AssignmentId, MspDeviceType, MspProduct, Period, PoolKey, Refusal, Status, Store, Tenant, TenantId};

/// Licences in the hands of a customer or of the MSP itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its number.
    pub id: AssignmentId,
    /// Who gives.
    pub msp: TenantId,
    /// Who gets; the MSP itself for its own assignments.
    pub customer: TenantId,
    /// What it licenses.
    pub product: MspProduct,
    /// Out of the trial or the paid pool.
    pub trial: bool,
    /// How many licences.
    pub quantity: i64,
    /// First and last moment of use.
    pub period: Period,
    /// When and by whom it was made.
    pub created: DateTime<Utc>,
    /// See `created`.
    pub created_by: Arc<str>,
    /// When and by whom it was taken back.
    pub revoked: Option<Revocation>,
}

/// When and by whom an assignment was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The moment.
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
    /// How many licences; none is asked for with zero.
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
}

/// A change of a running assignment; what is not given stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentChange {
    /// Which one.
    pub id: AssignmentId,
    /// How many licences from now on.
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
    /// The moment.
    pub now: DateTime<Utc>,
}

impl Assignment {
    /// REVOKED once taken back, else by its period.
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

impl Store {
    /// Takes back a set of assignments: all of them, or none with the first reason.
    pub fn revoke(&mut self, ids: &[AssignmentId], actor: Actor<'_>) -> Result<(), Refusal> {
        self.check_rows(ids.len())?;
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                return Err(Refusal::DuplicateAssignment { id: *id });
            }
            self.revocable(*id, actor)?;
        }
        for id in ids {
            self.mark_revoked(*id, actor);
        }
        self.touch();
        Ok(())
    }

    /// Makes assignments: all that ask for more than zero, or none with the first reason.
    pub fn assign(&mut self, wanted: &[NewAssignment], actor: Actor<'_>) -> Result<Vec<AssignmentId>, Refusal> {
        self.check_rows(wanted.len())?;
        let mut next = self.clone();
        let mut made = Vec::new();
        for new in wanted {
            if new.quantity != 0 {
                made.push(next.assign_one(new, actor)?);
            }
        }
        if made.is_empty() {
            return Err(Refusal::NothingToAssign);
        }
        *self = next;
        self.touch();
        Ok(made)
    }

    /// Changes assignments, each by revoking the old row and creating a new one: all or none.
    pub fn change(&mut self, changes: &[AssignmentChange], actor: Actor<'_>) -> Result<Vec<AssignmentId>, Refusal> {
        self.check_rows(changes.len())?;
        let mut seen = BTreeSet::new();
        let mut next = self.clone();
        let mut made = Vec::new();
        for change in changes {
            if !seen.insert(change.id) {
                return Err(Refusal::DuplicateAssignment { id: change.id });
            }
            made.push(next.change_one(change, actor)?);
        }
        *self = next;
        self.touch();
        Ok(made)
    }

    /// Takes back one of the MSP's assignments to itself; to whoever asks for these, others do not exist.
    pub fn revoke_own(&mut self, id: AssignmentId, actor: Actor<'_>) -> Result<(), Refusal> {
        self.own(id, actor)?;
        self.revoke(&[id], actor)
    }

    /// Changes one of the MSP's assignments to itself; the id of the row that takes its place.
    pub fn change_own(&mut self, change: AssignmentChange, actor: Actor<'_>) -> Result<AssignmentId, Refusal> {
        let id = change.id;
        self.own(id, actor)?;
        self.change(&[change], actor)?.pop().ok_or(Refusal::UnknownAssignment { id })
    }

    fn own(&self, id: AssignmentId, actor: Actor<'_>) -> Result<(), Refusal> {
        let own = self.assignment(id).is_some_and(|a| a.msp == actor.msp && a.is_own());
        if own { Ok(()) } else { Err(Refusal::UnknownAssignment { id }) }
    }

    fn check_rows(&self, rows: usize) -> Result<(), Refusal> {
        let max = self.policy.max_rows_per_call;
        match rows {
            0 => Err(Refusal::NoRows),
            rows if rows > max => Err(Refusal::TooManyRows { rows, max }),
            _ => Ok(()),
        }
    }

    fn assign_one(&mut self, new: &NewAssignment, actor: Actor<'_>) -> Result<AssignmentId, Refusal> {
        if new.quantity < 0 {
            return Err(Refusal::BadQuantity { quantity: new.quantity });
        }
        if new.period.end < new.period.start || new.period.end < actor.now {
            return Err(Refusal::BadPeriod { start: new.period.start, end: new.period.end });
        }
        self.check_customer(actor.msp, new.customer)?;
        if new.trial && !self.tenant(actor.msp).is_some_and(|msp| msp.features.extended_trial) {
            return Err(Refusal::TrialNotAllowed { action: TrialAction::Create });
        }
        let product = self.product_for(new, actor)?;
        let id = self.next_assignment;
        self.insert(Assignment {
            id,
            msp: actor.msp,
            customer: new.customer,
            product,
            trial: new.trial,
            quantity: new.quantity,
            period: new.period,
            created: actor.now,
            created_by: actor.name.into(),
            revoked: None,
        });
        Ok(id)
    }

    fn check_customer(&self, msp: TenantId, customer: TenantId) -> Result<(), Refusal> {
        let ours = |tenant: &Tenant| tenant.id == msp || tenant.parent == Some(msp);
        match self.tenant(customer) {
            Some(tenant) if ours(tenant) => Ok(()),
            _ => Err(Refusal::NoSuchCustomer { customer }),
        }
    }

    /// The product to draw on: the one named, or the first of the device category with enough left.
    fn product_for(&self, new: &NewAssignment, actor: Actor<'_>) -> Result<MspProduct, Refusal> {
        let purchases = self.msp_entitlements(actor.msp);
        if purchases.is_empty() {
            return Err(Refusal::NoMspEntitlements);
        }
        let fits = |product: MspProduct| match new.wanted {
            Wanted::Product(wanted) => product == wanted,
            Wanted::Any(device_type) => product.device_type() == Some(device_type),
        };
        let mut pools: Vec<PoolKey> = purchases
            .iter()
            .map(super::MspEntitlement::pool)
            .filter(|pool| pool.trial == new.trial && fits(pool.product))
            .collect();
        pools.sort_unstable();
        pools.dedup();
        let period = Period { start: new.period.start.max(actor.now), ..new.period };
        let free = |pool: &PoolKey| self.free_throughout(actor.msp, *pool, period);
        let best = pools.iter().map(|pool| (free(pool), pool.product)).max_by_key(|(left, _)| *left);
        match (pools.iter().find(|pool| free(pool) >= new.quantity), best) {
            (Some(pool), _) => Ok(pool.product),
            (None, Some((left, product))) => {
                Err(Refusal::NotEnough { product, trial: new.trial, wanted: new.quantity, left: left.max(0) })
            }
            (None, None) => Err(Refusal::NoSuchPool { wanted: new.wanted, trial: new.trial }),
        }
    }

    fn change_one(&mut self, change: &AssignmentChange, actor: Actor<'_>) -> Result<AssignmentId, Refusal> {
        let old = self.standing(change.id, actor)?.clone();
        if old.trial && !self.tenant(actor.msp).is_some_and(|msp| msp.features.extended_trial) {
            return Err(Refusal::TrialNotAllowed { action: TrialAction::Update });
        }
        let quantity = change.quantity.unwrap_or(old.quantity);
        if quantity <= 0 {
            return Err(Refusal::BadQuantity { quantity });
        }
        let period =
            Period { start: change.start.unwrap_or(old.period.start), end: change.end.unwrap_or(old.period.end) };
        if period.end < period.start || period.end < actor.now {
            return Err(Refusal::BadPeriod { start: period.start, end: period.end });
        }
        let asked = Period { start: period.start.max(actor.now), ..period };
        let left = self.free_throughout_without(actor.msp, old.pool(), asked, Some(old.id));
        if left < quantity {
            return Err(Refusal::NotEnough {
                product: old.product,
                trial: old.trial,
                wanted: quantity,
                left: left.max(0),
            });
        }
        self.mark_revoked(old.id, actor);
        let id = self.next_assignment;
        self.insert(Assignment {
            id,
            quantity,
            period,
            created: actor.now,
            created_by: actor.name.into(),
            revoked: None,
            ..old
        });
        Ok(id)
    }

    /// An assignment of the actor that is neither revoked nor expired.
    fn standing(&self, id: AssignmentId, actor: Actor<'_>) -> Result<&Assignment, Refusal> {
        let assignment = self.assignment(id).ok_or(Refusal::UnknownAssignment { id })?;
        if assignment.msp != actor.msp {
            return Err(Refusal::ForeignAssignment { id });
        }
        match assignment.status_at(actor.now) {
            Status::Revoked => Err(Refusal::AlreadyRevoked { id }),
            Status::Expired => Err(Refusal::AssignmentExpired { id, end: assignment.period.end }),
            Status::Valid | Status::Future => Ok(assignment),
        }
    }

    fn revocable(&self, id: AssignmentId, actor: Actor<'_>) -> Result<(), Refusal> {
        let assignment = self.standing(id, actor)?;
        if assignment.trial && !self.tenant(actor.msp).is_some_and(|msp| msp.features.extended_trial) {
            return Err(Refusal::TrialNotAllowed { action: TrialAction::Revoke });
        }
        Ok(())
    }
}

/// What was tried with a trial assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialAction {
    /// Making one.
    Create,
    /// Changing one.
    Update,
    /// Taking one back.
    Revoke,
}
