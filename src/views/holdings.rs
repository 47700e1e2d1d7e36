//! What a tenant holds at a moment, computed once: its rows with their use, its kinds of licences with
//! the devices that use them, and, of an MSP, its pools. All other views derive from this.
//!
//! Use (chosen where the reference leaves it open): paid licences are used first, then trial ones; among
//! them those of the kind's own licensing model first, then the lower tiers, then what expires first.
//! What no licence covers is short on the paid row, or on the trial row if only trials are on record.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Utc};

use super::row::{Kind, Row, counted_as, pool_kind};
use crate::model::{
    DeviceGroup, DeviceType, LicenseType, MspEntitlement, PoolKey, PoolSums, Store, Tenant, tier_order,
};

/// What a tenant holds at a moment.
#[derive(Clone, Debug)]
pub struct Holdings<'s> {
    /// Where.
    pub store: &'s Store,
    /// Whose.
    pub tenant: &'s Tenant,
    /// When.
    pub now: DateTime<Utc>,
    /// What the tenant bought, and what was assigned to it and not revoked; earliest expiry first, then by
    /// id. Hardware rows of a device-agnostic tenant are APSW.
    pub rows: Vec<Row<'s>>,
    /// The kinds of licences, by device type, then variant: those of the rows, of the pools, and of the devices.
    pub kinds: Vec<KindUse<'s>>,
    /// The rows of each kind by what licences of a kind can differ in; in the order in which they are used.
    pub cells: Vec<Cell<'s>>,
    /// Of an MSP: its pools.
    pub pools: BTreeMap<PoolKey, PoolSums>,
}

/// One kind of licences, and the devices that use them.
#[derive(Clone, Debug)]
pub struct KindUse<'s> {
    /// Which kind.
    pub kind: Kind<'s>,
    /// The licensing model under which its devices count.
    pub license_type: LicenseType,
    /// Its devices, at any time.
    pub groups: Vec<&'s DeviceGroup>,
    /// Licences that active devices use, covered or not.
    pub demand: i64,
    /// Licences that active devices use and nobody has.
    pub uncovered: i64,
    /// Whether paid licences or a paid purchase of an MSP are on record.
    paid_on_record: bool,
    trial_on_record: bool,
    /// Its part of the cells.
    pub cells: Range<usize>,
}

/// Licences of one kind that differ in nothing but their dates.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'s> {
    /// Trial or paid.
    pub trial: bool,
    /// The licensing model that the licences belong to, such as APSW.
    pub license_type: LicenseType,
    /// Silver, Gold or Platinum.
    pub tier: Option<&'s str>,
    /// Licences of valid rows.
    pub quantity: i64,
    /// How many of them are in use.
    pub used: i64,
}

/// The order of the cells: by kind, and within a kind in the order in which they are used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CellKey<'s> {
    kind: Kind<'s>,
    trial: bool,
    /// False for the model that the device type itself has.
    foreign_model: bool,
    license_type: LicenseType,
    tier: (usize, Option<&'s str>),
}

impl<'s> Holdings<'s> {
    /// What a tenant holds at a moment.
    pub fn of(store: &'s Store, tenant: &'s Tenant, now: DateTime<Utc>) -> Self {
        let pools = if tenant.kind.is_msp() { store.pools(tenant.id, now) } else { BTreeMap::new() };
        let (rows, cells) = rows_and_cells(store, tenant);
        let mut holdings = Self { store, tenant, now, rows, kinds: Vec::new(), cells: Vec::new(), pools };
        holdings.kinds = holdings.kinds_of(&cells);
        holdings.cells = cells.into_iter().map(CellKey::empty).collect();
        holdings.count();
        holdings
    }

