//! Banners: what expires or has expired, and analytics licences against devices.
//!
//! States (inferred, all days are policy): INITIAL within 60 days of expiry, CLOSE_TO_EXPIRATION
//! within 7, GRACE_PERIOD after expiry up to the end of the grace period, AFTER_GRACE_PERIOD from
//! then on. What counts down is the expiry before it, the end of the grace period after it: the
//! vendor's UI words it as "grace period ends in ... days" (observed).

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::{
    after, days_left,
    entitlement::{Filter, counted_as, entitlements, entitlements_in_use},
    summary::hardware,
};
use crate::model::{
    BannerState, DeviceType, LicenseType, MspDeviceType, MspEntitlement, Period, Policy, PoolSums, Status, Store,
    Tenant,
};

/// A notice about entitlements of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// What it warns of.
    pub kind: BannerKind,
    /// What is concerned.
    pub device_type: DeviceType,
    /// The variant, if all entitlements concerned share one.
    pub device_sub_type: Option<Arc<str>>,
    /// The licensing model.
    pub license_type: LicenseType,
    /// Licences of the entitlements concerned.
    pub device_count: i64,
    /// When the condition takes effect.
    pub effect: Option<DateTime<Utc>>,
    /// Whether several entitlements are concerned.
    pub multiple: bool,
    /// Active devices and analytics licences, on analytics banners.
    pub analytics: Option<Coverage>,
    /// What the licence manager knows of the entitlements concerned, if it has any of them.
    pub alm: Option<AlmSums>,
}

/// What the application licence manager knows of the rows behind a banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlmSums {
    /// The licensing model.
    pub license_type: LicenseType,
    /// Licences of the sales orders.
    pub so_ent_quantity: i64,
    /// Licences not in use, or of a pool: not assigned.
    pub remaining: i64,
}

/// What a banner warns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BannerKind {
    /// Licences expire or have expired.
    Expiry(BannerState),
    /// No analytics licence is valid (observed: RA_ONBOARD_ONLY).
    NoAnalytics,
    /// Analytics licences cover less than half of the active devices.
    AnalyticsBelow50,
    /// Analytics licences cover less than nine tenths of the active devices.
    AnalyticsBelow90,
}

/// Analytics licences against the devices that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Active devices of all types.
    pub devices: i64,
    /// Valid analytics licences.
    pub licenses: i64,
}

/// A notice about the pools of an MSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MspBanner {
    /// What it warns of.
    pub state: BannerState,
    /// The device category concerned; none for URL filtering.
    pub device_type: Option<MspDeviceType>,
    /// The licences of one purchase, or the number of purchases if several are concerned (documented).
    pub device_count: i64,
    /// Active devices that the rest of the pools does not cover.
    pub affected_devices: i64,
    /// When the condition takes effect.
    pub effect: DateTime<Utc>,
    /// Whether several purchases are concerned.
    pub multiple: bool,
    /// What the licence manager knows of the purchases concerned, if it has any of them.
    pub alm: Option<AlmSums>,
}

/// The state of the banner of one row; none while expiry is far, or the row has not started.
pub fn state(period: Period, grace_end: DateTime<Utc>, policy: &Policy, now: DateTime<Utc>) -> Option<BannerState> {
    match period.status_at(now) {
        Status::Future | Status::Revoked => None,
        Status::Valid => match days_left(period.end, now) {
            days if days <= policy.close_days => Some(BannerState::CloseToExpiration),
            days if days <= policy.initial_days => Some(BannerState::Initial),
            _ => None,
        },
        Status::Expired if now < after(grace_end) => Some(BannerState::GracePeriod),
        Status::Expired => Some(BannerState::AfterGracePeriod),
    }
}

/// The first moment of a state.
pub fn since(state: BannerState, period: Period, grace_end: DateTime<Utc>, policy: &Policy) -> DateTime<Utc> {
    let before = |days| {
        (period.end.date_naive().and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days + 1)).max(period.start)
    };
    match state {
        BannerState::Initial => before(policy.initial_days),
        BannerState::CloseToExpiration => before(policy.close_days),
        BannerState::GracePeriod => after(period.end),
        BannerState::AfterGracePeriod => after(grace_end),
    }
}

