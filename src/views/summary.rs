//! Quantities against use: one row per device type, sub type and trial flag.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    after, days_left,
    entitlement::{Filter, counted_as, entitlements},
};
use crate::model::{DeviceType, Entitlement, LicenseType, PoolKey, PoolSums, Status, Store, Tenant};

/// One row of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What the row counts.
    pub device_type: DeviceType,
    /// The variant, such as `ICX76`.
    pub device_sub_type: Option<Arc<str>>,
    /// The licensing model.
    pub license_type: LicenseType,
    /// Trial and paid never mix.
    pub trial: bool,
    /// Licences of the valid rows.
    pub quantity: i64,
    /// How many of them were bought, and how many assigned by an MSP.
    pub purchased: i64,
    /// See `purchased`.
    pub assigned: i64,
    /// Licences that active devices use.
    pub used: i64,
    /// Active devices by type.
    pub devices: BTreeMap<DeviceType, i64>,
    /// Devices that will be gone on a day already known.
    pub to_be_removed: i64,
    /// The row that expires next, or expired last, or starts first: it lends the summary its dates and texts.
    pub leading: Option<Entitlement>,
    /// What expires together with `leading`.
    pub closest_quantity: i64,
    /// The first day on which the then valid licences fall below the use, and by how much.
    pub future_shortfall: Option<(DateTime<Utc>, i64)>,
    /// What the application licence manager knows, if it manages any row.
    pub alm_quantity: Option<i64>,
    /// The pools of an MSP behind the row.
    pub pool: Option<PoolSums>,
}

impl Summary {
    /// What is not in use; negative when devices outnumber licences.
    pub fn remaining(&self) -> i64 {
        self.quantity - self.used
    }

    /// Devices without a licence.
    pub fn out_of_compliance(&self) -> i64 {
        (self.used - self.quantity).max(0)
    }

    /// Days to the earliest expiry.
    pub fn remaining_days(&self, now: DateTime<Utc>) -> Option<i64> {
        self.leading.as_ref().map(|row| days_left(row.period.end, now))
    }
}

/// What a row counts: device type and variant; and whether it counts trials.
type Kind = (DeviceType, Option<Arc<str>>);
type Key = (Kind, bool);

/// The summary of a tenant, by device type, sub type, paid before trial. A row stands for every kind
/// of which there is a licence on record, a pool or an active device.
pub fn summaries(store: &Store, tenant: &Tenant, filter: Filter, now: DateTime<Utc>) -> Vec<Summary> {
    let mut rows: BTreeMap<Key, Vec<Entitlement>> = BTreeMap::new();
    for row in entitlements(store, tenant, Filter::default()) {
        rows.entry(((row.device_type, row.device_sub_type.clone()), row.trial)).or_default().push(row);
    }
    let pools = msp_pools(store, tenant, now);
    let mut keys: BTreeSet<Key> = rows.keys().chain(pools.keys()).cloned().collect();
    let rows_of = |kind: &Kind, trial| rows.get(&(kind.clone(), trial)).map_or(&[][..], Vec::as_slice);
    let mut uses = uses(store, tenant, &keys, now);
    let analytics: Kind = (DeviceType::Analytics, None);
    let licensed = [false, true].map(|trial| valid_quantity(rows_of(&analytics, trial), now)).iter().sum();
    if licensed > 0 {
        uses.entry(analytics).or_default().licenses = hardware(tenant, now).min(licensed);
    }
    for kind in uses.keys() {
        if !keys.contains(&(kind.clone(), false)) && !keys.contains(&(kind.clone(), true)) {
            keys.insert((kind.clone(), false));
        }
    }
    keys.iter()
        .map(|key @ (kind, trial)| {
            let usage = uses.get(kind).cloned().unwrap_or_default();
            let other = keys.contains(&(kind.clone(), !trial)).then(|| valid_quantity(rows_of(kind, !trial), now));
            let used = usage.share(valid_quantity(rows_of(kind, *trial), now), other, *trial);
            summarise(key, rows_of(kind, *trial), usage, used, pools.get(key).copied(), now)
        })
        .filter(|row| filter.admits(tenant, row.device_type, row.license_type))
        .collect()
}

fn summarise(
    ((device_type, sub_type), trial): &Key,
    rows: &[Entitlement],
    usage: Usage,
    used: i64,
    pool: Option<Pool>,
    now: DateTime<Utc>,
) -> Summary {
    let valid = || rows.iter().filter(|row| row.is_valid_at(now));
    let leading = leading(rows, now);
    let alm: Vec<i64> = rows.iter().filter_map(|row| row.alm.as_ref()).map(|alm| alm.so_ent_quantity).collect();
    Summary {
        device_type: *device_type,
        device_sub_type: sub_type.clone(),
        license_type: leading
            .map(|row| row.license_type)
            .or(pool.map(|pool| pool.license_type))
            .unwrap_or_else(|| device_type.license_type()),
        trial: *trial,
        quantity: valid_quantity(rows, now),
        purchased: valid().filter(|row| !row.assigned).map(|row| row.quantity).sum(),
        assigned: valid().filter(|row| row.assigned).map(|row| row.quantity).sum(),
        used,
        devices: usage.devices,
        to_be_removed: usage.to_be_removed,
        closest_quantity: valid()
            .filter(|row| leading.is_some_and(|l| l.period.end == row.period.end))
            .map(|row| row.quantity)
            .sum(),
        future_shortfall: future_shortfall(rows, used, now),
        leading: leading.cloned(),
        alm_quantity: (!alm.is_empty()).then(|| alm.iter().sum()),
        pool: pool.map(|pool| pool.sums),
    }
}

