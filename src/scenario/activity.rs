//! `activities.json`: refreshes that a scenario has already seen, as a type, to the store, and back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    build::Builder,
    format::{Duration, ErrorText, Outcome, Tenant, When, delta, stretch, when},
};
use crate::model::{
    self, Activity, ActivityError, Channel, Ended, Notification, RefreshOutcome, Store, TenantId, Upstream,
};

/// The file.
pub(super) const ACTIVITIES: &str = "activities.json";

/// A refresh that was accepted, and perhaps has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityRow {
    /// Its id, which the 202 gave out.
    pub request_id: uuid::Uuid,
    /// Whose refresh it is.
    pub tenant_id: Tenant,
    /// Who asked for it.
    #[serde(default = "someone")]
    pub started_by: String,
    /// What the UI recognises it by.
    #[serde(default = "refresh_license")]
    pub use_case: String,
    /// When it was accepted.
    pub start_datetime: When,
    /// From when on it can be found; at once if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_from: Option<When>,
    /// How it ends, or has ended.
    #[serde(default = "success")]
    pub outcome: Outcome,
    /// With outcome FAIL: what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorText>,
    /// When it ended; it runs if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_datetime: Option<When>,
    /// When it ends by itself; not by time if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<When>,
    /// How many more times it must be asked for until it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub polls_left: Option<u32>,
    /// The time that it has left when it is no longer held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Duration>,
    /// Which of the coming revisions of licensing.json it takes over; 0 for none.
    #[serde(default = "the_next")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub revision: usize,
    /// Who is told when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<NotificationRow>,
}

/// Who is told when an activity ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationRow {
    /// Whether at all.
    pub enabled: bool,
    /// By which channel.
    #[serde(rename = "type")]
    pub channel: ChannelWord,
    /// The address or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// A way of telling someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ChannelWord {
    Email,
    Sms,
    Push,
}

fn someone() -> String {
    "admin".into()
}

fn refresh_license() -> String {
    "Refresh License".into()
}

fn success() -> Outcome {
    Outcome::Success
}

fn the_next() -> usize {
    1
}

impl Builder<'_> {
    /// The activities of a scenario, in the order of the file.
    pub(super) fn activities(
        &mut self,
        rows: &[ActivityRow],
        tenants: &BTreeMap<TenantId, model::Tenant>,
    ) -> Vec<Activity> {
        let (mut made, mut ids) = (Vec::new(), BTreeSet::new());
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            if !ids.insert(row.request_id) {
                self.error(ACTIVITIES, format!("{path}.requestId"), "another activity has this id");
            }
            let tenant = super::build::tenant_id(&row.tenant_id);
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
        let text = row.error.clone().unwrap_or_default();
        let error = ActivityError { code: text.code, message: text.message };
        let outcome = match row.outcome {
            Outcome::Success => RefreshOutcome::Success,
            Outcome::Fail => RefreshOutcome::Fail(error.clone()),
            Outcome::Hang => RefreshOutcome::Hang,
        };
        let failed = matches!(outcome, RefreshOutcome::Fail(_));
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
            held: row.held.as_ref().map(delta),
            outcome,
            revision: row.revision.min(upstream.revisions.len()),
            ended: ended.map(|at| Ended { at, error: failed.then_some(error) }),
        }
    }
}

/// The activities of a store. Revisions count from what a tenant has taken over.
pub(super) fn export(store: &Store) -> Vec<ActivityRow> {
    let taken = |tenant| store.tenant(tenant).map_or(0, |tenant| tenant.upstream.taken);
    store.activities().iter().map(|activity| exported(activity, taken(activity.tenant))).collect()
}

fn exported(activity: &Activity, taken: usize) -> ActivityRow {
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
        revision,
        ended,
    } = activity;
    // How it ended says more than how it was to end.
    let failure = ended.as_ref().map_or_else(
        || if let RefreshOutcome::Fail(error) = outcome { Some(error) } else { None },
        |ended| ended.error.as_ref(),
    );
    let word = match outcome {
        _ if failure.is_some() => Outcome::Fail,
        RefreshOutcome::Hang => Outcome::Hang,
        RefreshOutcome::Success | RefreshOutcome::Fail(_) => Outcome::Success,
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
        tenant_id: Tenant(tenant.to_string()),
        started_by: owned(started_by),
        use_case: owned(use_case),
        // A clock that was put back may have let it end before it began.
        start_datetime: when(
            ended.iter().map(|ended| ended.at).chain(*due).chain([*visible]).fold(*started, DateTime::<Utc>::min),
        ),
        visible_from: (visible != started).then(|| when(*visible)),
        outcome: word,
        error: failure.map(|error| ErrorText { code: error.code.clone(), message: error.message.clone() }),
        end_datetime: ended.as_ref().map(|ended| when(ended.at)),
        due: due.map(when),
        polls_left: *polls_left,
        held: held.map(stretch),
        revision: revision.saturating_sub(taken),
        notification: told,
    }
}
