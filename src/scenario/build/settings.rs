//! The settings of a scenario: its clock, its policy, how refreshes go.

use super::Builder;
use crate::{
    model::{ActivityError, LONGEST_DELAY, Policy, Progress, RefreshOutcome, RefreshPolicy, WhileRunning},
    sandbox::clock::Clock,
    scenario::format::{self, SCENARIO},
};

impl Builder<'_> {
    pub(super) fn clock(&mut self, clock: &format::Clock) {
        let Some(start) = &clock.start else { return };
        let (at, from, to) = (self.given(start).as_start(), Clock::earliest(), Clock::latest());
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
            courtesy_percent: policy.courtesy_percent,
            courtesy_until: self.given(&policy.courtesy_until).as_start(),
            licenses_per_virtual_edge: policy.licenses_per_virtual_edge,
            max_rows_per_call: policy.max_rows_per_call,
        }
    }

    pub(super) fn refresh(&mut self, refresh: &format::Refresh) -> RefreshPolicy {
        let error = || ActivityError { code: refresh.error.code.clone(), message: refresh.error.message.clone() };
        let (delay, appears_after) = (refresh.delay.delta(), refresh.appears_after.delta());
        if delay > LONGEST_DELAY || appears_after > LONGEST_DELAY {
            self.findings.error(SCENARIO, "$.refresh", "delay and appearsAfter are at most 3650 days");
        }
        RefreshPolicy {
            delay: delay.min(LONGEST_DELAY),
            appears_after: appears_after.min(LONGEST_DELAY),
            progress: match refresh.progress {
                format::Progress::Time => Progress::ByTime,
                format::Progress::Polls => Progress::AfterPolls(refresh.polls),
                format::Progress::Hand => Progress::ByHand,
            },
            outcome: match refresh.outcome {
                format::Outcome::Success => RefreshOutcome::Success,
                format::Outcome::Fail => RefreshOutcome::Fail(error()),
                format::Outcome::Hang => RefreshOutcome::Hang,
            },
            while_running: match refresh.while_running {
                format::WhileRunning::Accept => WhileRunning::Accept,
                format::WhileRunning::Refuse => WhileRunning::Refuse,
            },
            entitlements_use_case: refresh.use_case.entitlements.clone(),
            msp_use_case: refresh.use_case.msp_entitlements.clone(),
            sync_use_case: refresh.use_case.sync_entitlements.clone(),
        }
    }
}
