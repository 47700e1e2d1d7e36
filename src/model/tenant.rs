//! Tenants: who they are, what they may, which devices they run.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{DeviceType, Entitlement, MspEntitlement, TenantId, TenantType, TokenFeature, TokenSetting};

/// A customer of the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// 32 lower-case hexadecimal digits (observed).
    pub id: TenantId,
    /// The name that people read.
    pub name: Arc<str>,
    /// What kind of customer it is.
    pub kind: TenantType,
    /// The MSP that looks after it.
    pub parent: Option<TenantId>,
    /// Its number in the licensing system; without one it has no subscription data.
    pub entitlement_id: Option<Arc<str>>,
    /// What is switched on for it.
    pub features: Features,
    /// Account tier, such as `Gold`.
    pub tier: Arc<str>,
    /// Account vertical, such as `Default`.
    pub vertical: Arc<str>,
    /// Region: `NA`, `EU` or `AS` (observed).
    pub region: Arc<str>,
    /// All devices, those that are not active at the moment too.
    pub devices: Arc<[DeviceGroup]>,
    /// Who may get tokens for it.
    pub clients: Arc<[ApiClient]>,
    /// How it spends its solution tokens, where it has said so.
    pub token_settings: Arc<[TokenSetting]>,
    /// What it bought, in the order of expiry, then id.
    pub entitlements: Arc<[Entitlement]>,
    /// Its bulk pools, in the order of expiry, then id.
    pub msp_entitlements: Arc<[MspEntitlement]>,
    /// What the licensing system has for it.
    pub upstream: Upstream,
    /// Tokens carry the number of the session in which they were issued; those of earlier ones are dead.
    pub session: u32,
}

impl Tenant {
    /// How it spends its solution tokens on a feature: as it has said, else without a limit if its devices use the feature.
    pub fn token_setting(&self, feature: TokenFeature) -> TokenSetting {
        let uses = |group: &DeviceGroup| Some(group.device_type) == feature.device_type() && group.count > 0;
        let unset = || TokenSetting { feature, enabled: self.devices.iter().any(uses), capped: false, max_quantity: 0 };
        self.token_settings.iter().find(|setting| setting.feature == feature).copied().unwrap_or_else(unset)
    }
}

/// What is switched on for a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// All hardware counts as APSW (documented: device-agnostic SKUs).
    pub device_agnostic: bool,
    /// Trial assignments may be made, changed and taken back.
    pub extended_trial: bool,
    /// The tenant uses analytics, licensed or not.
    pub analytics: bool,
    /// Beta features are on.
    pub beta: bool,
}

/// Devices of one kind that came, and perhaps go, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceGroup {
    /// Their type.
    pub device_type: DeviceType,
    /// Their variant, such as `ICX76`.
    pub device_sub_type: Option<Arc<str>>,
    /// Their model, such as `R750`.
    pub model: Option<Arc<str>>,
    /// How many.
    pub count: i64,
    /// Since when they are active.
    pub installed: DateTime<Utc>,
    /// From when on they no longer are.
    pub removed: Option<DateTime<Utc>>,
}

impl DeviceGroup {
    /// Whether they are active.
    pub fn is_active_at(&self, now: DateTime<Utc>) -> bool {
        self.installed <= now && self.removed.is_none_or(|removed| now < removed)
    }
}

/// Someone who may get tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClient {
    /// `client_id`.
    pub id: Arc<str>,
    /// `client_secret`.
    pub secret: Arc<str>,
    /// What it may do.
    pub role: Role,
}

/// What an API client may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Reading.
    ReadOnly,
}

/// What the licensing system has for a tenant: a list of purchases in successive revisions. The
/// tenant's own lists start as revision 0; a refresh takes over the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// The revisions after the one that the tenant started with.
    pub revisions: Arc<[Revision]>,
    /// How many of them have been taken over.
    pub taken: usize,
}

/// One state of the licensing system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// What the tenant then has bought.
    pub entitlements: Arc<[Entitlement]>,
    /// What its bulk pools then are.
    pub msp_entitlements: Arc<[MspEntitlement]>,
}
