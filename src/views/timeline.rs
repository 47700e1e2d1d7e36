//! What will happen by itself, and when: activities end, licences start and expire, banners change.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use strum::VariantArray;

use super::{after, banner};
use crate::model::{BannerState, Period, Policy, Store, TenantId};

/// Something that will happen by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happening {
    /// Whose.
    pub tenant: TenantId,
    /// What, for people.
    pub what: String,
}

/// The next moment after `now` at which something happens by itself, and all that happens then.
pub fn next(store: &Store, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Vec<Happening>)> {
    timeline(store, now).into_iter().next()
}

/// All that will happen by itself after `now`, in order.
pub fn timeline(store: &Store, now: DateTime<Utc>) -> BTreeMap<DateTime<Utc>, Vec<Happening>> {
    let mut timeline = Timeline { now, entries: BTreeMap::new() };
    for tenant in store.tenants() {
        for row in tenant.entitlements.iter() {
            let name = format!("entitlement {} ({})", row.id, row.device_type);
            timeline.row(tenant.id, &name, row.period, row.grace_end(&store.policy), &store.policy);
        }
        for row in tenant.msp_entitlements.iter() {
            let name = format!("pool {} ({})", row.id, row.product);
            timeline.row(tenant.id, &name, row.period, row.period.end + store.policy.grace(row.trial), &store.policy);
        }
        for activity in store.activities_of(tenant.id).filter(|a| a.ended.is_none()) {
            timeline.add(activity.visible, tenant.id, || format!("activity {} appears", activity.id));
            if let Some(due) = activity.due {
                timeline.add(due, tenant.id, || format!("activity {} ends", activity.id));
            }
        }
    }
    for row in store.assignments().filter(|a| a.revoked.is_none()) {
        let name = format!("assignment {} ({})", row.id, row.product);
        timeline.add(row.period.start, row.customer, || format!("{name} starts"));
        timeline.add(after(row.period.end), row.customer, || format!("{name} expires"));
    }
    timeline.entries
}

struct Timeline {
    now: DateTime<Utc>,
    entries: BTreeMap<DateTime<Utc>, Vec<Happening>>,
}

impl Timeline {
    fn add(&mut self, at: DateTime<Utc>, tenant: TenantId, what: impl FnOnce() -> String) {
        if at > self.now {
            self.entries.entry(at).or_default().push(Happening { tenant, what: what() });
        }
    }

    fn row(&mut self, tenant: TenantId, name: &str, period: Period, grace_end: DateTime<Utc>, policy: &Policy) {
        self.add(period.start, tenant, || format!("{name} starts"));
        self.add(after(period.end), tenant, || format!("{name} expires"));
        for state in BannerState::VARIANTS {
            let at = banner::since(*state, period, grace_end, policy);
            self.add(at, tenant, || format!("banner of {name} becomes {state}"));
        }
    }
}
