//! POST /entitlements/compliances/query.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Style;
use crate::{
    model::{DeviceType, LicenseType, Tenant, TenantId},
    views::compliance::{Compliance as View, Side, TenantCompliance as TenantView},
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
pub struct Compliances<'a> {
    /// By licensing model; in the observed style a query without a complianceType gets one that is null (observed).
    pub compliances: Vec<Option<TenantCompliance<'a>>>,
}

/// What a tenant has and uses of one licensing model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantLicenseCompliance)]
pub struct TenantCompliance<'a> {
    license_type: LicenseType,
    /// Of an MSP's customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_ec_summary: Option<Compliance<'a>>,
    /// Of the tenant itself.
    #[serde(rename = "self")]
    own: Compliance<'a>,
}

/// Licences against devices.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseCompliance)]
#[allow(clippy::struct_field_names, reason = "the names are the vendor's")]
pub struct Compliance<'a> {
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
    /// What is left; if any kind of licence is short, the shortage, negative.
    license_gap: i64,
    license_type: LicenseType,
    /// Licences that devices use.
    licenses_used: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_paid_expiration_date: Option<NaiveDate>,
    /// Paid licences that expire next.
    next_total_paid_expiring_license_count: i64,
    /// Trial licences that expire next.
    next_total_trial_expiring_license_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_trial_expiration_date: Option<NaiveDate>,
    /// Paid licences left for customers; if any pool is overdrawn, by how many, negative.
    paid_license_gap_for_msp_ecs: i64,
    tenant_id: TenantId,
    tenant_name: &'a str,
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
    /// Trial licences left for customers; if any pool is overdrawn, by how many, negative.
    trial_license_gap_for_msp_ecs: i64,
}

/// Devices of one type, and the licences that they use.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCompliance {
    #[schema(value_type = DeviceType)]
    device_type: DeviceWord,
    /// Active devices.
    installed_device_count: i64,
    /// Licences in use.
    used_license_count: i64,
}

/// What devices are. In the observed style, solution features have names of their own.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum DeviceWord {
    Documented(DeviceType),
    Observed(&'static str),
}

/// Features that take solution tokens, as observed beside the documented words.
const OBSERVED_PMS: &str = "SLTN_PMS_INT";
const OBSERVED_ADAPTIVE_POLICY: &str = "SLTN_ADAPT_POLICY";

impl<'a> TenantCompliance<'a> {
    /// The row; without the customers' part if only the tenant's own is asked for.
    pub fn new(row: &TenantView, tenant: &'a Tenant, asked: Option<ComplianceType>, style: Style) -> Self {
        let TenantView { license_type, own, customers } = row;
        let shown = customers.as_ref().filter(|_| asked != Some(ComplianceType::Own));
        let part = |view, kind| Compliance::new(view, tenant, *license_type, kind, style);
        Self {
            license_type: *license_type,
            msp_ec_summary: shown.map(|view| part(view, Kind::Customers)),
            // What is left for customers stands in both parts of an MSP.
            own: part(own, Kind::Own(customers.as_ref())),
        }
    }
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Own(Option<&'a View>),
    Customers,
}

impl<'a> Compliance<'a> {
    fn new(view: &View, tenant: &'a Tenant, license_type: LicenseType, kind: Kind<'_>, style: Style) -> Self {
        let (compliance_type, pools) = match kind {
            Kind::Own(pools) => (ComplianceType::Own, pools),
            Kind::Customers => (ComplianceType::MspSummary, Some(view)),
        };
        let side = |pick: fn(&View) -> Side| pools.map(pick).unwrap_or_default();
        let (paid, trial) = (side(|view| view.paid), side(|view| view.trial));
        let (paid_gap, trial_gap, gap) = (paid.free.value(), trial.free.value(), view.gap.value());
        let extended_trial = tenant.features.extended_trial;
        Self {
            available_license_count_for_my_account: if compliance_type == ComplianceType::Own { gap } else { 0 },
            available_paid_license_count_for_msp_ecs: paid_gap.max(0),
            available_trial_license_count_for_msp_ecs: if extended_trial { trial_gap.max(0) } else { 0 },
            compliance_type,
            consolidated_sku_enabled: tenant.features.device_agnostic,
            device_compliances: device_compliances(view, license_type, style),
            extended_trial_enabled: extended_trial,
            license_gap: gap,
            license_type,
            licenses_used: view.used(),
            next_paid_expiration_date: view.paid.next_expiry.map(|(day, _)| day),
            next_total_paid_expiring_license_count: view.paid.next_expiry.map_or(0, |(_, quantity)| quantity),
            next_total_trial_expiring_license_count: view.trial.next_expiry.map_or(0, |(_, quantity)| quantity),
            next_trial_expiration_date: view.trial.next_expiry.map(|(day, _)| day),
            paid_license_gap_for_msp_ecs: paid_gap,
            tenant_id: tenant.id,
            tenant_name: &tenant.name,
            total_active_paid_assigned_license_count: paid.assigned,
            total_active_paid_license_count: view.paid.active,
            total_active_trial_assigned_license_count: trial.assigned,
            total_active_trial_license_count: view.trial.active,
            total_msp_ec_paid_assigned_license_count: paid.to_customers,
            total_msp_ec_trial_assigned_license_count: trial.to_customers,
            trial_license_gap_for_msp_ecs: trial_gap,
        }
    }
}

fn device_compliances(view: &View, license_type: LicenseType, style: Style) -> Vec<DeviceCompliance> {
    let word = |device_type| match (device_type, style) {
        (DeviceType::SltnPmsIntegration, Style::Observed) => DeviceWord::Observed(OBSERVED_PMS),
        (device_type, _) => DeviceWord::Documented(device_type),
    };
    let mut rows: Vec<DeviceCompliance> = view
        .devices
        .iter()
        .map(|(device_type, device)| DeviceCompliance {
            device_type: word(*device_type),
            installed_device_count: device.installed,
            used_license_count: device.used,
        })
        .collect();
    if license_type == LicenseType::SltnToken && style == Style::Observed {
        let device_type = DeviceWord::Observed(OBSERVED_ADAPTIVE_POLICY);
        rows.push(DeviceCompliance { device_type, installed_device_count: 0, used_license_count: 0 });
    }
    rows
}
