//! What is known about a request before its handler runs: found out once, read by everything after it.

use std::{borrow::Cow, sync::Arc};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri},
};
use chrono::{DateTime, Utc};

use super::{query, referer};
use crate::{
    api::response::error::ApiError,
    catalogue::{self, Effect, JSON, Operation, Route},
    model::{RefreshPlan, Store},
    sandbox::{
        Auth, Beginning, RequestNumber, Sandbox, Settings,
        identity::{Claim, Identity},
        selection::SelectedSandbox,
    },
    scenario::Scenario,
    support::{accept, authorization, origin::Address, secrets},
    wire::{Style, token::Claims},
};

/// The header that names the tenant for which the caller acts.
const TENANT: HeaderName = HeaderName::from_static("x-rks-tenantid");

/// One request to the vendor's surface. Handlers get it with the request, as an `Arc`.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The sandbox that answers.
    pub sandbox: Arc<Sandbox>,
    /// What was taken off the path, such as `/sandboxes/one`; empty otherwise.
    pub prefix: Arc<str>,
    /// The id and number of the request.
    pub number: RequestNumber,
    /// The HTTP method.
    pub method: Method,
    /// The path and the query, without the prefix.
    pub uri: Uri,
    /// The route of the path; none for a path that the API does not have.
    pub route: Option<&'static Route>,
    /// The operation that is called, if there is one.
    pub operation: Option<&'static Operation>,
    /// Who calls, or why that is refused.
    pub identity: Result<Identity, ApiError>,
    /// The media type of the answer, of those that the operation has.
    pub media_type: Result<&'static str, ApiError>,
    /// How the sandbox answers.
    pub settings: Arc<Settings>,
    /// The scenario of the sandbox.
    pub scenario: Arc<Scenario>,
    /// The moment at which the request began.
    pub began: DateTime<Utc>,
    /// Whether any fault is in force.
    pub has_faults: bool,
    /// Whether the upstream answers, rather than the simulator.
    pub proxied: bool,
    /// A past state that answers, where a fault makes reads lag.
    pub past: Option<Arc<Store>>,
    /// How the refresh goes that the request may start, where it goes another way than the policy has it.
    pub refresh: Option<Arc<RefreshPlan>>,
    claims: Option<Arc<Claims>>,
    tenant_header: Option<HeaderValue>,
    /// Where the caller knows the server; set for requests whose answer is computed.
    pub address: Address,
}

impl RequestContext {
    /// What a request says, and what follows from it.
    pub fn of(selected: SelectedSandbox, request: &Request) -> Self {
        let SelectedSandbox { sandbox, prefix, is_bare: _, claims } = selected;
        let (method, headers) = (request.method(), request.headers());
        let route = catalogue::route(request.uri().path());
        let operation = route.and_then(|route| route.operation(method));
        let Beginning { number, model, scenario, settings, now, has_faults } = sandbox.begin_request();
        let tenant_header = headers.get(TENANT).cloned();
        let identity = {
            let tenant = tenant_header.as_ref().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let tenant = tenant.as_deref().map(str::trim).filter(|tenant| !tenant.is_empty());
            // Only there does it have to be more than a claim.
            let token = (settings.auth == Auth::Required).then(|| authorization::bearer(headers)).flatten();
            let by_page = || referer::tenant(headers).filter(|_| settings.tenant_from_referer && claims.is_none());
            let tenant = tenant.or_else(by_page);
            let claim = Claim { token, claims: claims.as_deref(), tenant };
            Identity::of(claim, settings.auth, &sandbox.name, &model, now).map_err(ApiError::from)
        };
        Self {
            number,
            method: method.clone(),
            uri: request.uri().clone(),
            route,
            operation,
            identity,
            media_type: media_type(operation, headers),
            settings,
            scenario,
            began: now,
            has_faults,
            proxied: false,
            past: None,
            refresh: None,
            claims,
            tenant_header,
            address: Address::default(),
            prefix,
            sandbox,
        }
    }

    /// Which source answers follow where the sources differ.
    pub fn style(&self) -> Style {
        self.settings.style
    }

    /// The path, without the prefix.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The path without its secrets, for the journal and the log. A path without parameters has none.
    pub fn shown_path(&self) -> Cow<'_, str> {
        match self.route {
            Some(route) if route.path == self.path() => route.path.into(),
            _ => secrets::path(self.path()),
        }
    }

    /// The query as it was sent; empty if there is none.
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The moment on the sandbox's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.sandbox.look().1
    }

    /// Where the caller knows this sandbox, such as `http://localhost:8080/sandboxes/one`.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.address.base_url(), self.prefix)
    }

    /// The id in the gateway's own shape, such as `b760d632-136996` (observed).
    pub fn gateway_id(&self) -> String {
        let id = self.number.id.simple().to_string();
        format!("{}-{}", &id[..8], 100_000 + self.number.number)
    }

    /// Whether the request starts a refresh, if it is allowed to.
    pub fn starts_refresh(&self) -> bool {
        match self.operation.map(|operation| operation.effect) {
            Some(Effect::Refresh(_)) => true,
            // HEAD is safe by definition.
            Some(Effect::ReadOrRefresh(_)) => {
                self.method != Method::HEAD && query::flag(self.query(), "refresh") == Ok(true)
            }
            _ => false,
        }
    }

    /// The tenant that the answer is for, or that the caller claimed where there is no identity. The path goes before
    /// the caller.
    pub fn tenant(&self) -> Option<String> {
        let in_path = || self.path().split('/').nth(self.route?.tenant_segment? + 1).map(str::to_owned);
        let claimed = || {
            let header = self.tenant_header.as_ref().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let header = header.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            header.or_else(|| self.claims.as_ref().map(|claims| claims.tenant_id.clone()))
        };
        in_path().or_else(|| match &self.identity {
            // A call for a token, or of an unknown path, is about no tenant unless it names one.
            Ok(identity) if identity.named.is_some() || self.is_about_default_tenant() => {
                Some(identity.tenant.to_string())
            }
            _ => claimed(),
        })
    }

    fn is_about_default_tenant(&self) -> bool {
        self.route.is_some() && !self.asks_for_token()
    }

    /// The API client or user that a bearer token names.
    pub fn client(&self) -> Option<&str> {
        self.claims.as_ref().map(|claims| claims.user_name.as_str()).filter(|name| !name.is_empty())
    }

    /// Whether the answer holds credentials, which are never recorded: that of any path under `/oauth2`.
    pub fn is_secret(&self) -> bool {
        self.path().starts_with(catalogue::TOKENS)
    }

    /// Whether the request asks for a token.
    pub fn asks_for_token(&self) -> bool {
        self.operation.is_some_and(|operation| operation.effect == Effect::Token)
    }

    /// The media type of an error: that of the answer, if it is JSON; where there is no operation, the gateway's own.
    pub fn error_media_type(&self) -> &'static str {
        let json = |media_type: &&&str| media_type.ends_with("json");
        self.media_type.as_ref().ok().filter(json).copied().unwrap_or(JSON)
    }
}

fn media_type(operation: Option<&Operation>, headers: &HeaderMap) -> Result<&'static str, ApiError> {
    let offered = operation.map_or(&[][..], |operation| operation.media_types);
    if offered.is_empty() {
        return Ok(JSON);
    }
    accept::choose(headers, offered)
        .map_err(|accept::NotAcceptable(accept)| ApiError::NotAcceptable { accept, offered: offered.join(", ") })
}
