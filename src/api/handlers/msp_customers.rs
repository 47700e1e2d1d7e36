//! GET /mspCustomers and POST /mspecs/query, which clients call before they get to licences (observed;
//! not in the reference).

use axum::Json;

use crate::api::{
    request::{
        body::QueryBody,
        caller::{Msp, View},
    },
    response::error::ApiError,
};
use crate::{
    model::Tenant,
    views::holdings::Holdings,
    wire::{
        msp_ec::{MspEc, MspEcFilters},
        query::{Query, QueryResponse, Rows},
        tenant::MspCustomer,
    },
};

/// The customers of an MSP.
#[utoipa::path(
    get,
    path = "/mspCustomers",
    operation_id = "getMspCustomers",
    tag = "Companions",
    responses((status = 200, description = "The customers, by id.", body = Vec<MspCustomer>)),
)]
pub async fn list_msp_customers(Msp(caller): Msp) -> Result<Json<Vec<MspCustomer>>, ApiError> {
    let view = caller.look();
    let msp = view.tenant()?;
    Ok(Json(customers(&view, msp).map(MspCustomer::new).collect()))
}

/// The customers of an MSP, in pages if a page size is given.
#[utoipa::path(
    post,
    path = "/mspecs/query",
    operation_id = "queryMSPECs",
    tag = "Companions",
    request_body = Query<MspEcFilters>,
    responses((status = 200, description = "A page of customers, by id.", body = QueryResponse)),
)]
pub async fn query_msp_ecs(
    Msp(caller): Msp,
    QueryBody(query): QueryBody<Query<MspEcFilters>>,
) -> Result<Json<QueryResponse>, ApiError> {
    let view = caller.look();
    let filters = query.filters.clone().unwrap_or_default();
    let asked = customers(&view, view.tenant()?).filter(|tenant| filters.admit(tenant)).collect();
    let rows = Rows::new(asked, |tenant, _| MspEc::new(&Holdings::of(&view.store, tenant, view.now), view.context()));
    Ok(Json(Rows { default_page_size: None, ..rows }.page(&query)))
}

fn customers<'v>(view: &'v View, msp: &Tenant) -> impl Iterator<Item = &'v Tenant> {
    let id = msp.id;
    view.store.tenants().filter(move |tenant| tenant.parent == Some(id))
}
