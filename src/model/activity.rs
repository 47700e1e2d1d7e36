//! Activities: work that was accepted with a 202 and ends later.
//!
//! No task completes one. An activity knows when it is due; [`Store::settle`] applies what is due, in
//! order, whenever anybody looks. So polling, pushing and jumping the clock all agree.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ActivityError, ErrorPlan, Progress, RefreshOutcome, RefreshPlan, RefreshPolicy, Refusal, RequestId, Store,
    TenantId, WhileRunning,
};

/// How many ended activities stay on record; the oldest go first.
const KEPT: usize = 1_000;

/// Accepted work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The id that the 202 gave out.
    pub id: RequestId,
    /// Whose work it is.
    pub tenant: TenantId,
    /// Who asked for it.
    pub started_by: Arc<str>,
    /// What the UI recognises it by.
    pub use_case: Arc<str>,
    /// Whether its end sends a notification.
    pub notification: Notification,
    /// When it was accepted.
    pub started: DateTime<Utc>,
    /// From when on it can be found.
    pub visible: DateTime<Utc>,
    /// When it ends; never, if nothing is said.
    pub due: Option<DateTime<Utc>>,
    /// How many more times it must be asked for before it ends, if that is what ends it.
    pub polls_left: Option<u32>,
    /// The time that was left when it was put on hold.
    pub held: Option<TimeDelta>,
    /// How it will end.
    pub outcome: RefreshOutcome,
    /// What it will say if it fails.
    pub error: ActivityError,
    /// The revision that it takes over.
    pub revision: usize,
    /// When and how it ended.
    pub ended: Option<Ended>,
}

/// An activity that began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The id that the 202 returned.
    pub request_id: RequestId,
    /// The tenant that it works for.
    pub tenant_id: TenantId,
    /// Whether it runs or how it ended.
    pub status: ActivityStatus,
}

/// Whether and how the end of an activity sends a notification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notification {
    /// Whether at all.
    pub enabled: bool,
    /// By which channel.
    pub channel: Channel,
    /// The address or number.
    pub endpoint: Option<Arc<str>>,
}

/// A way of telling someone (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Channel {
    #[default]
    Email,
    Sms,
    Push,
}

/// When and how an activity ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When it ended, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The reason, if it failed.
    pub error: Option<ActivityError>,
}

/// Whether an activity runs or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ActivityStatus {
    /// Not ended yet.
    InProgress,
    /// Ended well.
    Success,
    /// Ended with an error.
    Fail,
}

impl Activity {
    /// Whether it can be found. A clock that was put back to before the activity was accepted does not hide it: its
    /// id has been given out.
    pub fn is_visible_at(&self, now: DateTime<Utc>) -> bool {
        self.visible <= now || now < self.started
    }

    /// Whether it runs or how it ended.
    pub fn status(&self) -> ActivityStatus {
        match &self.ended {
            None => ActivityStatus::InProgress,
            Some(Ended { error: None, .. }) => ActivityStatus::Success,
            Some(Ended { error: Some(_), .. }) => ActivityStatus::Fail,
        }
    }
}

/// What to do with a running activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steering {
    /// End it well now.
    Complete,
    /// End it with an error now: its own, with what is said otherwise.
    Fail(ErrorPlan),
    /// Stop the time that it has left.
    Hold,
    /// Let that time run on.
    Release,
}

/// Why an activity could not be taken in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSteered {
    /// There is no such activity.
    #[error("there is no such activity")]
    Unknown,
    /// An activity that has ended cannot be steered.
    #[error("the activity has ended already")]
    Ended,
}

/// Which of the refreshing operations was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshKind {
    /// GET /entitlements/summaries.
    Entitlements,
    /// GET /mspEntitlements/summaries.
    MspEntitlements,
    /// PATCH /entitlements. Its refresh types all take over the next revision (chosen: upstream, here,
    /// there is nothing between a whole list and its changes).
    Sync,
}

