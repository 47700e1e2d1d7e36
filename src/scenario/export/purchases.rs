//! Purchases, pools, and the revisions still to come.

use super::text;
use crate::{
    model::{Entitlement, MspEntitlement, Revision, Tenant},
    scenario::format::{self, when},
};

pub(super) fn entitlement(row: &Entitlement) -> format::EntitlementRow {
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
    format::EntitlementRow {
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

pub(super) fn msp_entitlement(row: &MspEntitlement) -> format::MspEntitlementRow {
    let MspEntitlement { id, product, trial, sku, sku_tier, quantity, period, alm } = row;
    format::MspEntitlementRow {
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

/// The revisions still to come, each as what differs from the one before.
pub(super) fn revisions(tenant: &Tenant) -> Vec<format::RevisionRow> {
    let mut before =
        Revision { entitlements: tenant.entitlements.clone(), msp_entitlements: tenant.msp_entitlements.clone() };
    let coming = tenant.upstream.revisions[tenant.upstream.taken..].iter();
    coming.map(|next| difference(&std::mem::replace(&mut before, next.clone()), next)).collect()
}

fn difference(before: &Revision, next: &Revision) -> format::RevisionRow {
    let gone = |id: &str| {
        !next.entitlements.iter().any(|row| &*row.id == id) && !next.msp_entitlements.iter().any(|row| &*row.id == id)
    };
    let before_ids = before.entitlements.iter().map(|row| &row.id);
    let ids = before_ids.chain(before.msp_entitlements.iter().map(|row| &row.id));
    format::RevisionRow {
        note: None,
        put_entitlements: next
            .entitlements
            .iter()
            .filter(|row| !before.entitlements.contains(row))
            .map(entitlement)
            .collect(),
        put_msp_entitlements: next
            .msp_entitlements
            .iter()
            .filter(|row| !before.msp_entitlements.contains(row))
            .map(msp_entitlement)
            .collect(),
        change: Vec::new(),
        remove: ids.filter(|id| gone(id)).map(ToString::to_string).collect(),
    }
}
