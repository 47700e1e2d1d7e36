//! Banners of an MSP: purchases that expire or have expired, and pools of which more is assigned than
//! there is.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};

use super::{alm::AlmSums, days_left, expiry, holdings::Holdings, row::counted_as};
use crate::model::{
    BannerState, DeviceType, LicenseType, MspDeviceType, MspEntitlement, PoolKey, PoolSums, Status, Tenant,
};

/// A notice about the pools of an MSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MspBanner {
    /// What it warns of.
    pub kind: MspBannerKind,
    /// The device category concerned; none for URL filtering.
    pub device_type: Option<MspDeviceType>,
    /// The licences of one purchase, or the number of purchases if several are concerned (documented). Of an
    /// overdraft: the licences that are assigned beyond those there are.
    pub device_count: i64,
    /// Active devices that the rest of the pools does not cover.
    pub affected_devices: i64,
    /// When the condition takes effect.
    pub effect: DateTime<Utc>,
    /// Whether several purchases, or overdrawn pools, are concerned.
    pub multiple: bool,
    /// What the licence manager knows of the purchases concerned, if it has any of them.
    pub alm: Option<AlmSums>,
}

/// What a banner of an MSP warns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MspBannerKind {
    /// Purchases expire or have expired.
    Expiry(BannerState),
    /// More is assigned than there is (observed: EXPIRED).
    Overdrawn,
}

type Category = Option<MspDeviceType>;

impl MspBanner {
    /// The licensing model concerned; only URL filtering has no device category.
    pub fn license_type(&self) -> LicenseType {
        license_type(self.device_type)
    }

    /// Days until the condition takes effect.
    pub fn effect_days(&self, now: DateTime<Utc>) -> i64 {
        days_left(self.effect, now)
    }
}

fn license_type(device_type: Category) -> LicenseType {
    device_type.map_or(LicenseType::Urlf, MspDeviceType::tenant_license_type)
}

/// The banners of an MSP's pools, by device category, then state, an overdraft last.
pub fn msp_banners(holdings: &Holdings<'_>, admits: impl Fn(LicenseType) -> bool) -> Vec<MspBanner> {
    let mut grouped: BTreeMap<(Category, MspBannerKind), Concerned<'_>> = BTreeMap::new();
    for purchase in holdings.tenant.msp_entitlements.iter() {
        let grace_end = purchase.grace_end(&holdings.store.policy);
        if let Some(state) = expiry::state(purchase.period, grace_end, &holdings.store.policy, holdings.now) {
            let key = (purchase.product.device_type(), MspBannerKind::Expiry(state));
            let effect = expiry::effect(state, purchase.period, grace_end);
            grouped.entry(key).or_default().add_purchase(purchase, effect, holdings.now);
        }
    }
    for (pool, sums) in holdings.pools.iter().filter(|(_, sums)| sums.free() < 0) {
        let key = (pool.product.device_type(), MspBannerKind::Overdrawn);
        grouped.entry(key).or_default().add_overdraft(sums, holdings.now);
    }
    let coverage = Coverage::of(holdings);
    let grouped = grouped.into_iter().filter(|((category, _), _)| admits(license_type(*category)));
    grouped
        .filter_map(|((device_type, kind), concerned)| {
            Some(MspBanner {
                kind,
                device_type,
                device_count: match kind {
                    MspBannerKind::Expiry(_) if concerned.count > 1 => concerned.count,
                    _ => concerned.licenses,
                },
                affected_devices: coverage.uncovered(device_type, concerned.valid),
                effect: concerned.effect?,
                multiple: concerned.count > 1,
                alm: concerned.alm(holdings),
            })
        })
        .collect()
}

/// What makes one banner.
#[derive(Default)]
struct Concerned<'a> {
    count: i64,
    licenses: i64,
    /// Those of them that are valid.
    valid: i64,
    effect: Option<DateTime<Utc>>,
    managed: Vec<&'a MspEntitlement>,
}

impl<'a> Concerned<'a> {
    fn add_purchase(&mut self, purchase: &'a MspEntitlement, effect: DateTime<Utc>, now: DateTime<Utc>) {
        self.count += 1;
        self.licenses += purchase.quantity;
        if purchase.period.status_at(now) == Status::Valid {
            self.valid += purchase.quantity;
        }
        self.effect = Some(self.effect.map_or(effect, |own| own.min(effect)));
        self.managed.extend(purchase.alm.is_some().then_some(purchase));
    }

