//! What will happen by itself, and when: activities end, licences start and expire, banners change. And what has
//! happened on a way through time, refreshes that ended on it included.

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::{DateTime, NaiveTime, Utc};
use strum::VariantArray;

use super::expiry;
use crate::model::{
    Activity, Assignment, BannerState, Entitlement, MspEntitlement, Period, Policy, RequestId, Store, Tenant, TenantId,
};

/// Something that happens by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The tenant to which it happens.
    pub tenant: TenantId,
    /// What happens, for people.
    pub what: String,
}

/// Happenings by moment. Those of one moment are in this order: purchases by tenant, assignments by id, activities,
/// and last what the activities that ended have done.
pub type Timeline = BTreeMap<DateTime<Utc>, Vec<Happening>>;

/// A part of a way through time on which only its end changes the model.
#[derive(Clone, Debug)]
pub struct Passage {
    /// The model that held until just before the end.
    pub model: Arc<Store>,
    /// The moment after which the passage begins.
    pub from: DateTime<Utc>,
    /// The last moment of the passage.
    pub until: DateTime<Utc>,
    /// The model from the last moment on: the same one, if nothing was due then.
    pub then: Arc<Store>,
}

impl Passage {
    /// All that happened.
    pub fn happenings(&self) -> Timeline {
        let mut timeline = Timeline::new();
        visit(&self.model, &mut |at, tenant, subject, turn| {
            if self.from < at && at <= self.until {
                timeline.entry(at).or_default().push(happening(tenant, subject, turn));
            }
        });
        if !Arc::ptr_eq(&self.model, &self.then) {
            let changes = changes(&self.model, &self.then);
            if !changes.is_empty() {
                timeline.entry(self.until).or_default().extend(changes);
            }
        }
        timeline
    }
}

/// The next moment after `now` at which something happens by itself.
pub fn next_moment(model: &Store, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut next = model.next_due().filter(|due| *due > now);
    visit(model, &mut |at, _, _, _| {
        if at > now && next.is_none_or(|next| at < next) {
            next = Some(at);
        }
    });
    next
}

/// The next moment after `now` at which an answer may change without a change of the model: something happens by itself, a
/// day begins (days left), or devices are added or removed.
pub fn next_change(model: &Store, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let midnight = now.date_naive().succ_opt().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let devices = model.tenants().flat_map(|tenant| tenant.devices.iter());
    let devices = devices.flat_map(|group| [Some(group.installed), group.removed]).flatten();
    [midnight, next_moment(model, now)].into_iter().flatten().chain(devices).filter(|at| *at > now).min()
}

/// The next moment after `now` at which something happens by itself, and all that happens then.
pub fn next(model: &Arc<Store>, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Vec<Happening>)> {
    let until = next_moment(model, now)?;
    let mut then = Arc::clone(model);
    if model.next_due() == Some(until) {
        Arc::make_mut(&mut then).settle(until);
    }
    Passage { model: Arc::clone(model), from: now, until, then }.happenings().pop_last()
}

/// The thing to which something happens.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Entitlement(&'a Entitlement),
    Pool(&'a MspEntitlement),
    Assignment(&'a Assignment),
    Activity(RequestId),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entitlement(row) => write!(f, "entitlement {} ({})", row.id, row.device_type),
            Self::Pool(row) => write!(f, "pool {} ({})", row.id, row.product),
            Self::Assignment(row) => write!(f, "assignment {} ({})", row.id, row.product),
            Self::Activity(id) => write!(f, "activity {id}"),
        }
    }
}

/// What happens to it.
#[derive(Clone, Copy)]
enum Turn {
    Starts,
    Expires,
    Banner(BannerState),
    Appears,
    Ends,
    Added,
    Changed,
    Removed,
}

