//! POST /entitlements/query, and /banners, /utilizations, /compliances and /attentionNotes
//! under it: the successors of the deprecated reads.

use axum::{
    Json,
    response::{IntoResponse, Response},
};

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
        banner, compliance, entitlement, holdings::Holdings, msp_banner, msp_summary, selection::UsageType, utilization,
    },
    wire::{
        Style,
        banner_query::{BannerInfo, BannerQuery, Banners},
        compliance::{ComplianceQuery, Compliances, TenantCompliance},
        entitlement::{QueriedEntitlement, QueriedMspEntitlement},
        error::{ErrorBody, NestedError},
        filters::{Filters, UtilizationQuery},
        note::{AttentionNote, NoteFilters},
        query::{Query, QueryResponse, Rows},
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
    let (view, filters) = (caller.look(), query.filters.clone().unwrap_or_default());
    let (usage, selection) = (filters.usage(), filters.selection()?);
    let (holdings, ctx) = (Holdings::of(&view.store, view.tenant()?, view.now), view.context());
    Ok(Json(match usage {
        UsageType::Own => {
            let rows = entitlement::selected(&holdings, &selection).collect();
            let rows = Rows::new(rows, |row, purpose| QueriedEntitlement::new(row, ctx.made_for(purpose)));
            Rows { with_content: !exclude, ..rows }.page(&query)
        }
        UsageType::Assigned => {
            let rows = entitlement::selected_purchases(&holdings, &selection).collect();
            let rows = Rows::new(rows, |row, purpose| QueriedMspEntitlement::new(row, ctx.made_for(purpose)));
            Rows { with_content: !exclude, ..rows }.page(&query)
        }
    }))
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
        (status = 500, description = "The service failed. In the observed style: filters are missing, and `error` is text.", body = NestedError),
    ),
)]
pub async fn query_banners(
    caller: Caller,
    QueryBody(query): QueryBody<BannerQuery>,
) -> Result<Json<Banners>, ApiError> {
    let view = caller.look();
    let (tenant, filters, ctx) = (view.tenant()?, filters(query.filters, &view)?, view.context());
    let holdings = Holdings::of(&view.store, tenant, view.now);
    let own = || banner::banners(&holdings, |_, license_type| filters.admit(license_type));
    let of_pools = || msp_banner::msp_banners(&holdings, |license_type| filters.admit(license_type));
    let data = match filters.usage() {
        UsageType::Own => own().iter().map(|banner| BannerInfo::own(banner, ctx)).collect(),
        UsageType::Assigned => of_pools().iter().map(|banner| BannerInfo::of_pools(banner, ctx)).collect(),
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
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    let rows = utilization::utilizations(&holdings, usage, &selection);
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
        (status = 500, description = "The service failed. In the observed style: filters are missing, and `error` is text.", body = NestedError),
    ),
)]
pub async fn query_compliances(
    caller: Caller,
    QueryBody(query): QueryBody<ComplianceQuery>,
) -> Result<Response, ApiError> {
    let view = caller.look();
    let (tenant, filters, style) = (view.tenant()?, filters(query.filters, &view)?, view.context().style);
    if filters.compliance_type.is_none() && style == Style::Observed {
        return Ok(Json(Compliances { compliances: vec![None] }).into_response());
    }
    let license_types = filters.license_type.unwrap_or_default();
    let rows = compliance::compliances(&Holdings::of(&view.store, tenant, view.now), &license_types);
    let rows = rows.iter().map(|row| TenantCompliance::new(row, tenant, filters.compliance_type, style));
    Ok(Json(Compliances { compliances: rows.map(Some).collect() }).into_response())
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
    let has_courtesy = msp_summary::has_courtesy(&Holdings::of(&view.store, view.tenant()?, view.now));
    let asked = view.store.notes.iter().filter(|note| filters.admit(note, has_courtesy, ctx)).collect();
    let rows = Rows::new(asked, |note, purpose| AttentionNote::new(note, ctx.made_for(purpose)));
    Ok(Json(Rows { with_content: !exclude, ..rows }.page(&query)))
}

/// The filters. In the observed style the operation fails where they are missing (observed); in the reference they
/// are optional.
fn filters<F: Default>(given: Option<F>, view: &View) -> Result<F, ApiError> {
    match given {
        None if view.context().style == Style::Observed => Err(ApiError::NoFilters),
        given => Ok(given.unwrap_or_default()),
    }
}
