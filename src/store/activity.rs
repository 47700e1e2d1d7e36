//! Activities: work that was accepted with a 202 and ends later.
//!
//! No task completes one. An activity knows when it is due; [`Store::settle`] applies what is due, in
//! order, whenever anybody looks. So polling, pushing and jumping the clock all agree.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ActivityError, RefreshOutcome, Refusal, RequestId, Store, TenantId, WhileRunning};

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
    /// Whether someone is told when it ends.
    pub notification: Notification,
    /// When it was accepted.
    pub started: DateTime<Utc>,
    /// From when on it can be found.
    pub visible: DateTime<Utc>,
    /// When it ends; never, if nothing is said.
    pub due: Option<DateTime<Utc>>,
    /// How it will end.
    outcome: RefreshOutcome,
    /// The revision that it takes over.
    revision: usize,
    /// When and how it ended.
    pub ended: Option<Ended>,
}

/// Whether and how someone is told when an activity ends.
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
    /// The moment.
    pub at: DateTime<Utc>,
    /// The reason, if it failed.
    pub error: Option<ActivityError>,
}

/// Whether an activity runs or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityStatus {
    /// Not ended yet.
    InProgress,
    /// Ended well.
    Success,
    /// Ended with an error.
    Fail,
}

impl Activity {
    /// Whether it runs or how it ended.
    pub fn status(&self) -> ActivityStatus {
        match &self.ended {
            None => ActivityStatus::InProgress,
            Some(Ended { error: None, .. }) => ActivityStatus::Success,
            Some(Ended { error: Some(_), .. }) => ActivityStatus::Fail,
        }
    }
}

/// Something that happened by itself because its time had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An activity ended.
    ActivityEnded {
        /// Which one.
        id: RequestId,
        /// Whose.
        tenant: TenantId,
    },
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
        let running = self.activities.iter().find(|a| a.tenant == tenant && a.ended.is_none()).map(|a| a.id);
        if let (Some(running), WhileRunning::Refuse) = (running, self.refresh.while_running) {
            return Err(Refusal::RefreshRunning { running });
        }
        let upstream = &self.tenant(tenant).ok_or(Refusal::UnknownTenant { id: tenant })?.upstream;
        let revision = (upstream.taken + 1).min(upstream.revisions.len());
        let id = self.ids.next_request_id();
        let use_case = match kind {
            RefreshKind::Entitlements => &self.refresh.entitlements_use_case,
            RefreshKind::MspEntitlements => &self.refresh.msp_use_case,
            RefreshKind::Sync => &self.refresh.sync_use_case,
        };
        let due = match self.refresh.outcome {
            RefreshOutcome::Hang => None,
            RefreshOutcome::Success | RefreshOutcome::Fail(_) => Some(now + self.refresh.delay),
        };
        let activity = Activity {
            id,
            tenant,
            started_by: by.into(),
            use_case: use_case.as_str().into(),
            notification: Notification::default(),
            started: now,
            visible: now + self.refresh.appears_after,
            due,
            outcome: self.refresh.outcome.clone(),
            revision,
            ended: None,
        };
        Arc::make_mut(&mut self.activities).push(activity);
        self.touch();
        Ok(id)
    }

    /// Says whether and how someone is told when an activity ends; false if the tenant has no such one.
    pub fn notify(&mut self, tenant: TenantId, id: RequestId, notification: Notification) -> bool {
        let found = Arc::make_mut(&mut self.activities).iter_mut().find(|a| a.tenant == tenant && a.id == id);
        let Some(activity) = found else { return false };
        activity.notification = notification;
        self.touch();
        true
    }

    /// The next moment at which something happens by itself.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.activities.iter().filter(|a| a.ended.is_none()).filter_map(|a| a.due).min()
    }

    /// Applies all that is due at `now`, in order of the due times, then of acceptance. Idempotent;
    /// settling at `a` and then at `b` is settling at `b` (invariant I6).
    pub fn settle(&mut self, now: DateTime<Utc>) -> Vec<Event> {
        let mut due: Vec<(DateTime<Utc>, usize)> = self
            .activities
            .iter()
            .enumerate()
            .filter(|(_, a)| a.ended.is_none())
            .filter_map(|(index, a)| a.due.filter(|due| *due <= now).map(|due| (due, index)))
            .collect();
        due.sort_unstable();
        let events = due.iter().map(|(at, index)| self.end_activity(*index, *at)).collect();
        if !due.is_empty() {
            self.forget_old_activities();
            self.touch();
        }
        events
    }

    fn end_activity(&mut self, index: usize, at: DateTime<Utc>) -> Event {
        let activity = &mut Arc::make_mut(&mut self.activities)[index];
        let (id, tenant, revision) = (activity.id, activity.tenant, activity.revision);
        let error = match &activity.outcome {
            RefreshOutcome::Fail(error) => Some(error.clone()),
            RefreshOutcome::Success | RefreshOutcome::Hang => None,
        };
        let succeeded = error.is_none();
        activity.ended = Some(Ended { at, error });
        if succeeded {
            self.take_over(tenant, revision, at);
        }
        Event::ActivityEnded { id, tenant }
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
