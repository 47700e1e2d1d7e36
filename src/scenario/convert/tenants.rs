//! Tenants, their devices and their API clients.

use std::{collections::BTreeMap, sync::Arc};

use chrono::SubsecRound;

use super::{Builder, tenant_id, text};
use crate::{
    model::{ApiClient, DeviceGroup, Features, Role, Tenant, TenantId, TokenSetting, Upstream},
    scenario::format::{self, DeviceRow, Feature, TENANTS, TokenSettingRow, when},
};

impl Builder<'_> {
    pub(super) fn tenants(&mut self, rows: &[format::TenantRow]) -> BTreeMap<TenantId, Tenant> {
        let mut tenants = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let tenant = self.tenant(row, index);
            if tenants.insert(tenant.id, tenant).is_some() {
                self.findings.error(TENANTS, format!("$[{index}].id"), "another tenant has this id");
            }
        }
        for (index, row) in rows.iter().enumerate() {
            let parent = row.parent.as_ref().map(tenant_id);
            if parent.is_some_and(|parent| !tenants.get(&parent).is_some_and(|t| t.kind.is_msp())) {
                self.findings.error(TENANTS, format!("$[{index}].parent"), "no MSP of tenants.json has this id");
            }
        }
        tenants
    }

    pub(super) fn tenant(&mut self, row: &format::TenantRow, index: usize) -> Tenant {
        let has = |feature| row.features.contains(&feature);
        let devices = row.devices.iter().enumerate();
        Tenant {
            id: tenant_id(&row.id),
            name: row.name.as_str().into(),
            kind: row.kind,
            parent: row.parent.as_ref().map(tenant_id),
            entitlement_id: row.entitlement_id.as_deref().map(Into::into),
            features: Features {
                device_agnostic: has(Feature::DeviceAgnostic),
                extended_trial: has(Feature::ExtendedTrial),
                analytics: has(Feature::Analytics),
                beta: has(Feature::Beta),
            },
            tier: row.tier.as_str().into(),
            vertical: row.vertical.as_str().into(),
            region: row.region.as_str().into(),
            devices: devices.map(|(n, device)| self.device(device, &format!("$[{index}].devices[{n}]"))).collect(),
            clients: row.clients.iter().map(client).collect(),
            token_settings: self.token_settings(&row.token_settings, index),
            entitlements: Arc::default(),
            msp_entitlements: Arc::default(),
            upstream: Upstream::default(),
            session: 0,
        }
    }

    fn token_settings(&mut self, rows: &[TokenSettingRow], index: usize) -> Arc<[TokenSetting]> {
        let mut settings = BTreeMap::new();
        for (n, row) in rows.iter().enumerate() {
            let TokenSettingRow { feature_type: feature, enabled, capped, max_quantity } = *row;
            if settings.insert(feature, TokenSetting { feature, enabled, capped, max_quantity }).is_some() {
                self.findings.error(TENANTS, format!("$[{index}].tokenSettings[{n}].featureType"), "is there twice");
            }
        }
        settings.into_values().collect()
    }

    pub(in crate::scenario) fn device(&mut self, row: &DeviceRow, path: &str) -> DeviceGroup {
        // Whole seconds, as forecasts announce them.
        let mut moment = |date| self.given(date).as_start().trunc_subsecs(0);
        let (installed, removed) = (moment(&row.installed_date), row.removed_date.as_ref().map(moment));
        if removed.is_some_and(|removed| removed <= installed) {
            self.findings.error(TENANTS, format!("{path}.removedDate"), "is not after installedDate");
        }
        DeviceGroup {
            device_type: row.device_type,
            device_sub_type: row.device_sub_type.as_deref().map(Into::into),
            model: row.model.as_deref().map(Into::into),
            count: row.count,
            installed,
            removed,
        }
    }
}

fn client(row: &format::ClientRow) -> ApiClient {
    ApiClient {
        id: row.client_id.as_str().into(),
        secret: row.client_secret.as_str().into(),
        role: match row.role {
            format::Role::Admin => Role::Admin,
            format::Role::ReadOnly => Role::ReadOnly,
        },
    }
}

/// A tenant as a row of the file.
pub(in crate::scenario) fn tenant_row(tenant: &Tenant) -> format::TenantRow {
    let features = [
        (tenant.features.device_agnostic, Feature::DeviceAgnostic),
        (tenant.features.extended_trial, Feature::ExtendedTrial),
        (tenant.features.analytics, Feature::Analytics),
        (tenant.features.beta, Feature::Beta),
    ];
    let client = |client: &ApiClient| format::ClientRow {
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
        devices: tenant.devices.iter().map(device_row).collect(),
        clients: tenant.clients.iter().map(client).collect(),
        token_settings: tenant.token_settings.iter().map(token_setting_row).collect(),
    }
}

fn token_setting_row(setting: &TokenSetting) -> TokenSettingRow {
    let TokenSetting { feature, enabled, capped, max_quantity } = *setting;
    TokenSettingRow { feature_type: feature, enabled, capped, max_quantity }
}

fn device_row(group: &DeviceGroup) -> DeviceRow {
    let DeviceGroup { device_type, device_sub_type, model, count, installed, removed } = group;
    DeviceRow {
        device_type: *device_type,
        device_sub_type: text(device_sub_type.as_ref()),
        model: text(model.as_ref()),
        count: *count,
        installed_date: when(*installed),
        removed_date: removed.map(when),
    }
}
