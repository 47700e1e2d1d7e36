//! The vendor's vocabulary: tenant types, device types, licence types, and how they map onto each
//! other. All words are documented enums; the mappings between the MSP's words and a tenant's words
//! are chosen where the reference leaves them open (see docs/FIDELITY.md).

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, Display, EnumString, IntoStaticStr, VariantArray)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        #[allow(missing_docs, reason = "the variants are the vendor's words themselves")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
    };
}

vocabulary! {
    /// What kind of customer a tenant is (observed).
    TenantType { Rec, Msp, MspEc, MspRec, MspNonVar, Var, MspIntegrator, MspInstaller }
}

impl TenantType {
    /// Whether such a tenant owns bulk pools and hands licences to customers.
    pub fn is_msp(self) -> bool {
        match self {
            Self::Msp | Self::MspNonVar | Self::Var | Self::MspIntegrator | Self::MspInstaller => true,
            Self::Rec | Self::MspEc | Self::MspRec => false,
        }
    }
}

vocabulary! {
    /// What an entitlement of a tenant licenses (documented).
    DeviceType {
        IotCtrl, UnassignedDeviceType, Wifi, Lte, Switch, Analytics, Rwg, Edge, VirtualEdge, Apsw,
        EdgeSecs, EdgeSecl, SltnPinForIdentity, SltnToken, SltnPmsIntegration,
    }
}

impl DeviceType {
    /// Whether it is a device that one can look at, rather than an analytics or an add-on licence.
    pub fn is_hardware(self) -> bool {
        self.agnostic() == Self::Apsw
    }

    /// Whether it is a feature that is paid for with solution tokens, or such a token itself.
    pub fn uses_solution_tokens(self) -> bool {
        matches!(self, Self::SltnPinForIdentity | Self::SltnToken | Self::SltnPmsIntegration)
    }

    /// The type under which a device-agnostic tenant counts it: hardware becomes APSW, analytics
    /// and add-on licences stay what they are.
    pub fn agnostic(self) -> Self {
        match self {
            Self::IotCtrl
            | Self::Wifi
            | Self::Lte
            | Self::Switch
            | Self::Rwg
            | Self::Edge
            | Self::VirtualEdge
            | Self::Apsw => Self::Apsw,
            Self::UnassignedDeviceType
            | Self::Analytics
            | Self::EdgeSecs
            | Self::EdgeSecl
            | Self::SltnPinForIdentity
            | Self::SltnToken
            | Self::SltnPmsIntegration => self,
        }
    }

    /// The licence type that such an entitlement carries unless its row says otherwise (chosen).
    pub fn license_type(self) -> LicenseType {
        match self {
            Self::Wifi | Self::Lte | Self::Switch | Self::Rwg | Self::Edge | Self::VirtualEdge | Self::Apsw => {
                LicenseType::Apsw
            }
            Self::EdgeSecs => LicenseType::EdgeSecs,
            Self::EdgeSecl => LicenseType::EdgeSecl,
            Self::SltnPinForIdentity | Self::SltnToken | Self::SltnPmsIntegration => LicenseType::SltnToken,
            Self::IotCtrl | Self::UnassignedDeviceType | Self::Analytics => LicenseType::Unknown,
        }
    }
}

vocabulary! {
    /// The licensing model of an entitlement (documented).
    LicenseType { Unknown, Apsw, Urlf, EdgeSecs, EdgeSecl, SltnToken }
}

vocabulary! {
    /// The device category of an MSP pool (documented).
    MspDeviceType { MspWifi, MspSwitch, MspEdge, MspApsw, MspSltnToken }
}

impl MspDeviceType {
    /// The licensing model of what customers get out of such a pool (chosen for edges, of which some
    /// have one of their own).
    pub fn tenant_license_type(self) -> LicenseType {
        match self {
            Self::MspWifi | Self::MspSwitch | Self::MspEdge | Self::MspApsw => LicenseType::Apsw,
            Self::MspSltnToken => LicenseType::SltnToken,
        }
    }
}

vocabulary! {
    /// The licence type of an MSP summary row; `_TEMP` are the trial twins (documented).
    MspLicenseType {
        MspWifi, MspWifiTemp, MspIcx, MspIcx71l, MspIcx71, MspIcx75, MspIcx76, MspIcx78, MspIcxAny,
        MspEdge, MspEdgeTemp, MspApsw, MspApswTemp, MspUrlf, MspEdgeSecl,
        /// sic: the vendor's word for the small edge licence.
        MspEdgeSels,
        MspSltnToken, MspSltnTokenTemp,
    }
}

