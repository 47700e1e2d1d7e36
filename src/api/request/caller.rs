//! What a handler asks of a request, as types: a handler that takes a [`Msp`] runs for MSPs only.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use strum::VariantArray;

use super::context::RequestContext;
use crate::api::response::error::ApiError;
use crate::{
    model::{Actor, AssignmentId, DeviceType, LicenseType, Refusal, Role, Store, Tenant, TenantId},
    sandbox::{Auth, Sandbox},
    views::entitlement::Filter,
    wire::{Context, jwt, token::Claims},
};

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)
    }
}

/// Who calls, and for which tenant: the token's own, or the customer that `x-rks-tenantid` names.
#[derive(Clone, Debug)]
pub struct Caller {
    exchange: RequestContext,
    /// The tenant that the request is about.
    pub tenant: TenantId,
    /// Who is on record for it.
    pub name: Arc<str>,
    role: Role,
    /// Whether a token or a header says who it is.
    identified: bool,
}

/// A look at the state, for the caller's tenant.
pub struct View {
    /// The state.
    pub store: Arc<Store>,
    /// The moment.
    pub now: DateTime<Utc>,
    exchange: RequestContext,
    tenant: TenantId,
}

impl View {
    /// The caller's tenant.
    pub fn tenant(&self) -> Result<&Tenant, ApiError> {
        self.store.tenant(self.tenant).ok_or(ApiError::UnknownTenant { id: self.tenant.to_string() })
    }

    /// What turning read models into JSON takes.
    pub fn context(&self) -> Context<'_> {
        Context { now: self.now, style: self.exchange.style(), policy: &self.store.policy }
    }
}

impl Caller {
    /// The state at this moment.
    pub fn look(&self) -> View {
        let (present, now) = self.exchange.sandbox.look();
        let store = self.exchange.past.clone().unwrap_or(present);
        View { store, now, exchange: self.exchange.clone(), tenant: self.tenant }
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.exchange.sandbox
    }

    /// The request.
    pub fn exchange(&self) -> &RequestContext {
        &self.exchange
    }

    /// Whoever acts, at a moment.
    pub fn actor(&self, now: DateTime<Utc>) -> Actor<'_> {
        Actor { msp: self.tenant, name: &self.name, now }
    }

    /// The tenant, if a token or a header says which.
    pub fn said(&self) -> Option<String> {
        self.identified.then(|| self.tenant.to_string())
    }

    /// Lets those through who may do more than read.
    pub fn may_write(&self) -> Result<(), ApiError> {
        match self.role {
            Role::Admin => Ok(()),
            Role::ReadOnly => Err(ApiError::ReadOnly),
        }
    }

    /// The same caller, for a tenant that a path names: its own, or one of its customers.
    pub fn for_tenant(self, named: &str) -> Result<Self, ApiError> {
        let (store, _) = self.exchange.sandbox.look();
        let home = self.identified.then(|| self.tenant.to_string());
        let tenant = tenant(&store, home, Some(named.to_owned()))?;
        Ok(Self { tenant, ..self })
    }

    fn of(exchange: RequestContext, headers: &HeaderMap) -> Result<Self, ApiError> {
        let (store, now) = exchange.sandbox.look();
        let claims = claims(&exchange.sandbox, headers, &store, now)?;
        let home = claims.as_ref().map(|claims| claims.tenant_id.clone());
        let named =
            headers.get("x-rks-tenantid").map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned());
        let named = named.filter(|name| !name.is_empty());
        let identified = home.is_some() || named.is_some();
        let tenant = tenant(&store, home, named)?;
        let name = claims.as_ref().map_or("r1mock", |claims| &claims.user_name).into();
        Ok(Self { exchange, tenant, name, role: claims.as_ref().map_or(Role::Admin, jwt::role), identified })
    }
}

/// The claims of the bearer token. With `--auth open`, any JWT is believed and anything else ignored.
fn claims(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Option<Claims>, ApiError> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match sandbox.settings().auth {
        Auth::Required => {
            let alive = bearer.and_then(|bearer| jwt::verify(bearer, &sandbox.name, store, now));
            alive.map(Some).ok_or(ApiError::DeadSession)
        }
        Auth::Open => Ok(bearer.and_then(jwt::unverified)),
    }
}

