//! Rows of GET /banners and GET /mspBanners. In the live style they carry both generations of field
//! names: since 2025-02 the vendor's UI reads `licenseCount`, `licenseType` and `effectiveDays`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AlmExtraInfo, Context, Style, date::Date};
use crate::{
    store::{BannerState, DeviceType, LicenseType, MspDeviceType},
    views::{
        banner::{Banner, BannerKind, MspBanner as MspBannerView},
        days_left,
    },
};

/// What a banner warns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum BannerType {
    Initial,
    CloseToExpiration,
    GracePeriod,
    AfterGracePeriod,
    #[serde(rename = "RA_BELOW_90_PERCENT_OF_DEVICES")]
    RaBelow90PercentOfDevices,
    #[serde(rename = "RA_BELOW_50_PERCENT_OF_DEVICES")]
    RaBelow50PercentOfDevices,
    RaOnboardOnly,
}

impl From<BannerKind> for BannerType {
    fn from(kind: BannerKind) -> Self {
        match kind {
            BannerKind::Expiry(state) => state.into(),
            BannerKind::NoAnalytics => Self::RaOnboardOnly,
            BannerKind::AnalyticsBelow50 => Self::RaBelow50PercentOfDevices,
            BannerKind::AnalyticsBelow90 => Self::RaBelow90PercentOfDevices,
        }
    }
}

impl From<BannerState> for BannerType {
    fn from(state: BannerState) -> Self {
        match state {
            BannerState::Initial => Self::Initial,
            BannerState::CloseToExpiration => Self::CloseToExpiration,
            BannerState::GracePeriod => Self::GracePeriod,
            BannerState::AfterGracePeriod => Self::AfterGracePeriod,
        }
    }
}

/// A notice about entitlements of a tenant.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseBannerDto)]
pub struct LicenseBanner {
    /// The application licence manager has a part in it.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_extra_info: Option<AlmExtraInfo>,
    /// Licences of the entitlements concerned.
    device_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    device_type: DeviceType,
    /// When the condition takes effect: the expiry, after it the end of the grace period.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_date: Option<Date>,
    /// Days from tomorrow to `effectDate`; negative once past.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_days: Option<i64>,
    #[schema(value_type = LicenseType)]
    license_type: BannerLicenseType,
    /// Several entitlements are concerned.
    multiple_license: bool,
    /// Active devices, on analytics banners.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_active_devices: Option<i64>,
    /// Valid analytics licences, on analytics banners.
    #[serde(rename = "totalRALicense", skip_serializing_if = "Option::is_none")]
    total_ra_license: Option<i64>,
    r#type: BannerType,
    #[serde(flatten)]
    #[schema(ignore)]
    live: Option<NewerNames>,
}

/// The licence type of a banner: live, the UI compares it with device types.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum BannerLicenseType {
    Documented(LicenseType),
    Live(DeviceType),
}

/// The newer generation of names, beside the documented one in the live style.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewerNames {
    license_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_days: Option<i64>,
}

impl LicenseBanner {
    /// The row.
    pub fn new(banner: Banner, ctx: Context<'_>) -> Self {
        let effect_days = banner.effect_days(ctx.now);
        let Banner { kind, device_type, device_sub_type, license_type, device_count, effect, multiple, analytics, alm } =
            banner;
        let live = ctx.style == Style::Live;
        Self {
            alm: alm.is_some(),
            alm_extra_info: alm.map(Into::into),
            device_count,
            device_sub_type: device_sub_type.map(|s| s.to_string()),
            device_type,
            effect_date: effect.map(|at| Date::summed(at, ctx.style)),
            effect_days,
            license_type: if live {
                BannerLicenseType::Live(device_type)
            } else {
                BannerLicenseType::Documented(license_type)
            },
            multiple_license: multiple,
            total_active_devices: analytics.map(|a| a.devices),
            total_ra_license: analytics.map(|a| a.licenses),
            r#type: kind.into(),
            live: live.then_some(NewerNames { license_count: device_count, effective_days: effect_days }),
        }
    }
}

/// A notice about the pools of an MSP.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BannerInformation)]
pub struct MspBanner {
    /// Active devices that the other pools do not cover.
    affected_device_count: i64,
    /// The application licence manager has a part in it.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_extra_entitlement_info_dto: Option<AlmExtraInfo>,
    /// The licences of one purchase, or the number of purchases.
    device_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    /// When the condition takes effect: the expiry, after it the end of the grace period.
    effect_date: Date,
    /// Days from tomorrow to `effectDate`; negative once past.
    effect_days: i64,
    /// Several purchases are concerned.
    multiple_license: bool,
    #[schema(value_type = String)]
    r#type: BannerType,
    #[serde(flatten)]
    #[schema(ignore)]
    live: Option<MspNewerNames>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MspNewerNames {
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: Option<MspDeviceType>,
    #[serde(flatten)]
    names: NewerNames,
}

impl MspBanner {
    /// The row.
    pub fn new(banner: MspBannerView, ctx: Context<'_>) -> Self {
        let MspBannerView { state, device_type, device_count, affected_devices, effect, multiple, alm } = banner;
        let effect_days = days_left(effect, ctx.now);
        let names = NewerNames { license_count: device_count, effective_days: Some(effect_days) };
        Self {
            affected_device_count: affected_devices,
            alm: alm.is_some(),
            alm_extra_entitlement_info_dto: alm.map(Into::into),
            device_count,
            device_type,
            effect_date: Date::summed(effect, ctx.style),
            effect_days,
            multiple_license: multiple,
            r#type: state.into(),
            live: (ctx.style == Style::Live).then_some(MspNewerNames { license_type: device_type, names }),
        }
    }
}