vocabulary! {
    /// What an MSP pool holds, trial or paid alike: [`MspLicenseType`] without its `_TEMP` twins.
    MspProduct {
        MspWifi, MspIcx, MspIcx71l, MspIcx71, MspIcx75, MspIcx76, MspIcx78, MspIcxAny, MspEdge, MspApsw,
        MspUrlf, MspEdgeSecl, MspEdgeSels, MspSltnToken,
    }
}

impl MspProduct {
    /// The device category; URL filtering has none (chosen: the documented enum names none for it).
    pub fn device_type(self) -> Option<MspDeviceType> {
        match self {
            Self::MspWifi => Some(MspDeviceType::MspWifi),
            Self::MspIcx
            | Self::MspIcx71l
            | Self::MspIcx71
            | Self::MspIcx75
            | Self::MspIcx76
            | Self::MspIcx78
            | Self::MspIcxAny => Some(MspDeviceType::MspSwitch),
            Self::MspEdge | Self::MspEdgeSecl | Self::MspEdgeSels => Some(MspDeviceType::MspEdge),
            Self::MspApsw => Some(MspDeviceType::MspApsw),
            Self::MspUrlf => None,
            Self::MspSltnToken => Some(MspDeviceType::MspSltnToken),
        }
    }

    /// The product that is named after a licensing model (chosen).
    pub fn named_after(license_type: LicenseType) -> Option<Self> {
        match license_type {
            LicenseType::Unknown => None,
            LicenseType::Apsw => Some(Self::MspApsw),
            LicenseType::Urlf => Some(Self::MspUrlf),
            LicenseType::EdgeSecs => Some(Self::MspEdgeSels),
            LicenseType::EdgeSecl => Some(Self::MspEdgeSecl),
            LicenseType::SltnToken => Some(Self::MspSltnToken),
        }
    }

    /// The variant within the device category, where there is one.
    pub fn sub_type(self) -> Option<&'static str> {
        match self {
            Self::MspIcx => Some("ICX"),
            Self::MspIcx71l => Some("ICX71L"),
            Self::MspIcx71 => Some("ICX71"),
            Self::MspIcx75 => Some("ICX75"),
            Self::MspIcx76 => Some("ICX76"),
            Self::MspIcx78 => Some("ICX78"),
            Self::MspIcxAny => Some("ICX_ANY"),
            Self::MspEdgeSecl => Some("EDGE_SECL"),
            Self::MspEdgeSels => Some("EDGE_SECS"),
            Self::MspWifi | Self::MspEdge | Self::MspApsw | Self::MspUrlf | Self::MspSltnToken => None,
        }
    }

    /// The product behind a device type and sub type; without a sub type a switch is a plain ICX.
    pub fn from_device(device_type: MspDeviceType, sub_type: Option<&str>) -> Option<Self> {
        let sub_type = match (device_type, sub_type) {
            (MspDeviceType::MspSwitch, None) => Some("ICX"),
            (_, sub_type) => sub_type,
        };
        Self::VARIANTS
            .iter()
            .copied()
            .find(|product| product.device_type() == Some(device_type) && product.sub_type() == sub_type)
    }

    /// The summary's word for this product, trial or paid. Products without a `_TEMP` twin keep
    /// their name; the row's `trial` flag tells them apart.
    pub fn license_type(self, trial: bool) -> MspLicenseType {
        match (self, trial) {
            (Self::MspWifi, false) => MspLicenseType::MspWifi,
            (Self::MspWifi, true) => MspLicenseType::MspWifiTemp,
            (Self::MspIcx, _) => MspLicenseType::MspIcx,
            (Self::MspIcx71l, _) => MspLicenseType::MspIcx71l,
            (Self::MspIcx71, _) => MspLicenseType::MspIcx71,
            (Self::MspIcx75, _) => MspLicenseType::MspIcx75,
            (Self::MspIcx76, _) => MspLicenseType::MspIcx76,
            (Self::MspIcx78, _) => MspLicenseType::MspIcx78,
            (Self::MspIcxAny, _) => MspLicenseType::MspIcxAny,
            (Self::MspEdge, false) => MspLicenseType::MspEdge,
            (Self::MspEdge, true) => MspLicenseType::MspEdgeTemp,
            (Self::MspApsw, false) => MspLicenseType::MspApsw,
            (Self::MspApsw, true) => MspLicenseType::MspApswTemp,
            (Self::MspUrlf, _) => MspLicenseType::MspUrlf,
            (Self::MspEdgeSecl, _) => MspLicenseType::MspEdgeSecl,
            (Self::MspEdgeSels, _) => MspLicenseType::MspEdgeSels,
            (Self::MspSltnToken, false) => MspLicenseType::MspSltnToken,
            (Self::MspSltnToken, true) => MspLicenseType::MspSltnTokenTemp,
        }
    }

    /// What the tenant that gets such a licence sees as its device type.
    pub fn tenant_device_type(self) -> DeviceType {
        match self {
            Self::MspWifi => DeviceType::Wifi,
            Self::MspIcx
            | Self::MspIcx71l
            | Self::MspIcx71
            | Self::MspIcx75
            | Self::MspIcx76
            | Self::MspIcx78
            | Self::MspIcxAny => DeviceType::Switch,
            Self::MspEdge => DeviceType::Edge,
            Self::MspApsw => DeviceType::Apsw,
            Self::MspUrlf => DeviceType::UnassignedDeviceType,
            Self::MspEdgeSecl => DeviceType::EdgeSecl,
            Self::MspEdgeSels => DeviceType::EdgeSecs,
            Self::MspSltnToken => DeviceType::SltnToken,
        }
    }

    /// The variant that the tenant sees beside [`Self::tenant_device_type`]: switch models only.
    pub fn tenant_sub_type(self) -> Option<&'static str> {
        match self.device_type() {
            Some(MspDeviceType::MspSwitch) => self.sub_type(),
            _ => None,
        }
    }

    /// The licensing model that the tenant sees.
    pub fn tenant_license_type(self) -> LicenseType {
        match self {
            Self::MspUrlf => LicenseType::Urlf,
            product => product.tenant_device_type().license_type(),
        }
    }
}

