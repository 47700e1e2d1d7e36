//! Rows of POST /mspecs/query (observed; not in the reference): the customers of an MSP with the sums of
//! their licences, many of them numbers in strings.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, date::WireDate};
use crate::{
    model::{DeviceType, Tenant, TenantId, TenantType},
    views::{
        filter::Filter,
        holdings::Holdings,
        selection::one_of,
        summary::{Summary, summaries},
    },
};

/// What customers must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MspEcFilters)]
pub struct MspEcFilters {
    /// Such as MSP_EC.
    tenant_type: Option<Vec<String>>,
}

impl MspEcFilters {
    /// Whether a customer is asked for.
    pub fn admit(&self, tenant: &Tenant) -> bool {
        self.tenant_type.as_ref().is_none_or(|list| one_of(list, tenant.kind.into()))
    }
}

/// A customer of an MSP.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEc<'a> {
    account_tier: &'a str,
    /// TRIAL if it has trial licences only, else PAID (chosen).
    account_type: AccountType,
    ap_sw_licenses: i64,
    edge_licenses: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_id: Option<&'a str>,
    /// What it has: one row per device type, sub type and trial flag.
    entitlements: Vec<MspEcEntitlement<'a>>,
    /// The next expiry of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<WireDate>,
    id: TenantId,
    name: &'a str,
    status: &'static str,
    switch_licenses: i64,
    tenant_type: TenantType,
    wifi_licenses: i64,
}

/// Paid or trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum AccountType {
    Paid,
    Trial,
}

/// Licences of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEcEntitlement<'a> {
    account_type: AccountType,
    /// Licences in use.
    consumed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlement_device_sub_type: Option<&'a str>,
    /// Such as DVCNWTYPE_WIFI.
    entitlement_device_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<WireDate>,
    /// The same in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date_ts: Option<String>,
    /// In milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    future_of_compliance_date: Option<String>,
    future_out_of_compliance_devices: String,
    out_of_compliance_devices: String,
    /// Valid licences.
    quantity: String,
    tenant_id: TenantId,
    to_be_removed_quantity: i64,
    r#type: &'static str,
}

impl<'a> MspEc<'a> {
    /// The row. Dates are as in activities in both styles (observed).
    pub fn new(holdings: &Holdings<'a>, ctx: Context<'_>) -> Self {
        let tenant = holdings.tenant;
        let rows = summaries(holdings, Filter::default());
        let licenses =
            |device_type| rows.iter().filter(|row| row.device_type == device_type).map(|row| row.quantity).sum();
        let valid = holdings.rows.iter().filter(|row| row.is_valid_at(ctx.now));
        let next = valid.clone().map(|row| row.period.end).min();
        Self {
            account_tier: &tenant.tier,
            account_type: AccountType::of(valid.clone().count() > 0 && valid.clone().all(|row| row.trial)),
            ap_sw_licenses: licenses(DeviceType::Apsw),
            edge_licenses: licenses(DeviceType::Edge),
            entitlement_id: tenant.entitlement_id.as_deref(),
            expiration_date: next.map(WireDate::of_activity),
            id: tenant.id,
            name: &tenant.name,
            status: "Active",
            switch_licenses: licenses(DeviceType::Switch),
            tenant_type: tenant.kind,
            wifi_licenses: licenses(DeviceType::Wifi),
            entitlements: rows.iter().map(|row| MspEcEntitlement::new(row, tenant.id)).collect(),
        }
    }
}

impl AccountType {
    fn of(trial: bool) -> Self {
        if trial { Self::Trial } else { Self::Paid }
    }
}

impl<'a> MspEcEntitlement<'a> {
    fn new(row: &Summary<'a>, tenant_id: TenantId) -> Self {
        let expiry = row.leading.map(|row| row.period.end);
        let millis = |at: DateTime<Utc>| at.timestamp_millis().to_string();
        Self {
            account_type: AccountType::of(row.trial),
            consumed: row.used.to_string(),
            entitlement_device_sub_type: row.device_sub_type,
            entitlement_device_type: format!("DVCNWTYPE_{}", row.device_type),
            expiration_date: expiry.map(WireDate::of_activity),
            expiration_date_ts: expiry.map(millis),
            future_of_compliance_date: row.future_shortfall.map(|(at, _)| millis(at)),
            future_out_of_compliance_devices: row.future_shortfall.map_or(0, |(_, missing)| missing).to_string(),
            out_of_compliance_devices: row.out_of_compliance().to_string(),
            quantity: row.quantity.to_string(),
            tenant_id,
            to_be_removed_quantity: row.to_be_removed,
            r#type: "entitlement",
        }
    }
}
