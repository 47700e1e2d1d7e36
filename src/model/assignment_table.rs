//! All assignments, by id, with what is looked up often: those of an MSP, those to a tenant, and how
//! many licences of each pool are assigned at any moment.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{Assignment, AssignmentId, Levels, Lot, PoolKey, Revocation, TenantId, chunks::Chunks};

/// The assignments of a store. A clone shares all rows with its original.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct AssignmentTable {
    rows: Chunks<Assignment>,
    of_msp: Arc<BTreeMap<TenantId, Arc<OfMsp>>>,
    /// The positions of the rows that a tenant got.
    to_customer: Arc<BTreeMap<TenantId, Chunks<usize>>>,
}

/// What one MSP has assigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfMsp {
    /// The positions of its rows.
    rows: Chunks<usize>,
    pools: BTreeMap<PoolKey, PoolUse>,
}

/// What is assigned of one pool: the quantities of rows that are not revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PoolUse {
    pub(super) to_customers: Arc<Levels>,
    pub(super) to_itself: Arc<Levels>,
    /// Both, by SKU and tier.
    pub(super) lots: BTreeMap<Lot, Arc<Levels>>,
}

impl AssignmentTable {
    pub(super) fn get(&self, id: AssignmentId) -> Option<&Assignment> {
        self.rows.get(self.position(id)?)
    }

    /// By id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Assignment> {
        self.rows.iter()
    }

    /// Those that an MSP made, by id.
    pub(super) fn of_msp(&self, msp: TenantId) -> impl Iterator<Item = &Assignment> {
        let positions = self.of_msp.get(&msp).into_iter().flat_map(|own| own.rows.iter());
        positions.filter_map(|position| self.rows.get(*position))
    }

    /// Those that a tenant got, by id.
    pub(super) fn to_customer(&self, customer: TenantId) -> impl Iterator<Item = &Assignment> {
        let positions = self.to_customer.get(&customer).into_iter().flat_map(Chunks::iter);
        positions.filter_map(|position| self.rows.get(*position))
    }

    /// What is assigned of the pools of an MSP, for those of which anything ever was.
    pub(super) fn pool_uses(&self, msp: TenantId) -> impl Iterator<Item = (PoolKey, &PoolUse)> {
        let pools = self.of_msp.get(&msp).into_iter().flat_map(|own| own.pools.iter());
        pools.map(|(pool, used)| (*pool, used))
    }

    /// What is assigned of one pool.
    pub(super) fn pool_use(&self, msp: TenantId, pool: PoolKey) -> Option<&PoolUse> {
        self.of_msp.get(&msp)?.pools.get(&pool)
    }

    /// The id after the highest.
    pub(super) fn next_id(&self) -> AssignmentId {
        let last = self.rows.len().checked_sub(1).and_then(|last| self.rows.get(last));
        last.map_or(1, |last| last.id + 1)
    }

    /// Adds a row, whose id is above all others.
    pub(super) fn push(&mut self, row: Assignment) {
        let position = self.rows.len();
        let own = Arc::make_mut(Arc::make_mut(&mut self.of_msp).entry(row.msp).or_default());
        own.rows.push(position);
        if row.revoked.is_none() {
            own.pools.entry(row.pool()).or_default().add(&row, row.quantity);
        }
        Arc::make_mut(&mut self.to_customer).entry(row.customer).or_default().push(position);
        self.rows.push(row);
    }

    /// Revokes a row that is not revoked.
    pub(super) fn revoke(&mut self, id: AssignmentId, revocation: Revocation) {
        let Some(row) = self.position(id).and_then(|position| self.rows.get_mut(position)) else { return };
        row.revoked = Some(revocation);
        if let Some(own) = Arc::make_mut(&mut self.of_msp).get_mut(&row.msp) {
            let pools = &mut Arc::make_mut(own).pools;
            pools.entry(row.pool()).or_default().add(row, -row.quantity);
        }
    }

    fn position(&self, id: AssignmentId) -> Option<usize> {
        self.rows.position(|row| row.id.cmp(&id))
    }
}

impl PoolUse {
    fn add(&mut self, row: &Assignment, quantity: i64) {
        let whole = if row.is_own() { &mut self.to_itself } else { &mut self.to_customers };
        Arc::make_mut(whole).add(row.period, quantity);
        let lot = self.lots.entry(row.lot.clone()).or_default();
        Arc::make_mut(lot).add(row.period, quantity);
    }
}

/// The rows; everything else follows from them.
impl fmt::Debug for AssignmentTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
