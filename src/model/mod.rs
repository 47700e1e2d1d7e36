//! What the product remembers, and the rules that change it. Pure: no clock, no lock, no network;
//! time is an argument.
//!
//! | file | what |
//! |---|---|
//! | `words` | the vendor's vocabulary and how its words map onto each other |
//! | `id` | identifiers and where new ones come from |
//! | `policy` | the numbers behind the rules |
//! | `refresh_policy`, `refresh_plan` | how refreshes go, and where they go another way |
//! | `tenant` | tenants, their devices, API clients, and what the licensing system has for them |
//! | `token_setting` | how a tenant spends its solution tokens |
//! | `entitlement` | what a tenant bought |
//! | `msp_entitlement` | bulk purchases, and the sums of a pool |
//! | `levels` | quantities over time |
//! | `capacity` | what pools hold, and what is taken from them, at any moment |
//! | `assignment` | assignments, and what someone can ask for |
//! | `assignment_table` | all assignments, with what is looked up often |
//! | `assigning` | assigning, changing, revoking |
//! | `companions` | what tenants change beside their licences |
//! | `chunks` | a list that clones share |
//! | `activity` | refreshes that end later; `settle` |
//! | `note` | attention notes |
//! | `refusal` | every refusal by a business rule |
//! | `start_clock` | what the clock of a scenario shows at the start |
//!
//! Collections sit behind `Arc`s: a clone of a [`Store`] (a snapshot, a sandbox, a try) costs
//! pointers, and only what is written to afterwards is copied.

mod activity;
mod assigning;
mod assignment;
mod assignment_table;
mod capacity;
mod chunks;
mod companions;
mod edit;
mod entitlement;
mod id;
mod levels;
mod msp_entitlement;
mod note;
mod policy;
mod refresh_plan;
mod refresh_policy;
mod refusal;
mod start_clock;
mod tenant;
mod token_setting;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use self::assignment_table::AssignmentTable;
pub(crate) use self::id::split_mix;
pub use self::{
    activity::{Activity, ActivityStatus, Change, Channel, Ended, NotSteered, Notification, RefreshKind, Steering},
    assignment::{Actor, Assignment, AssignmentChange, Lot, NewAssignment, Revocation, TrialAction, Wanted},
    capacity::{Capacity, FreeOfTier, limit},
    companions::TokenChange,
    entitlement::{Alm, Entitlement, Period, is_msp_sku, is_r1_sku, is_trial_sku},
    id::{AssignmentId, BadTenantId, IdSource, RequestId, TenantId},
    levels::Levels,
    msp_entitlement::{MspEntitlement, PoolKey, PoolSums},
    note::{AttentionNote, Audience, NoteStatus},
    policy::Policy,
    refresh_plan::{ErrorPlan, InvalidPlan, LONGEST_DELAY, RefreshPlan, UseCasesPlan},
    refresh_policy::{ActivityError, Progress, RefreshOutcome, RefreshPolicy, UseCases, WhileRunning},
    refusal::Refusal,
    start_clock::StartClock,
    tenant::{ApiClient, DeviceGroup, Features, Revision, Role, Tenant, Upstream},
    token_setting::{TokenFeature, TokenSetting},
    words::{
        BannerState, DeviceType, LicenseType, MspDeviceType, MspLicenseType, MspProduct, Status, TenantType, tier_order,
    },
};

/// Everything that one simulated system remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Counts the changes: equal generations of one store mean equal content.
    pub generation: u64,
    /// The numbers behind the licensing rules.
    pub policy: Arc<Policy>,
    /// How refreshes go.
    pub refresh: Arc<RefreshPolicy>,
    /// What the vendor wants administrators to know, by start.
    pub notes: Arc<[AttentionNote]>,
    /// Who a caller is who does not say.
    pub default_tenant: TenantId,
    /// Where new request ids come from.
    pub ids: IdSource,
    tenants: Arc<BTreeMap<TenantId, Arc<Tenant>>>,
    assignments: AssignmentTable,
    activities: Arc<Vec<Activity>>,
    dead_tokens: Arc<BTreeSet<String>>,
    /// The activities that began or ended since the last call of `take_changes`.
    changes: Vec<Change>,
}

