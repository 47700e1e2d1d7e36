//! Rows of GET /entitlements/settings (observed; not in the reference): how solution tokens are spent.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{DeviceType, Tenant};

/// A feature that takes solution tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SolutionTokenSetting {
    feature_type: DeviceType,
    feature_name: &'static str,
    /// The most that may be used; 0 if not capped.
    max_quantity: i64,
    /// Whether the tenant uses it.
    enabled: bool,
    capped: bool,
    /// Tokens for one unit.
    license_token: i64,
    feature_cost_unit: &'static str,
    feature_unit: &'static str,
}

/// The settings of a tenant: a feature is enabled if the tenant runs it (chosen: the simulator cannot
/// change settings).
pub fn solution_token_settings(tenant: &Tenant) -> Vec<SolutionTokenSetting> {
    let runs = |device_type| tenant.devices.iter().any(|group| group.device_type == device_type && group.count > 0);
    [
        (DeviceType::SltnPinForIdentity, "PIN for identity", "identity"),
        (DeviceType::SltnPmsIntegration, "PMS integration", "room"),
    ]
    .map(|(feature_type, feature_name, feature_unit)| SolutionTokenSetting {
        feature_type,
        feature_name,
        max_quantity: 0,
        enabled: runs(feature_type),
        capped: false,
        license_token: 1,
        feature_cost_unit: "token",
        feature_unit,
    })
    .into()
}