fn happening(tenant: TenantId, subject: Subject<'_>, turn: Turn) -> Happening {
    let what = match turn {
        Turn::Starts => format!("{subject} starts"),
        Turn::Expires => format!("{subject} expires"),
        Turn::Banner(state) => format!("banner of {subject} becomes {state}"),
        Turn::Appears => format!("{subject} appears"),
        Turn::Ends => format!("{subject} ends"),
        Turn::Added => format!("{subject} is added"),
        Turn::Changed => format!("{subject} is changed"),
        Turn::Removed => format!("{subject} is removed"),
    };
    Happening { tenant, what }
}

/// Calls `see` with each moment at which something happens while the model stays as it is.
fn visit<'a>(model: &'a Store, see: &mut impl FnMut(DateTime<Utc>, TenantId, Subject<'a>, Turn)) {
    for tenant in model.tenants() {
        for row in tenant.entitlements.iter() {
            let subject = Subject::Entitlement(row);
            visit_purchase(row.period, row.grace_end(&model.policy), &model.policy, &mut |at, turn| {
                see(at, tenant.id, subject, turn);
            });
        }
        for row in tenant.msp_entitlements.iter() {
            let (subject, grace_end) = (Subject::Pool(row), row.grace_end(&model.policy));
            visit_purchase(row.period, grace_end, &model.policy, &mut |at, turn| see(at, tenant.id, subject, turn));
        }
    }
    for row in model.assignments().filter(|row| row.revoked.is_none()) {
        see(row.period.start, row.customer, Subject::Assignment(row), Turn::Starts);
        see(row.period.after(), row.customer, Subject::Assignment(row), Turn::Expires);
    }
    for Activity { id, tenant, visible, .. } in model.activities().iter().filter(|activity| activity.ended.is_none()) {
        see(*visible, *tenant, Subject::Activity(*id), Turn::Appears);
    }
}

fn visit_purchase(
    period: Period,
    grace_end: DateTime<Utc>,
    policy: &Policy,
    see: &mut impl FnMut(DateTime<Utc>, Turn),
) {
    see(period.start, Turn::Starts);
    see(period.after(), Turn::Expires);
    for state in BannerState::VARIANTS {
        see(expiry::since(*state, period, grace_end, policy), Turn::Banner(*state));
    }
}

/// What a settlement did: the activities that ended, and the rows that successful refreshes brought.
fn changes(before: &Store, after: &Store) -> Vec<Happening> {
    let ran = |id: RequestId| before.activities().iter().any(|activity| activity.id == id && activity.ended.is_none());
    let mut found = Vec::new();
    let mut tenants = Vec::new();
    for activity in after.activities().iter().filter(|activity| activity.ended.is_some() && ran(activity.id)) {
        tenants.push(activity.tenant);
        found.push(happening(activity.tenant, Subject::Activity(activity.id), Turn::Ends));
    }
    tenants.sort_unstable();
    tenants.dedup();
    for (before, after) in tenants.into_iter().filter_map(|id| before.tenant(id).zip(after.tenant(id))) {
        rows_changed(before, after, &mut found);
    }
    found
}

fn rows_changed(before: &Tenant, after: &Tenant, found: &mut Vec<Happening>) {
    let entitlements = differences(&before.entitlements, &after.entitlements, |row| &row.id);
    found.extend(entitlements.into_iter().map(|(row, turn)| happening(after.id, Subject::Entitlement(row), turn)));
    let pools = differences(&before.msp_entitlements, &after.msp_entitlements, |row| &row.id);
    found.extend(pools.into_iter().map(|(row, turn)| happening(after.id, Subject::Pool(row), turn)));
}

/// The rows in which two lists differ; rows are the same if their ids are.
fn differences<'a, Row: PartialEq>(
    before: &'a [Row],
    after: &'a [Row],
    id: impl Fn(&Row) -> &str,
) -> Vec<(&'a Row, Turn)> {
    let mut old: BTreeMap<&str, &Row> = before.iter().map(|row| (id(row), row)).collect();
    let mut found = Vec::new();
    for row in after {
        match old.remove(id(row)) {
            Some(same) if same == row => {}
            Some(_) => found.push((row, Turn::Changed)),
            None => found.push((row, Turn::Added)),
        }
    }
    found.extend(old.into_values().map(|row| (row, Turn::Removed)));
    found
}