impl Store {
    /// A store with these tenants and assignments and no activities. Assignments whose lot names no SKU
    /// get that of a purchase, in the order of their ids.
    pub fn new(
        policy: Policy,
        refresh: RefreshPolicy,
        default_tenant: TenantId,
        tenants: impl IntoIterator<Item = Tenant>,
        assignments: impl IntoIterator<Item = Assignment>,
    ) -> Self {
        let mut store = Self {
            generation: 0,
            policy: Arc::new(policy),
            refresh: Arc::new(refresh),
            notes: Arc::default(),
            default_tenant,
            ids: IdSource::new(0),
            tenants: Arc::new(tenants.into_iter().map(|t| (t.id, Arc::new(t))).collect()),
            assignments: AssignmentTable::default(),
            activities: Arc::default(),
            dead_tokens: Arc::default(),
            changes: Vec::new(),
        };
        store.record(assignments);
        store
    }

    /// The same store with these activities behind it, in the order in which they were accepted.
    pub fn with_activities(self, activities: Vec<Activity>) -> Self {
        Self { activities: Arc::new(activities), ..self }
    }

    /// The activities that began or ended since the last call.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Whether an activity began or ended since the last call of [`Store::take_changes`].
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// All tenants, by id.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.values().map(AsRef::as_ref)
    }

    /// One tenant.
    pub fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.get(&id).map(AsRef::as_ref)
    }

    fn tenant_mut(&mut self, id: TenantId) -> Option<&mut Tenant> {
        Arc::make_mut(&mut self.tenants).get_mut(&id).map(Arc::make_mut)
    }

    /// The purchases of an MSP, in the order of expiry; none for an unknown tenant.
    pub fn msp_entitlements(&self, msp: TenantId) -> &[MspEntitlement] {
        self.tenant(msp).map_or(&[], |tenant| &tenant.msp_entitlements)
    }

    /// One assignment.
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.get(id)
    }

    /// All assignments, by id.
    pub fn assignments(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter()
    }

    /// The pools of an MSP that ever had a purchase or an assignment, in their order.
    pub fn pools_on_record(&self, msp: TenantId) -> BTreeSet<PoolKey> {
        let bought = self.msp_entitlements(msp).iter().map(MspEntitlement::pool);
        bought.chain(self.assignments.pool_uses(msp).map(|(pool, _)| pool)).collect()
    }

    /// The assignments that an MSP made, by id.
    pub fn assignments_of(&self, msp: TenantId) -> impl Iterator<Item = &Assignment> {
        self.assignments.of_msp(msp)
    }

    /// The assignments that a tenant got, by id.
    pub fn assignments_to(&self, customer: TenantId) -> impl Iterator<Item = &Assignment> {
        self.assignments.to_customer(customer)
    }

    /// All activities, in the order in which they were accepted.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// The activities of a tenant, in the order in which they were accepted.
    pub fn activities_of(&self, tenant: TenantId) -> impl Iterator<Item = &Activity> {
        self.activities.iter().filter(move |a| a.tenant == tenant)
    }

    /// Ends all sessions of a tenant: tokens issued until now are dead from here on.
    pub fn end_sessions(&mut self, tenant: TenantId) -> Result<(), Refusal> {
        self.tenant_mut(tenant).ok_or(Refusal::UnknownTenant { id: tenant })?.session += 1;
        self.touch();
        Ok(())
    }

    /// Kills one token, by its `jti`.
    pub fn kill_token(&mut self, token: &str) {
        Arc::make_mut(&mut self.dead_tokens).insert(token.to_owned());
        self.touch();
    }

    /// Whether a token of a tenant has been killed, alone or with its session.
    pub fn is_token_dead(&self, tenant: TenantId, token: &str, session: u32) -> bool {
        self.tenant(tenant).is_none_or(|t| t.session != session) || self.dead_tokens.contains(token)
    }

    fn touch(&mut self) {
        self.generation += 1;
    }
}
