//! Creating, changing and revoking assignments.
//!
//! Changing an assignment revokes the old row and creates a new one; revoked rows stay on record
//! (observed). Every write here is all or nothing: it checks the whole call before it changes anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SubsecRound;

use super::{
    Actor, Assignment, AssignmentChange, AssignmentId, Lot, MspEntitlement, NewAssignment, Period, PoolKey, Refusal,
    Revocation, Status, Store, Tenant, TenantId, TrialAction, capacity::PoolPurchases,
};

/// The purchases of pools that one call has looked at already.
type Purchases = BTreeMap<(TenantId, PoolKey), PoolPurchases>;

impl Store {
    /// Adds rows that are on record already, in the order of their ids. Those whose lot names no SKU get one.
    pub(super) fn record(&mut self, rows: impl IntoIterator<Item = Assignment>) {
        let rows: BTreeMap<AssignmentId, Assignment> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut purchases = Purchases::new();
        for mut row in rows.into_values() {
            if row.lot.sku.is_empty() {
                let (msp, pool, tier) = (row.msp, row.pool(), row.lot.tier.take());
                let wanted = (row.quantity, row.period);
                row.lot = self.lot_for(&mut purchases, msp, pool, wanted, tier.as_deref());
            }
            self.assignments.push(row);
        }
    }

    /// Revokes a set of assignments: all of them, or none with the first reason.
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

    /// Creates assignments: all that ask for more than zero, or none with the first reason. Rows of zero
    /// alone create nothing: the vendor's UI sends them before it sends its changes (observed).
    pub fn assign(&mut self, wanted: &[NewAssignment], actor: Actor<'_>) -> Result<Vec<AssignmentId>, Refusal> {
        self.check_rows(wanted.len())?;
        let mut next = self.clone();
        let (mut made, mut purchases) = (Vec::new(), Purchases::new());
        for new in wanted.iter().filter(|new| new.quantity != 0) {
            made.push(next.assign_one(new, actor, &mut purchases)?);
        }
        if !made.is_empty() {
            *self = next;
            self.touch();
        }
        Ok(made)
    }

    /// Creates one assignment of the MSP to itself.
    pub fn assign_own(&mut self, wanted: &NewAssignment, actor: Actor<'_>) -> Result<AssignmentId, Refusal> {
        self.assign(std::slice::from_ref(wanted), actor)?.pop().ok_or(Refusal::NothingToAssign)
    }

    /// Changes assignments, each by revoking the old row and creating a new one: all or none. A change to
    /// zero only revokes (observed: the vendor's UI takes licences back in this way).
    pub fn change(&mut self, changes: &[AssignmentChange], actor: Actor<'_>) -> Result<Vec<AssignmentId>, Refusal> {
        self.check_rows(changes.len())?;
        let (mut seen, mut purchases) = (BTreeSet::new(), Purchases::new());
        let mut next = self.clone();
        let mut made = Vec::new();
        for change in changes {
            if !seen.insert(change.id) {
                return Err(Refusal::DuplicateAssignment { id: change.id });
            }
            made.extend(next.change_one(change, actor, &mut purchases)?);
        }
        *self = next;
        self.touch();
        Ok(made)
    }

    /// Revokes one of the MSP's assignments to itself; others do not exist for this operation.
    pub fn revoke_own(&mut self, id: AssignmentId, actor: Actor<'_>) -> Result<(), Refusal> {
        self.check_own(id, actor)?;
        self.revoke(&[id], actor)
    }

    /// Changes one of the MSP's assignments to itself; the id of the row that replaces it. Its operation
    /// answers with that row, so it cannot change one to zero.
    pub fn change_own(&mut self, change: AssignmentChange, actor: Actor<'_>) -> Result<AssignmentId, Refusal> {
        let id = change.id;
        self.check_own(id, actor)?;
        if let Some(quantity @ 0) = change.quantity {
            return Err(Refusal::BadQuantity { quantity });
        }
        self.change(&[change], actor)?.pop().ok_or(Refusal::UnknownAssignment { id })
    }

