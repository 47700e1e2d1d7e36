//! Usage reports: the same report as JSON, CSV and PDF.

pub mod asked;
#[cfg(feature = "reports")]
pub mod csv;
pub mod json;
#[cfg(feature = "reports")]
mod page_layout;
#[cfg(feature = "reports")]
pub mod pdf;

use crate::model::MspLicenseType;

/// What people call what a report is about.
fn license_name(license: Option<MspLicenseType>) -> &'static str {
    match license {
        None => "All licenses",
        Some(MspLicenseType::MspWifi) => "Wi-Fi",
        Some(MspLicenseType::MspWifiTemp) => "Wi-Fi (trial)",
        Some(MspLicenseType::MspIcx) => "Switch",
        Some(MspLicenseType::MspIcx71l) => "Switch ICX 71L",
        Some(MspLicenseType::MspIcx71) => "Switch ICX 71",
        Some(MspLicenseType::MspIcx75) => "Switch ICX 75",
        Some(MspLicenseType::MspIcx76) => "Switch ICX 76",
        Some(MspLicenseType::MspIcx78) => "Switch ICX 78",
        Some(MspLicenseType::MspIcxAny) => "Switch, any ICX",
        Some(MspLicenseType::MspEdge) => "Edge",
        Some(MspLicenseType::MspEdgeTemp) => "Edge (trial)",
        Some(MspLicenseType::MspApsw) => "AP/Switch",
        Some(MspLicenseType::MspApswTemp) => "AP/Switch (trial)",
        Some(MspLicenseType::MspUrlf) => "URL filtering",
        Some(MspLicenseType::MspEdgeSecl) => "Edge security, large",
        Some(MspLicenseType::MspEdgeSels) => "Edge security, small",
        Some(MspLicenseType::MspSltnToken) => "Solution token",
        Some(MspLicenseType::MspSltnTokenTemp) => "Solution token (trial)",
    }
}