/// The banners of a tenant, by device type, then state, then analytics coverage. Entitlements of one
/// device type in one state make one banner.
pub fn banners(store: &Store, tenant: &Tenant, filter: Filter, now: DateTime<Utc>) -> Vec<Banner> {
    let mut grouped: BTreeMap<(DeviceType, BannerState), Banner> = BTreeMap::new();
    for (row, used) in entitlements_in_use(store, tenant, Filter::default(), now) {
        let grace_end = row.grace_end(&store.policy);
        let Some(state) = state(row.period, grace_end, &store.policy, now) else {
            continue;
        };
        let effect = effect(state, row.period, grace_end);
        let alm = row.alm.as_ref().map(|alm| AlmSums {
            license_type: row.license_type,
            so_ent_quantity: alm.so_ent_quantity,
            remaining: row.quantity - used,
        });
        grouped
            .entry((row.device_type, state))
            .and_modify(|banner| banner.add(row.quantity, row.device_sub_type.as_ref(), effect, alm))
            .or_insert_with(|| Banner {
                kind: BannerKind::Expiry(state),
                device_type: row.device_type,
                device_sub_type: row.device_sub_type.clone(),
                license_type: row.license_type,
                device_count: row.quantity,
                effect: Some(effect),
                multiple: false,
                analytics: None,
                alm,
            });
    }
    let expiry = grouped.into_values();
    expiry
        .chain(analytics_banner(store, tenant, now))
        .filter(|banner| filter.admits(tenant, banner.device_type, banner.license_type))
        .collect()
}

/// What the condition of a state counts down to.
fn effect(state: BannerState, period: Period, grace_end: DateTime<Utc>) -> DateTime<Utc> {
    match state {
        BannerState::Initial | BannerState::CloseToExpiration => period.end,
        BannerState::GracePeriod | BannerState::AfterGracePeriod => grace_end,
    }
}

impl Banner {
    fn add(&mut self, quantity: i64, sub_type: Option<&Arc<str>>, effect: DateTime<Utc>, alm: Option<AlmSums>) {
        self.multiple = true;
        self.device_count += quantity;
        self.device_sub_type = self.device_sub_type.take().filter(|own| Some(own) == sub_type);
        self.effect = self.effect.map(|own| own.min(effect));
        self.alm = AlmSums::both(self.alm, alm);
    }

    /// Days until the condition takes effect.
    pub fn effect_days(&self, now: DateTime<Utc>) -> Option<i64> {
        self.effect.map(|effect| days_left(effect, now))
    }
}

/// Analytics licences below the active devices, for tenants that use analytics: those that have it
/// switched on or ever had a licence for it.
fn analytics_banner(store: &Store, tenant: &Tenant, now: DateTime<Utc>) -> Option<Banner> {
    let analytics = Filter { device_type: Some(DeviceType::Analytics), license_type: None };
    let rows = entitlements(store, tenant, analytics);
    if rows.is_empty() && !tenant.features.analytics {
        return None;
    }
    let licenses = rows.iter().filter(|row| row.is_valid_at(now)).map(|row| row.quantity).sum();
    let devices = hardware(tenant, now);
    let kind = match (licenses, devices) {
        (0, _) => BannerKind::NoAnalytics,
        (licenses, devices) if licenses * 2 < devices => BannerKind::AnalyticsBelow50,
        (licenses, devices) if licenses * 10 < devices * 9 => BannerKind::AnalyticsBelow90,
        _ => return None,
    };
    let effect = rows.iter().map(|row| row.period.end).filter(|end| *end >= now).min();
    Some(Banner {
        kind,
        device_type: DeviceType::Analytics,
        device_sub_type: None,
        license_type: DeviceType::Analytics.license_type(),
        device_count: licenses,
        effect: effect.or_else(|| rows.iter().map(|row| row.period.end).max()),
        multiple: rows.iter().filter(|row| row.is_valid_at(now)).count() > 1,
        analytics: Some(Coverage { devices, licenses }),
        alm: None,
    })
}

/// Active devices of a tenant whose counted type passes.
pub fn active_devices(tenant: &Tenant, now: DateTime<Utc>, counted: impl Fn(DeviceType) -> bool) -> i64 {
    let groups = tenant.devices.iter().filter(|group| group.is_active_at(now));
    groups.filter(|group| counted(counted_as(tenant, group.device_type))).map(|group| group.count).sum()
}