impl Store {
    /// Accepts a refresh from the licensing system. Old data stays until it is due. Refreshes that
    /// overlap take over the same revision: both ask the licensing system for the same state.
    pub fn begin_refresh(
        &mut self,
        tenant: TenantId,
        kind: RefreshKind,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<RequestId, Refusal> {
        self.begin_refresh_as(tenant, kind, by, &RefreshPlan::default(), now)
    }

    /// Accepts a refresh that goes another way than the policy has it.
    pub fn begin_refresh_as(
        &mut self,
        tenant: TenantId,
        kind: RefreshKind,
        by: &str,
        plan: &RefreshPlan,
        now: DateTime<Utc>,
    ) -> Result<RequestId, Refusal> {
        let running = self.activities.iter().find(|a| a.tenant == tenant && a.ended.is_none()).map(|a| a.id);
        let policy = RefreshPolicy::clone(&self.refresh).with(plan);
        if let (Some(running), WhileRunning::Refuse) = (running, policy.while_running) {
            return Err(Refusal::RefreshRunning { running });
        }
        let upstream = &self.tenant(tenant).ok_or(Refusal::UnknownTenant { id: tenant })?.upstream;
        let revision = (upstream.taken + 1).min(upstream.revisions.len());
        let id = self.new_request_id();
        let use_case = match kind {
            RefreshKind::Entitlements => policy.use_case.entitlements,
            RefreshKind::MspEntitlements => policy.use_case.msp_entitlements,
            RefreshKind::Sync => policy.use_case.sync_entitlements,
        };
        let (due, polls_left) = match (policy.outcome, policy.progress) {
            (RefreshOutcome::Hang, _) | (_, Progress::Hand) => (None, None),
            (_, Progress::Now) => (Some(now), None),
            (_, Progress::Time) => (Some(now + policy.delay.delta()), None),
            (_, Progress::Polls) => (None, Some(policy.polls)),
        };
        let activity = Activity {
            id,
            tenant,
            started_by: by.into(),
            use_case: use_case.into(),
            notification: Notification::default(),
            started: now,
            visible: now + policy.appears_after.delta(),
            due,
            polls_left,
            held: None,
            outcome: policy.outcome,
            error: policy.error,
            revision,
            ended: None,
        };
        Arc::make_mut(&mut self.activities).push(activity);
        let status = ActivityStatus::InProgress;
        self.changes.push(Change { request_id: id, tenant_id: tenant, status });
        self.touch();
        Ok(id)
    }

    /// An id that no activity has: those of a fixture may be any.
    fn new_request_id(&mut self) -> RequestId {
        loop {
            let id = self.ids.next_request_id();
            if !self.activities.iter().any(|activity| activity.id == id) {
                return id;
            }
        }
    }

    /// Sets whether and how the end of an activity sends a notification; false if the tenant has no such activity.
    pub fn notify(&mut self, tenant: TenantId, id: RequestId, notification: Notification) -> bool {
        let found = Arc::make_mut(&mut self.activities).iter_mut().find(|a| a.tenant == tenant && a.id == id);
        let Some(activity) = found else { return false };
        activity.notification = notification;
        self.touch();
        true
    }

    /// Counts that an activity was asked for, which may be what it waits for.
    pub fn poll(&mut self, id: RequestId, now: DateTime<Utc>) {
        if let Some(activity) = self.running_mut(id)
            && let Some(left) = activity.polls_left
        {
            activity.polls_left = left.checked_sub(1).filter(|left| *left > 0);
            if activity.polls_left.is_none() {
                activity.due = Some(now);
            }
            self.touch();
            self.settle(now);
        }
    }

    /// Takes the end of a running activity in hand.
    pub fn steer(&mut self, id: RequestId, how: Steering, now: DateTime<Utc>) -> Result<(), NotSteered> {
        if !self.activities.iter().any(|a| a.id == id) {
            return Err(NotSteered::Unknown);
        }
        let activity = self.running_mut(id).ok_or(NotSteered::Ended)?;
        activity.polls_left = None;
        match how {
            Steering::Complete => (activity.due, activity.outcome) = (Some(now), RefreshOutcome::Success),
            Steering::Fail(plan) => {
                (activity.due, activity.outcome) = (Some(now), RefreshOutcome::Fail);
                activity.error = activity.error.clone().with(&plan);
            }
            Steering::Hold => {
                activity.held = activity.due.map(|due| due - now).or(activity.held);
                activity.due = None;
            }
            Steering::Release => {
                activity.due = activity.due.or(Some(now + activity.held.take().unwrap_or_default()));
                if activity.outcome == RefreshOutcome::Hang {
                    activity.outcome = RefreshOutcome::Success;
                }
            }
        }
        self.touch();
        self.settle(now);
        Ok(())
    }

    fn running_mut(&mut self, id: RequestId) -> Option<&mut Activity> {
        Arc::make_mut(&mut self.activities).iter_mut().find(|a| a.id == id && a.ended.is_none())
    }

    /// The next moment at which something happens by itself.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.activities.iter().filter(|a| a.ended.is_none()).filter_map(|a| a.due).min()
    }

