//! The rows of a tenant: what it bought, and what its MSP assigned to it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{banner, selection::Selection, summary::summaries};
use crate::model::{BannerState, DeviceType, Entitlement, LicenseType, MspEntitlement, Policy, Store, Tenant};

/// Which rows an answer is limited to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this device type. For a device-agnostic tenant all but ANALYTICS mean APSW (documented).
    pub device_type: Option<DeviceType>,
    /// Only this licensing model.
    pub license_type: Option<LicenseType>,
}

impl Filter {
    /// Whether a row of this tenant passes.
    pub fn admits(self, tenant: &Tenant, device_type: DeviceType, license_type: LicenseType) -> bool {
        let wanted = self.device_type.map(|wanted| match wanted {
            DeviceType::Analytics => DeviceType::Analytics,
            _ if tenant.features.device_agnostic => DeviceType::Apsw,
            other => other,
        });
        wanted.is_none_or(|wanted| wanted == device_type)
            && self.license_type.is_none_or(|wanted| wanted == license_type)
    }
}

/// The rows of a tenant, earliest expiry first, then by id: its purchases, and what was assigned to
/// it and not taken back. Hardware rows of a device-agnostic tenant are APSW.
pub fn entitlements(store: &Store, tenant: &Tenant, filter: Filter) -> Vec<Entitlement> {
    let granted = store.assignments_to(tenant.id).filter(|a| a.revoked.is_none()).map(|a| store.granted(a));
    let mut rows: Vec<Entitlement> = tenant
        .entitlements
        .iter()
        .cloned()
        .chain(granted)
        .map(|row| match counted_as(tenant, row.device_type) {
            same if same == row.device_type => row,
            device_type => Entitlement { device_type, device_sub_type: None, ..row },
        })
        .filter(|row| filter.admits(tenant, row.device_type, row.license_type))
        .collect();
    rows.sort_by(|a, b| (a.period.end, &a.id).cmp(&(b.period.end, &b.id)));
    rows
}

/// The type under which a tenant counts a device or a row.
pub fn counted_as(tenant: &Tenant, device_type: DeviceType) -> DeviceType {
    if tenant.features.device_agnostic { device_type.agnostic() } else { device_type }
}

/// The purchases of an MSP, earliest expiry first, then by id.
pub fn msp_entitlements(tenant: &Tenant) -> Vec<&MspEntitlement> {
    let mut rows: Vec<_> = tenant.msp_entitlements.iter().collect();
    rows.sort_by(|a, b| (a.period.end, &a.id).cmp(&(b.period.end, &b.id)));
    rows
}

/// The rows of a tenant that a query asks for, in the order of [`entitlements`], each with how many of
/// its licences devices use.
pub fn select(store: &Store, tenant: &Tenant, selection: &Selection, now: DateTime<Utc>) -> Vec<(Entitlement, i64)> {
    let mut rows = entitlements_in_use(store, tenant, Filter::default(), now);
    rows.retain(|(row, _)| selection.admits(row, store.policy.grace(row.trial), now));
    rows
}

/// The purchases of an MSP that a query asks for, in the order of [`msp_entitlements`].
pub fn select_pools<'t>(
    store: &Store,
    tenant: &'t Tenant,
    selection: &Selection,
    now: DateTime<Utc>,
) -> Vec<&'t MspEntitlement> {
    let mut rows = msp_entitlements(tenant);
    rows.retain(|row| selection.admits_pool(row, store.policy.grace(row.trial), now));
    rows
}

/// How far the expiry mails have got: the banner state whose mail went out last (chosen).
pub fn email_stage(row: &Entitlement, policy: &Policy, now: DateTime<Utc>) -> Option<BannerState> {
    banner::state(row.period, row.grace_end(policy), policy, now)
}

/// When the last expiry mail for a purchase went out: at 00:00Z of the day on which its banner took
/// its present state (chosen). None before the first.
pub fn last_notification(row: &MspEntitlement, policy: &Policy, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let grace_end = row.period.end + policy.grace(row.trial);
    let state = banner::state(row.period, grace_end, policy, now)?;
    Some(banner::since(state, row.period, grace_end, policy))
}

/// The rows of a tenant, each with how many of its licences devices use: those that expire first are
/// used up first, among rows of one kind and trial flag.
pub fn entitlements_in_use(
    store: &Store,
    tenant: &Tenant,
    filter: Filter,
    now: DateTime<Utc>,
) -> Vec<(Entitlement, i64)> {
    let kind = |row: &Entitlement| (row.device_type, row.device_sub_type.clone(), row.trial);
    let mut left: BTreeMap<_, i64> = summaries(store, tenant, Filter::default(), now)
        .into_iter()
        .map(|sum| ((sum.device_type, sum.device_sub_type, sum.trial), sum.used))
        .collect();
    let rows = entitlements(store, tenant, filter).into_iter();
    rows.map(|row| {
        let left = left.entry(kind(&row)).or_default();
        let used = if row.is_valid_at(now) { row.quantity.min(*left) } else { 0 };
        *left -= used;
        (row, used)
    })
    .collect()
}
