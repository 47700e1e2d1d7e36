//! GET /mspEntitlements, GET /mspEntitlements/summaries

use axum::{
    Json,
    response::{IntoResponse, Response},
};

use super::entitlements::begin_refresh;
use crate::api::{
    request::{caller::Msp, query::Refresh},
    response::error::ApiError,
};
use crate::{
    model::RefreshKind,
    views::holdings::Holdings,
    wire::{activity::Accepted, entitlement::MspEntitlement, responses, summary::MspSummaries},
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
pub async fn list_msp_entitlements(Msp(caller): Msp) -> Result<Response, ApiError> {
    let view = caller.look();
    Ok(Json(responses::msp_entitlements(view.tenant()?, view.context())).into_response())
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
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    Ok(Json(responses::msp_summaries(&holdings, view.context())).into_response())
}