    /// The next moment after `now` at which listeners want to look: something ends or comes to light.
    pub fn next_wake(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let running = self.activities.iter().filter(|a| a.ended.is_none());
        running.flat_map(|a| [a.due, Some(a.visible)]).flatten().filter(|at| *at > now).min()
    }

    /// Applies all that is due at `now`, in order of the due times, then of acceptance. Idempotent;
    /// settling at `a` and then at `b` is settling at `b` (invariant I6).
    pub fn settle(&mut self, now: DateTime<Utc>) {
        let mut due: Vec<(DateTime<Utc>, usize)> = self
            .activities
            .iter()
            .enumerate()
            .filter(|(_, a)| a.ended.is_none())
            .filter_map(|(index, a)| a.due.filter(|due| *due <= now).map(|due| (due, index)))
            .collect();
        due.sort_unstable();
        for (at, index) in &due {
            self.end_activity(*index, *at);
            self.touch();
        }
        self.forget_old_activities();
    }

    fn end_activity(&mut self, index: usize, at: DateTime<Utc>) {
        let activity = &mut Arc::make_mut(&mut self.activities)[index];
        let (id, tenant, revision) = (activity.id, activity.tenant, activity.revision);
        let error = (activity.outcome == RefreshOutcome::Fail).then(|| activity.error.clone());
        let succeeded = error.is_none();
        activity.ended = Some(Ended { at, error });
        let status = activity.status();
        if succeeded {
            self.take_over(tenant, revision, at);
        }
        self.changes.push(Change { request_id: id, tenant_id: tenant, status });
    }

    /// Makes a tenant's lists equal to a revision of the licensing system, unless it is past it.
    fn take_over(&mut self, tenant: TenantId, revision: usize, at: DateTime<Utc>) {
        let Some(tenant) = self.tenant_mut(tenant) else {
            return;
        };
        if revision <= tenant.upstream.taken {
            return;
        }
        let next = tenant.upstream.revisions[revision - 1].clone();
        let updated = |entitlement: &super::Entitlement| {
            let before = tenant.entitlements.iter().find(|old| old.id == entitlement.id);
            match before {
                Some(old) if old.same_purchase(entitlement) => old.clone(),
                Some(old) => super::Entitlement { created: old.created, updated: at, ..entitlement.clone() },
                None => super::Entitlement { created: at, updated: at, ..entitlement.clone() },
            }
        };
        let entitlements = next.entitlements.iter().map(updated).collect();
        tenant.entitlements = entitlements;
        tenant.msp_entitlements = next.msp_entitlements;
        tenant.upstream.taken = revision;
    }

    fn forget_old_activities(&mut self) {
        let ended = self.activities.iter().filter(|a| a.ended.is_some()).count();
        let mut surplus = ended.saturating_sub(KEPT);
        if surplus > 0 {
            Arc::make_mut(&mut self.activities).retain(|activity| {
                let forget = surplus > 0 && activity.ended.is_some();
                surplus -= usize::from(forget);
                !forget
            });
        }
    }
}

impl super::Entitlement {
    /// Whether two rows say the same, apart from when they were written.
    fn same_purchase(&self, other: &Self) -> bool {
        Self { created: self.created, updated: self.updated, ..other.clone() } == *self
    }
}
