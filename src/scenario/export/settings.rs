//! The settings of a store.

use crate::{
    model::{Policy, Progress, RefreshOutcome, RefreshPolicy, WhileRunning},
    scenario::format::{self, when},
};

pub(super) fn policy(policy: &Policy) -> format::Policy {
    let Policy {
        initial_days,
        close_days,
        paid_grace_days,
        trial_grace_days,
        courtesy_percent,
        courtesy_until,
        licenses_per_virtual_edge,
        max_rows_per_call,
    } = policy;
    format::Policy {
        initial_days: *initial_days,
        close_days: *close_days,
        grace_days: format::Grace { paid: *paid_grace_days, trial: *trial_grace_days },
        courtesy_percent: *courtesy_percent,
        courtesy_until: when(*courtesy_until),
        licenses_per_virtual_edge: *licenses_per_virtual_edge,
        max_rows_per_call: *max_rows_per_call,
    }
}

pub(super) fn refresh(policy: &RefreshPolicy) -> format::Refresh {
    let (outcome, error) = match &policy.outcome {
        RefreshOutcome::Success => (format::Outcome::Success, format::ErrorText::default()),
        RefreshOutcome::Hang => (format::Outcome::Hang, format::ErrorText::default()),
        RefreshOutcome::Fail(error) => {
            (format::Outcome::Fail, format::ErrorText { code: error.code.clone(), message: error.message.clone() })
        }
    };
    let (progress, polls) = match policy.progress {
        Progress::ByTime => (format::Progress::Time, format::Refresh::default().polls),
        Progress::AfterPolls(polls) => (format::Progress::Polls, polls),
        Progress::ByHand => (format::Progress::Hand, format::Refresh::default().polls),
    };
    format::Refresh {
        delay: policy.delay.into(),
        appears_after: policy.appears_after.into(),
        progress,
        polls,
        outcome,
        error,
        while_running: match policy.while_running {
            WhileRunning::Accept => format::WhileRunning::Accept,
            WhileRunning::Refuse => format::WhileRunning::Refuse,
        },
        use_case: format::UseCase {
            entitlements: policy.entitlements_use_case.clone(),
            msp_entitlements: policy.msp_use_case.clone(),
            sync_entitlements: policy.sync_use_case.clone(),
        },
    }
}
