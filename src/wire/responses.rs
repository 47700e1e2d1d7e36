//! Whole bodies of the deprecated reads and their neighbours: what a tenant is shown at a moment. The
//! operations answer with them, the console shows them, and the self-check holds them against the contract.

use super::{
    Context,
    assignment::LegacyAssignment,
    banner::{LicenseBanner, MspBanner},
    entitlement::{Entitlement, MspEntitlement},
    summary::{AssignmentSummary, EntitlementOperationInfo, LicensesSummary, MspEntitlementSummary, MspSummaries},
};
use crate::{
    model::{Store, Tenant},
    views::{
        banner,
        entitlement::{self, Filter},
        msp_summary, summary,
    },
};

/// GET /entitlements: earliest expiry first.
pub fn entitlements(store: &Store, tenant: &Tenant, filter: Filter, ctx: Context<'_>) -> Vec<Entitlement> {
    let rows = entitlement::entitlements_in_use(store, tenant, filter, ctx.now);
    rows.into_iter().map(|(row, used)| Entitlement::new(row, used, ctx)).collect()
}

/// GET /entitlements/summaries.
pub fn summaries(store: &Store, tenant: &Tenant, filter: Filter, ctx: Context<'_>) -> LicensesSummary {
    let summary = summary::summaries(store, tenant, filter, ctx.now);
    LicensesSummary {
        banners: banners(store, tenant, filter, ctx),
        entitlements: entitlements(store, tenant, filter, ctx),
        summary: summary.into_iter().map(|row| EntitlementOperationInfo::new(row, ctx)).collect(),
    }
}

/// GET /banners: by device type, then state.
pub fn banners(store: &Store, tenant: &Tenant, filter: Filter, ctx: Context<'_>) -> Vec<LicenseBanner> {
    let banners = banner::banners(store, tenant, filter, ctx.now);
    banners.into_iter().map(|banner| LicenseBanner::new(banner, ctx)).collect()
}

/// GET /mspEntitlements: earliest expiry first.
pub fn msp_entitlements(msp: &Tenant, ctx: Context<'_>) -> Vec<MspEntitlement> {
    entitlement::msp_entitlements(msp).into_iter().map(|row| MspEntitlement::new(row, ctx)).collect()
}

/// GET /mspEntitlements/summaries.
pub fn msp_summaries(store: &Store, msp: &Tenant, ctx: Context<'_>) -> MspSummaries {
    let pools = msp_summary::msp_summaries(store, msp, ctx.now);
    MspSummaries {
        msp_entitlement_banners: msp_banners(store, msp, ctx),
        msp_entitlement_summaries: pools.iter().map(|pool| MspEntitlementSummary::new(pool, ctx)).collect(),
        msp_entitlements: msp_entitlements(msp, ctx),
    }
}

/// GET /mspBanners: by device type, then state.
pub fn msp_banners(store: &Store, msp: &Tenant, ctx: Context<'_>) -> Vec<MspBanner> {
    let banners = banner::msp_banners(store, msp, ctx.now);
    banners.into_iter().map(|banner| MspBanner::new(banner, ctx)).collect()
}

/// GET /assignments/summaries: by product, paid before trial.
pub fn assignment_summaries(store: &Store, msp: &Tenant, ctx: Context<'_>) -> Vec<AssignmentSummary> {
    msp_summary::msp_summaries(store, msp, ctx.now).iter().map(AssignmentSummary::new).collect()
}

/// GET /assignments: those that an MSP made, by id.
pub fn assignments(store: &Store, msp: &Tenant, ctx: Context<'_>) -> Vec<LegacyAssignment> {
    store.assignments_of(msp.id).map(|row| LegacyAssignment::new(row, ctx)).collect()
}
