//! POST /entitlements/compliances/query.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::Date;
use crate::{
    model::{DeviceType, LicenseType, Tenant},
    views::compliance::{Compliance as View, TenantCompliance as TenantView},
};

/// POST /entitlements/compliances/query.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = LicenseComplianceRequest)]
pub struct ComplianceQuery {
    /// What is asked for.
    pub filters: Option<ComplianceFilters>,
}

/// What is asked for. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseComplianceFilter)]
pub struct ComplianceFilters {
    /// SELF leaves the customers out; everything if not said.
    pub compliance_type: Option<ComplianceType>,
    /// Licensing models.
    pub license_type: Option<Vec<String>>,
}

impl ComplianceFilters {
    /// Whether nothing in particular is asked for.
    pub fn is_empty(&self) -> bool {
        self.compliance_type.is_none() && self.license_type.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Whose compliance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum ComplianceType {
    #[serde(rename = "SELF")]
    Own,
    MspSummary,
}

/// What POST /entitlements/compliances/query answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LicenseComplianceResponse)]
pub struct Compliances {
    /// By licensing model; live, a query for nothing in particular gets one that is null (observed).
    pub compliances: Vec<Option<TenantCompliance>>,
}

/// What a tenant has and uses of one licensing model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantLicenseCompliance)]
pub struct TenantCompliance {
    license_type: LicenseType,
    /// Of an MSP's customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_ec_summary: Option<Compliance>,
    /// Of the tenant itself.
    #[serde(rename = "self")]
    own: Compliance,
}

/// Licences against devices.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseCompliance)]
#[allow(clippy::struct_field_names, reason = "the names are the vendor's")]
pub struct Compliance {
    /// What is left of the tenant's own licences.
    available_license_count_for_my_account: i64,
    /// Paid licences left for customers, at least 0.
    available_paid_license_count_for_msp_ecs: i64,
    /// Trial licences left for customers, at least 0; 0 unless extended trials are on.
    available_trial_license_count_for_msp_ecs: i64,
    compliance_type: ComplianceType,
    /// All hardware counts as APSW.
    consolidated_sku_enabled: bool,
    device_compliances: Vec<DeviceCompliance>,
    /// Trials may be assigned at will.
    extended_trial_enabled: bool,
    /// Licences minus use; negative when short.
    license_gap: i64,
    license_type: LicenseType,
    /// Licences that devices use.
    licenses_used: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_paid_expiration_date: Option<Date>,
    /// Paid licences that expire next.
    next_total_paid_expiring_license_count: i64,
    /// Trial licences that expire next.
    next_total_trial_expiring_license_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_trial_expiration_date: Option<Date>,
    /// Paid licences left for customers; negative when overdrawn.
    paid_license_gap_for_msp_ecs: i64,
    tenant_id: String,
    tenant_name: String,
    /// Paid licences handed out.
    total_active_paid_assigned_license_count: i64,
    /// Valid paid licences.
    total_active_paid_license_count: i64,
    /// Trial licences handed out.
    total_active_trial_assigned_license_count: i64,
    /// Valid trial licences.
    total_active_trial_license_count: i64,
    /// Paid licences handed to customers.
    total_msp_ec_paid_assigned_license_count: i64,
    /// Trial licences handed to customers.
    total_msp_ec_trial_assigned_license_count: i64,
    /// Trial licences left for customers; negative when overdrawn.
    trial_license_gap_for_msp_ecs: i64,
}

/// Devices of one type, and the licences that they use.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCompliance {
    device_type: DeviceType,
    /// Active devices.
    installed_device_count: i64,
    /// Licences in use.
    used_license_count: i64,
}

impl TenantCompliance {
    /// The row; without the customers' part if only the tenant's own is asked for.
    pub fn new(row: &TenantView, tenant: &Tenant, asked: Option<ComplianceType>) -> Self {
        let TenantView { license_type, own, customers } = row;
        let customers = customers.as_ref().filter(|_| asked != Some(ComplianceType::Own));
        // What is left for customers stands in both parts of an MSP.
        let free = row.customers.as_ref();
        Self {
            license_type: *license_type,
            msp_ec_summary: customers.map(|view| Compliance::new(view, tenant, *license_type, Kind::Customers)),
            own: Compliance::new(own, tenant, *license_type, Kind::Own(free)),
        }
    }
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Own(Option<&'a View>),
    Customers,
}

impl Compliance {
    fn new(view: &View, tenant: &Tenant, license_type: LicenseType, kind: Kind<'_>) -> Self {
        let (compliance_type, gap, pools) = match kind {
            Kind::Own(pools) => (ComplianceType::Own, view.own_gap(), pools),
            Kind::Customers => (ComplianceType::MspSummary, view.customers_gap(), Some(view)),
        };
        let side = |pick: fn(&View) -> crate::views::compliance::Side| pools.map(pick).unwrap_or_default();
        let (paid, trial) = (side(|view| view.paid), side(|view| view.trial));
        let extended_trial = tenant.features.extended_trial;
        let devices = view.devices.iter();
        Self {
            available_license_count_for_my_account: if compliance_type == ComplianceType::Own { gap } else { 0 },
            available_paid_license_count_for_msp_ecs: paid.free.max(0),
            available_trial_license_count_for_msp_ecs: if extended_trial { trial.free.max(0) } else { 0 },
            compliance_type,
            consolidated_sku_enabled: tenant.features.device_agnostic,
            device_compliances: devices
                .map(|(device_type, device)| DeviceCompliance {
                    device_type: *device_type,
                    installed_device_count: device.installed,
                    used_license_count: device.used,
                })
                .collect(),
            extended_trial_enabled: extended_trial,
            license_gap: gap,
            license_type,
            licenses_used: view.used(),
            next_paid_expiration_date: view.paid.next_expiry.map(|(day, _)| Date::of_day(day)),
            next_total_paid_expiring_license_count: view.paid.next_expiry.map_or(0, |(_, quantity)| quantity),
            next_total_trial_expiring_license_count: view.trial.next_expiry.map_or(0, |(_, quantity)| quantity),
            next_trial_expiration_date: view.trial.next_expiry.map(|(day, _)| Date::of_day(day)),
            paid_license_gap_for_msp_ecs: paid.free,
            tenant_id: tenant.id.to_string(),
            tenant_name: tenant.name.to_string(),
            total_active_paid_assigned_license_count: paid.assigned,
            total_active_paid_license_count: view.paid.active,
            total_active_trial_assigned_license_count: trial.assigned,
            total_active_trial_license_count: view.trial.active,
            total_msp_ec_paid_assigned_license_count: paid.to_customers,
            total_msp_ec_trial_assigned_license_count: trial.to_customers,
            trial_license_gap_for_msp_ecs: trial.free,
        }
    }
}
