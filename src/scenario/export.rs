//! From a store back to fixture files, with absolute dates: loaded again at the same moment, they give
//! the same answers. Sessions and dead tokens are not part of a fixture.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    convert::{
        activities::activity_rows,
        assignments::assignment_row,
        attention_notes::note_row,
        licensing::revision_rows,
        purchases::{entitlement_row, msp_entitlement_row},
        settings::policy_settings,
        tenants::tenant_row,
    },
    format::{
        self, ACTIVITIES, ASSIGNMENTS, ATTENTION_NOTES, ENTITLEMENTS, LICENSING, MSP_ENTITLEMENTS, OVERRIDES, SCENARIO,
        TENANTS, when,
    },
};
use crate::model::{StartClock, Store, Tenant};

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
        policy: policy_settings(&store.policy),
        refresh: (&*store.refresh).into(),
        generate: None,
        ..meta.clone()
    };
    let id = |tenant: &Tenant| format::Tenant(tenant.id.to_string());
    let tenants: Vec<_> = store.tenants().map(tenant_row).collect();
    let bought = store.tenants().filter(|t| !t.entitlements.is_empty());
    let entitlements: BTreeMap<_, Vec<_>> =
        bought.map(|t| (id(t), t.entitlements.iter().map(entitlement_row).collect())).collect();
    let pools = store.tenants().filter(|t| !t.msp_entitlements.is_empty());
    let pools: BTreeMap<_, Vec<_>> =
        pools.map(|t| (id(t), t.msp_entitlements.iter().map(msp_entitlement_row).collect())).collect();
    let coming = store.tenants().filter(|t| t.upstream.revisions.len() > t.upstream.taken);
    let licensing: BTreeMap<_, _> = coming.map(|t| (id(t), revision_rows(t))).collect();
    let assignments: Vec<_> = store.assignments().map(assignment_row).collect();
    let notes: Vec<_> = store.notes.iter().map(note_row).collect();
    let files = [
        (SCENARIO, json!(scenario)),
        (TENANTS, json!(tenants)),
        (ENTITLEMENTS, json!(entitlements)),
        (MSP_ENTITLEMENTS, json!(pools)),
        (ASSIGNMENTS, json!(assignments)),
        (LICENSING, json!(licensing)),
        (ACTIVITIES, json!(activity_rows(store))),
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_settings: Vec<format::TokenSettingRow>,
}

/// What a tenant has.
pub fn tenant_export(of: &Tenant) -> TenantExport {
    let format::TenantRow { devices, clients, token_settings, .. } = tenant_row(of);
    TenantExport {
        entitlements: of.entitlements.iter().map(entitlement_row).collect(),
        msp_entitlements: of.msp_entitlements.iter().map(msp_entitlement_row).collect(),
        devices,
        clients,
        token_settings,
    }
}
