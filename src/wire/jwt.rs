//! Issuing and reading JWTs (RFC 7519), signed with HS256 and a key that is in the source: they prove nothing to
//! anyone but this simulator.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::Sha256;

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
    /// The id of the token (`jti`).
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
        pver: "acx".into(), // observed, beside acx-hybrid and ruckus-one
        exp: issued.timestamp() + lifetime,
        sandbox: sandbox.to_string(),
        iat: issued.timestamp(),
        jti: id.to_string(),
        session: tenant.session,
    }
}

/// The token with these claims.
pub fn sign(claims: &Claims) -> Result<String, serde_json::Error> {
    let header = format!(r#"{{"typ":"JWT","alg":"HS256","kid":"{KEY_ID}"}}"#);
    let signed = format!("{}.{}", encoded(header), encoded(serde_json::to_vec(claims)?));
    let signature = encoded(mac(&signed).finalize().into_bytes());
    Ok(format!("{signed}.{signature}"))
}

/// The claims of a token that was issued in this sandbox, is valid at `now` and has not been revoked.
pub fn verify(token: &str, sandbox: &str, store: &Store, now: DateTime<Utc>) -> Option<Claims> {
    let claims = issued_here(token).filter(|claims| claims.sandbox == sandbox)?;
    let not_before = part::<Times>(token.split('.').nth(1)?)?.nbf;
    let tenant: TenantId = claims.tenant_id.parse().ok()?;
    let now = now.timestamp();
    let is_in_time = now < claims.exp && not_before.is_none_or(|start| start <= now);
    (is_in_time && !store.is_token_dead(tenant, &claims.jti, claims.session)).then_some(claims)
}

/// The claims of a token that was issued here, whether or not it is still valid. A header with `crit` is refused, because
/// no extension is understood (RFC 7515, section 4.1.11).
pub fn issued_here(token: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let Header { alg, crit } = part(header)?;
    let is_acceptable = alg == "HS256" && crit.is_none();
    mac(signed).verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok().filter(|()| is_acceptable)?;
    part(payload)
}

/// The claims of anything that looks like a JWT, with any signature.
pub fn unverified(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    part(payload.trim_end_matches('='))
}

/// What a token's header may say that matters here.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// A claim that the simulator never issues, but honours. Unix time.
#[derive(Deserialize)]
struct Times {
    #[serde(default)]
    nbf: Option<i64>,
}

fn mac(signed: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(KEY).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(signed.as_bytes());
    mac
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// What the bearer of these claims may do.
pub fn role(claims: &Claims) -> Role {
    if claims.role_name.iter().any(|role| role == READ_ONLY) { Role::ReadOnly } else { Role::Admin }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalog;

    const NOW: i64 = 1_773_144_000;

    fn token(header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = encoded(mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    #[track_caller]
    fn check(header: &str, claims: &str, expected: bool) {
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let (store, _) = Catalog::default().load("default").unwrap().build(now).unwrap();
        let valid = verify(&token(header, claims), "", &store, now).is_some();
        assert_eq!(valid, expected, "{header} {claims}");
    }

    const COMPANY: &str = r#""tenantId":"c0000000000000000000000000000001""#;
    const HS256: &str = r#"{"alg":"HS256"}"#;

    #[test]
    fn a_token_holds_from_nbf_until_exp() {
        for (times, expected) in [
            (format!(r#""exp":{}"#, NOW + 1), true),
            (format!(r#""exp":{NOW}"#), false),
            (format!(r#""exp":{},"nbf":{NOW}"#, NOW + 1), true),
            (format!(r#""exp":{},"nbf":{}"#, NOW + 9, NOW + 1), false),
            (format!(r#""exp":{},"nbf":null"#, NOW + 1), true),
            (format!(r#""exp":{},"nbf":"soon""#, NOW + 1), false),
        ] {
            check(HS256, &format!("{{{COMPANY},{times}}}"), expected);
        }
    }

    #[test]
    fn only_hs256_without_extensions_is_accepted() {
        let claims = format!(r#"{{{COMPANY},"exp":{}}}"#, NOW + 1);
        for (header, expected) in [
            (HS256, true),
            (r#"{"alg":"HS256","typ":"JWT","kid":"another"}"#, true),
            (r#"{"alg":"none"}"#, false),
            (r#"{"alg":"RS256"}"#, false),
            (r#"{"typ":"JWT"}"#, false),
            (r#"{"alg":"HS256","crit":["exp"]}"#, false),
            (r#"{"alg":"HS256","crit":[]}"#, false),
        ] {
            check(header, &claims, expected);
        }
    }

    #[test]
    fn a_changed_token_is_refused() {
        let claims = format!(r#"{{{COMPANY},"exp":{}}}"#, NOW + 1);
        let good = token(HS256, &claims);
        assert!(issued_here(&good).is_some());
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        let other = encoded(claims.replace("c000", "a000"));
        for bad in [
            format!("{header}.{other}.{signature}"),
            format!("{signed}."),
            format!("{signed}.{}", &signature[1..]),
            format!("{signed}.{signature}="),
            format!("{good}.{payload}"),
            format!("{header}.{signature}"),
            String::new(),
        ] {
            assert!(issued_here(&bad).is_none(), "{bad}");
        }
    }
}