/// The banners of an MSP's pools, by device category, then state.
pub fn msp_banners(store: &Store, msp: &Tenant, now: DateTime<Utc>) -> Vec<MspBanner> {
    type Concerned<'a> = Vec<(&'a MspEntitlement, DateTime<Utc>)>;
    let mut grouped: BTreeMap<(Option<MspDeviceType>, BannerState), Concerned<'_>> = BTreeMap::new();
    for purchase in msp.msp_entitlements.iter() {
        let grace_end = purchase.period.end + store.policy.grace(purchase.trial);
        if let Some(state) = state(purchase.period, grace_end, &store.policy, now) {
            let effect = effect(state, purchase.period, grace_end);
            grouped.entry((purchase.product.device_type(), state)).or_default().push((purchase, effect));
        }
    }
    let mut banners = Vec::new();
    for ((device_type, state), concerned) in grouped {
        let Some(effect) = concerned.iter().map(|(_, effect)| *effect).min() else {
            continue;
        };
        let multiple = concerned.len() > 1;
        let licenses: i64 = concerned.iter().map(|(purchase, _)| purchase.quantity).sum();
        let alm = concerned.iter().map(|(purchase, _)| {
            purchase.alm.as_ref().map(|alm| AlmSums {
                license_type: purchase.product.tenant_license_type(),
                so_ent_quantity: alm.so_ent_quantity,
                remaining: store.pools(msp.id, now).get(&purchase.pool()).map_or(0, PoolSums::free),
            })
        });
        banners.push(MspBanner {
            state,
            device_type,
            device_count: if multiple { i64::try_from(concerned.len()).unwrap_or(i64::MAX) } else { licenses },
            affected_devices: affected_devices(store, msp, device_type, &concerned, now),
            effect,
            multiple,
            alm: alm.fold(None, AlmSums::both),
        });
    }
    banners
}

/// Active devices of the MSP and its customers in a device category that the purchases not concerned
/// do not cover.
fn affected_devices(
    store: &Store,
    msp: &Tenant,
    device_type: Option<MspDeviceType>,
    concerned: &[(&MspEntitlement, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> i64 {
    let products: Vec<_> = store
        .pools(msp.id, now)
        .into_keys()
        .map(|pool| pool.product)
        .filter(|p| p.device_type() == device_type)
        .collect();
    let family = store.tenants().filter(|tenant| tenant.id == msp.id || tenant.parent == Some(msp.id));
    let devices: i64 = family
        .map(|tenant| {
            let covers =
                |counted| products.iter().any(|product| counted_as(tenant, product.tenant_device_type()) == counted);
            active_devices(tenant, now, covers)
        })
        .sum();
    let is_concerned = |purchase: &MspEntitlement| concerned.iter().any(|(other, _)| other.id == purchase.id);
    let rest = msp.msp_entitlements.iter().filter(|p| p.product.device_type() == device_type && !is_concerned(p));
    let covered: i64 = rest.filter(|p| p.period.status_at(now) == Status::Valid).map(|p| p.quantity).sum();
    (devices - covered).max(0)
}

impl MspBanner {
    /// The licensing model concerned; only URL filtering has no device category.
    pub fn license_type(&self) -> LicenseType {
        self.device_type.map_or(LicenseType::Urlf, MspDeviceType::tenant_license_type)
    }
}

impl AlmSums {
    /// The sums of two rows, of which either may be without.
    fn both(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(Self {
                license_type: a.license_type,
                so_ent_quantity: a.so_ent_quantity + b.so_ent_quantity,
                remaining: a.remaining + b.remaining,
            }),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(now: &str, expected: Option<BannerState>) {
        let policy = crate::scenario::default_policy();
        let period = Period { start: at("2025-01-01T00:00:00Z"), end: at("2026-06-30T23:59:59Z") };
        let grace_end = period.end + policy.grace(false);
        let state = state(period, grace_end, &policy, at(now));
        assert_eq!(state, expected, "{now}");
        if let Some(state) = state {
            assert!(since(state, period, grace_end, &policy) <= at(now), "{now}");
        }
    }

    #[test]
    fn a_banner_changes_its_state_on_the_boundary_days() {
        check("2024-12-31T23:59:59Z", None);
        check("2026-04-29T23:59:59Z", None);
        check("2026-04-30T00:00:00Z", Some(BannerState::Initial));
        check("2026-06-21T23:59:59Z", Some(BannerState::Initial));
        check("2026-06-22T00:00:00Z", Some(BannerState::CloseToExpiration));
        check("2026-06-30T23:59:59Z", Some(BannerState::CloseToExpiration));
        check("2026-07-01T00:00:00Z", Some(BannerState::GracePeriod));
        check("2026-07-30T23:59:59Z", Some(BannerState::GracePeriod));
        check("2026-07-31T00:00:00Z", Some(BannerState::AfterGracePeriod));
        check("2030-01-01T00:00:00Z", Some(BannerState::AfterGracePeriod));
    }
}
