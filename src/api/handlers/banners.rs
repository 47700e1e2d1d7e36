//! GET /banners

use axum::{
    Json,
    response::{IntoResponse, Response},
};

use crate::api::{
    request::{caller::Caller, query::Filtered},
    response::error::ApiError,
};
use crate::{
    model::{DeviceType, LicenseType},
    views::holdings::Holdings,
    wire::{banner::LicenseBanner, responses},
};

/// Banners of a tenant: what expires or has expired, and analytics licences against devices.
#[utoipa::path(
    get,
    path = "/banners",
    operation_id = "getBanners_1",
    tag = "Entitlement",
    params(
        ("type" = Option<DeviceType>, Query, description = "Only this device type; for a device-agnostic tenant, all but ANALYTICS mean APSW."),
        ("licenseType" = Option<LicenseType>, Query, description = "Only this license type."),
    ),
    responses((status = 200, description = "The banners, by device type, then state.", body = Vec<LicenseBanner>)),
)]
#[deprecated = "announced for removal; successor: POST /entitlements/banners/query"]
pub async fn list_banners(caller: Caller, Filtered(filter): Filtered) -> Result<Response, ApiError> {
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    Ok(Json(responses::banners(&holdings, filter, view.context())).into_response())
}
