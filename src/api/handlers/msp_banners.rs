//! GET /mspBanners, which the vendor's UI calls beside /banners (observed; not in the reference).

use axum::Json;

use crate::api::{request::caller::Msp, response::error::ApiError};
use crate::{
    views::holdings::Holdings,
    wire::{banner::MspBanner, responses},
};

/// Banners of an MSP's pools.
#[utoipa::path(
    get,
    path = "/mspBanners",
    operation_id = "getMspBanners",
    tag = "Legacy",
    responses((status = 200, description = "The banners, by device type, then state.", body = Vec<MspBanner>)),
)]
pub async fn list_msp_banners(Msp(caller): Msp) -> Result<Json<Vec<MspBanner>>, ApiError> {
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    Ok(Json(responses::msp_banners(&holdings, view.context())))
}
