//! Under which word a usage report counts licences and devices, so that both meet in one row.

use strum::VariantArray;

use super::row::counted_as;
use crate::model::{DeviceGroup, DeviceType, MspDeviceType, MspLicenseType, MspProduct, Tenant};

/// What is counted together: the MSP's word for a device category, and the variant within it. What
/// has no such word goes by its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind<'a> {
    /// The category, such as `MSP_SWITCH`.
    pub device_type: &'static str,
    /// The variant, such as `ICX76`.
    pub sub_type: Option<&'a str>,
}

/// The kind that an assigned product is counted under. URL filtering has no device category and goes by its licence's word.
pub fn kind_of(product: MspProduct) -> Kind<'static> {
    let word = product.device_type().map_or(product.into(), <&str>::from);
    Kind { device_type: word, sub_type: product.sub_type() }
}

/// The kind of licence that devices are counted against (chosen).
pub fn kind_of_devices<'a>(tenant: &Tenant, group: &'a DeviceGroup) -> Kind<'a> {
    let counted = counted_as(tenant, group.device_type);
    let sub_type = group.device_sub_type.as_deref().filter(|_| counted == group.device_type);
    let plain = |word: MspDeviceType| Kind { device_type: word.into(), sub_type: None };
    match counted {
        DeviceType::Wifi => plain(MspDeviceType::MspWifi),
        DeviceType::Switch => Kind { sub_type: sub_type.or(Some("ICX")), ..plain(MspDeviceType::MspSwitch) },
        DeviceType::Edge | DeviceType::VirtualEdge => plain(MspDeviceType::MspEdge),
        DeviceType::EdgeSecl => kind_of(MspProduct::MspEdgeSecl),
        DeviceType::EdgeSecs => kind_of(MspProduct::MspEdgeSels),
        DeviceType::Apsw => plain(MspDeviceType::MspApsw),
        DeviceType::SltnToken | DeviceType::SltnPinForIdentity | DeviceType::SltnPmsIntegration => {
            plain(MspDeviceType::MspSltnToken)
        }
        other => Kind { device_type: other.into(), sub_type },
    }
}

/// Whether such licences are for such devices: plain and "any" switch licences are for every switch.
pub fn licenses(wanted: MspLicenseType, kind: Kind<'_>) -> bool {
    let products = MspProduct::VARIANTS.iter().copied();
    products.filter(|product| [false, true].map(|trial| product.license_type(trial)).contains(&wanted)).any(|product| {
        let any = matches!(product, MspProduct::MspIcx | MspProduct::MspIcxAny);
        let own = kind_of(product);
        own.device_type == kind.device_type && (any || own.sub_type == kind.sub_type)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(device_type: &'static str, sub_type: Option<&'static str>) -> Kind<'static> {
        Kind { device_type, sub_type }
    }

    #[test]
    fn plain_and_any_switch_licenses_are_for_every_switch_and_others_for_their_model() {
        let (icx76, wifi) = (kind("MSP_SWITCH", Some("ICX76")), kind("MSP_WIFI", None));
        assert!(licenses(MspLicenseType::MspIcx76, icx76));
        assert!(licenses(MspLicenseType::MspIcxAny, icx76));
        assert!(licenses(MspLicenseType::MspIcx, icx76));
        assert!(!licenses(MspLicenseType::MspIcx71, icx76));
        assert!(licenses(MspLicenseType::MspWifi, wifi));
        assert!(licenses(MspLicenseType::MspWifiTemp, wifi));
        assert!(!licenses(MspLicenseType::MspApsw, wifi));
        assert!(!licenses(MspLicenseType::MspEdge, kind("MSP_EDGE", Some("EDGE_SECL"))));
    }
}
