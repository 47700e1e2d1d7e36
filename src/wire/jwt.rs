//! Issuing and reading JWTs. They are signed with a key that is in the source: they prove nothing to
//! anybody but this simulator.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

use crate::{
    model::{ApiClient, RequestId, Role, Store, Tenant, TenantId},
    wire::token::Claims,
};

const KEY: &[u8] = b"r1-entitlements-mock: not a secret";
const KEY_ID: &str = "r1mock-1";

/// The role names that tokens carry.
const ADMIN: &str = "PRIME_ADMIN";
const READ_ONLY: &str = "READ_ONLY";

/// What a new token has besides its owner.
pub struct Issue<'a> {
    /// The sandbox in which it works.
    pub sandbox: &'a str,
    /// Its own id.
    pub id: RequestId,
    /// When its life begins.
    pub issued: DateTime<Utc>,
    /// How long it lives, in seconds.
    pub lifetime: i64,
}

/// The claims of a new token.
pub fn claims(tenant: &Tenant, client: &ApiClient, issue: &Issue<'_>) -> Claims {
    let Issue { sandbox, id, issued, lifetime } = issue;
    let role = match client.role {
        Role::Admin => ADMIN,
        Role::ReadOnly => READ_ONLY,
    };
    Claims {
        tenant_id: tenant.id.to_string(),
        tenant_type: tenant.kind.to_string(),
        account_tier: tenant.tier.to_string(),
        account_vertical: tenant.vertical.to_string(),
        is_beta: tenant.features.beta,
        region: tenant.region.to_string(),
        role_name: vec![role.into()],
        first_name: "Application".into(),
        last_name: client.id.to_string(),
        user_name: client.id.to_string(),
        admin_id: id.simple().to_string(),
        is_var: tenant.kind.is_msp(),
        swu_id: tenant.id.to_string(),
        pver: "v1".into(),
        exp: issued.timestamp() + lifetime,
        sandbox: sandbox.to_string(),
        iat: issued.timestamp(),
        jti: id.to_string(),
        session: tenant.session,
    }
}

/// The token with these claims.
pub fn sign(claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(KEY))
}

/// The claims of a token that was issued in this sandbox and is alive.
pub fn verify(token: &str, sandbox: &str, store: &Store, now: DateTime<Utc>) -> Option<Claims> {
    let claims = issued_here(token).filter(|claims| claims.sandbox == sandbox)?;
    let tenant: TenantId = claims.tenant_id.parse().ok()?;
    let alive = now.timestamp() < claims.exp && !store.is_token_dead(tenant, &claims.jti, claims.session);
    alive.then_some(claims)
}

/// The claims of a token that was issued here, alive or not.
pub fn issued_here(token: &str) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    // Life and death are by the sandbox's clock.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(KEY), &validation).ok().map(|data| data.claims)
}

/// The claims of anything that looks like a JWT, whoever signed it.
pub fn unverified(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What the bearer of these claims may do.
pub fn role(claims: &Claims) -> Role {
    if claims.role_name.iter().any(|role| role == READ_ONLY) { Role::ReadOnly } else { Role::Admin }
}