    /// The kinds of the cells, of the pools and of the devices.
    fn kinds_of(&self, cells: &[CellKey<'s>]) -> Vec<KindUse<'s>> {
        let tenant = self.tenant;
        let bought: BTreeSet<PoolKey> = if tenant.kind.is_msp() {
            tenant.msp_entitlements.iter().map(MspEntitlement::pool).collect()
        } else {
            BTreeSet::new()
        };
        let of_cells = cells.iter().map(|cell| (cell.kind, cell.trial, Some(cell.license_type)));
        let of_pools =
            |pool: &PoolKey| (pool_kind(tenant, pool.product), pool.trial, Some(pool.product.tenant_license_type()));
        let mut kinds: BTreeMap<Kind<'s>, KindUse<'s>> = BTreeMap::new();
        for (kind, trial, license_type) in of_cells.chain(bought.iter().map(of_pools)) {
            let own = kinds.entry(kind).or_insert_with(|| KindUse::new(kind, license_type));
            if trial { own.trial_on_record = true } else { own.paid_on_record = true }
        }
        let on_record: BTreeSet<Kind<'s>> = kinds.keys().copied().collect();
        for (kind, _, license_type) in self.pools.keys().map(of_pools) {
            kinds.entry(kind).or_insert_with(|| KindUse::new(kind, license_type));
        }
        for group in tenant.devices.iter() {
            let kind = kind_used(tenant, group, &on_record);
            kinds.entry(kind).or_insert_with(|| KindUse::new(kind, None)).groups.push(group);
        }
        let mut next = 0;
        let mut kinds: Vec<KindUse<'s>> = kinds.into_values().collect();
        for kind in &mut kinds {
            let len = cells[next..].iter().take_while(|cell| cell.kind == kind.kind).count();
            kind.cells = next..next + len;
            next += len;
        }
        kinds
    }

    /// Counts licences and use at the moment.
    fn count(&mut self) {
        for row in self.rows.iter().filter(|row| row.is_valid_at(self.now)) {
            self.cells[row.cell].quantity += row.quantity;
        }
        for index in 0..self.kinds.len() {
            let demand = self.demand(&self.kinds[index], self.now);
            let kind = &mut self.kinds[index];
            let cells = &mut self.cells[kind.cells.clone()];
            (kind.demand, kind.uncovered) = cover(kind.kind, demand, cells);
        }
        let mut left: Vec<i64> = self.cells.iter().map(|cell| cell.used).collect();
        for row in self.rows.iter_mut().filter(|row| row.is_valid_at(self.now)) {
            row.used = row.quantity.min(left[row.cell]);
            left[row.cell] -= row.used;
        }
    }

    /// Licences that the devices of a kind use at a moment. Analytics looks at all hardware.
    pub(super) fn demand(&self, kind: &KindUse<'s>, at: DateTime<Utc>) -> i64 {
        if kind.is_analytics() {
            return hardware(self.tenant, at);
        }
        let active = kind.groups.iter().filter(|group| group.is_active_at(at));
        active.map(|group| group.count * self.licenses_each(group)).sum()
    }

    /// Licences that each device of a group uses.
    pub(super) fn licenses_each(&self, group: &DeviceGroup) -> i64 {
        match group.device_type {
            DeviceType::VirtualEdge => self.store.policy.licenses_per_virtual_edge,
            _ => 1,
        }
    }

    /// Where a kind stands among the kinds.
    pub fn kind_index(&self, kind: Kind<'s>) -> Option<usize> {
        self.kinds.binary_search_by(|own| own.kind.cmp(&kind)).ok()
    }
}

impl<'s> KindUse<'s> {
    fn new(kind: Kind<'s>, license_type: Option<LicenseType>) -> Self {
        Self {
            kind,
            license_type: license_type.unwrap_or_else(|| kind.device_type.license_type()),
            groups: Vec::new(),
            demand: 0,
            uncovered: 0,
            paid_on_record: false,
            trial_on_record: false,
            cells: 0..0,
        }
    }

    /// Whether these are analytics licences, of which tenants are never short.
    pub fn is_analytics(&self) -> bool {
        self.kind == Kind { device_type: DeviceType::Analytics, sub_type: None }
    }

    /// On which row a shortage shows: true for the trial row.
    pub fn is_short_on_trial(&self) -> bool {
        self.trial_on_record && !self.paid_on_record
    }

    /// The devices that are active at a moment.
    pub fn active(&self, now: DateTime<Utc>) -> impl Iterator<Item = &'s DeviceGroup> {
        self.groups.iter().copied().filter(move |group| group.is_active_at(now))
    }
}

impl<'s> CellKey<'s> {
    fn of(row: &Row<'s>) -> Self {
        Self {
            kind: row.kind,
            trial: row.trial,
            foreign_model: row.license_type != row.kind.device_type.license_type(),
            license_type: row.license_type,
            tier: tier_order(row.tier()),
        }
    }

