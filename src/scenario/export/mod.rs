//! From a store back to fixture files, with absolute dates: loaded again at the same moment, they give
//! the same answers. Sessions and dead tokens are not part of a fixture.

mod activities;
mod purchases;
mod settings;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use self::{
    purchases::{entitlement, msp_entitlement, revisions},
    settings::policy,
};
use super::format::{
    self, ACTIVITIES, ASSIGNMENTS, ATTENTION_NOTES, ENTITLEMENTS, LICENSING, MSP_ENTITLEMENTS, OVERRIDES, SCENARIO,
    TENANTS, when,
};
use crate::model::{Assignment, AttentionNote, DeviceGroup, Role, StartClock, Store, Tenant};

/// The files of a scenario that describes this store, by name.
pub fn export(
    store: &Store,
    meta: &format::Scenario,
    overrides: &[format::OverrideRow],
    clock: StartClock,
) -> Map<String, Value> {
    let scenario = format::Scenario {
        default_tenant: format::Tenant(store.default_tenant.to_string()),
        clock: format::Clock { start: Some(when(clock.at)), frozen: clock.frozen },
        policy: policy(&store.policy),
        refresh: (&*store.refresh).into(),
        generate: None,
        ..meta.clone()
    };
    let id = |tenant: &Tenant| format::Tenant(tenant.id.to_string());
    let tenants: Vec<_> = store.tenants().map(tenant).collect();
    let bought = store.tenants().filter(|t| !t.entitlements.is_empty());
    let entitlements: BTreeMap<_, Vec<_>> =
        bought.map(|t| (id(t), t.entitlements.iter().map(entitlement).collect())).collect();
    let pools = store.tenants().filter(|t| !t.msp_entitlements.is_empty());
    let pools: BTreeMap<_, Vec<_>> =
        pools.map(|t| (id(t), t.msp_entitlements.iter().map(msp_entitlement).collect())).collect();
    let coming = store.tenants().filter(|t| t.upstream.revisions.len() > t.upstream.taken);
    let licensing: BTreeMap<_, _> = coming.map(|t| (id(t), revisions(t))).collect();
    let assignments: Vec<_> = store.assignments().map(assignment).collect();
    let notes: Vec<_> = store.notes.iter().map(note).collect();
    let files = [
        (SCENARIO, json!(scenario)),
        (TENANTS, json!(tenants)),
        (ENTITLEMENTS, json!(entitlements)),
        (MSP_ENTITLEMENTS, json!(pools)),
        (ASSIGNMENTS, json!(assignments)),
        (LICENSING, json!(licensing)),
        (ACTIVITIES, json!(activities::export(store))),
        (ATTENTION_NOTES, json!(notes)),
        (OVERRIDES, json!(overrides)),
    ];
    files.into_iter().map(|(name, file)| (name.to_owned(), file)).collect()
}

/// What a tenant has, as rows of the files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantExport {
    entitlements: Vec<format::EntitlementRow>,
    msp_entitlements: Vec<format::MspEntitlementRow>,
    devices: Vec<format::DeviceRow>,
    clients: Vec<format::ClientRow>,
}

/// What a tenant has.
pub fn tenant_export(of: &Tenant) -> TenantExport {
    let format::TenantRow { devices, clients, .. } = tenant(of);
    TenantExport {
        entitlements: of.entitlements.iter().map(entitlement).collect(),
        msp_entitlements: of.msp_entitlements.iter().map(msp_entitlement).collect(),
        devices,
        clients,
    }
}

fn text(text: Option<&std::sync::Arc<str>>) -> Option<String> {
    text.map(ToString::to_string)
}

fn tenant(tenant: &Tenant) -> format::TenantRow {
    let features = [
        (tenant.features.device_agnostic, format::Feature::DeviceAgnostic),
        (tenant.features.extended_trial, format::Feature::ExtendedTrial),
        (tenant.features.analytics, format::Feature::Analytics),
        (tenant.features.beta, format::Feature::Beta),
    ];
    let client = |client: &crate::model::ApiClient| format::ClientRow {
        client_id: client.id.to_string(),
        client_secret: client.secret.to_string(),
        role: match client.role {
            Role::Admin => format::Role::Admin,
            Role::ReadOnly => format::Role::ReadOnly,
        },
    };
    format::TenantRow {
        id: format::Tenant(tenant.id.to_string()),
        name: tenant.name.to_string(),
        kind: tenant.kind,
        parent: tenant.parent.map(|parent| format::Tenant(parent.to_string())),
        entitlement_id: text(tenant.entitlement_id.as_ref()),
        features: features.into_iter().filter(|(on, _)| *on).map(|(_, feature)| feature).collect(),
        tier: tenant.tier.to_string(),
        vertical: tenant.vertical.to_string(),
        region: tenant.region.to_string(),
        devices: tenant.devices.iter().map(device).collect(),
        clients: tenant.clients.iter().map(client).collect(),
    }
}

fn device(group: &DeviceGroup) -> format::DeviceRow {
    let DeviceGroup { device_type, device_sub_type, model, count, installed, removed } = group;
    format::DeviceRow {
        device_type: *device_type,
        device_sub_type: text(device_sub_type.as_ref()),
        model: text(model.as_ref()),
        count: *count,
        installed_date: when(*installed),
        removed_date: removed.map(when),
    }
}

fn assignment(row: &Assignment) -> format::AssignmentRow {
    let Assignment { id, msp, customer, product, trial, lot, quantity, period, created, created_by, revoked } = row;
    format::AssignmentRow {
        id: *id,
        msp_tenant_id: format::Tenant(msp.to_string()),
        msp_ec_tenant_id: format::Tenant(customer.to_string()),
        device_type: product.device_type(),
        device_sub_type: product.sub_type().map(Into::into),
        license_type: Some(*product),
        sku: Some(lot.sku.to_string()),
        sku_tier: text(lot.tier.as_ref()),
        trial_assignment: *trial,
        quantity: *quantity,
        date_effective: when(period.start),
        date_expires: when(period.end),
        date_assignment_created: Some(when(*created)),
        created_by: created_by.to_string(),
        date_assignment_revoked: revoked.as_ref().map(|revoked| when(revoked.at)),
        revoked_by: revoked.as_ref().map(|revoked| revoked.by.to_string()),
    }
}

fn note(note: &AttentionNote) -> format::AttentionNoteRow {
    let AttentionNote { id, kind, audience, enabled, period, summary, details, created, updated } = note;
    format::AttentionNoteRow {
        id: id.to_string(),
        kind: kind.to_string(),
        tenant_type: *audience,
        enabled: *enabled,
        start_date: when(period.start),
        end_date: when(period.end),
        summary: summary.to_string(),
        details: details.to_string(),
        created_date: Some(when(*created)),
        updated_date: Some(when(*updated)),
    }
}
