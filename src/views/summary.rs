//! Quantities against use: one row per device type, sub type and trial flag.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    alm::AlmSums,
    course::Course,
    days_left,
    filter::Filter,
    holdings::{Holdings, KindUse},
    row::{Row, pool_kind},
};
use crate::model::{DeviceType, PoolSums, Status};

/// One row of a summary.
#[derive(Clone, Debug)]
pub struct Summary<'s> {
    /// What the row counts.
    pub device_type: DeviceType,
    /// The variant, such as `ICX76`.
    pub device_sub_type: Option<&'s str>,
    /// Trial and paid never mix.
    pub trial: bool,
    /// Licences of the valid rows.
    pub quantity: i64,
    /// How many of them were bought.
    pub purchased: i64,
    /// How many of them an MSP assigned.
    pub assigned: i64,
    /// Licences that active devices use.
    pub used: i64,
    /// Active devices by type. Empty on the trial row where there is a paid one, so that sums over rows
    /// count each device once.
    pub devices: BTreeMap<DeviceType, i64>,
    /// How many of these devices will be removed on a day already known.
    pub to_be_removed: i64,
    /// The row that expires next, or starts first, or expired last: it lends the summary its dates and texts.
    pub leading: Option<Row<'s>>,
    /// What expires together with `leading`.
    pub closest_quantity: i64,
    /// The first moment at which devices will be without a licence, and how many licences they will lack.
    pub future_shortfall: Option<(DateTime<Utc>, i64)>,
    /// What the application licence manager knows, if it manages any row.
    pub alm: Option<AlmSums>,
    /// Of an MSP: the sums of the pools that the row stands for.
    pub pool: Option<PoolSums>,
}

impl Summary<'_> {
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

/// A kind, by its place, and whether trials are counted.
type Key = (usize, bool);

/// The summary of a tenant, by device type, sub type, paid before trial: of the rows that pass the filter.
/// There is a row for every kind with a licence on record, a pool or an active device.
pub fn summaries<'s>(holdings: &Holdings<'s>, filter: Filter) -> Vec<Summary<'s>> {
    let mut rows: BTreeMap<Key, Vec<Row<'s>>> = BTreeMap::new();
    for row in holdings.rows.iter().filter(|row| filter.admits(holdings.tenant, row)) {
        if let Some(kind) = holdings.kind_index(row.kind) {
            rows.entry((kind, row.trial)).or_default().push(*row);
        }
    }
    let pools = pools(holdings, filter);
    let counts_devices = |kind: &KindUse<'_>| {
        filter.admits_device(holdings.tenant, kind.kind.device_type) && filter.admits_license(kind.license_type)
    };
    let in_use = holdings.kinds.iter().enumerate().filter(|(_, kind)| kind.active(holdings.now).next().is_some());
    let in_use = in_use.filter(|(_, kind)| counts_devices(kind)).map(|(index, kind)| (index, kind.is_short_on_trial()));
    let keys: BTreeSet<Key> = rows.keys().chain(pools.keys()).copied().chain(in_use).collect();
    let shortages = Course::of(holdings).shortages();
    let mut described = None;
    keys.into_iter()
        .map(|key @ (index, trial)| {
            let kind = &holdings.kinds[index];
            let rows = rows.get(&key).map_or(&[][..], Vec::as_slice);
            let mut row = Summary::of_rows(kind, trial, rows, holdings.now);
            row.pool = holdings.tenant.kind.is_msp().then(|| pools.get(&key).copied().unwrap_or_default());
            if counts_devices(kind) {
                if kind.is_short_on_trial() == trial {
                    row.used += kind.uncovered;
                    row.future_shortfall = shortages[index];
                }
                if described.replace(index) != Some(index) {
                    row.describe_devices(kind, holdings.now);
                }
            }
            row
        })
        .collect()
}

impl<'s> Summary<'s> {
    fn of_rows(kind: &KindUse<'s>, trial: bool, rows: &[Row<'s>], now: DateTime<Utc>) -> Self {
        let valid = || rows.iter().filter(|row| row.is_valid_at(now));
        let bought = |assigned| valid().filter(move |row| row.is_assigned() == assigned).map(|row| row.quantity).sum();
        let leading = leading(rows, now);
        let (purchased, assigned): (i64, i64) = (bought(false), bought(true));
        Self {
            device_type: kind.kind.device_type,
            device_sub_type: kind.kind.sub_type,
            trial,
            quantity: purchased + assigned,
            purchased,
            assigned,
            used: rows.iter().map(|row| row.used).sum(),
            devices: BTreeMap::new(),
            to_be_removed: 0,
            closest_quantity: valid()
                .filter(|row| leading.is_some_and(|leading| leading.period.end == row.period.end))
                .map(|row| row.quantity)
                .sum(),
            future_shortfall: None,
            leading: leading.copied(),
            alm: AlmSums::of_valid_rows(rows, now),
            pool: None,
        }
    }

    fn describe_devices(&mut self, kind: &KindUse<'_>, now: DateTime<Utc>) {
        for group in kind.active(now) {
            *self.devices.entry(group.device_type).or_default() += group.count;
            if group.removed.is_some() {
                self.to_be_removed += group.count;
            }
        }
    }
}

/// The valid row that expires first; else the one that starts next; else the one that expired last.
fn leading<'r, 's>(rows: &'r [Row<'s>], now: DateTime<Utc>) -> Option<&'r Row<'s>> {
    let having = |status| rows.iter().filter(move |row| row.period.status_at(now) == status);
    having(Status::Valid)
        .min_by_key(|row| row.period.end)
        .or_else(|| having(Status::Future).min_by_key(|row| row.period.start))
        .or_else(|| having(Status::Expired).max_by_key(|row| row.period.end))
}

/// The pools of an MSP by the kinds that it sees.
fn pools(holdings: &Holdings<'_>, filter: Filter) -> BTreeMap<Key, PoolSums> {
    let mut pools: BTreeMap<Key, PoolSums> = BTreeMap::new();
    for (pool, sums) in &holdings.pools {
        let kind = pool_kind(holdings.tenant, pool.product);
        let passes = filter.admits_device(holdings.tenant, kind.device_type)
            && filter.admits_license(pool.product.tenant_license_type());
        if let Some(index) = holdings.kind_index(kind).filter(|_| passes) {
            *pools.entry((index, pool.trial)).or_default() += *sums;
        }
    }
    pools
}
