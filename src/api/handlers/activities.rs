//! GET /activities/{id} and its older path, POST /activities/query, POST /activities/{id}/devices/query,
//! PUT /activities/{id}/notifications

use axum::Json;
use serde_json::Value;

use crate::api::{
    request::{
        body::{Body, QueryBody},
        caller::{Caller, View},
        path::Segments,
    },
    response::error::ApiError,
};
use crate::{
    model::{self, RequestId},
    wire::{
        Style,
        activity::{Activity, Notification},
        activity_query::{DevicePage, Moment, Page, Query, QueryFilters, SortOrder},
        error::ErrorBody,
        fields,
    },
};

/// An activity: what became of a request that was answered with 202.
#[utoipa::path(
    get,
    path = "/activities/{activityId}",
    operation_id = "getDetails",
    tag = "View Activities",
    params(("activityId" = String, Path, description = "The requestId of the 202.")),
    responses(
        (status = 200, description = "The activity.", body = Activity),
        (status = 404, description = "There is no such activity, or it has not appeared yet.", body = ErrorBody),
    ),
)]
pub async fn get_activity(caller: Caller, Segments(id): Segments<String>) -> Result<Json<Activity>, ApiError> {
    activity(&polled(&caller, &id), &id).map(Json)
}

/// The same under its older path. The tenant in the path must be the caller's.
#[utoipa::path(
    get,
    path = "/api/tenant/{tenantId}/activity/{activityId}",
    operation_id = "getDetailsLegacy",
    tag = "Legacy",
    params(
        ("tenantId" = String, Path, description = "The tenant."),
        ("activityId" = String, Path, description = "The requestId of the 202."),
    ),
    responses(
        (status = 200, description = "The activity.", body = Activity),
        (status = 404, description = "There is no such activity, or it has not appeared yet.", body = ErrorBody),
    ),
)]
pub async fn get_tenant_activity(
    caller: Caller,
    Segments((tenant, id)): Segments<(String, String)>,
) -> Result<Json<Activity>, ApiError> {
    let caller = caller.for_tenant(&tenant)?;
    activity(&polled(&caller, &id), &id).map(Json)
}

/// A page of activities.
#[utoipa::path(
    post,
    path = "/activities/query",
    operation_id = "findActivityList",
    tag = "View Activities",
    request_body = Query,
    responses(
        (status = 200, description = "A page of activities.", body = Page),
        (status = 400, description = "page, pageSize, sortField or sortOrder is missing.", body = ErrorBody),
        (status = 500, description = "The same, in style `observed`.", body = ErrorBody),
    ),
)]
pub async fn query_activities(caller: Caller, QueryBody(query): QueryBody<Query>) -> Result<Json<Page>, ApiError> {
    let view = caller.look();
    let paging = Paging::of(&query, view.context().style)?;
    let filters = query.filters.clone().unwrap_or_default();
    let span = filters.span()?;
    let visible = view.store.activities_of(caller.tenant).filter(|a| a.is_visible_at(view.now));
    let matching = visible.filter(|a| matches(a, &filters, span));
    let mut rows = Vec::new();
    for activity in matching {
        let row = serde_json::to_value(document(&view, activity)?).map_err(|_| ApiError::Internal)?;
        if contains(&row, &query) {
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| sort_key(row, paging.sort_field));
    if paging.sort_order == SortOrder::Desc {
        rows.reverse();
    }
    let fields = fields::known(query.fields.as_deref().unwrap_or_default(), &fields::names::<Activity>());
    let total_count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let data = rows.into_iter().skip(paging.skip()).take(paging.size).map(|row| only(row, &fields)).collect();
    Ok(Json(Page { fields, total_count, page: paging.page, data }))
}

/// The devices that an activity is about. Refreshes are about none.
#[utoipa::path(
    post,
    path = "/activities/{activityId}/devices/query",
    operation_id = "findActivityDevices",
    tag = "View Activities",
    params(("activityId" = String, Path, description = "The requestId of the 202.")),
    request_body = Query,
    responses(
        (status = 200, description = "A page without rows.", body = DevicePage),
        (status = 404, description = "There is no such activity, or it has not appeared yet.", body = ErrorBody),
    ),
)]
pub async fn query_activity_devices(
    caller: Caller,
    Segments(id): Segments<String>,
    QueryBody(query): QueryBody<Query>,
) -> Result<Json<DevicePage>, ApiError> {
    activity(&caller.look(), &id)?;
    let (fields, page) = (query.fields.unwrap_or_default(), query.page.unwrap_or(1).max(1));
    Ok(Json(DevicePage { fields, total_count: 0, page, data: Vec::new() }))
}

