//! The settings of a scenario: its clock, its policy, how refreshes go.

use super::Builder;
use crate::{
    model::{Policy, RefreshPlan, RefreshPolicy, StartClock},
    scenario::format::{self, SCENARIO, when},
};

impl Builder<'_> {
    pub(super) fn clock(&mut self, clock: &format::Clock) {
        let Some(start) = &clock.start else { return };
        let (at, from, to) = (self.given(start).as_start(), StartClock::earliest(), StartClock::latest());
        if !(from..=to).contains(&at) {
            self.findings.error(SCENARIO, "$.clock.start", format!("{at} is not between {from} and {to}"));
        }
    }

    pub(in crate::scenario) fn policy(&mut self, policy: &format::Policy) -> Policy {
        Policy {
            initial_days: policy.initial_days,
            close_days: policy.close_days,
            paid_grace_days: policy.grace_days.paid,
            trial_grace_days: policy.grace_days.trial,
            analytics_grace_days: policy.grace_days.analytics,
            mail_days: policy.mail_days,
            analytics_mail_days: policy.analytics_mail_days,
            courtesy_percent: policy.courtesy_percent,
            courtesy_until: self.given(&policy.courtesy_until).as_start(),
            licenses_per_virtual_edge: policy.licenses_per_virtual_edge,
            max_rows_per_call: policy.max_rows_per_call,
        }
    }

    pub(super) fn refresh(&mut self, plan: &RefreshPlan) -> RefreshPolicy {
        if let Err(invalid) = plan.check() {
            self.findings.error(SCENARIO, format!("$.refresh.{}", invalid.field()), invalid.to_string());
        }
        RefreshPolicy::default().with(plan)
    }
}

/// A policy as the file has it.
pub(in crate::scenario) fn policy_settings(policy: &Policy) -> format::Policy {
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
