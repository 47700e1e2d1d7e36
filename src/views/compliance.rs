//! Licences against devices, by licensing model: of a tenant itself, and of an MSP's customers.
//!
//! `licenseGap` is what is left; where any kind of licence is short, it is the shortage, for a surplus of
//! one kind helps no other (observed for one kind: active paid + active trial - used; chosen beyond that).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    holdings::{Holdings, KindUse, hardware},
    selection::one_of,
};
use crate::model::{DeviceGroup, DeviceType, LicenseType, Period, PoolSums, Status};

/// What a tenant has and uses of one licensing model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantCompliance {
    /// The licensing model that the licences belong to, such as APSW.
    pub license_type: LicenseType,
    /// What the tenant uses itself.
    pub own: Compliance,
    /// Its customers', if it is an MSP.
    pub customers: Option<Compliance>,
}

/// Licences against devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compliance {
    /// Active devices and used licences by what the devices are.
    pub devices: BTreeMap<DeviceType, DeviceUse>,
    /// Valid licences, courtesy included.
    pub paid: Side,
    /// The same of trials.
    pub trial: Side,
    /// What is left of all kinds together, or what is short.
    pub gap: Gap,
}

/// Active devices, and the licences that they use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceUse {
    /// Active devices.
    pub installed: i64,
    /// Licences in use.
    pub used: i64,
}

/// The paid or the trial licences of a licensing model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Valid licences, courtesy included.
    pub active: i64,
    /// Of an MSP: handed out.
    pub assigned: i64,
    /// Of an MSP: handed to customers.
    pub to_customers: i64,
    /// Of an MSP: left for customers, or overdrawn.
    pub free: Gap,
    /// The day on which licences expire next, and how many.
    pub next_expiry: Option<(NaiveDate, i64)>,
}

/// What is left of several kinds of licences, and what is short; never set off against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Licences left.
    pub surplus: i64,
    /// Licences that are short.
    pub shortage: i64,
}

impl Gap {
    /// The shortage, negative, if there is any; else what is left.
    pub fn value(self) -> i64 {
        if self.shortage > 0 { -self.shortage } else { self.surplus }
    }

    fn add(&mut self, left: i64) {
        self.surplus += left.max(0);
        self.shortage += (-left).max(0);
    }

    fn plus(self, other: Self) -> Self {
        Self { surplus: self.surplus + other.surplus, shortage: self.shortage + other.shortage }
    }
}

impl Compliance {
    /// Licences that devices use.
    pub fn used(&self) -> i64 {
        self.devices.values().map(|device| device.used).sum()
    }
}

/// By licensing model.
type ByModel = BTreeMap<LicenseType, Compliance>;

/// The compliance of a tenant, by licensing model, for those of which it has a licence, a pool or a device.
pub fn compliances(holdings: &Holdings<'_>, license_types: &[String]) -> Vec<TenantCompliance> {
    let own = own(holdings);
    let customers = holdings.tenant.kind.is_msp().then(|| of_customers(holdings));
    let known: BTreeSet<LicenseType> = own.keys().chain(customers.iter().flat_map(BTreeMap::keys)).copied().collect();
    let asked = known.into_iter().filter(|license_type| one_of(license_types, (*license_type).into()));
    asked
        .map(|license_type| TenantCompliance {
            license_type,
            own: own.get(&license_type).cloned().unwrap_or_else(|| Compliance::empty(license_type)),
            customers: customers
                .as_ref()
                .map(|all| all.get(&license_type).cloned().unwrap_or_else(|| Compliance::empty(license_type))),
        })
        .collect()
}

/// A tenant's own licences and devices.
fn own(holdings: &Holdings<'_>) -> ByModel {
    let mut sums = ByModel::new();
    add_devices(&mut sums, holdings);
    for cell in &holdings.cells {
        let sum = of_model(&mut sums, cell.license_type);
        let side = if cell.trial { &mut sum.trial } else { &mut sum.paid };
        side.active += cell.quantity;
        sum.gap.add(cell.quantity - cell.used);
    }
    for kind in &holdings.kinds {
        if kind.uncovered > 0 {
            of_model(&mut sums, kind.license_type).gap.add(-kind.uncovered);
        }
    }
    // A kind of which there is a pool, or a device, and no licence.
    for pool in holdings.pools.keys() {
        of_model(&mut sums, pool.product.tenant_license_type());
    }
    let rows = holdings.rows.iter().map(|row| ((row.license_type, row.trial), row.period, row.quantity));
    add_next_expiries(&mut sums, rows, holdings.now);
    sums
}

