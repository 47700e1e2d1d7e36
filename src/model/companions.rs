//! What tenants change beside their licences: how they spend solution tokens, and which sales orders are active.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Entitlement, Refusal, Store, TenantId, TokenFeature, TokenSetting};

/// A change of a setting; what is not given stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenChange {
    /// Of which feature.
    pub feature: TokenFeature,
    /// See [`TokenSetting`].
    pub enabled: Option<bool>,
    /// See [`TokenSetting`].
    pub capped: Option<bool>,
    /// See [`TokenSetting`].
    pub max_quantity: Option<i64>,
}

impl Store {
    /// Changes how a tenant spends its solution tokens; of two changes of one feature the later counts.
    pub fn change_token_settings(&mut self, tenant: TenantId, changes: &[TokenChange]) -> Result<(), Refusal> {
        self.edit(tenant, |tenant| {
            for TokenChange { feature, enabled, capped, max_quantity } in changes.iter().copied() {
                let old = tenant.token_setting(feature);
                let new = TokenSetting {
                    feature,
                    enabled: enabled.unwrap_or(old.enabled),
                    capped: capped.unwrap_or(old.capped),
                    max_quantity: max_quantity.unwrap_or(old.max_quantity),
                };
                let others = tenant.token_settings.iter().filter(|setting| setting.feature != feature).copied();
                let mut all: Vec<_> = others.chain([new]).collect();
                all.sort_by_key(|setting| setting.feature);
                tenant.token_settings = all.into();
            }
        })
    }

    /// Activates what is left of a sales order: its purchase has all licences of the order from here on, and the licensing
    /// system knows. Returns whether there is such an order.
    pub fn activate_order(&mut self, tenant: TenantId, order: &str, now: DateTime<Utc>) -> Result<bool, Refusal> {
        let is_order = |row: &Entitlement| row.alm.as_ref().is_some_and(|alm| &*alm.activation_id == order);
        let activated = |rows: &Arc<[Entitlement]>| rows.iter().map(|row| activated(row, is_order(row), now)).collect();
        let mut found = false;
        self.edit(tenant, |tenant| {
            found = tenant.entitlements.iter().any(is_order);
            if found {
                tenant.entitlements = activated(&tenant.entitlements);
                let mut revisions = tenant.upstream.revisions.to_vec();
                for revision in &mut revisions {
                    revision.entitlements = activated(&revision.entitlements);
                }
                tenant.upstream.revisions = revisions.into();
            }
        })?;
        Ok(found)
    }
}

fn activated(row: &Entitlement, is_order: bool, now: DateTime<Utc>) -> Entitlement {
    match &row.alm {
        Some(alm) if is_order && alm.so_ent_quantity > row.quantity => {
            Entitlement { quantity: alm.so_ent_quantity, updated: now, ..row.clone() }
        }
        _ => row.clone(),
    }
}
