//! How a tenant spends its solution tokens (observed).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::DeviceType;

/// A feature that takes solution tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "the words say it")]
pub enum TokenFeature {
    #[serde(rename = "SLTN_PIN_FOR_IDENTITY")]
    PinForIdentity,
    #[serde(rename = "SLTN_PMS_INTEGRATION")]
    PmsIntegration,
    #[serde(rename = "SLTN_ADAPT_POLICY")]
    AdaptivePolicy,
}

/// What a tenant has set for a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSetting {
    /// Which feature.
    pub feature: TokenFeature,
    /// Whether the tenant uses it.
    pub enabled: bool,
    /// Whether its use is limited.
    pub capped: bool,
    /// The most that may be used.
    pub max_quantity: i64,
}

impl TokenFeature {
    /// All of them, in the order of an answer.
    pub const ALL: [Self; 3] = [Self::PinForIdentity, Self::PmsIntegration, Self::AdaptivePolicy];

    /// The type of the devices that use it. Adaptive policies are no devices.
    pub fn device_type(self) -> Option<DeviceType> {
        match self {
            Self::PinForIdentity => Some(DeviceType::SltnPinForIdentity),
            Self::PmsIntegration => Some(DeviceType::SltnPmsIntegration),
            Self::AdaptivePolicy => None,
        }
    }
}