/// The valid row that expires first; else the one that starts next; else the one that expired last.
fn leading(rows: &[Entitlement], now: DateTime<Utc>) -> Option<&Entitlement> {
    let having = |status| rows.iter().filter(move |row| row.period.status_at(now) == status);
    having(Status::Valid)
        .min_by_key(|row| row.period.end)
        .or_else(|| having(Status::Future).min_by_key(|row| row.period.start))
        .or_else(|| having(Status::Expired).max_by_key(|row| row.period.end))
}

fn valid_quantity(rows: &[Entitlement], now: DateTime<Utc>) -> i64 {
    rows.iter().filter(|row| row.is_valid_at(now)).map(|row| row.quantity).sum()
}

/// The first moment after `now` at which the valid quantity falls from enough to less than `used`,
/// and what is then missing.
fn future_shortfall(rows: &[Entitlement], used: i64, now: DateTime<Utc>) -> Option<(DateTime<Utc>, i64)> {
    let moments: BTreeSet<DateTime<Utc>> =
        rows.iter().flat_map(|row| [row.period.start, after(row.period.end)]).filter(|at| *at > now).collect();
    let mut enough = valid_quantity(rows, now) >= used;
    for at in moments {
        let quantity = valid_quantity(rows, at);
        if enough && quantity < used {
            return Some((at, used - quantity));
        }
        enough = quantity >= used;
    }
    None
}

/// How devices use licences of one kind.
#[derive(Clone, Debug, Default)]
struct Usage {
    licenses: i64,
    devices: BTreeMap<DeviceType, i64>,
    to_be_removed: i64,
}

impl Usage {
    /// The part of the use that falls on the paid or the trial row: paid licences first, then trial
    /// ones; what neither covers is short on the paid row (chosen; the two parts add up to the use).
    /// `other` is the quantity of the twin row, if there is one.
    fn share(&self, quantity: i64, other: Option<i64>, trial: bool) -> i64 {
        let Some(other) = other else {
            return self.licenses;
        };
        let paid = if trial { other } else { quantity };
        let on_trial = (self.licenses - paid).clamp(0, if trial { quantity } else { other });
        if trial { on_trial } else { self.licenses - on_trial }
    }
}

/// Active devices by the kind of licence that they use: their own model's if the tenant has such
/// rows, else the generic one of their type. A virtual edge uses several licences. (Analytics uses as
/// many as there are devices to look at, up to what is licensed; its caller adds that.)
fn uses(store: &Store, tenant: &Tenant, keys: &BTreeSet<Key>, now: DateTime<Utc>) -> BTreeMap<Kind, Usage> {
    let mut uses: BTreeMap<Kind, Usage> = BTreeMap::new();
    for group in tenant.devices.iter().filter(|group| group.is_active_at(now)) {
        let usage = uses.entry(kind_used(tenant, group.device_type, group.device_sub_type.as_ref(), keys)).or_default();
        let each =
            if group.device_type == DeviceType::VirtualEdge { store.policy.licenses_per_virtual_edge } else { 1 };
        usage.licenses += group.count * each;
        *usage.devices.entry(group.device_type).or_default() += group.count;
        if group.removed.is_some() {
            usage.to_be_removed += group.count;
        }
    }
    uses
}

/// The kind of licence that a device uses.
fn kind_used(tenant: &Tenant, device_type: DeviceType, sub_type: Option<&Arc<str>>, keys: &BTreeSet<Key>) -> Kind {
    let device_type_counted = counted_as(tenant, device_type);
    let sub_type = sub_type.filter(|_| device_type_counted == device_type);
    let exists = |kind: &Kind| [false, true].into_iter().any(|trial| keys.contains(&(kind.clone(), trial)));
    let own = (device_type_counted, sub_type.cloned());
    if exists(&own) {
        return own;
    }
    let generic = [Some("ICX_ANY"), Some("ICX"), None].map(|sub| (device_type_counted, sub.map(Into::into)));
    generic.into_iter().find(exists).unwrap_or(own)
}

/// Active devices that analytics looks at.
pub fn hardware(tenant: &Tenant, now: DateTime<Utc>) -> i64 {
    let groups = tenant.devices.iter().filter(|group| group.device_type.is_hardware() && group.is_active_at(now));
    groups.map(|group| group.count).sum()
}

/// Pools of an MSP that a tenant sees as one.
#[derive(Clone, Copy)]
struct Pool {
    license_type: LicenseType,
    sums: PoolSums,
}

/// The pools of an MSP under the kinds that a tenant sees; none for others.
fn msp_pools(store: &Store, tenant: &Tenant, now: DateTime<Utc>) -> BTreeMap<Key, Pool> {
    let mut pools: BTreeMap<Key, Pool> = BTreeMap::new();
    if tenant.kind.is_msp() {
        for (PoolKey { product, trial }, sums) in store.pools(tenant.id, now) {
            let device_type = counted_as(tenant, product.tenant_device_type());
            let sub_type = product.tenant_sub_type().filter(|_| device_type == product.tenant_device_type());
            let license_type = product.tenant_license_type();
            pools
                .entry(((device_type, sub_type.map(Into::into)), trial))
                .and_modify(|pool| pool.sums += sums)
                .or_insert(Pool { license_type, sums });
        }
    }
    pools
}
