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
    wire::{
        query::{Query, QueryResponse},
        tenant::{Customer, EcFilters, QUERIED, queried},
    },
};

/// The customers of an MSP.
#[utoipa::path(
    get,
    path = "/mspCustomers",
    operation_id = "getMspCustomers",
    tag = "Companions",
    responses((status = 200, description = "The customers, by id.", body = Vec<Customer>)),
)]
pub async fn list_msp_customers(Msp(caller): Msp) -> Result<Json<Vec<Customer>>, ApiError> {
    let view = caller.look();
    let msp = view.tenant()?;
    Ok(Json(customers(&view, msp).map(Customer::new).collect()))
}

/// The customers of an MSP, in pages.
#[utoipa::path(
    post,
    path = "/mspecs/query",
    operation_id = "queryMspEcs",
    tag = "Companions",
    request_body = Query<EcFilters>,
    responses((status = 200, description = "A page of customers, by id.", body = QueryResponse)),
)]
pub async fn query_msp_ecs(
    Msp(caller): Msp,
    QueryBody(query): QueryBody<Query<EcFilters>>,
) -> Result<Json<QueryResponse>, ApiError> {
    let view = caller.look();
    let filters = query.filters.clone().unwrap_or_default();
    let asked = customers(&view, view.tenant()?).filter(|tenant| filters.admit(tenant));
    Ok(Json(QueryResponse::new(asked.map(queried).collect(), &query, QUERIED, true)))
}

fn customers<'v>(view: &'v View, msp: &Tenant) -> impl Iterator<Item = &'v Tenant> {
    let id = msp.id;
    view.store.tenants().filter(move |tenant| tenant.parent == Some(id))
}
