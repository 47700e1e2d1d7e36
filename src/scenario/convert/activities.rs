//! Refreshes that a scenario has already seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{Builder, tenant_id};
use crate::{
    model::{Activity, Channel, Ended, Notification, RefreshOutcome, Store, Tenant, TenantId, Upstream},
    scenario::format::{self, ACTIVITIES, ActivityRow, ChannelWord, NotificationRow, When, when},
    support::duration::Duration,
};

impl Builder<'_> {
    /// The activities of a scenario, in the order of the file.
    pub(super) fn activities(&mut self, rows: &[ActivityRow], tenants: &BTreeMap<TenantId, Tenant>) -> Vec<Activity> {
        let (mut made, mut ids) = (Vec::new(), BTreeSet::new());
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            if !ids.insert(row.request_id) {
                self.error(ACTIVITIES, format!("{path}.requestId"), "another activity has this id");
            }
            let tenant = tenant_id(&row.tenant_id);
            match tenants.get(&tenant) {
                Some(owner) => made.push(self.activity(row, tenant, &owner.upstream, &path)),
                None => self.error(ACTIVITIES, format!("{path}.tenantId"), "no tenant of tenants.json has this id"),
            }
        }
        made
    }

    fn activity(&mut self, row: &ActivityRow, tenant: TenantId, upstream: &Upstream, path: &str) -> Activity {
        let started = self.given(&row.start_datetime).as_start();
        let mut moment = |when: &Option<When>| when.as_ref().map(|when| self.given(when).as_start());
        let (visible, ended, due) = (moment(&row.visible_from), moment(&row.end_datetime), moment(&row.due));
        for (name, at) in [("visibleFrom", visible), ("endDatetime", ended), ("due", due)] {
            if at.is_some_and(|at| at < started) {
                self.error(ACTIVITIES, format!("{path}.{name}"), "lies before startDatetime");
            }
        }
        let error = row.error.clone().unwrap_or_default();
        let notification = row.notification.as_ref().map(|row| Notification {
            enabled: row.enabled,
            channel: match row.channel {
                ChannelWord::Email => Channel::Email,
                ChannelWord::Sms => Channel::Sms,
                ChannelWord::Push => Channel::Push,
            },
            endpoint: row.endpoint.as_deref().map(Into::into),
        });
        Activity {
            id: row.request_id,
            tenant,
            started_by: row.started_by.as_str().into(),
            use_case: row.use_case.as_str().into(),
            notification: notification.unwrap_or_default(),
            started,
            visible: visible.unwrap_or(started),
            due,
            polls_left: row.polls_left,
            held: row.held.map(Duration::delta),
            outcome: row.outcome,
            error: error.clone(),
            revision: row.revision.min(upstream.revisions.len()),
            ended: ended.map(|at| Ended { at, error: (row.outcome == RefreshOutcome::Fail).then_some(error) }),
        }
    }
}

/// The activities of a store. Revisions count from what a tenant has taken over.
pub(in crate::scenario) fn activity_rows(store: &Store) -> Vec<ActivityRow> {
    let taken = |tenant| store.tenant(tenant).map_or(0, |tenant| tenant.upstream.taken);
    store.activities().iter().map(|activity| activity_row(activity, taken(activity.tenant))).collect()
}

fn activity_row(activity: &Activity, taken: usize) -> ActivityRow {
    let Activity {
        id,
        tenant,
        started_by,
        use_case,
        notification,
        started,
        visible,
        due,
        polls_left,
        held,
        outcome,
        error,
        revision,
        ended,
    } = activity;
    // How it ended says more than how it was to end.
    let failure = match ended {
        Some(ended) => ended.error.as_ref(),
        None => (*outcome == RefreshOutcome::Fail).then_some(error),
    };
    let outcome = match outcome {
        _ if failure.is_some() => RefreshOutcome::Fail,
        RefreshOutcome::Hang => RefreshOutcome::Hang,
        RefreshOutcome::Success | RefreshOutcome::Fail => RefreshOutcome::Success,
    };
    let Notification { enabled, channel, endpoint } = notification;
    let told = (*notification != Notification::default()).then(|| NotificationRow {
        enabled: *enabled,
        channel: match channel {
            Channel::Email => ChannelWord::Email,
            Channel::Sms => ChannelWord::Sms,
            Channel::Push => ChannelWord::Push,
        },
        endpoint: endpoint.as_deref().map(str::to_owned),
    });
    let owned = |text: &Arc<str>| text.to_string();
    ActivityRow {
        request_id: *id,
        tenant_id: format::Tenant(tenant.to_string()),
        started_by: owned(started_by),
        use_case: owned(use_case),
        // A clock that was put back may have let it end before it began.
        start_datetime: when(
            ended.iter().map(|ended| ended.at).chain(*due).chain([*visible]).fold(*started, DateTime::<Utc>::min),
        ),
        visible_from: (visible != started).then(|| when(*visible)),
        outcome,
        error: failure.cloned(),
        end_datetime: ended.as_ref().map(|ended| when(ended.at)),
        due: due.map(when),
        polls_left: *polls_left,
        held: held.map(Into::into),
        revision: revision.saturating_sub(taken),
        notification: told,
    }
}