/// Sets whether and how the end of an activity sends a notification. The setting is kept; no notification is sent.
#[utoipa::path(
    put,
    path = "/activities/{activityId}/notifications",
    operation_id = "updateActivityNotification",
    tag = "View Activities",
    params(("activityId" = String, Path, description = "The requestId of the 202.")),
    request_body = Notification,
    responses(
        (status = 200, description = "The activity.", body = Activity),
        (status = 404, description = "There is no such activity, or it has not appeared yet.", body = ErrorBody),
    ),
)]
pub async fn update_notification(
    caller: Caller,
    Segments(id): Segments<String>,
    Body(notification): Body<Notification>,
) -> Result<Json<Activity>, ApiError> {
    caller.may_write()?;
    let found = find(&caller.look(), &id)?.id;
    caller.sandbox().change(|store, _| store.notify(caller.tenant, found, notification.into()));
    activity(&caller.look(), &id).map(Json)
}

/// The state once the activity knows that it was asked for.
fn polled(caller: &Caller, id: &str) -> View {
    let view = caller.look();
    let waits = |a: &model::Activity| a.polls_left.is_some() && a.id.to_string() == id;
    let Some(waiting) = view.store.activities_of(caller.tenant).find(|a| waits(a)).map(|a| a.id) else { return view };
    caller.sandbox().change(|store, now| store.poll(waiting, now));
    caller.look()
}

fn activity(view: &View, id: &str) -> Result<Activity, ApiError> {
    document(view, find(view, id)?)
}

fn find<'v>(view: &'v View, id: &str) -> Result<&'v model::Activity, ApiError> {
    let tenant = view.tenant()?;
    let uuid = RequestId::parse_str(id).ok();
    let mut own = view.store.activities_of(tenant.id).filter(|a| a.is_visible_at(view.now));
    own.find(|a| Some(a.id) == uuid).ok_or_else(|| ApiError::UnknownActivity { id: id.to_owned() })
}

fn document(view: &View, activity: &model::Activity) -> Result<Activity, ApiError> {
    Ok(Activity::new(activity, &view.tenant()?.name, view.context()))
}

struct Paging<'a> {
    page: i64,
    size: usize,
    sort_field: &'a str,
    sort_order: SortOrder,
}

impl<'a> Paging<'a> {
    /// All four are mandatory (observed).
    fn of(query: &'a Query, style: Style) -> Result<Self, ApiError> {
        let missing = |missing| ApiError::IncompleteQuery { missing, observed: style == Style::Observed };
        Ok(Self {
            page: query.page.ok_or_else(|| missing("page"))?.max(1),
            size: query
                .page_size
                .ok_or_else(|| missing("pageSize"))
                .map(|size| usize::try_from(size).unwrap_or(0).max(1))?,
            sort_field: query.sort_field.as_deref().ok_or_else(|| missing("sortField"))?,
            sort_order: query.sort_order.ok_or_else(|| missing("sortOrder"))?,
        })
    }

    fn skip(&self) -> usize {
        usize::try_from(self.page - 1).unwrap_or(usize::MAX).saturating_mul(self.size)
    }
}

fn matches(activity: &model::Activity, filters: &QueryFilters, (from, to): (Moment, Moment)) -> bool {
    let one_of = |list: &Option<Vec<String>>, value: &str| {
        list.as_ref().is_none_or(|l| l.is_empty() || l.iter().any(|v| v == value))
    };
    let id = activity.id.to_string();
    let status = serde_json::to_value(crate::wire::activity::Status::from(activity.status())).unwrap_or_default();
    from.is_none_or(|from| from <= activity.started)
        && to.is_none_or(|to| activity.started <= to)
        && one_of(&filters.status, status.as_str().unwrap_or_default())
        && one_of(&filters.product, "WIFI")
        && one_of(&filters.id, &id)
        && one_of(&filters.request_id, &id)
}

/// Whether the search text is in one of the target fields, or in any if none is named.
fn contains(row: &Value, query: &Query) -> bool {
    let Some(text) = query.search_string.as_deref().filter(|text| !text.is_empty()) else {
        return true;
    };
    let targets = query.search_target_fields.as_deref().unwrap_or_default();
    let text = text.to_lowercase();
    let fields = row.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| targets.is_empty() || targets.contains(name))
        .any(|(_, value)| value.to_string().to_lowercase().contains(&text))
}

fn sort_key(row: &Value, field: &str) -> String {
    let value = &row[field];
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A row with the fields asked for, and `requestId`, which always comes (observed).
fn only(row: Value, fields: &[String]) -> Value {
    match row {
        Value::Object(row) if !fields.is_empty() => {
            row.into_iter().filter(|(name, _)| name == "requestId" || fields.contains(name)).collect()
        }
        row => row,
    }
}
