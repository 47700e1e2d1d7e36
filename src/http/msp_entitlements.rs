//! GET /mspEntitlements, GET /mspEntitlements/summaries

use axum::{
    Json,
    response::{IntoResponse, Response},
};

use super::{
    entitlements::begin_refresh,
    error::ApiError,
    extract::{Msp, Refresh, View},
};
use crate::{
    store::RefreshKind,
    views::{banner, entitlement, msp_summary},
    wire::{
        activity::Accepted,
        banner::MspBanner,
        entitlement::MspEntitlement,
        summary::{MspEntitlementSummary, MspSummaries},
    },
};

/// The bulk purchases of an MSP.
#[utoipa::path(
    get,
    path = "/mspEntitlements",
    operation_id = "getMspEntitlements",
    tag = "Entitlement",
    responses((status = 200, description = "The purchases, earliest expiry first.", body = Vec<MspEntitlement>)),
)]
#[deprecated = "announced for removal; successor: POST /entitlements/query"]
pub async fn list_msp_entitlements(Msp(caller): Msp) -> Result<Json<Vec<MspEntitlement>>, ApiError> {
    msp_entitlements(&caller.look()).map(Json)
}

/// The pools of an MSP, with purchases and banners; or, with `refresh`, the start of a refresh.
#[utoipa::path(
    get,
    path = "/mspEntitlements/summaries",
    operation_id = "syncMspEntitlements",
    tag = "Entitlement",
    params(("refresh" = Option<bool>, Query, description = "Start a refresh from the licensing system instead.")),
    responses(
        (status = 200, description = "The pools, unless a refresh is asked for.", body = MspSummaries),
        (status = 202, description = "A refresh has been accepted; its activity is where Location points.", body = Accepted,
            headers(("Location" = String, description = "Where the activity is."))),
    ),
)]
#[deprecated = "announced for removal; successors: POST /entitlements/utilizations/query, PATCH /entitlements"]
pub async fn summarise_msp_entitlements(Msp(caller): Msp, Refresh(refresh): Refresh) -> Result<Response, ApiError> {
    if refresh {
        return begin_refresh(&caller, RefreshKind::MspEntitlements);
    }
    let view = caller.look();
    let msp = view.tenant()?;
    let banners = banner::msp_banners(&view.store, msp, view.now);
    let summaries = msp_summary::msp_summaries(&view.store, msp, view.now);
    Ok(Json(MspSummaries {
        msp_entitlement_banners: banners.into_iter().map(|banner| MspBanner::new(banner, view.context())).collect(),
        msp_entitlement_summaries: summaries
            .iter()
            .map(|row| MspEntitlementSummary::new(row, view.context()))
            .collect(),
        msp_entitlements: msp_entitlements(&view)?,
    })
    .into_response())
}

fn msp_entitlements(view: &View) -> Result<Vec<MspEntitlement>, ApiError> {
    let rows = entitlement::msp_entitlements(view.tenant()?);
    Ok(rows.into_iter().map(|row| MspEntitlement::new(row, view.context())).collect())
}
