//! Banners of a tenant: what expires or has expired, and analytics licences against devices.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};

use super::{
    alm::AlmSums,
    days_left, expiry,
    holdings::{Holdings, hardware},
    row::Row,
};
use crate::model::{BannerState, DeviceType, LicenseType};

/// A notice about entitlements of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner<'s> {
    /// What it warns of.
    pub kind: BannerKind,
    /// What is concerned.
    pub device_type: DeviceType,
    /// The variant, if all entitlements concerned share one.
    pub device_sub_type: Option<&'s str>,
    /// The licensing model, of the first of the entitlements concerned.
    pub license_type: LicenseType,
    /// Licences of the entitlements concerned; on analytics banners, active devices.
    pub device_count: i64,
    /// When the condition takes effect.
    pub effect: DateTime<Utc>,
    /// Whether several entitlements are concerned.
    pub multiple: bool,
    /// Active devices and analytics licences, on analytics banners.
    pub analytics: Option<Coverage>,
    /// What the licence manager knows of the entitlements concerned, if it has any of them.
    pub alm: Option<AlmSums>,
}

/// What a banner warns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BannerKind {
    /// Licences expire or have expired.
    Expiry(BannerState),
    /// There is no analytics licence, and no device yet.
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

impl Banner<'_> {
    /// Days until the condition takes effect.
    pub fn effect_days(&self, now: DateTime<Utc>) -> i64 {
        days_left(self.effect, now)
    }
}

/// The banners of a tenant, by device type, then state, then analytics coverage. Of the entitlements that
/// pass, those of one device type in one state make one banner.
pub fn banners<'s>(holdings: &Holdings<'s>, admits: impl Fn(DeviceType, LicenseType) -> bool) -> Vec<Banner<'s>> {
    let policy = &holdings.store.policy;
    let mut grouped: BTreeMap<(DeviceType, BannerState), Banner<'s>> = BTreeMap::new();
    for row in holdings.rows.iter().filter(|row| admits(row.kind.device_type, row.license_type)) {
        if let Some(state) = row.banner_state(policy, holdings.now) {
            let one = Banner::of_row(row, state, holdings);
            grouped.entry((one.device_type, state)).and_modify(|banner| banner.add(&one)).or_insert(one);
        }
    }
    let analytics = analytics_banner(holdings).filter(|banner| admits(banner.device_type, banner.license_type));
    grouped.into_values().chain(analytics).collect()
}

impl<'s> Banner<'s> {
    fn of_row(row: &Row<'s>, state: BannerState, holdings: &Holdings<'s>) -> Self {
        Self {
            kind: BannerKind::Expiry(state),
            device_type: row.kind.device_type,
            device_sub_type: row.kind.sub_type,
            license_type: row.license_type,
            device_count: row.quantity,
            effect: expiry::effect(state, row.period, row.grace_end(&holdings.store.policy)),
            multiple: false,
            analytics: None,
            alm: AlmSums::of_row(row, holdings.now),
        }
    }

    fn add(&mut self, other: &Self) {
        self.multiple = true;
        self.device_count += other.device_count;
        self.device_sub_type = self.device_sub_type.filter(|own| Some(*own) == other.device_sub_type);
        self.effect = self.effect.min(other.effect);
        self.alm = AlmSums::both(self.alm, other.alm);
    }
}

/// Analytics licences below the active devices, for tenants that use analytics: those that have it
/// switched on or ever had a licence for it. The condition takes effect at once: `deviceCount` is that of the
/// devices and `effectDays` is 0 (observed; the time of day is chosen, so that an answer holds for a day).
fn analytics_banner<'s>(holdings: &Holdings<'s>) -> Option<Banner<'s>> {
    let rows = || holdings.rows.iter().filter(|row| row.kind.device_type == DeviceType::Analytics);
    let valid = || rows().filter(|row| row.is_valid_at(holdings.now));
    if rows().next().is_none() && !holdings.tenant.features.analytics {
        return None;
    }
    let licenses = valid().map(|row| row.quantity).sum();
    let devices = hardware(holdings.tenant, holdings.now);
    let kind = match (licenses, devices) {
        (licenses, devices) if licenses * 2 < devices => BannerKind::AnalyticsBelow50,
        (licenses, devices) if licenses * 10 < devices * 9 => BannerKind::AnalyticsBelow90,
        (0, _) => BannerKind::NoAnalytics,
        _ => return None,
    };
    Some(Banner {
        kind,
        device_type: DeviceType::Analytics,
        device_sub_type: None,
        license_type: DeviceType::Analytics.license_type(),
        device_count: devices,
        effect: holdings.now.date_naive().and_time(NaiveTime::MIN).and_utc(),
        multiple: valid().count() > 1,
        analytics: Some(Coverage { devices, licenses }),
        alm: None,
    })
}
