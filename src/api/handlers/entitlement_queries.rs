//! POST /entitlements/query, and /banners, /utilizations, /compliances, /attentionNotes and /orders
//! under it: the successors of the deprecated reads.

use axum::Json;

use crate::api::{
    request::{
        body::QueryBody,
        caller::{Caller, Licensed, View},
        query::ExcludeContent,
    },
    response::error::ApiError,
};
use crate::{
    views::{
        banner, compliance,
        entitlement::{self, Filter},
        msp_summary,
        selection::UsageType,
        utilization,
    },
    wire::{
        Style,
        banner::{BannerInfo, BannerQuery, Banners},
        compliance::{ComplianceQuery, Compliances, TenantCompliance},
        entitlement as rows,
        error::ErrorBody,
        note::{self, NoteFilters},
        order::{self, OrderFilters},
        query::{Filters, Query, QueryResponse, Row, UtilizationQuery},
        utilization::{Utilization, Utilizations},
    },
};

/// The licences of a tenant, or the purchases of an MSP.
#[utoipa::path(
    post,
    path = "/entitlements/query",
    operation_id = "getEntitlements",
    tag = "Entitlement",
    params(("excludeContent" = Option<bool>, Query, description = "Only the count.")),
    request_body = Query<Filters>,
    responses(
        (status = 200, description = "A page of rows: with usageType SELF as of GET /entitlements, with ASSIGNED as of GET /mspEntitlements, with a few fields more.", body = QueryResponse),
        (status = 400, description = "A filter has the wrong type, or a SKU pattern is none.", body = ErrorBody),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 417, description = "The tenant has no entitlement ID.", body = ErrorBody),
    ),
)]
pub async fn query_entitlements(
    Licensed(caller): Licensed,
    ExcludeContent(exclude): ExcludeContent,
    QueryBody(query): QueryBody<Query<Filters>>,
) -> Result<Json<QueryResponse>, ApiError> {
    let rows = entitlements(&caller.look(), query.filters.clone().unwrap_or_default())?;
    Ok(Json(QueryResponse::new(rows, &query, rows::QUERIED, !exclude)))
}

fn entitlements(view: &View, filters: Filters) -> Result<Vec<Row>, ApiError> {
    let (tenant, usage) = (view.tenant()?, filters.usage());
    let selection = filters.selection()?;
    Ok(match usage {
        UsageType::Own => entitlement::select(&view.store, tenant, &selection, view.now)
            .iter()
            .map(|(row, used)| rows::queried(row, *used, view.context()))
            .collect(),
        UsageType::Assigned => entitlement::select_pools(&view.store, tenant, &selection, view.now)
            .into_iter()
            .map(|row| rows::queried_pool(row, view.context()))
            .collect(),
    })
}

/// Notices about a tenant's own licences, or an MSP's pools.
#[utoipa::path(
    post,
    path = "/entitlements/banners/query",
    operation_id = "getBanners",
    tag = "Entitlement",
    request_body = BannerQuery,
    responses(
        (status = 200, description = "The banners, by device type, then state.", body = Banners),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 500, description = "Live: filters are missing.", body = ErrorBody),
    ),
)]
pub async fn query_banners(
    caller: Caller,
    QueryBody(query): QueryBody<BannerQuery>,
) -> Result<Json<Banners>, ApiError> {
    let view = caller.look();
    let (tenant, filters, ctx) = (view.tenant()?, filters(query.filters, &view)?, view.context());
    let own = || banner::banners(&view.store, tenant, Filter::default(), view.now);
    let of_pools = || banner::msp_banners(&view.store, tenant, view.now);
    let data = match filters.usage() {
        UsageType::Own => {
            own().iter().filter(|b| filters.admit(b.license_type)).map(|b| BannerInfo::own(b, ctx)).collect()
        }
        UsageType::Assigned => of_pools()
            .iter()
            .filter(|b| filters.admit(b.license_type()))
            .map(|b| BannerInfo::of_pools(b, ctx))
            .collect(),
    };
    Ok(Json(Banners { data }))
}

