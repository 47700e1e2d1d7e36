//! POST /oauth2/token/{tenantId} and POST /oauth2/token

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::api::{
    request::{body::Raw, context::RequestContext, path::Segments},
    response::error::ApiError,
};
use crate::{
    model::{ApiClient, Store, Tenant, TenantId},
    scenario::format::WrongCredentials,
    support::authorization::Basic,
    wire::{
        error::ErrorBody,
        jwt,
        token::{Token, TokenError, TokenRequest},
    },
};

/// Gives a token to an API client of a tenant (RFC 6749, client credentials).
#[utoipa::path(
    post,
    path = "/oauth2/token/{tenantId}",
    operation_id = "getToken",
    tag = "Token",
    params(("tenantId" = String, Path, description = "The tenant.")),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token.", body = Token),
        (status = 302, description = "The credentials are wrong, and the scenario sends such callers to a login page."),
        (status = 400, description = "The grant type is missing or not client_credentials.", body = TokenError),
        (status = 401, description = "The credentials are wrong.", body = TokenError),
        (status = 404, description = "The path is not one that can be read.", body = ErrorBody),
    ),
)]
pub async fn create_tenant_token(
    Extension(context): Extension<Arc<RequestContext>>,
    Segments(tenant): Segments<String>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    issue(&context, Some(&tenant), &headers, &body)
}

/// Gives a token to an API client of any tenant: of the one that `x-rks-tenantid` names, else of the default tenant, else by
/// tenant id.
#[utoipa::path(
    post,
    path = "/oauth2/token",
    operation_id = "getTokenOfAnyTenant",
    tag = "Token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token.", body = Token),
        (status = 302, description = "The credentials are wrong, and the scenario sends such callers to a login page."),
        (status = 400, description = "The grant type is missing or not client_credentials.", body = TokenError),
        (status = 401, description = "The credentials are wrong.", body = TokenError),
    ),
)]
pub async fn create_token(
    Extension(context): Extension<Arc<RequestContext>>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    issue(&context, None, &headers, &body)
}

/// The page that wrong credentials lead to, where the scenario says so (observed).
pub async fn show_login() -> Html<&'static str> {
    Html("<!doctype html><title>Log in</title><p>Please log in.</p>")
}

fn issue(
    context: &RequestContext,
    tenant: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let auth = &context.scenario.meta.auth;
    let asked = Asked::read(headers, body);
    if let Err(error) = asked.check_grant() {
        return Ok((StatusCode::BAD_REQUEST, Json(error)).into_response());
    }
    let (store, now) = context.sandbox.look();
    let Some((tenant, client)) = asked.client(&store, tenant) else {
        return Ok(refuse(auth.wrong_credentials));
    };
    let id = context.sandbox.change(|store, _| store.ids.next_request_id());
    let issue = jwt::Issue { sandbox: &context.sandbox.name, id, issued: now, lifetime: auth.token_lifetime_seconds };
    let claims = jwt::claims(tenant, client, &issue);
    let access_token = jwt::sign(&claims).map_err(|_| ApiError::Internal)?;
    let token = Token { access_token, token_type: "Bearer", expires_in: auth.token_lifetime_seconds };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

fn refuse(how: WrongCredentials) -> Response {
    match how {
        WrongCredentials::Unauthorized => {
            let error_description = "No API client of the tenant has this client_id and client_secret.".into();
            let body = Json(TokenError { error: "invalid_client", error_description });
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"oauth2\"")], body).into_response()
        }
        WrongCredentials::Redirect => {
            (StatusCode::FOUND, [(header::LOCATION, "/oauth2/authorization/idm")]).into_response()
        }
    }
}

/// What a token call brings, in its form or as Basic credentials.
#[derive(Default)]
struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    basic: Option<Basic>,
    /// The tenant that `x-rks-tenantid` names.
    named: Option<TenantId>,
}

impl Asked {
    fn read(headers: &HeaderMap, body: &Bytes) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "grant_type" => asked.grant_type = Some(value.into_owned()),
                "client_id" => asked.client_id = Some(value.into_owned()),
                "client_secret" => asked.client_secret = Some(value.into_owned()),
                _ => {}
            }
        }
        asked.basic = Basic::read(headers);
        let named = headers.get("x-rks-tenantid").and_then(|value| value.to_str().ok());
        asked.named = named.and_then(|id| id.parse().ok());
        asked
    }

    fn check_grant(&self) -> Result<(), TokenError> {
        match self.grant_type.as_deref() {
            Some("client_credentials") => Ok(()),
            Some(other) => Err(TokenError {
                error: "unsupported_grant_type",
                error_description: format!("grant_type is \"{other}\"; only client_credentials is supported."),
            }),
            None => Err(TokenError {
                error: "invalid_request",
                error_description: "grant_type=client_credentials is missing in the form body.".into(),
            }),
        }
    }

    /// The credentials that may be meant: Basic goes before the form, and may be form-encoded or not.
    fn credentials(&self) -> impl Iterator<Item = (String, String)> {
        let basic = self.basic.iter().flat_map(|basic| [basic.clone(), basic.form_decoded()]);
        let form = self.client_id.clone().zip(self.client_secret.clone()).filter(|_| self.basic.is_none());
        basic.map(|Basic { id, secret }| (id, secret)).chain(form)
    }

    fn client<'s>(&self, store: &'s Store, tenant: Option<&str>) -> Option<(&'s Tenant, &'s ApiClient)> {
        let tenants: Vec<&Tenant> = if let Some(id) = tenant {
            store.tenant(id.parse().ok()?).into_iter().collect()
        } else {
            // A client that asks for another tenant's token names it in the header that its calls have (observed). The header
            // of a delegated call names a customer, which has no client of its own.
            let first = [self.named, Some(store.default_tenant)].into_iter().flatten();
            first.filter_map(|id| store.tenant(id)).chain(store.tenants()).collect()
        };
        let own =
            |client: &&ApiClient| self.credentials().any(|(id, secret)| id == *client.id && secret == *client.secret);
        tenants.into_iter().find_map(|tenant| tenant.clients.iter().find(own).map(|client| (tenant, client)))
    }
}
