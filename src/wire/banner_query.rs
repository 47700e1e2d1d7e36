//! POST /entitlements/banners/query.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Context, Style,
    banner::{BannerType, MspBannerType},
    date::WireDate,
    filters::{usage_type, usage_word},
};
use crate::{
    model::LicenseType,
    views::{
        banner::Banner,
        msp_banner::MspBanner,
        selection::{UsageType, one_of},
    },
};

/// POST /entitlements/banners/query.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = EntitlementBannerRequestDto)]
pub struct BannerQuery {
    /// What banners must match.
    pub filters: Option<BannerFilters>,
}

/// What banners must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Filters)]
pub struct BannerFilters {
    /// Licensing models.
    license_type: Option<Vec<String>>,
    /// SELF (the default) or ASSIGNED.
    usage_type: Option<String>,
}

impl BannerFilters {
    /// Whose use is asked about.
    pub fn usage(&self) -> UsageType {
        usage_type(self.usage_type.as_deref())
    }

    /// Whether rows of a licensing model are asked for.
    pub fn admit(&self, license_type: LicenseType) -> bool {
        self.license_type.as_ref().is_none_or(|list| one_of(list, license_type.into()))
    }
}

/// What POST /entitlements/banners/query answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EntitlementBannerResponseDto)]
pub struct Banners {
    /// The banners that the filters admit.
    pub data: Vec<BannerInfo>,
}

/// A notice, about a tenant's own licences or an MSP's pools alike.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntitlementBannerInfo)]
pub struct BannerInfo {
    /// When the condition takes effect.
    effect_date: WireDate,
    /// Days to `effectDate`; negative once past.
    effective_days: i64,
    /// Licences concerned, or the number of purchases.
    license_count: i64,
    /// The licensing model; in the observed style the device type, which the vendor's UI compares it with.
    license_type: &'static str,
    message: String,
    /// Several entitlements are concerned.
    multiple_license: bool,
    #[schema(value_type = String)]
    r#type: MspBannerType,
    /// SELF or ASSIGNED.
    usage_type: &'static str,
}

impl BannerInfo {
    /// A notice about a tenant's own licences.
    pub fn own(banner: &Banner<'_>, ctx: Context<'_>) -> Self {
        let kind = MspBannerType::Expiry(banner.kind.into());
        let device_type: &str = banner.device_type.into();
        Self {
            effect_date: WireDate::summed(banner.effect, ctx.style),
            effective_days: banner.effect_days(ctx.now),
            license_count: banner.device_count,
            license_type: if ctx.style == Style::Observed { device_type } else { banner.license_type.into() },
            message: message(kind, device_type),
            multiple_license: banner.multiple,
            r#type: kind,
            usage_type: usage_word(UsageType::Own),
        }
    }

    /// A notice about an MSP's pools.
    pub fn of_pools(banner: &MspBanner, ctx: Context<'_>) -> Self {
        let kind = banner.kind.into();
        let license_type: &str = banner.license_type().into();
        let device_type = banner.device_type.map_or(license_type, <&str>::from);
        Self {
            effect_date: WireDate::summed(banner.effect, ctx.style),
            effective_days: banner.effect_days(ctx.now),
            license_count: banner.device_count,
            license_type: if ctx.style == Style::Observed { device_type } else { license_type },
            message: message(kind, device_type),
            multiple_license: banner.multiple,
            r#type: kind,
            usage_type: usage_word(UsageType::Assigned),
        }
    }
}

fn message(kind: MspBannerType, what: &str) -> String {
    match kind {
        MspBannerType::Expiry(BannerType::Initial) => format!("{what} licenses expire within weeks."),
        MspBannerType::Expiry(BannerType::CloseToExpiration) => format!("{what} licenses expire within days."),
        MspBannerType::Expiry(BannerType::GracePeriod) => {
            format!("{what} licenses have expired and are in their grace period.")
        }
        MspBannerType::Expiry(BannerType::AfterGracePeriod) => {
            format!("{what} licenses have expired and their grace period is over.")
        }
        MspBannerType::Expiry(BannerType::RaBelow90PercentOfDevices) => {
            "Analytics covers less than 90 % of the devices.".into()
        }
        MspBannerType::Expiry(BannerType::RaBelow50PercentOfDevices) => {
            "Analytics covers less than 50 % of the devices.".into()
        }
        MspBannerType::Expiry(BannerType::RaOnboardOnly) => "Analytics has no valid license.".into(),
        MspBannerType::Overdrawn(_) => format!("More {what} licenses are assigned than are available."),
    }
}
