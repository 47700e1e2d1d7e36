//! Rows of GET /banners and GET /mspBanners. In the live style they carry both generations of field
//! names: since 2025-02 the vendor's UI reads `licenseCount`, `licenseType` and `effectiveDays`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AlmExtraInfo, Context, Style,
    date::Date,
    query::{usage_type, usage_word},
};
use crate::{
    model::{BannerState, DeviceType, LicenseType, MspDeviceType},
    views::{
        banner::{Banner, BannerKind, MspBanner as MspBannerView},
        days_left,
        selection::{UsageType, one_of},
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

    /// Whether banners of a licensing model are asked for.
    pub fn admit(&self, license_type: LicenseType) -> bool {
        self.license_type.as_ref().is_none_or(|list| one_of(list, license_type.into()))
    }
}

/// What POST /entitlements/banners/query answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EntitlementBannerResponseDto)]
pub struct Banners {
    /// The banners.
    pub data: Vec<BannerInfo>,
}

/// A notice, about a tenant's own licences or an MSP's pools alike.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntitlementBannerInfo)]
pub struct BannerInfo {
    /// When the condition takes effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_date: Option<Date>,
    /// Days from tomorrow to `effectDate`; negative once past.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_days: Option<i64>,
    /// Licences concerned, or the number of purchases.
    license_count: i64,
    /// The licensing model; live, the device type, which the vendor's UI compares it with.
    license_type: String,
    message: String,
    /// Several entitlements are concerned.
    multiple_license: bool,
    r#type: BannerType,
    /// SELF or ASSIGNED.
    usage_type: &'static str,
}

impl BannerInfo {
    /// A notice about a tenant's own licences.
    pub fn own(banner: &Banner, ctx: Context<'_>) -> Self {
        let live = ctx.style == Style::Live;
        let what = if live { banner.device_type.to_string() } else { banner.license_type.to_string() };
        Self {
            effect_date: banner.effect.map(|at| Date::summed(at, ctx.style)),
            effective_days: banner.effect_days(ctx.now),
            license_count: banner.device_count,
            message: message(banner.kind.into(), &banner.device_type.to_string()),
            license_type: what,
            multiple_license: banner.multiple,
            r#type: banner.kind.into(),
            usage_type: usage_word(UsageType::Own),
        }
    }

    /// A notice about an MSP's pools.
    pub fn of_pools(banner: &MspBannerView, ctx: Context<'_>) -> Self {
        let device_type = banner.device_type.map(|device_type| device_type.to_string());
        let license_type = banner.license_type().to_string();
        let live = device_type.clone().filter(|_| ctx.style == Style::Live);
        Self {
            effect_date: Some(Date::summed(banner.effect, ctx.style)),
            effective_days: Some(days_left(banner.effect, ctx.now)),
            license_count: banner.device_count,
            message: message(banner.state.into(), device_type.as_ref().unwrap_or(&license_type)),
            license_type: live.unwrap_or(license_type),
            multiple_license: banner.multiple,
            r#type: banner.state.into(),
            usage_type: usage_word(UsageType::Assigned),
        }
    }
}

fn message(kind: BannerType, what: &str) -> String {
    match kind {
        BannerType::Initial => format!("{what} licenses expire within weeks."),
        BannerType::CloseToExpiration => format!("{what} licenses expire within days."),
        BannerType::GracePeriod => format!("{what} licenses have expired and are in their grace period."),
        BannerType::AfterGracePeriod => format!("{what} licenses have expired and their grace period is over."),
        BannerType::RaBelow90PercentOfDevices => "Analytics covers less than 90 % of the devices.".into(),
        BannerType::RaBelow50PercentOfDevices => "Analytics covers less than 50 % of the devices.".into(),
        BannerType::RaOnboardOnly => "Analytics has no valid license.".into(),
    }
}
