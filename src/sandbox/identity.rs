//! Who calls, and for which tenant. Pure: the one rule for requests and for the activity socket.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};

use crate::{
    model::{Role, Store, TenantId},
    sandbox::Auth,
    wire::{jwt, token::Claims},
};

/// What a caller says about itself. Nothing of it is verified.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claim<'a> {
    /// The bearer token of the `Authorization` header, as it was sent.
    pub token: Option<&'a str>,
    /// What that token says, if it is a JWT.
    pub claims: Option<&'a Claims>,
    /// The tenant that it names beside the token, such as in `x-rks-tenantid`.
    pub tenant: Option<&'a str>,
}

/// Who calls, and for which tenant.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The tenant that the request is about: the token's own, or the customer that the caller names.
    pub tenant: TenantId,
    /// The user or API client, for the record.
    pub name: Arc<str>,
    /// What the caller may do.
    pub role: Role,
    /// The tenant of the token or the one named; none if the default tenant was taken.
    pub named: Option<TenantId>,
}

/// Why there is no identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// A valid token is required, and this is none.
    DeadSession,
    /// There is no such tenant.
    UnknownTenant(String),
    /// The tenant is neither the token's own nor one of its customers.
    ForeignTenant(String),
}

/// The user of requests without a token.
static ANONYMOUS: LazyLock<Arc<str>> = LazyLock::new(|| "r1mock".into());

impl Identity {
    /// Who calls a sandbox. With `Auth::Open`, any JWT is believed and anything else is ignored.
    pub fn of(
        claim: Claim<'_>,
        auth: Auth,
        sandbox: &str,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Self, IdentityError> {
        let verified = match auth {
            Auth::Open => None,
            Auth::Required => {
                let alive = claim.token.and_then(|token| jwt::verify(token, sandbox, store, now));
                Some(alive.ok_or(IdentityError::DeadSession)?)
            }
        };
        let claims = verified.as_ref().or(claim.claims);
        let home = claims.map(|claims| claims.tenant_id.as_str());
        let named = tenant(store, home, claim.tenant)?;
        let name = claims.map_or_else(|| Arc::clone(&ANONYMOUS), |claims| claims.user_name.as_str().into());
        let tenant = named.unwrap_or(store.default_tenant);
        Ok(Self { tenant, name, role: claims.map_or(Role::Admin, jwt::role), named })
    }

    /// The same caller, for a tenant that a path names: its own, or one of its customers.
    pub fn for_tenant(&self, store: &Store, path: &str) -> Result<Self, IdentityError> {
        let home = self.named.map(|tenant| tenant.to_string());
        let tenant = tenant(store, home.as_deref(), Some(path))?.unwrap_or(store.default_tenant);
        Ok(Self { tenant, named: Some(tenant), ..self.clone() })
    }
}

/// The tenant that a request is about, from the token's and the one named; none if neither is given.
fn tenant(store: &Store, home: Option<&str>, named: Option<&str>) -> Result<Option<TenantId>, IdentityError> {
    let known = |text: &str| {
        let found = text.parse().ok().and_then(|id| store.tenant(id));
        found.ok_or_else(|| IdentityError::UnknownTenant(text.to_owned()))
    };
    match (home, named) {
        (None, None) => Ok(None),
        (Some(only), None) | (None, Some(only)) => known(only).map(|tenant| Some(tenant.id)),
        (Some(home), Some(named)) => {
            let home = known(home)?.id;
            let foreign = || IdentityError::ForeignTenant(named.to_owned());
            let tenant = known(named).map_err(|_| foreign())?;
            let is_ours = tenant.id == home || tenant.parent == Some(home);
            if is_ours { Ok(Some(tenant.id)) } else { Err(foreign()) }
        }
    }
}
