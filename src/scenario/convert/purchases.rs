//! What tenants and MSPs have bought.

use std::collections::BTreeMap;

use super::{Builder, Purchase, sorted, tenant_id, text};
use crate::{
    model::{Alm, Entitlement, MspDeviceType, MspEntitlement, MspProduct, Tenant, TenantId, is_trial_sku},
    scenario::{
        Scenario,
        format::{ENTITLEMENTS, EntitlementRow, MSP_ENTITLEMENTS, MspEntitlementRow, when},
    },
};

/// The tiers that have been seen.
const TIERS: [&str; 3] = ["Silver", "Gold", "Platinum"];

impl Builder<'_> {
    pub(super) fn purchases(&mut self, scenario: &Scenario, tenants: &mut BTreeMap<TenantId, Tenant>) {
        for (owner, rows) in &scenario.entitlements {
            let made: Vec<_> = rows
                .iter()
                .enumerate()
                .map(|(n, row)| self.entitlement(row, ENTITLEMENTS, &format!("$.{}[{n}]", owner.0)))
                .collect();
            match tenants.get_mut(&tenant_id(owner)) {
                Some(tenant) => tenant.entitlements = sorted(made, |e| (e.period.end, e.id.clone())),
                None => {
                    self.findings.error(
                        ENTITLEMENTS,
                        format!("$.{}", owner.0),
                        "no tenant of tenants.json has this id",
                    );
                }
            }
        }
        for (owner, rows) in &scenario.msp_entitlements {
            let path = |n| format!("$.{}[{n}]", owner.0);
            let made: Vec<_> =
                rows.iter().enumerate().map(|(n, row)| self.msp_entitlement(row, MSP_ENTITLEMENTS, &path(n))).collect();
            match tenants.get_mut(&tenant_id(owner)) {
                Some(msp) if msp.kind.is_msp() => msp.msp_entitlements = sorted(made, |e| (e.period.end, e.id.clone())),
                _ => self.findings.error(
                    MSP_ENTITLEMENTS,
                    format!("$.{}", owner.0),
                    "no MSP of tenants.json has this id",
                ),
            }
        }
    }

    pub(in crate::scenario) fn entitlement(&mut self, row: &EntitlementRow, file: &str, path: &str) -> Entitlement {
        self.unique(Purchase::Purchase, &row.id, file, path);
        self.tier(row.sku_tier.as_deref(), file, path);
        let period = self.days(&row.effective_date, &row.expiration_date, file, path);
        let created = row.created_date.as_ref().map_or(period.start, |date| self.given(date).as_start());
        Entitlement {
            id: row.id.as_str().into(),
            device_type: row.device_type,
            device_sub_type: row.device_sub_type.as_deref().map(Into::into),
            license_type: row.license_type.unwrap_or_else(|| row.device_type.license_type()),
            sku: row.sku.as_str().into(),
            sku_tier: row.sku_tier.as_deref().map(Into::into),
            quantity: row.quantity,
            trial: row.temp_license.unwrap_or_else(|| is_trial_sku(&row.sku)),
            period,
            created,
            updated: row.updated_date.as_ref().map_or(created, |date| self.given(date).as_start()),
            license_name: row.license_name.as_deref().map(Into::into),
            license_desc: row.license_desc.as_deref().map(Into::into),
            external_id: row.external_id.as_deref().map(Into::into),
            parent_id: row.parent_id.as_deref().map(Into::into),
            alm: alm(row.alm, row.alm_activation_id.as_deref(), row.alm_so_ent_quantity.unwrap_or(row.quantity)),
        }
    }

    pub(in crate::scenario) fn msp_entitlement(
        &mut self,
        row: &MspEntitlementRow,
        file: &str,
        path: &str,
    ) -> MspEntitlement {
        self.unique(Purchase::Pool, &row.id, file, path);
        self.tier(row.sku_tier.as_deref(), file, path);
        MspEntitlement {
            id: row.id.as_str().into(),
            product: self.product(row.license_type, row.device_type, row.device_sub_type.as_deref(), file, path),
            trial: row.is_trial.unwrap_or_else(|| is_trial_sku(&row.sku)),
            sku: row.sku.as_str().into(),
            sku_tier: row.sku_tier.as_deref().map(Into::into),
            quantity: row.quantity,
            period: self.days(&row.effective_date, &row.expiration_date, file, path),
            alm: alm(row.alm, row.alm_activation_id.as_deref(), row.alm_so_ent_quantity.unwrap_or(row.quantity)),
        }
    }

    /// A note on a tier that the vendor does not have.
    pub(super) fn tier(&mut self, tier: Option<&str>, file: &str, path: &str) {
        if let Some(tier) = tier.filter(|tier| !TIERS.contains(tier)) {
            let known = TIERS.join(", ");
            self.findings.note(file, format!("{path}.skuTier"), format!("\"{tier}\" is none of {known}"));
        }
    }

    pub(super) fn product(
        &mut self,
        named: Option<MspProduct>,
        device_type: Option<MspDeviceType>,
        sub_type: Option<&str>,
        file: &str,
        path: &str,
    ) -> MspProduct {
        let product = match (named, device_type) {
            (Some(product), None) => Some(product),
            (Some(product), Some(device_type)) => Some(product).filter(|p| p.device_type() == Some(device_type)),
            (None, Some(device_type)) => MspProduct::from_device(device_type, sub_type),
            (None, None) => None,
        };
        product.unwrap_or_else(|| {
            let message = "deviceType, deviceSubType and licenseType name no product together; give licenseType, or a deviceType with one of its variants";
            self.findings.error(file, path, message);
            MspProduct::MspApsw
        })
    }
}

