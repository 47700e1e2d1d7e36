//! The filter of the older reads.

use super::row::Row;
use crate::model::{DeviceType, LicenseType, Tenant};

/// Which rows an answer is limited to. Sums and banners are made of the rows that pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this device type. For a device-agnostic tenant all but ANALYTICS mean APSW (documented).
    pub device_type: Option<DeviceType>,
    /// Only this licensing model.
    pub license_type: Option<LicenseType>,
}

impl Filter {
    /// Whether a row of this tenant passes.
    pub fn admits(self, tenant: &Tenant, row: &Row<'_>) -> bool {
        self.admits_device(tenant, row.kind.device_type) && self.admits_license(row.license_type)
    }

    /// Whether rows of a device type pass.
    pub fn admits_device(self, tenant: &Tenant, device_type: DeviceType) -> bool {
        let wanted = self.device_type.map(|wanted| match wanted {
            DeviceType::Analytics => DeviceType::Analytics,
            _ if tenant.features.device_agnostic => DeviceType::Apsw,
            other => other,
        });
        wanted.is_none_or(|wanted| wanted == device_type)
    }

    /// Whether rows of a licensing model pass.
    pub fn admits_license(self, license_type: LicenseType) -> bool {
        self.license_type.is_none_or(|wanted| wanted == license_type)
    }
}
