//! Refreshes that a scenario has already seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, tenant_id};
use crate::{
    model::{Activity, Channel, Ended, Notification, RefreshOutcome, Tenant, TenantId, Upstream},
    scenario::format::{ACTIVITIES, ActivityRow, ChannelWord, When},
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