fn alm(managed: bool, activation_id: Option<&str>, so_ent_quantity: i64) -> Option<Alm> {
    managed.then(|| Alm { activation_id: activation_id.unwrap_or("ALM-ACT-0").into(), so_ent_quantity })
}

/// A purchase as a row of the file.
pub(in crate::scenario) fn entitlement_row(row: &Entitlement) -> EntitlementRow {
    let Entitlement {
        id,
        device_type,
        device_sub_type,
        license_type,
        sku,
        sku_tier,
        quantity,
        trial,
        period,
        created,
        updated,
        license_name,
        license_desc,
        external_id,
        parent_id,
        alm,
    } = row;
    EntitlementRow {
        id: id.to_string(),
        device_type: *device_type,
        device_sub_type: text(device_sub_type.as_ref()),
        license_type: Some(*license_type),
        sku: sku.to_string(),
        sku_tier: text(sku_tier.as_ref()),
        quantity: *quantity,
        effective_date: when(period.start),
        expiration_date: when(period.end),
        created_date: Some(when(*created)),
        updated_date: Some(when(*updated)),
        temp_license: Some(*trial),
        license_name: text(license_name.as_ref()),
        license_desc: text(license_desc.as_ref()),
        external_id: text(external_id.as_ref()),
        parent_id: text(parent_id.as_ref()),
        alm: alm.is_some(),
        alm_activation_id: alm.as_ref().map(|alm| alm.activation_id.to_string()),
        alm_so_ent_quantity: alm.as_ref().map(|alm| alm.so_ent_quantity),
    }
}

/// A pool as a row of the file.
pub(in crate::scenario) fn msp_entitlement_row(row: &MspEntitlement) -> MspEntitlementRow {
    let MspEntitlement { id, product, trial, sku, sku_tier, quantity, period, alm } = row;
    MspEntitlementRow {
        id: id.to_string(),
        device_type: product.device_type(),
        device_sub_type: product.sub_type().map(Into::into),
        license_type: Some(*product),
        sku: sku.to_string(),
        sku_tier: text(sku_tier.as_ref()),
        quantity: *quantity,
        effective_date: when(period.start),
        expiration_date: when(period.end),
        is_trial: Some(*trial),
        alm: alm.is_some(),
        alm_activation_id: alm.as_ref().map(|alm| alm.activation_id.to_string()),
        alm_so_ent_quantity: alm.as_ref().map(|alm| alm.so_ent_quantity),
    }
}
