//! GET and PATCH /entitlements/settings (observed; not in the reference): how solution tokens are spent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Style, assignment_request::BadInput};
use crate::model::{Tenant, TokenChange, TokenFeature};

/// A feature that takes solution tokens. `SLTN_PMS_INT` is the observed word for SLTN_PMS_INTEGRATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(clippy::enum_variant_names, reason = "the words are the vendor's")]
enum FeatureWord {
    SltnPinForIdentity,
    SltnPmsIntegration,
    SltnPmsInt,
    SltnAdaptPolicy,
}

impl FeatureWord {
    fn new(feature: TokenFeature, style: Style) -> Self {
        match (feature, style) {
            (TokenFeature::PinForIdentity, _) => Self::SltnPinForIdentity,
            (TokenFeature::PmsIntegration, Style::Documented) => Self::SltnPmsIntegration,
            (TokenFeature::PmsIntegration, Style::Observed) => Self::SltnPmsInt,
            (TokenFeature::AdaptivePolicy, _) => Self::SltnAdaptPolicy,
        }
    }

    fn feature(self) -> TokenFeature {
        match self {
            Self::SltnPinForIdentity => TokenFeature::PinForIdentity,
            Self::SltnPmsIntegration | Self::SltnPmsInt => TokenFeature::PmsIntegration,
            Self::SltnAdaptPolicy => TokenFeature::AdaptivePolicy,
        }
    }
}

/// How a tenant spends its solution tokens on a feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SolutionTokenSetting {
    feature_type: FeatureWord,
    feature_name: &'static str,
    /// The most that may be used.
    max_quantity: i64,
    /// Whether the tenant uses it.
    enabled: bool,
    capped: bool,
    /// Tokens for one unit.
    license_token: i64,
    feature_cost_unit: &'static str,
    feature_unit: &'static str,
}

/// The settings of a tenant.
pub fn solution_token_settings(tenant: &Tenant, style: Style) -> Vec<SolutionTokenSetting> {
    let shown = |feature| {
        let setting = tenant.token_setting(feature);
        let (feature_name, license_token, feature_cost_unit, feature_unit) = words(feature);
        SolutionTokenSetting {
            feature_type: FeatureWord::new(feature, style),
            feature_name,
            max_quantity: setting.max_quantity,
            enabled: setting.enabled,
            capped: setting.capped,
            license_token,
            feature_cost_unit,
            feature_unit,
        }
    };
    TokenFeature::ALL.map(shown).into()
}

/// Name, tokens for one unit, and the unit in both forms (observed, except PMS integration).
fn words(feature: TokenFeature) -> (&'static str, i64, &'static str, &'static str) {
    match feature {
        TokenFeature::PinForIdentity => ("PIN for RUCKUS One Identity", 1, "per Tunnel", "Tunnels"),
        TokenFeature::PmsIntegration => ("PMS Integration", 1, "per Room", "Rooms"),
        TokenFeature::AdaptivePolicy => ("Adaptive Policy", 5, "per Policy", "Policies"),
    }
}

/// A row of PATCH /entitlements/settings; what is not given stays.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SolutionTokenChange {
    feature_type: FeatureWord,
    enabled: Option<bool>,
    capped: Option<bool>,
    /// At least 0.
    max_quantity: Option<i64>,
}

impl SolutionTokenChange {
    /// What to change. `n` is the place of the row.
    pub fn change(self, n: usize) -> Result<TokenChange, BadInput> {
        let Self { feature_type, enabled, capped, max_quantity } = self;
        match max_quantity {
            Some(quantity) if quantity < 0 => Err(BadInput {
                path: format!("[{n}].maxQuantity"),
                expected: "a whole number of at least 0",
                found: quantity.to_string(),
            }),
            _ => Ok(TokenChange { feature: feature_type.feature(), enabled, capped, max_quantity }),
        }
    }
}

/// What companions that change something answer (observed).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommonResult {
    /// The id of the request.
    pub request_id: String,
}
