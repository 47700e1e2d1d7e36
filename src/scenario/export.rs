//! From a store back to fixture files, with absolute dates: loaded again at the same moment, they give
//! the same answers. Sessions and dead tokens are not part of a fixture.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    activity::{self, ACTIVITIES},
    build::{ASSIGNMENTS, ATTENTION_NOTES, ENTITLEMENTS, LICENSING, MSP_ENTITLEMENTS, OVERRIDES, SCENARIO, TENANTS},
    format::{self, stretch, when},
};
use crate::{
    model::{
        Assignment, AttentionNote, DeviceGroup, Entitlement, MspEntitlement, Policy, Progress, RefreshOutcome,
        RefreshPolicy, Revision, Role, Store, Tenant, WhileRunning,
    },
    sandbox::clock::StartClock,
};

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
        refresh: refresh(&store.refresh),
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
        (ACTIVITIES, json!(activity::export(store))),
        (ATTENTION_NOTES, json!(notes)),
        (OVERRIDES, json!(overrides)),
    ];
    files.into_iter().map(|(name, file)| (name.to_owned(), file)).collect()
}

fn text(text: Option<&std::sync::Arc<str>>) -> Option<String> {
    text.map(ToString::to_string)
}

fn policy(policy: &Policy) -> format::Policy {
    let Policy {
        initial_days,
        close_days,
        paid_grace_days,
        trial_grace_days,
        courtesy_percent,
        courtesy_until,
        licenses_per_virtual_edge,
        max_rows_per_call,
    } = policy;
    format::Policy {
        initial_days: *initial_days,
        close_days: *close_days,
        grace_days: format::Grace { paid: *paid_grace_days, trial: *trial_grace_days },
        courtesy_percent: *courtesy_percent,
        courtesy_until: when(*courtesy_until),
        licenses_per_virtual_edge: *licenses_per_virtual_edge,
        max_rows_per_call: *max_rows_per_call,
    }
}

fn refresh(policy: &RefreshPolicy) -> format::Refresh {
    let (outcome, error) = match &policy.outcome {
        RefreshOutcome::Success => (format::Outcome::Success, format::ErrorText::default()),
        RefreshOutcome::Hang => (format::Outcome::Hang, format::ErrorText::default()),
        RefreshOutcome::Fail(error) => {
            (format::Outcome::Fail, format::ErrorText { code: error.code.clone(), message: error.message.clone() })
        }
    };
    let (progress, polls) = match policy.progress {
        Progress::ByTime => (format::Progress::Time, format::Refresh::default().polls),
        Progress::AfterPolls(polls) => (format::Progress::Polls, polls),
        Progress::ByHand => (format::Progress::Hand, format::Refresh::default().polls),
    };
    format::Refresh {
        delay: stretch(policy.delay),
        appears_after: stretch(policy.appears_after),
        progress,
        polls,
        outcome,
        error,
        while_running: match policy.while_running {
            WhileRunning::Accept => format::WhileRunning::Accept,
            WhileRunning::Refuse => format::WhileRunning::Refuse,
        },
        use_case: format::UseCase {
            entitlements: policy.entitlements_use_case.clone(),
            msp_entitlements: policy.msp_use_case.clone(),
            sync_entitlements: policy.sync_use_case.clone(),
        },
    }
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

fn entitlement(row: &Entitlement) -> format::EntitlementRow {
    let Entitlement {
        id,
        device_type,
        device_sub_type,
        license_type,
        sku,
        sku_tier,
        quantity,
        trial,
        assigned: _,
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

fn msp_entitlement(row: &MspEntitlement) -> format::MspEntitlementRow {
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

fn assignment(row: &Assignment) -> format::AssignmentRow {
    let Assignment { id, msp, customer, product, trial, quantity, period, created, created_by, revoked } = row;
    format::AssignmentRow {
        id: *id,
        msp_tenant_id: format::Tenant(msp.to_string()),
        msp_ec_tenant_id: format::Tenant(customer.to_string()),
        device_type: product.device_type(),
        device_sub_type: product.sub_type().map(Into::into),
        license_type: Some(*product),
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

/// The revisions still to come, each as what differs from the one before.
fn revisions(tenant: &Tenant) -> Vec<format::RevisionRow> {
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
