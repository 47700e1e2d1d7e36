//! What MSPs have assigned.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SubsecRound;

use super::{Builder, tenant_id, text};
use crate::{
    model::{Assignment, Lot, Revocation, Tenant, TenantId},
    scenario::format::{self, ASSIGNMENTS, AssignmentRow, when},
};

impl Builder<'_> {
    pub(super) fn assignments(
        &mut self,
        rows: &[AssignmentRow],
        tenants: &BTreeMap<TenantId, Tenant>,
    ) -> Vec<Assignment> {
        let mut seen = BTreeSet::new();
        let mut made = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            let (msp, customer) = (tenant_id(&row.msp_tenant_id), tenant_id(&row.msp_ec_tenant_id));
            if !seen.insert(row.id) {
                self.findings.error(ASSIGNMENTS, format!("{path}.id"), "another assignment has this id");
            }
            if !tenants.get(&msp).is_some_and(|t| t.kind.is_msp()) {
                self.findings.error(ASSIGNMENTS, format!("{path}.mspTenantId"), "no MSP of tenants.json has this id");
            }
            if customer != msp && tenants.get(&customer).is_none_or(|t| t.parent != Some(msp)) {
                self.findings.error(
                    ASSIGNMENTS,
                    format!("{path}.mspEcTenantId"),
                    "is neither the MSP nor a customer of it",
                );
            }
            made.push(self.assignment(row, msp, customer, &path));
        }
        made
    }

    pub(super) fn assignment(
        &mut self,
        row: &AssignmentRow,
        msp: TenantId,
        customer: TenantId,
        path: &str,
    ) -> Assignment {
        let start = self.given(&row.date_effective).as_start().trunc_subsecs(0);
        let end = self.given(&row.date_expires).as_end().trunc_subsecs(0);
        self.tier(row.sku_tier.as_deref(), ASSIGNMENTS, path);
        let revoked = row.date_assignment_revoked.as_ref().map(|date| Revocation {
            at: self.moment(date),
            by: row.revoked_by.as_deref().unwrap_or(&row.created_by).into(),
        });
        Assignment {
            id: row.id,
            msp,
            customer,
            product: self.product(row.license_type, row.device_type, row.device_sub_type.as_deref(), ASSIGNMENTS, path),
            trial: row.trial_assignment,
            lot: Lot {
                tier: row.sku_tier.as_deref().map(Into::into),
                sku: row.sku.as_deref().unwrap_or_default().into(),
            },
            quantity: row.quantity,
            period: self.period(start, end, ASSIGNMENTS, path),
            created: row.date_assignment_created.as_ref().map_or(start, |date| self.moment(date)),
            created_by: row.created_by.as_str().into(),
            revoked,
        }
    }
}

/// An assignment as a row of the file.
pub(in crate::scenario) fn assignment_row(row: &Assignment) -> AssignmentRow {
    let Assignment { id, msp, customer, product, trial, lot, quantity, period, created, created_by, revoked } = row;
    AssignmentRow {
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
