//! OAuth2 answers and the claims of tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a token call asks for, as a form (RFC 6749, section 4.4.2).
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// The API client; it may come as Basic credentials instead.
    #[schema(example = "r1mock", nullable = false)]
    pub client_id: Option<String>,
    /// Its secret; likewise.
    #[schema(example = "r1mock-secret", nullable = false)]
    pub client_secret: Option<String>,
}

/// What a token call answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    /// A JWT of three parts.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds; by default one short of two hours (observed).
    pub expires_in: i64,
}

/// Why no token was given (RFC 6749, section 5.2).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenError {
    /// `invalid_client`, `invalid_request` or `unsupported_grant_type`.
    pub error: &'static str,
    /// What is wrong and what to do.
    pub error_description: String,
}

/// The claims of a token: those that the vendor's UI reads (observed), and what the simulator needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are the vendor's")]
pub struct Claims {
    pub tenant_id: String,
    #[serde(default)]
    pub tenant_type: String,
    #[serde(rename = "acx_account_tier", default)]
    pub account_tier: String,
    #[serde(rename = "acx_account_vertical", default)]
    pub account_vertical: String,
    #[serde(rename = "isBetaFlag", default)]
    pub is_beta: bool,
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub role_name: Vec<String>,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub user_name: String,
    #[serde(default)]
    pub admin_id: String,
    #[serde(default)]
    pub is_var: bool,
    #[serde(default)]
    pub swu_id: String,
    #[serde(default)]
    pub pver: String,
    #[serde(default)]
    pub exp: i64,
    #[serde(default)]
    pub iat: i64,
    /// This token among all.
    #[serde(default)]
    pub jti: String,
    /// The sandbox in which it was issued; empty at the root.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sandbox: String,
    /// The session of the tenant in which it was issued.
    #[serde(default)]
    pub session: u32,
}
