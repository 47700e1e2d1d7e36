//! GET and PATCH /entitlements, GET /entitlements/summaries, GET /entitlements/settings

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::api::{
    request::{
        body::Body,
        caller::{Caller, Licensed},
        query::{Filtered, Refresh},
    },
    response::error::ApiError,
};
use crate::{
    model::{DeviceType, LicenseType, RefreshKind, Store},
    views::holdings::Holdings,
    wire::{
        activity::{Accepted, SyncRequest},
        entitlement::Entitlement,
        error::ErrorBody,
        responses,
        summary::LicensesSummary,
    },
};

/// The licences of a tenant: bought, and assigned by its MSP.
#[utoipa::path(
    get,
    path = "/entitlements",
    operation_id = "getEntitlements_1",
    tag = "Entitlement",
    params(
        ("type" = Option<DeviceType>, Query, description = "Only this device type; for a device-agnostic tenant, all but ANALYTICS mean APSW."),
        ("licenseType" = Option<LicenseType>, Query, description = "Only this license type."),
    ),
    responses(
        (status = 200, description = "The rows, earliest expiry first.", body = Vec<Entitlement>),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 417, description = "The tenant has no entitlement ID.", body = ErrorBody),
    ),
)]
#[deprecated = "announced for removal; successor: POST /entitlements/query"]
pub async fn list_entitlements(Licensed(caller): Licensed, Filtered(filter): Filtered) -> Result<Response, ApiError> {
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    Ok(Json(responses::entitlements(&holdings, filter, view.context())).into_response())
}

/// Quantities against use, with rows and banners; or, with `refresh`, the start of a refresh.
#[utoipa::path(
    get,
    path = "/entitlements/summaries",
    operation_id = "getSummary_1",
    tag = "Entitlement",
    params(
        ("refresh" = Option<bool>, Query, description = "Start a refresh from the licensing system instead."),
        ("type" = Option<DeviceType>, Query, description = "Only this device type; for a device-agnostic tenant, all but ANALYTICS mean APSW."),
        ("licenseType" = Option<LicenseType>, Query, description = "Only this license type."),
    ),
    responses(
        (status = 200, description = "The summary, unless a refresh is asked for.", body = LicensesSummary),
        (status = 202, description = "A refresh has been accepted; its activity is where Location points.", body = Accepted,
            headers(("Location" = String, description = "Where the activity is."))),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 417, description = "The tenant has no entitlement ID.", body = ErrorBody),
    ),
)]
#[deprecated = "announced for removal; successors: POST /entitlements/utilizations/query, PATCH /entitlements"]
pub async fn summarise_entitlements(
    Licensed(caller): Licensed,
    Filtered(filter): Filtered,
    Refresh(refresh): Refresh,
) -> Result<Response, ApiError> {
    if refresh {
        return begin_refresh(&caller, RefreshKind::Entitlements);
    }
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    Ok(Json(responses::summaries(&holdings, filter, view.context())).into_response())
}

/// Starts a refresh from the licensing system.
#[utoipa::path(
    patch,
    path = "/entitlements",
    operation_id = "syncEntitlements",
    tag = "Entitlement",
    request_body = SyncRequest,
    responses(
        (status = 202, description = "A refresh has been accepted; its activity is where Location points.", body = Accepted,
            headers(("Location" = String, description = "Where the activity is."))),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 417, description = "The tenant has no entitlement ID.", body = ErrorBody),
    ),
)]
pub async fn sync_entitlements(Licensed(caller): Licensed, _checked: Body<SyncRequest>) -> Result<Response, ApiError> {
    begin_refresh(&caller, RefreshKind::Sync)
}

/// Starts a refresh: 202, the id of its activity, and where that is.
pub fn begin_refresh(caller: &Caller, kind: RefreshKind) -> Result<Response, ApiError> {
    caller.may_write()?;
    let plan = caller.request().refresh.clone().unwrap_or_default();
    let begin = |store: &mut Store, now| store.begin_refresh_as(caller.tenant, kind, &caller.name, &plan, now);
    let request_id = caller.sandbox().change(begin)?;
    let link = format!("{}/activities/{request_id}", caller.request().base_url());
    let accepted = Accepted { desc: "The refresh has been accepted.".into(), link: link.clone(), request_id };
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, link)], Json(accepted)).into_response())
}
