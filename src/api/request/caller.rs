//! Callers as types: a handler that takes an [`Msp`] runs for MSPs only.

use std::{ops::Deref, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Utc};

use super::{context::RequestContext, path::Segments};
use crate::{
    api::response::error::ApiError,
    catalogue::Effect,
    model::{Actor, Refusal, Role, Store, Tenant, TenantId},
    sandbox::{Sandbox, identity::Identity},
    wire::Context,
};

/// The caller of a request, with the request.
#[derive(Clone, Debug)]
pub struct Caller {
    identity: Identity,
    request: Arc<RequestContext>,
}

impl Deref for Caller {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

/// A look at the state, for the caller's tenant.
pub struct View {
    /// The state at the time of the request.
    pub store: Arc<Store>,
    /// The time of the request, by the sandbox's clock.
    pub now: DateTime<Utc>,
    request: Arc<RequestContext>,
    tenant: TenantId,
}

impl View {
    /// The caller's tenant.
    pub fn tenant(&self) -> Result<&Tenant, ApiError> {
        self.store.tenant(self.tenant).ok_or(ApiError::UnknownTenant { id: self.tenant.to_string() })
    }

    /// What turning read models into JSON takes.
    pub fn context(&self) -> Context<'_> {
        Context { now: self.now, style: self.request.style(), policy: &self.store.policy }
    }
}

impl Caller {
    /// The state at this moment.
    pub fn look(&self) -> View {
        let (present, now) = self.request.sandbox.look();
        let store = self.request.past.clone().unwrap_or(present);
        View { store, now, request: Arc::clone(&self.request), tenant: self.tenant }
    }

    /// The sandbox that the request selects.
    pub fn sandbox(&self) -> &Sandbox {
        &self.request.sandbox
    }

    /// The request that the caller made.
    pub fn request(&self) -> &RequestContext {
        &self.request
    }

    /// The caller as the one who acts, at a moment.
    pub fn actor(&self, now: DateTime<Utc>) -> Actor<'_> {
        Actor { msp: self.tenant, name: &self.name, now }
    }

    /// Refuses API clients that are read-only.
    pub fn may_write(&self) -> Result<(), ApiError> {
        match self.role {
            Role::Admin => Ok(()),
            Role::ReadOnly => Err(ApiError::ReadOnly),
        }
    }

    /// The same caller, for a tenant that a path names: its own, or one of its customers.
    pub fn for_tenant(self, named: &str) -> Result<Self, ApiError> {
        let (store, _) = self.request.sandbox.look();
        Ok(Self { identity: self.identity.for_tenant(&store, named)?, ..self })
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let request = parts.extensions.get::<Arc<RequestContext>>().cloned().ok_or(ApiError::Internal)?;
        Ok(Self { identity: request.identity.clone()?, request })
    }
}

/// A caller whose tenant has an entitlement ID (documented: 417 without one).
pub struct Licensed(pub Caller);

impl<S: Sync> FromRequestParts<S> for Licensed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.look().tenant().and_then(licensed)?;
        Ok(Self(caller))
    }
}

/// A caller whose tenant is an MSP with an entitlement ID, and that may write if the operation does.
pub struct Msp(pub Caller);

impl<S: Sync> FromRequestParts<S> for Msp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.request.operation.is_some_and(|operation| operation.effect == Effect::Write) {
            caller.may_write()?;
        }
        let view = caller.look();
        let tenant = view.tenant()?;
        if !tenant.kind.is_msp() {
            return Err(Refusal::NotMsp { id: tenant.id }.into());
        }
        licensed(tenant)?;
        Ok(Self(caller))
    }
}

fn licensed(tenant: &Tenant) -> Result<(), ApiError> {
    match tenant.entitlement_id {
        Some(_) => Ok(()),
        None => Err(Refusal::NoEntitlementId { id: tenant.id }.into()),
    }
}

/// An MSP, and the customer of it that the path names; or the MSP itself.
pub struct MspOf(pub Caller, pub TenantId);

impl<S: Send + Sync> FromRequestParts<S> for MspOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Segments(named) = Segments::<String>::from_request_parts(parts, state).await?;
        let caller = Caller::from_request_parts(parts, state).await?;
        let view = caller.look();
        let tenant = view.tenant()?;
        if !tenant.kind.is_msp() {
            return Err(ApiError::NotMspContext { tenant: tenant.id });
        }
        licensed(tenant)?;
        let expected = "a tenant id of 32 lower-case hexadecimal digits";
        let bad = |_| ApiError::BadPath { name: "tenantId", value: named.clone(), expected };
        let customer: TenantId = named.parse().map_err(bad)?;
        let ours = |tenant: &Tenant| tenant.id == caller.tenant || tenant.parent == Some(caller.tenant);
        if view.store.tenant(customer).is_some_and(ours) {
            Ok(Self(caller, customer))
        } else {
            Err(Refusal::NoSuchCustomer { customer }.into())
        }
    }
}
