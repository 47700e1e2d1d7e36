//! GET /brandings, and GET /mspLabels, its older name: how an MSP presents itself (observed; not in the reference).

use axum::Json;

use crate::api::{request::caller::Caller, response::error::ApiError};
use crate::wire::tenant::Branding;

/// How an MSP presents itself (observed; not in the reference).
#[utoipa::path(
    get,
    path = "/brandings",
    operation_id = "getBrandInfo",
    tag = "Companions",
    responses((status = 200, description = "The label; empty for tenants that are no MSPs.", body = Branding)),
)]
pub async fn get_branding(caller: Caller) -> Result<Json<Branding>, ApiError> {
    caller.look().tenant().map(|tenant| Json(Branding::new(tenant)))
}

/// The same under its older name. The vendor has announced its removal; the successor is GET /brandings.
#[utoipa::path(
    get,
    path = "/mspLabels",
    operation_id = "getMspLabel",
    tag = "Companions",
    responses((status = 200, description = "The label; empty for tenants that are no MSPs.", body = Branding)),
)]
pub async fn get_msp_label(caller: Caller) -> Result<Json<Branding>, ApiError> {
    caller.look().tenant().map(|tenant| Json(Branding::new(tenant)))
}
