//! Whole bodies of the deprecated reads and their neighbours. The operations answer with them, the console
//! shows them, and the self-check validates them against the contract.

use super::{
    Context,
    assignment::LegacyAssignment,
    banner::{LicenseBanner, MspBanner},
    entitlement::{Entitlement, MspEntitlement},
    summary::{AssignmentSummary, EntitlementOperationInfo, LicensesSummary, MspEntitlementSummary, MspSummaries},
};
use crate::{
    model::{Store, Tenant, TenantId},
    views::{banner, entitlement, filter::Filter, holdings::Holdings, msp_banner, msp_summary, summary},
};

/// GET /entitlements: earliest expiry first.
pub fn entitlements<'s>(holdings: &Holdings<'s>, filter: Filter, ctx: Context<'_>) -> Vec<Entitlement<'s>> {
    entitlement::filtered(holdings, filter).map(|row| Entitlement::new(row, ctx)).collect()
}

/// GET /entitlements/summaries.
pub fn summaries<'s>(holdings: &Holdings<'s>, filter: Filter, ctx: Context<'_>) -> LicensesSummary<'s> {
    let summary = summary::summaries(holdings, filter);
    LicensesSummary {
        banners: banners(holdings, filter, ctx),
        entitlements: entitlements(holdings, filter, ctx),
        summary: summary.into_iter().map(|row| EntitlementOperationInfo::new(row, ctx)).collect(),
    }
}

/// GET /banners: by device type, then state.
pub fn banners<'s>(holdings: &Holdings<'s>, filter: Filter, ctx: Context<'_>) -> Vec<LicenseBanner<'s>> {
    let banners = banner::banners(holdings, |device_type, license_type| {
        filter.admits_device(holdings.tenant, device_type) && filter.admits_license(license_type)
    });
    banners.iter().map(|banner| LicenseBanner::new(banner, ctx)).collect()
}

/// GET /mspEntitlements: earliest expiry first, as the store keeps them.
pub fn msp_entitlements<'s>(msp: &'s Tenant, ctx: Context<'_>) -> Vec<MspEntitlement<'s>> {
    msp.msp_entitlements.iter().map(|row| MspEntitlement::new(row, ctx)).collect()
}

/// GET /mspEntitlements/summaries.
pub fn msp_summaries<'s>(holdings: &Holdings<'s>, ctx: Context<'_>) -> MspSummaries<'s> {
    let pools = msp_summary::msp_summaries(holdings);
    MspSummaries {
        msp_entitlement_banners: msp_banners(holdings, ctx),
        msp_entitlement_summaries: pools.iter().map(|pool| MspEntitlementSummary::new(pool, ctx)).collect(),
        msp_entitlements: msp_entitlements(holdings.tenant, ctx),
    }
}

/// GET /mspBanners: by device type, then state.
pub fn msp_banners(holdings: &Holdings<'_>, ctx: Context<'_>) -> Vec<MspBanner> {
    let banners = msp_banner::msp_banners(holdings, |_| true);
    banners.into_iter().map(|banner| MspBanner::new(banner, ctx)).collect()
}

/// GET /assignments/summaries: by product, paid before trial.
pub fn assignment_summaries(holdings: &Holdings<'_>) -> Vec<AssignmentSummary> {
    msp_summary::msp_summaries(holdings).iter().map(AssignmentSummary::new).collect()
}

/// GET /assignments: those that an MSP made, by id; to one of its customers only, if that is asked for.
pub fn assignments<'s>(
    store: &'s Store,
    msp: TenantId,
    customer: Option<TenantId>,
    ctx: Context<'_>,
) -> Vec<LegacyAssignment<'s>> {
    let rows = store.assignments_of(msp).filter(|row| customer.is_none_or(|customer| row.customer == customer));
    rows.map(|row| LegacyAssignment::new(row, ctx)).collect()
}
