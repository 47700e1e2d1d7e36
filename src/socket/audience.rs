//! Whose activities a client may hear of, and which of them it has not heard of yet. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    model::{Activity, RequestId, Store, TenantId},
    sandbox::{
        Sandbox,
        identity::{Claim, Identity, IdentityError},
    },
    wire::jwt,
};

/// Who a client says it is: in the query of the handshake, behind the namespace, or in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Claimed {
    token: Option<String>,
    tenant_id: Option<String>,
}

impl Claimed {
    /// What a query says.
    pub fn in_query(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
        };
        Self { token: value("token"), tenant_id: value("tenantId") }
    }

    /// What JSON says; nothing, if it is none.
    pub fn in_json(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The same, with what `earlier` said where this says nothing.
    pub fn or(self, earlier: &Self) -> Self {
        Self {
            token: self.token.or_else(|| earlier.token.clone()),
            tenant_id: self.tenant_id.or_else(|| earlier.tenant_id.clone()),
        }
    }

    /// The tenant whose activities the client hears of, by the rule for requests. None for a tenant that is unknown or
    /// not the token's own: the client hears of nothing. An error, in the vendor's words, for a dead session.
    pub fn tenant(&self, sandbox: &Sandbox) -> Result<Option<TenantId>, &'static str> {
        let (store, now) = sandbox.look();
        let claims = self.token.as_deref().and_then(jwt::unverified);
        let claim = Claim { token: self.token.as_deref(), claims: claims.as_ref(), tenant: self.tenant_id.as_deref() };
        match Identity::of(claim, sandbox.settings().auth, &sandbox.name, &store, now) {
            Ok(identity) => Ok(Some(identity.tenant)),
            Err(IdentityError::DeadSession) => Err("Please re-login, the session has expired."),
            Err(IdentityError::UnknownTenant(_) | IdentityError::ForeignTenant(_)) => Ok(None),
        }
    }
}

/// What a client has heard of its tenant's activities.
#[derive(Debug)]
pub struct DeliveryState {
    tenant: TenantId,
    generation: u64,
    /// Whether it has heard of their end, too.
    ended: BTreeMap<RequestId, bool>,
}

impl DeliveryState {
    /// A client that connects now gets no activity from before.
    pub fn by_now(tenant: TenantId, store: &Store) -> Self {
        let ended = store.activities_of(tenant).map(|a| (a.id, a.ended.is_some())).collect();
        Self { tenant, generation: store.generation, ended }
    }

    /// Whose activities they are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Whether a state of this generation cannot have come of the one that was looked at last.
    pub fn is_before(&self, generation: u64) -> bool {
        generation < self.generation
    }

    /// Every activity as it was at its start and at its end, as far as that is news, in the order in
    /// which it happened. A replaced state is no news.
    pub fn news(&mut self, store: &Store) -> Vec<Activity> {
        if self.is_before(store.generation) {
            *self = Self::by_now(self.tenant, store);
            return Vec::new();
        }
        let mut news: Vec<(DateTime<Utc>, Activity)> = Vec::new();
        for activity in store.activities_of(self.tenant) {
            let heard = self.ended.get(&activity.id).copied();
            if heard.is_none() {
                let mut started = activity.clone();
                started.ended = None;
                news.push((activity.started, started));
            }
            if let Some(ended) = &activity.ended
                && heard != Some(true)
            {
                news.push((ended.at, activity.clone()));
            }
        }
        // Stable: the start of an activity stays before its end at the same moment.
        news.sort_by_key(|(at, _)| *at);
        *self = Self::by_now(self.tenant, store);
        news.into_iter().map(|(_, activity)| activity).collect()
    }
}