/// The tenant that a request is about, from the token's tenant and the one named in the header.
fn tenant(store: &Store, home: Option<String>, named: Option<String>) -> Result<TenantId, ApiError> {
    let known = |text: &str| {
        let unknown = || ApiError::UnknownTenant { id: text.to_owned() };
        let id: TenantId = text.parse().map_err(|_| unknown())?;
        store.tenant(id).ok_or_else(unknown)
    };
    match (home, named) {
        (None, None) => Ok(store.default_tenant),
        (Some(home), None) => known(&home).map(|tenant| tenant.id),
        (None, Some(named)) => known(&named).map(|tenant| tenant.id),
        (Some(home), Some(named)) => {
            let home = known(&home)?.id;
            let foreign = || ApiError::ForeignTenant { tenant: named.clone() };
            let tenant = known(&named).map_err(|_| foreign())?;
            if tenant.id == home || tenant.parent == Some(home) { Ok(tenant.id) } else { Err(foreign()) }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let exchange = RequestContext::from_request_parts(parts, state).await?;
        Self::of(exchange, &parts.headers)
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

/// A caller whose tenant is an MSP with an entitlement ID.
pub struct Msp(pub Caller);

impl<S: Sync> FromRequestParts<S> for Msp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        // A query reads, whatever its method.
        let is_write = !matches!(parts.method, Method::GET | Method::HEAD) && !parts.uri.path().ends_with("/query");
        if is_write {
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

/// The assignment that a path names.
pub struct AssignmentPath(pub AssignmentId);

impl<S: Send + Sync> FromRequestParts<S> for AssignmentPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Segments(id) = Segments::<String>::from_request_parts(parts, state).await?;
        let bad = |_| ApiError::BadPath { name: "id", value: id.clone(), expected: "a whole number" };
        id.parse().map(Self).map_err(bad)
    }
}

/// The parameters `type` and `licenseType`.
pub struct Filtered(pub Filter);

impl<S: Sync> FromRequestParts<S> for Filtered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Filter {
            device_type: word::<DeviceType>(query, "type")?,
            license_type: word::<LicenseType>(query, "licenseType")?,
        }))
    }
}

/// The parameter `refresh`. A HEAD request never starts a refresh: it is safe by definition.
pub struct Refresh(pub bool);

impl<S: Sync> FromRequestParts<S> for Refresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let wanted = flag(parts, "refresh")?;
        Ok(Self(wanted && parts.method != Method::HEAD))
    }
}

/// The parameter `excludeContent`: the count, without the rows.
pub struct ExcludeContent(pub bool);

impl<S: Sync> FromRequestParts<S> for ExcludeContent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        flag(parts, "excludeContent").map(Self)
    }
}

/// A query parameter that is true or false; false if it is not there.
fn flag(parts: &Parts, name: &'static str) -> Result<bool, ApiError> {
    match parameter(parts.uri.query().unwrap_or_default(), name) {
        None => Ok(false),
        Some(value) if value == "false" => Ok(false),
        Some(value) if value == "true" => Ok(true),
        Some(value) => Err(ApiError::BadParameter { name, value, allowed: vec!["true", "false"] }),
    }
}

/// The first value of a query parameter. An empty one says nothing: clients' libraries send them (chosen).
fn parameter(query: &str, name: &str) -> Option<String> {
    let first = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    first.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

/// A query parameter that is one of the vendor's words.
fn word<T>(query: &str, name: &'static str) -> Result<Option<T>, ApiError>
where
    T: VariantArray + std::str::FromStr + Copy + Into<&'static str>,
{
    let Some(value) = parameter(query, name) else {
        return Ok(None);
    };
    let allowed = || T::VARIANTS.iter().map(|word| (*word).into()).collect();
    value.parse().map(Some).map_err(|_| ApiError::BadParameter { name, value, allowed: allowed() })
}

/// The most bytes that a body may have.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The variable parts of the path. What is no text names nothing: there is no such path.
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(segments) = Path::from_request_parts(parts, state).await.map_err(|_| ApiError::UnknownPath)?;
        Ok(Self(segments))
    }
}

/// A body as it came.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Bytes::from_request(request, state).await.map(Self).map_err(|_| ApiError::TooLarge { limit: BODY_LIMIT })
    }
}

/// A JSON body. The content type may be missing, but not another one.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        check_content_type(request.headers())?;
        let Raw(bytes) = Raw::from_request(request, state).await?;
        let bad = |path: String, problem: String| ApiError::BadBody { path, problem };
        if bytes.trim_ascii().is_empty() {
            return Err(bad("$".into(), "a JSON body is expected, none was sent".into()));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let body = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| bad(json_path(error.path()), error.inner().to_string()))?;
        deserializer.end().map_err(|error| bad("$".into(), error.to_string()))?;
        Ok(Self(body))
    }
}

/// The JSON body of a query, all of whose members are optional: none at all asks for the same as `{}`.
pub struct QueryBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for QueryBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let Raw(bytes) = Raw::from_request(Request::from_parts(parts.clone(), body), state).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        let whole = Request::from_parts(parts, bytes.into());
        Body::from_request(whole, state).await.map(|Body(query)| Self(query))
    }
}

fn json_path(path: &serde_path_to_error::Path) -> String {
    match path.to_string().as_str() {
        "." => "$".into(),
        path if path.starts_with('[') => format!("${path}"),
        path => format!("$.{path}"),
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let content_type = String::from_utf8_lossy(value.as_bytes());
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        Ok(())
    } else {
        Err(ApiError::UnsupportedMediaType { content_type: content_type.into_owned() })
    }
}