/// Quantities against use, of a tenant itself or of what an MSP hands out.
#[utoipa::path(
    post,
    path = "/entitlements/utilizations/query",
    operation_id = "getSummary",
    tag = "Entitlement",
    request_body = UtilizationQuery,
    responses(
        (status = 200, description = "The sums, by licensing model, paid before trial.", body = Utilizations),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 417, description = "The tenant has no entitlement ID.", body = ErrorBody),
    ),
)]
pub async fn query_utilizations(
    Licensed(caller): Licensed,
    QueryBody(query): QueryBody<UtilizationQuery>,
) -> Result<Json<Utilizations>, ApiError> {
    let view = caller.look();
    let filters = query.filters.unwrap_or_default();
    let (usage, selection) = (filters.usage(), filters.selection()?);
    let rows = utilization::utilizations(&view.store, view.tenant()?, usage, &selection, view.now);
    Ok(Json(Utilizations { data: rows.into_iter().map(Utilization::new).collect() }))
}

/// Licences against devices, of a tenant itself and of an MSP's customers.
#[utoipa::path(
    post,
    path = "/entitlements/compliances/query",
    operation_id = "getCompliances",
    tag = "Entitlement",
    request_body = ComplianceQuery,
    responses(
        (status = 200, description = "The compliance, by licensing model.", body = Compliances),
        (status = 404, description = "There is no such tenant.", body = ErrorBody),
        (status = 500, description = "Live: filters are missing.", body = ErrorBody),
    ),
)]
pub async fn query_compliances(
    caller: Caller,
    QueryBody(query): QueryBody<ComplianceQuery>,
) -> Result<Json<Compliances>, ApiError> {
    let view = caller.look();
    let (tenant, filters) = (view.tenant()?, filters(query.filters, &view)?);
    if filters.is_empty() && view.context().style == Style::Live {
        return Ok(Json(Compliances { compliances: vec![None] }));
    }
    let license_types = filters.license_type.unwrap_or_default();
    let rows = compliance::compliances(&view.store, tenant, &license_types, view.now);
    let rows = rows.iter().map(|row| TenantCompliance::new(row, tenant, filters.compliance_type));
    Ok(Json(Compliances { compliances: rows.map(Some).collect() }))
}

/// What the vendor wants administrators to know.
#[utoipa::path(
    post,
    path = "/entitlements/attentionNotes/query",
    operation_id = "queryAttentionNote",
    tag = "Entitlement",
    params(("excludeContent" = Option<bool>, Query, description = "Only the count.")),
    request_body = Query<NoteFilters>,
    responses(
        (status = 200, description = "A page of notes, by start.", body = QueryResponse),
        (status = 403, description = "The tenant in x-rks-tenantid is not the caller's.", body = ErrorBody),
    ),
)]
pub async fn query_notes(
    caller: Caller,
    ExcludeContent(exclude): ExcludeContent,
    QueryBody(query): QueryBody<Query<NoteFilters>>,
) -> Result<Json<QueryResponse>, ApiError> {
    let view = caller.look();
    let (filters, ctx) = (query.filters.clone().unwrap_or_default(), view.context());
    let has_courtesy = msp_summary::has_courtesy(&view.store, view.tenant()?, view.now);
    let asked = view.store.notes.iter().filter(|note| filters.admit(note, has_courtesy, ctx));
    let rows = asked.map(|note| note::queried(note, ctx)).collect();
    Ok(Json(QueryResponse::new(rows, &query, note::QUERIED, !exclude)))
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
    let rows = entitlement::entitlements(&view.store, view.tenant()?, Filter::default());
    let rows = rows.iter().filter_map(|row| order::queried(row, view.context())).collect();
    Ok(Json(QueryResponse::new(rows, &query, order::QUERIED, true)))
}

/// The filters. Where they are missing, the live system fails (observed); the reference takes them for optional.
fn filters<F: Default>(given: Option<F>, view: &View) -> Result<F, ApiError> {
    match given {
        None if view.context().style == Style::Live => Err(ApiError::NoFilters),
        given => Ok(given.unwrap_or_default()),
    }
}
