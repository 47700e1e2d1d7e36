//! The settings of a scenario: its clock, its policy, how refreshes go.

use super::Builder;
use crate::{
    model::{Policy, RefreshPlan, RefreshPolicy, StartClock},
    scenario::format::{self, SCENARIO},
};

impl Builder<'_> {
    pub(super) fn clock(&mut self, clock: &format::Clock) {
        let Some(start) = &clock.start else { return };
        let (at, from, to) = (self.given(start).as_start(), StartClock::earliest(), StartClock::latest());
        if !(from..=to).contains(&at) {
            self.findings.error(SCENARIO, "$.clock.start", format!("{at} is not between {from} and {to}"));
        }
    }

    pub(super) fn policy(&mut self, policy: &format::Policy) -> Policy {
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