vocabulary! {
    /// Where a purchase or an assignment is in its life (documented). Derived, never stored.
    Status { Future, Valid, Expired, Revoked }
}

vocabulary! {
    /// The states of an expiry banner, in the order in which they come (documented).
    BannerState { Initial, CloseToExpiration, GracePeriod, AfterGracePeriod }
}

/// Where a tier stands: Silver (Core) below Gold (Essentials) below Platinum (Professional), then others by
/// name, and last what has none.
pub fn tier_order(tier: Option<&str>) -> (usize, Option<&str>) {
    let known = ["silver", "gold", "platinum"];
    let place = |tier: &str| known.iter().position(|name| name.eq_ignore_ascii_case(tier));
    (tier.map_or(known.len() + 1, |tier| place(tier).unwrap_or(known.len())), tier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_msp_product_is_found_again_by_its_device_type_and_sub_type() {
        for product in MspProduct::VARIANTS {
            let Some(device_type) = product.device_type() else {
                assert_eq!(*product, MspProduct::MspUrlf);
                continue;
            };
            assert_eq!(MspProduct::from_device(device_type, product.sub_type()), Some(*product));
        }
        assert_eq!(MspProduct::from_device(MspDeviceType::MspSwitch, None), Some(MspProduct::MspIcx));
        assert_eq!(MspProduct::from_device(MspDeviceType::MspWifi, Some("ICX")), None);
    }

    #[test]
    fn words_are_written_as_the_vendor_writes_them() {
        assert_eq!(MspLicenseType::MspIcx71l.to_string(), "MSP_ICX71L");
        assert_eq!(MspLicenseType::MspEdgeSels.to_string(), "MSP_EDGE_SELS");
        assert_eq!(DeviceType::SltnPinForIdentity.to_string(), "SLTN_PIN_FOR_IDENTITY");
        for word in MspLicenseType::VARIANTS {
            assert_eq!(serde_json::to_value(word).unwrap(), word.to_string());
        }
        for word in DeviceType::VARIANTS {
            assert_eq!(serde_json::to_value(word).unwrap(), word.to_string());
        }
    }
}
