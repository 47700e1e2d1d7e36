//! /entitlements/orders and /entitlements/settings, which the vendor's licence pages call (observed; not in the reference).

use axum::Json;

use crate::api::{
    request::{
        body::{Body, QueryBody},
        caller::Caller,
        path::Segments,
    },
    response::error::ApiError,
};
use crate::{
    views::holdings::Holdings,
    wire::{
        error::ErrorBody,
        order::{ActivationRequest, Order, OrderFilters},
        query::{Query, QueryResponse, Rows},
        setting::{CommonResult, SolutionTokenChange, SolutionTokenSetting, solution_token_settings},
    },
};

/// How solution tokens are spent (observed; not in the reference).
#[utoipa::path(
    get,
    path = "/entitlements/settings",
    operation_id = "getSolutionTokenSettings",
    tag = "Companions",
    responses((status = 200, description = "The features that take solution tokens.", body = Vec<SolutionTokenSetting>)),
)]
pub async fn list_settings(caller: Caller) -> Result<Json<Vec<SolutionTokenSetting>>, ApiError> {
    let view = caller.look();
    view.tenant().map(|tenant| Json(solution_token_settings(tenant, view.context().style)))
}

/// Changes how solution tokens are spent (observed; not in the reference).
#[utoipa::path(
    patch,
    path = "/entitlements/settings",
    operation_id = "updateSolutionTokenSettings",
    tag = "Companions",
    request_body = Vec<SolutionTokenChange>,
    responses((status = 200, description = "The settings have changed; what was not given stays.", body = CommonResult)),
)]
pub async fn update_settings(
    caller: Caller,
    Body(rows): Body<Vec<SolutionTokenChange>>,
) -> Result<Json<CommonResult>, ApiError> {
    caller.may_write()?;
    let changes = rows.iter().enumerate().map(|(n, row)| row.change(n)).collect::<Result<Vec<_>, _>>()?;
    caller.sandbox().change(|store, _| store.change_token_settings(caller.tenant, &changes))?;
    Ok(done(&caller))
}

/// Sales orders behind a tenant's licences (observed; not in the reference).
#[utoipa::path(
    post,
    path = "/entitlements/orders/query",
    operation_id = "queryOrders",
    tag = "Companions",
    request_body = Query<OrderFilters>,
    responses((status = 200, description = "A page of orders.", body = QueryResponse)),
)]
pub async fn query_orders(
    caller: Caller,
    QueryBody(query): QueryBody<Query<OrderFilters>>,
) -> Result<Json<QueryResponse>, ApiError> {
    let view = caller.look();
    let (holdings, ctx) = (Holdings::of(&view.store, view.tenant()?, view.now), view.context());
    let filters = query.filters.clone().unwrap_or_default();
    let managed = holdings.rows.iter().filter_map(|row| Some((row, row.purchase()?, row.alm()?)));
    let managed = managed.filter(|(_, purchase, alm)| filters.admit(purchase, alm)).collect();
    let rows =
        Rows::new(managed, |(row, purchase, alm), purpose| Order::new(row, purchase, alm, ctx.made_for(purpose)));
    Ok(Json(Rows { default_page_size: None, ..rows }.page(&query)))
}

/// Activates what is left of a sales order, at once (observed; not in the reference).
#[utoipa::path(
    patch,
    path = "/entitlements/orders/{orderId}",
    operation_id = "activateOrder",
    tag = "Companions",
    params(("orderId" = String, Path, description = "The orderId of a row of POST /entitlements/orders/query.")),
    request_body = ActivationRequest,
    responses(
        (status = 200, description = "All licences of the order are active.", body = CommonResult),
        (status = 404, description = "There is no such order.", body = ErrorBody),
    ),
)]
pub async fn activate_order(
    caller: Caller,
    Segments(id): Segments<String>,
    Body(request): Body<ActivationRequest>,
) -> Result<Json<CommonResult>, ApiError> {
    caller.may_write()?;
    request.check()?;
    let found = caller.sandbox().change(|store, now| store.activate_order(caller.tenant, &id, now))?;
    if found { Ok(done(&caller)) } else { Err(ApiError::UnknownOrder { id }) }
}

fn done(caller: &Caller) -> Json<CommonResult> {
    Json(CommonResult { request_id: caller.request().number.id.to_string() })
}