    fn empty(self) -> Cell<'s> {
        let Self { kind: _, trial, foreign_model: _, license_type, tier } = self;
        Cell { trial, license_type, tier: tier.1, quantity: 0, used: 0 }
    }
}

/// The rows of a tenant, each with the place of its cell, and all cells in their order.
fn rows_and_cells<'s>(store: &'s Store, tenant: &'s Tenant) -> (Vec<Row<'s>>, Vec<CellKey<'s>>) {
    let granted = store.assignments_to(tenant.id).filter(|row| row.revoked.is_none());
    let bought = tenant.entitlements.iter().map(|row| Row::bought(tenant, row));
    let mut rows: Vec<Row<'s>> = bought.chain(granted.map(|row| Row::granted(tenant, row))).collect();
    rows.sort_by(Row::by_expiry);
    let mut cells: BTreeMap<CellKey<'s>, usize> = BTreeMap::new();
    let mut last = None;
    for row in &mut rows {
        let key = CellKey::of(row);
        row.cell = match last {
            Some((known, cell)) if known == key => cell,
            _ => {
                let next = cells.len();
                *cells.entry(key).or_insert(next)
            }
        };
        last = Some((key, row.cell));
    }
    // So far cells are numbered as they were met.
    let mut places = vec![0; cells.len()];
    for (place, met) in cells.values().enumerate() {
        places[*met] = place;
    }
    for row in &mut rows {
        row.cell = places[row.cell];
    }
    (rows, cells.into_keys().collect())
}

/// Uses up the licences of a kind in their order. What is in use, and what of it is not covered.
pub(super) fn cover(kind: Kind<'_>, demand: i64, cells: &mut [Cell<'_>]) -> (i64, i64) {
    let all: i64 = cells.iter().map(|cell| cell.quantity).sum();
    // Analytics looks at as many devices as it has licences for.
    let demand = if kind.device_type == DeviceType::Analytics { demand.min(all) } else { demand };
    let mut left = demand;
    for cell in cells {
        cell.used = left.min(cell.quantity);
        left -= cell.used;
    }
    (demand, left)
}

/// The kind of licence that devices use: their own variant's if it is on record, else the generic one of
/// their type. Solution features use solution tokens.
fn kind_used<'s>(tenant: &Tenant, group: &'s DeviceGroup, on_record: &BTreeSet<Kind<'s>>) -> Kind<'s> {
    let device_type = counted_as(tenant, group.device_type);
    let sub_type = group.device_sub_type.as_deref().filter(|_| device_type == group.device_type);
    let own = Kind { device_type, sub_type };
    let generic = [Some("ICX_ANY"), Some("ICX"), None].map(|sub_type| Kind { device_type, sub_type });
    let token = Kind { device_type: DeviceType::SltnToken, sub_type: None };
    let token = device_type.uses_solution_tokens().then_some(token);
    let fitting = std::iter::once(own).chain(generic).chain(token).find(|kind| on_record.contains(kind));
    fitting.unwrap_or(token.unwrap_or(own))
}

/// Active devices that analytics looks at.
pub fn hardware(tenant: &Tenant, now: DateTime<Utc>) -> i64 {
    let groups = tenant.devices.iter().filter(|group| group.device_type.is_hardware() && group.is_active_at(now));
    groups.map(|group| group.count).sum()
}