/// The devices of an MSP's customers, and the pools out of which they get their licences.
fn of_customers(holdings: &Holdings<'_>) -> ByModel {
    let (store, msp, now) = (holdings.store, holdings.tenant, holdings.now);
    let mut sums = ByModel::new();
    for customer in store.tenants().filter(|tenant| tenant.parent == Some(msp.id)) {
        add_devices(&mut sums, &Holdings::of(store, customer, now));
    }
    for (pool, pool_sums) in &holdings.pools {
        let sum = of_model(&mut sums, pool.product.tenant_license_type());
        let side = if pool.trial { &mut sum.trial } else { &mut sum.paid };
        side.add(*pool_sums);
    }
    for sum in sums.values_mut() {
        sum.gap = sum.paid.free.plus(sum.trial.free);
    }
    let purchases = msp.msp_entitlements.iter();
    let rows = purchases.map(|row| ((row.product.tenant_license_type(), row.trial), row.period, row.quantity));
    add_next_expiries(&mut sums, rows, now);
    sums
}

/// Adds the active devices of a tenant, and what they use, under what they are.
fn add_devices(sums: &mut ByModel, holdings: &Holdings<'_>) {
    for kind in &holdings.kinds {
        if kind.is_analytics() {
            let device = of_model(sums, kind.license_type).devices.entry(DeviceType::Analytics).or_default();
            device.installed += hardware(holdings.tenant, holdings.now);
            device.used += kind.demand;
        } else {
            spread(sums, kind, holdings);
        }
    }
}

/// Spreads the devices of a kind over the licensing models whose licences they use, in the order in which
/// these are used up; what is not covered counts with the kind's own model.
fn spread(sums: &mut ByModel, kind: &KindUse<'_>, holdings: &Holdings<'_>) {
    let cells = holdings.cells[kind.cells.clone()].iter().map(|cell| (cell.license_type, cell.used));
    let mut used = cells.chain([(kind.license_type, kind.uncovered)]).filter(|(_, used)| *used > 0).peekable();
    let mut left = used.peek().map_or(0, |(_, used)| *used);
    for group in kind.active(holdings.now) {
        let model = used.peek().map_or(kind.license_type, |(model, _)| *model);
        let device_type = physical_type(group);
        of_model(sums, model).devices.entry(device_type).or_default().installed += group.count;
        let mut wanted = group.count * holdings.licenses_each(group);
        while let Some((model, _)) = used.peek().copied().filter(|_| wanted > 0) {
            let taken = wanted.min(left);
            of_model(sums, model).devices.entry(device_type).or_default().used += taken;
            (wanted, left) = (wanted - taken, left - taken);
            if left == 0 {
                used.next();
                left = used.peek().map_or(0, |(_, used)| *used);
            }
        }
    }
}

/// What a device is, whatever licence covers it (observed): an ICX that counts as APSW is a switch, any
/// other such device an access point (chosen for devices without a model).
fn physical_type(group: &DeviceGroup) -> DeviceType {
    let is_switch = || group.model.as_deref().is_some_and(|model| model.starts_with("ICX"));
    match group.device_type {
        DeviceType::Apsw if is_switch() => DeviceType::Switch,
        DeviceType::Apsw => DeviceType::Wifi,
        device_type => device_type,
    }
}

fn of_model(sums: &mut ByModel, license_type: LicenseType) -> &mut Compliance {
    sums.entry(license_type).or_insert_with(|| Compliance::empty(license_type))
}

impl Compliance {
    /// Nothing: the device types that are always there, with zeros (observed for APSW).
    fn empty(license_type: LicenseType) -> Self {
        let always: &[DeviceType] = match license_type {
            LicenseType::Apsw => {
                &[DeviceType::Wifi, DeviceType::Switch, DeviceType::Rwg, DeviceType::Edge, DeviceType::VirtualEdge]
            }
            LicenseType::SltnToken => &[DeviceType::SltnPinForIdentity, DeviceType::SltnPmsIntegration],
            LicenseType::EdgeSecs => &[DeviceType::EdgeSecs],
            LicenseType::EdgeSecl => &[DeviceType::EdgeSecl],
            LicenseType::Unknown | LicenseType::Urlf => &[],
        };
        Self {
            devices: always.iter().map(|device_type| (*device_type, DeviceUse::default())).collect(),
            ..Self::default()
        }
    }
}

impl Side {
    fn add(&mut self, sums: PoolSums) {
        self.active += sums.purchased + sums.courtesy;
        self.assigned += sums.assigned();
        self.to_customers += sums.to_customers;
        self.free.add(sums.free());
    }
}

/// Adds the day on which the next of the valid rows of each model expires, and how much does then.
fn add_next_expiries(
    sums: &mut ByModel,
    rows: impl Iterator<Item = ((LicenseType, bool), Period, i64)>,
    now: DateTime<Utc>,
) {
    for ((license_type, trial), period, quantity) in rows.filter(|(_, p, _)| p.status_at(now) == Status::Valid) {
        let Some(sum) = sums.get_mut(&license_type) else { continue };
        let next = &mut (if trial { &mut sum.trial } else { &mut sum.paid }).next_expiry;
        let day = period.end.date_naive();
        *next = Some(match *next {
            Some((own, sum)) if own == day => (own, sum + quantity),
            Some(own) if own.0 < day => own,
            _ => (day, quantity),
        });
    }
}
