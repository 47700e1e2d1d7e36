//! Rows of GET /banners and GET /mspBanners. In the observed style they carry both generations of field
//! names: since 2025-02 the vendor's UI reads `licenseCount`, `licenseType` and `effectiveDays`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AlmExtraInfo, Context, Style, date::WireDate};
use crate::{
    model::{BannerState, DeviceType, LicenseType, MspDeviceType},
    views::{
        banner::{Banner, BannerKind},
        msp_banner::{MspBanner as MspBannerView, MspBannerKind},
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

/// What a banner of an MSP warns of. The reference leaves the words open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum MspBannerType {
    /// The states of an expiry.
    Expiry(BannerType),
    /// More is assigned than there is (observed).
    Overdrawn(ExpiredWord),
}

/// The vendor's word for an overdraft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the word is the vendor's")]
pub enum ExpiredWord {
    Expired,
}

impl From<MspBannerKind> for MspBannerType {
    fn from(kind: MspBannerKind) -> Self {
        match kind {
            MspBannerKind::Expiry(state) => Self::Expiry(state.into()),
            MspBannerKind::Overdrawn => Self::Overdrawn(ExpiredWord::Expired),
        }
    }
}

/// A notice about entitlements of a tenant.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseBannerDto)]
pub struct LicenseBanner<'a> {
    /// The application licence manager has a part in it.
    alm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    alm_extra_info: Option<AlmExtraInfo>,
    /// Licences of the entitlements concerned; on analytics banners, active devices.
    device_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<&'a str>,
    device_type: DeviceType,
    /// When the condition takes effect: the expiry, after it the end of the grace period.
    effect_date: WireDate,
    /// Days to `effectDate`; negative once past.
    effect_days: i64,
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
    observed: Option<NewerNames>,
}

/// The licence type of a banner: in the observed style a device type, with which the UI compares it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum BannerLicenseType {
    Documented(LicenseType),
    Observed(DeviceType),
}

/// The newer generation of names, beside the documented one in the observed style.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewerNames {
    license_count: i64,
    effective_days: i64,
}

impl<'a> LicenseBanner<'a> {
    /// Builds the row that an answer contains.
    pub fn new(banner: &Banner<'a>, ctx: Context<'_>) -> Self {
        let effect_days = banner.effect_days(ctx.now);
        let Banner { kind, device_type, device_sub_type, license_type, device_count, effect, multiple, analytics, alm } =
            banner;
        let observed = ctx.style == Style::Observed;
        Self {
            alm: alm.is_some(),
            alm_extra_info: alm.map(Into::into),
            device_count: *device_count,
            device_sub_type: *device_sub_type,
            device_type: *device_type,
            effect_date: WireDate::summed(*effect, ctx.style),
            effect_days,
            license_type: if observed {
                BannerLicenseType::Observed(*device_type)
            } else {
                BannerLicenseType::Documented(*license_type)
            },
            multiple_license: *multiple,
            total_active_devices: analytics.map(|a| a.devices),
            total_ra_license: analytics.map(|a| a.licenses),
            r#type: (*kind).into(),
            observed: observed.then_some(NewerNames { license_count: *device_count, effective_days: effect_days }),
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
    /// The licences of one purchase, or the number of purchases; of an overdraft, the licences missing.
    device_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<MspDeviceType>,
    /// When the condition takes effect: the expiry, after it the end of the grace period.
    effect_date: WireDate,
    /// Days to `effectDate`; negative once past.
    effect_days: i64,
    /// Several purchases, or overdrawn pools, are concerned.
    multiple_license: bool,
    #[schema(value_type = String)]
    r#type: MspBannerType,
    #[serde(flatten)]
    #[schema(ignore)]
    observed: Option<MspNewerNames>,
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
    /// Builds the row that an answer contains.
    pub fn new(banner: MspBannerView, ctx: Context<'_>) -> Self {
        let effect_days = banner.effect_days(ctx.now);
        let MspBannerView { kind, device_type, device_count, affected_devices, effect, multiple, alm } = banner;
        let names = NewerNames { license_count: device_count, effective_days: effect_days };
        Self {
            affected_device_count: affected_devices,
            alm: alm.is_some(),
            alm_extra_entitlement_info_dto: alm.map(Into::into),
            device_count,
            device_type,
            effect_date: WireDate::summed(effect, ctx.style),
            effect_days,
            multiple_license: multiple,
            r#type: kind.into(),
            observed: (ctx.style == Style::Observed).then_some(MspNewerNames { license_type: device_type, names }),
        }
    }
}
