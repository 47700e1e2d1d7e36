//! The settings of a store.

use crate::{
    model::Policy,
    scenario::format::{self, when},
};

pub(super) fn policy(policy: &Policy) -> format::Policy {
    let Policy {
        initial_days,
        close_days,
        paid_grace_days,
        trial_grace_days,
        analytics_grace_days,
        mail_days,
        analytics_mail_days,
        courtesy_percent,
        courtesy_until,
        licenses_per_virtual_edge,
        max_rows_per_call,
    } = policy;
    format::Policy {
        initial_days: *initial_days,
        close_days: *close_days,
        grace_days: format::Grace {
            paid: *paid_grace_days,
            trial: *trial_grace_days,
            analytics: *analytics_grace_days,
        },
        mail_days: *mail_days,
        analytics_mail_days: *analytics_mail_days,
        courtesy_percent: *courtesy_percent,
        courtesy_until: when(*courtesy_until),
        licenses_per_virtual_edge: *licenses_per_virtual_edge,
        max_rows_per_call: *max_rows_per_call,
    }
}