    fn check_own(&self, id: AssignmentId, actor: Actor<'_>) -> Result<(), Refusal> {
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

    fn assign_one(
        &mut self,
        new: &NewAssignment,
        actor: Actor<'_>,
        purchases: &mut Purchases,
    ) -> Result<AssignmentId, Refusal> {
        if new.quantity < 0 {
            return Err(Refusal::BadQuantity { quantity: new.quantity });
        }
        if new.period.end < new.period.start || new.period.end < actor.now {
            return Err(Refusal::BadPeriod { start: new.period.start, end: new.period.end });
        }
        self.check_customer(actor.msp, new.customer)?;
        if new.trial {
            self.check_trial(actor, TrialAction::Create)?;
        }
        let pool = self.pool_for(new, actor, purchases)?;
        let wanted = (new.quantity, from_now(new.period, actor));
        let lot = self.lot_for(purchases, actor.msp, pool, wanted, new.tier.as_deref());
        let id = self.assignments.next_id();
        self.assignments.push(Assignment {
            id,
            msp: actor.msp,
            customer: new.customer,
            product: pool.product,
            trial: pool.trial,
            lot,
            quantity: new.quantity,
            period: Period { start: new.period.start.trunc_subsecs(0), ..new.period },
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

    fn check_trial(&self, actor: Actor<'_>, action: TrialAction) -> Result<(), Refusal> {
        let allowed = self.tenant(actor.msp).is_some_and(|msp| msp.features.extended_trial);
        if allowed { Ok(()) } else { Err(Refusal::TrialNotAllowed { action }) }
    }

    /// The pool to draw on: the first of those asked for with enough left, the one that the word itself
    /// names before the others.
    fn pool_for(&self, new: &NewAssignment, actor: Actor<'_>, purchases: &mut Purchases) -> Result<PoolKey, Refusal> {
        let all = self.msp_entitlements(actor.msp);
        if all.is_empty() {
            return Err(Refusal::NoMspEntitlements);
        }
        let fits = |pool: &PoolKey| pool.trial == new.trial && new.wanted.admits(pool.product);
        let pools: BTreeSet<PoolKey> = all.iter().map(MspEntitlement::pool).filter(fits).collect();
        let mut pools: Vec<PoolKey> = pools.into_iter().collect();
        pools.sort_by_key(|pool| !new.wanted.names(pool.product));
        let period = from_now(new.period, actor);
        let mut best: Option<(i64, PoolKey)> = None;
        for pool in pools {
            let Some(left) = self.left(purchases, actor.msp, pool, period, new.tier.as_deref()) else { continue };
            if left >= new.quantity {
                return Ok(pool);
            }
            if best.is_none_or(|(most, _)| left > most) {
                best = Some((left, pool));
            }
        }
        Err(match best {
            Some((left, PoolKey { product, trial })) => {
                Refusal::NotEnough { product, trial, wanted: new.quantity, left: left.max(0) }
            }
            None => Refusal::NoSuchPool { wanted: new.wanted, trial: new.trial, tier: new.tier.clone() },
        })
    }

    /// What is left of a pool, or of a tier of it, over a period; none if the pool has no such tier.
    fn left(
        &self,
        purchases: &mut Purchases,
        msp: TenantId,
        pool: PoolKey,
        period: Period,
        tier: Option<&str>,
    ) -> Option<i64> {
        let (purchases, used) = (self.purchases(purchases, msp, pool), self.pool_use(msp, pool));
        let Some(tier) = tier else { return Some(purchases.lowest(used, period)) };
        let is_of = |name: &Option<std::sync::Arc<str>>| name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(tier));
        let by_tier = purchases.has_tier(tier).then(|| purchases.lowest_by_tier(used, period))?;
        Some(by_tier.iter().filter(|(name, _)| is_of(name)).map(|(_, free)| free).sum())
    }

    fn purchases<'p>(&self, known: &'p mut Purchases, msp: TenantId, pool: PoolKey) -> &'p PoolPurchases {
        let purchases = || PoolPurchases::of(self.msp_entitlements(msp), pool, &self.policy);
        known.entry((msp, pool)).or_insert_with(purchases)
    }

    fn lot_for(
        &self,
        purchases: &mut Purchases,
        msp: TenantId,
        pool: PoolKey,
        wanted: (i64, Period),
        tier: Option<&str>,
    ) -> Lot {
        self.purchases(purchases, msp, pool).lot_for(pool, self.pool_use(msp, pool), wanted, tier)
    }

    fn change_one(
        &mut self,
        change: &AssignmentChange,
        actor: Actor<'_>,
        purchases: &mut Purchases,
    ) -> Result<Option<AssignmentId>, Refusal> {
        let old = self.standing(change.id, actor)?.clone();
        if old.trial {
            self.check_trial(actor, TrialAction::Update)?;
        }
        let quantity = change.quantity.unwrap_or(old.quantity);
        if quantity < 0 {
            return Err(Refusal::BadQuantity { quantity });
        }
        self.mark_revoked(old.id, actor);
        if quantity == 0 {
            return Ok(None);
        }
        let period =
            Period { start: change.start.unwrap_or(old.period.start), end: change.end.unwrap_or(old.period.end) };
        if period.end < period.start || period.end < actor.now {
            return Err(Refusal::BadPeriod { start: period.start, end: period.end });
        }
        // What takes nothing that the old row did not hold is allowed, even if the pool is overdrawn.
        let asked = from_now(period, actor);
        let shrinks = quantity <= old.quantity && old.period.start <= asked.start && period.end <= old.period.end;
        let left = self.purchases(purchases, actor.msp, old.pool()).lowest(self.pool_use(actor.msp, old.pool()), asked);
        if !shrinks && left < quantity {
            let (product, trial) = (old.product, old.trial);
            return Err(Refusal::NotEnough { product, trial, wanted: quantity, left: left.max(0) });
        }
        let id = self.assignments.next_id();
        let (created, created_by) = (actor.now, actor.name.into());
        self.assignments.push(Assignment { id, quantity, period, created, created_by, revoked: None, ..old });
        Ok(Some(id))
    }

    fn mark_revoked(&mut self, id: AssignmentId, actor: Actor<'_>) {
        self.assignments.revoke(id, Revocation { at: actor.now, by: actor.name.into() });
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
        if assignment.trial { self.check_trial(actor, TrialAction::Revoke) } else { Ok(()) }
    }
}

/// The part of a period that has not passed.
fn from_now(period: Period, actor: Actor<'_>) -> Period {
    Period { start: period.start.max(actor.now), ..period }
}
