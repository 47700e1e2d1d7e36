//! Licences against devices, by licensing model: of a tenant itself, and of an MSP's customers.
//!
//! `licenseGap` = active paid + active trial - used (observed), which of an MSP's customers means what
//! is handed out (chosen): the rest of its pools.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    entitlement::{Filter, entitlements},
    selection::one_of,
    summary::{Summary, hardware, summaries},
};
use crate::model::{DeviceType, LicenseType, Period, PoolSums, Status, Store, Tenant};

/// What a tenant has and uses of one licensing model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantCompliance {
    /// The licensing model.
    pub license_type: LicenseType,
    /// Its own use.
    pub own: Compliance,
    /// Its customers', if it is an MSP.
    pub customers: Option<Compliance>,
}

/// Licences against devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compliance {
    /// Active devices and used licences by device type.
    pub devices: BTreeMap<DeviceType, DeviceUse>,
    /// Valid licences, courtesy included.
    pub paid: Side,
    /// The same of trials.
    pub trial: Side,
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
    /// Of an MSP: left for customers; negative when overdrawn.
    pub free: i64,
    /// The day on which licences expire next, and how many.
    pub next_expiry: Option<(NaiveDate, i64)>,
}

impl Compliance {
    /// Licences that devices use.
    pub fn used(&self) -> i64 {
        self.devices.values().map(|device| device.used).sum()
    }

    /// What is left of a tenant's own licences; negative when short.
    pub fn own_gap(&self) -> i64 {
        self.paid.active + self.trial.active - self.used()
    }

    /// What is left for customers; negative when overdrawn.
    pub fn customers_gap(&self) -> i64 {
        self.paid.free + self.trial.free
    }
}

/// The compliance of a tenant, by licensing model, for those of which it has a licence, a pool or a device.
pub fn compliances(
    store: &Store,
    tenant: &Tenant,
    license_types: &[String],
    now: DateTime<Utc>,
) -> Vec<TenantCompliance> {
    let own = by_license_type(store, tenant, now);
    let customers = tenant.kind.is_msp().then(|| of_customers(store, tenant, now));
    let known: BTreeSet<LicenseType> = own.keys().chain(customers.iter().flat_map(BTreeMap::keys)).copied().collect();
    known
        .into_iter()
        .filter(|license_type| one_of(license_types, (*license_type).into()))
        .map(|license_type| TenantCompliance {
            license_type,
            own: own.get(&license_type).cloned().unwrap_or_default(),
            customers: customers.as_ref().map(|all| all.get(&license_type).cloned().unwrap_or_default()),
        })
        .collect()
}

/// A tenant's own licences and devices, as its summaries have them.
fn by_license_type(store: &Store, tenant: &Tenant, now: DateTime<Utc>) -> BTreeMap<LicenseType, Compliance> {
    let mut sums: BTreeMap<LicenseType, Compliance> = BTreeMap::new();
    let summaries = summaries(store, tenant, Filter::default(), now);
    for row in &summaries {
        let sum = sums.entry(row.license_type).or_default();
        if row.trial { sum.trial.active += row.quantity } else { sum.paid.active += row.quantity }
    }
    add_devices(&mut sums, tenant, &summaries, now);
    let rows = entitlements(store, tenant, Filter::default());
    for (license_type, sum) in &mut sums {
        let of = |trial| {
            let rows = rows.iter().filter(move |row| row.license_type == *license_type && row.trial == trial);
            next_expiry(rows.map(|row| (row.period, row.quantity)), now)
        };
        (sum.paid.next_expiry, sum.trial.next_expiry) = (of(false), of(true));
    }
    sums
}

/// The devices of an MSP's customers, and the pools out of which they get their licences.
fn of_customers(store: &Store, msp: &Tenant, now: DateTime<Utc>) -> BTreeMap<LicenseType, Compliance> {
    let mut sums: BTreeMap<LicenseType, Compliance> = BTreeMap::new();
    for customer in store.tenants().filter(|tenant| tenant.parent == Some(msp.id)) {
        add_devices(&mut sums, customer, &summaries(store, customer, Filter::default(), now), now);
    }
    for (pool, pool_sums) in store.pools(msp.id, now) {
        let sum = sums.entry(pool.product.tenant_license_type()).or_default();
        if pool.trial { sum.trial.add(pool_sums) } else { sum.paid.add(pool_sums) }
    }
    for (license_type, sum) in &mut sums {
        let of = |trial| {
            let rows = msp.msp_entitlements.iter();
            let rows = rows.filter(move |p| p.product.tenant_license_type() == *license_type && p.trial == trial);
            next_expiry(rows.map(|p| (p.period, p.quantity)), now)
        };
        (sum.paid.next_expiry, sum.trial.next_expiry) = (of(false), of(true));
    }
    sums
}

/// Adds the devices behind a tenant's summaries, and what they use. Analytics looks at all hardware.
fn add_devices(
    sums: &mut BTreeMap<LicenseType, Compliance>,
    tenant: &Tenant,
    summaries: &[Summary],
    now: DateTime<Utc>,
) {
    let mut counted = BTreeSet::new();
    for row in summaries {
        let device = sums.entry(row.license_type).or_default().devices.entry(row.device_type).or_default();
        device.used += row.used;
        // The paid and the trial row of one kind both name all of its devices.
        if counted.insert((row.device_type, row.device_sub_type.clone())) {
            device.installed += match row.device_type {
                DeviceType::Analytics => hardware(tenant, now),
                _ => row.devices.values().sum(),
            };
        }
    }
}

impl Side {
    fn add(&mut self, sums: PoolSums) {
        self.active += sums.purchased + sums.courtesy;
        self.assigned += sums.assigned();
        self.to_customers += sums.to_customers;
        self.free += sums.free();
    }
}

/// The day on which the next of the valid rows expires, and how much does then.
fn next_expiry(rows: impl Iterator<Item = (Period, i64)>, now: DateTime<Utc>) -> Option<(NaiveDate, i64)> {
    let mut by_day: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (period, quantity) in rows.filter(|(period, _)| period.status_at(now) == Status::Valid) {
        *by_day.entry(period.end.date_naive()).or_default() += quantity;
    }
    by_day.into_iter().next()
}
