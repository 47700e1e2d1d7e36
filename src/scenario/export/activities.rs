//! Refreshes that a store remembers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    model::{Activity, Channel, Notification, RefreshOutcome, Store},
    scenario::format::{ActivityRow, ChannelWord, NotificationRow, Tenant, when},
};

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
        tenant_id: Tenant(tenant.to_string()),
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