    /// An overdraft takes effect at once, like the banner of analytics (chosen).
    fn add_overdraft(&mut self, sums: &PoolSums, now: DateTime<Utc>) {
        self.count += 1;
        self.licenses -= sums.free();
        self.effect = Some(now.date_naive().and_time(NaiveTime::MIN).and_utc());
    }

    /// The sales orders of the purchases, and what is free in their pools, each pool once. Of purchases that
    /// have expired nothing is left.
    fn alm(&self, holdings: &Holdings<'_>) -> Option<AlmSums> {
        let mut pools: BTreeMap<PoolKey, i64> = BTreeMap::new();
        let mut sums: Option<AlmSums> = None;
        for purchase in &self.managed {
            if purchase.period.status_at(holdings.now) == Status::Valid {
                let free = holdings.pools.get(&purchase.pool()).map_or(0, PoolSums::free);
                pools.insert(purchase.pool(), free.max(0));
            }
            let one = purchase.alm.as_ref().map(|alm| AlmSums {
                license_type: purchase.product.tenant_license_type(),
                so_ent_quantity: alm.so_ent_quantity,
                remaining: 0,
            });
            sums = AlmSums::both(sums, one);
        }
        sums.map(|sums| AlmSums { remaining: pools.values().sum(), ..sums })
    }
}

/// Active devices of an MSP and its customers against the valid licences of its pools.
///
/// Where hardware counts as APSW, for the MSP or a customer, all pools of hardware cover its devices.
struct Coverage {
    /// By what counts as itself.
    devices: BTreeMap<DeviceType, i64>,
    /// Devices that count as APSW because their tenant is device-agnostic.
    agnostic_devices: i64,
    licenses: BTreeMap<Category, i64>,
    agnostic_licenses: i64,
    /// The device types that the pools of a category are for.
    device_types: BTreeMap<Category, Vec<DeviceType>>,
}

impl Coverage {
    fn of(holdings: &Holdings<'_>) -> Self {
        let mut coverage = Self {
            devices: BTreeMap::new(),
            agnostic_devices: 0,
            licenses: BTreeMap::new(),
            agnostic_licenses: 0,
            device_types: BTreeMap::new(),
        };
        for (pool, sums) in &holdings.pools {
            let (category, device_type) = (pool.product.device_type(), pool.product.tenant_device_type());
            *coverage.licenses.entry(category).or_default() += sums.purchased;
            if device_type.is_hardware() {
                coverage.agnostic_licenses += sums.purchased;
            }
            let device_types = coverage.device_types.entry(category).or_default();
            if !device_types.contains(&device_type) {
                device_types.push(device_type);
            }
        }
        let family = holdings.store.tenants();
        for tenant in family.filter(|t| t.id == holdings.tenant.id || t.parent == Some(holdings.tenant.id)) {
            coverage.add_devices(tenant, holdings.now);
        }
        coverage
    }

    fn add_devices(&mut self, tenant: &Tenant, now: DateTime<Utc>) {
        for group in tenant.devices.iter().filter(|group| group.is_active_at(now)) {
            if tenant.features.device_agnostic && group.device_type.is_hardware() {
                self.agnostic_devices += group.count;
            } else {
                *self.devices.entry(counted_as(tenant, group.device_type)).or_default() += group.count;
            }
        }
    }

    /// Devices that could use licences of a category and are not covered without `lost` of them.
    fn uncovered(&self, category: Category, lost: i64) -> i64 {
        let device_types = self.device_types.get(&category).map_or(&[][..], Vec::as_slice);
        let devices: i64 = device_types.iter().filter_map(|device_type| self.devices.get(device_type)).sum();
        let own = devices - (self.licenses.get(&category).copied().unwrap_or_default() - lost);
        if !device_types.iter().any(|device_type| device_type.is_hardware()) || self.agnostic_devices == 0 {
            return own.max(0);
        }
        // Devices of tenants that tell types apart need licences of the category; the others take any.
        let all = devices + self.agnostic_devices - (self.agnostic_licenses - lost);
        let agnostic = self.agnostic_devices - (self.agnostic_licenses - lost);
        if devices == 0 { agnostic.max(0) } else { own.max(all).max(agnostic).max(0) }
    }
}
