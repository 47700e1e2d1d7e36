//! Accepted refreshes and activities.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Context, Style,
    assignment::{BadInput, DATE},
    date::{self, Date},
};
use crate::model::{self, ActivityError, ActivityStatus, Channel, RequestId};

/// What a 202 carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AcceptedDto)]
pub struct Accepted {
    /// What was accepted, for people.
    pub desc: String,
    /// Where its activity is.
    #[schema(value_type = String, format = "uri")]
    pub link: String,
    /// The id of its activity.
    #[schema(value_type = String)]
    pub request_id: RequestId,
}

/// PATCH /entitlements. What the simulator's licensing system sends does not depend on it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SyncEntitlementRequestDto)]
pub struct SyncRequest {
    /// How much is asked of the licensing system.
    pub refresh_type: Option<RefreshType>,
    /// Passed over.
    pub status: Option<String>,
    /// SELF or ASSIGNED; passed over, as the reference announces.
    pub usage_type: Option<String>,
}

/// How much is asked of the licensing system.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum RefreshType {
    Full,
    Delta,
    Paginated,
}

/// Whether an activity runs or how it ended, as REST spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum Status {
    InProgress,
    Success,
    Fail,
}

impl From<ActivityStatus> for Status {
    fn from(status: ActivityStatus) -> Self {
        match status {
            ActivityStatus::InProgress => Self::InProgress,
            ActivityStatus::Success => Self::Success,
            ActivityStatus::Fail => Self::Fail,
        }
    }
}

/// Work that was accepted with a 202.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivityDto)]
pub struct Activity {
    tenant_id: String,
    #[schema(value_type = String)]
    request_id: RequestId,
    status: Status,
    use_case: String,
    notification: Notification,
    admin: Admin,
    steps: Vec<Step>,
    product: String,
    severity: String,
    start_datetime: Date,
    /// Absent until the end: clients take its presence for the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<Date>,
    /// Text with `@@name` marks.
    description_template: String,
    /// What stands for the marks.
    description_data: Vec<NameValue>,
    /// JSON in a string, its members JSON in strings again.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Whether and how someone is told when it ends. What is not given is not set.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = NotificationData)]
pub struct Notification {
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// The address or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<NotificationType>,
}

/// A way of telling someone.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum NotificationType {
    Email,
    Sms,
    Push,
}

impl From<Notification> for model::Notification {
    fn from(Notification { enabled, endpoint, r#type }: Notification) -> Self {
        let channel = match r#type {
            None | Some(NotificationType::Email) => Channel::Email,
            Some(NotificationType::Sms) => Channel::Sms,
            Some(NotificationType::Push) => Channel::Push,
        };
        Self { enabled: enabled.unwrap_or_default(), channel, endpoint: endpoint.map(Into::into) }
    }
}

impl From<&model::Notification> for Notification {
    fn from(model::Notification { enabled, channel, endpoint }: &model::Notification) -> Self {
        let r#type = match channel {
            Channel::Email => NotificationType::Email,
            Channel::Sms => NotificationType::Sms,
            Channel::Push => NotificationType::Push,
        };
        Self { enabled: Some(*enabled), endpoint: endpoint.as_ref().map(ToString::to_string), r#type: Some(r#type) }
    }
}

/// Who asked for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AdminDto)]
struct Admin {
    name: String,
    email: String,
    ip: String,
    id: String,
    interface: String,
}

/// A part of the work.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StepDto)]
struct Step {
    id: String,
    description: String,
    status: Status,
    progress_type: String,
    start_datetime: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<Date>,
}

/// A name and a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NameValuePairDto)]
pub struct NameValue {
    name: String,
    value: String,
}

/// Which product all activities are of.
pub(super) const PRODUCT: &str = "WIFI";
/// The one step of a refresh.
pub(super) const STEP: &str = "RefreshLicense";
/// What a step is.
pub(super) const PROGRESS_TYPE: &str = "REQUEST";
/// What is going on, with marks.
pub(super) const DESCRIPTION: &str = "Licenses of @@tenantName are refreshed from the licensing system";

/// What stands for the marks of the description.
pub(super) fn description_data(tenant_name: &str) -> Vec<NameValue> {
    vec![NameValue { name: "tenantName".into(), value: tenant_name.into() }]
}

/// Who asked for an activity.
pub(super) fn admin_name(activity: &model::Activity) -> String {
    format!("Application {}", activity.started_by)
}

impl Activity {
    /// The document; `tenant_name` is what its description names.
    pub fn new(activity: &model::Activity, tenant_name: &str, ctx: Context<'_>) -> Self {
        let status = activity.status().into();
        let ended = activity.ended.as_ref().map(|ended| Date::of_activity(ended.at));
        // Seen live: the only step of a running activity had SUCCESS already.
        let step_status =
            if ctx.style == Style::Live && status == Status::InProgress { Status::Success } else { status };
        Self {
            tenant_id: activity.tenant.to_string(),
            request_id: activity.id,
            status,
            use_case: activity.use_case.to_string(),
            notification: (&activity.notification).into(),
            admin: Admin {
                name: admin_name(activity),
                email: String::new(),
                ip: String::new(),
                id: String::new(),
                interface: String::new(),
            },
            steps: vec![Step {
                id: STEP.into(),
                description: "Take over the licensing system's list".into(),
                status: step_status,
                progress_type: PROGRESS_TYPE.into(),
                start_datetime: Date::of_activity(activity.started),
                end_datetime: ended,
            }],
            product: PRODUCT.into(),
            severity: "Info".into(),
            start_datetime: Date::of_activity(activity.started),
            end_datetime: ended,
            description_template: DESCRIPTION.into(),
            description_data: description_data(tenant_name),
            error: activity
                .ended
                .as_ref()
                .and_then(|ended| ended.error.as_ref())
                .map(|error| error_text(activity.id, error)),
        }
    }
}

/// The error of a failed activity: JSON in a string, its members JSON in strings again (observed).
fn error_text(id: RequestId, error: &ActivityError) -> String {
    let inner = json!({ "code": error.code, "message": error.message }).to_string();
    json!({ "requestId": id, "errors": [inner] }).to_string()
}

/// What POST /activities/query asks for. Unknown keys are ignored.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = QueryData)]
pub struct Query {
    /// Fields of the rows; all if empty. `requestId` always comes.
    pub fields: Option<Vec<String>>,
    /// What rows must match.
    pub filters: Option<QueryFilters>,
    /// From 1; 0 is read as 1.
    pub page: Option<i64>,
    /// Rows of a page.
    pub page_size: Option<i64>,
    /// A field of the rows.
    pub sort_field: Option<String>,
    /// ASC or DESC.
    pub sort_order: Option<SortOrder>,
    /// Text that one of `searchTargetFields` must contain.
    pub search_string: Option<String>,
    /// Where to look for `searchString`; everywhere if empty.
    pub search_target_fields: Option<Vec<String>>,
}

/// What rows of POST /activities/query must match. An empty list matches all.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryFilters {
    /// Started at or after this moment.
    pub from_time: Option<String>,
    /// Started at or before this moment.
    pub to_time: Option<String>,
    /// One of these statuses.
    pub status: Option<Vec<String>>,
    /// One of these products.
    pub product: Option<Vec<String>>,
    /// One of these ids.
    pub id: Option<Vec<String>>,
    /// One of these ids.
    pub request_id: Option<Vec<String>>,
}

/// A moment, if one is given.
pub type Moment = Option<DateTime<Utc>>;

impl QueryFilters {
    /// The first and the last moment at which rows may have started.
    pub fn span(&self) -> Result<(Moment, Moment), BadInput> {
        let moment = |text: &Option<String>, name: &str| match text {
            None => Ok(None),
            Some(text) => date::parse(text).map(Some).ok_or_else(|| BadInput {
                path: format!("filters.{name}"),
                expected: DATE,
                found: format!("\"{text}\""),
            }),
        };
        let from = moment(&self.from_time, "fromTime")?.map(date::Given::as_start);
        Ok((from, moment(&self.to_time, "toTime")?.map(date::Given::as_end)))
    }
}

/// Which way rows are sorted. In any case, as in all queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[allow(missing_docs, reason = "the words say it")]
pub enum SortOrder {
    Asc,
    Desc,
}

impl TryFrom<String> for SortOrder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "ASC" => Ok(Self::Asc),
            "DESC" => Ok(Self::Desc),
            _ => Err(format!("expected ASC or DESC, found \"{text}\"")),
        }
    }
}

/// The fields that rows can have.
pub const QUERIED: &[&str] = &[
    "tenantId",
    "requestId",
    "status",
    "useCase",
    "notification",
    "admin",
    "steps",
    "product",
    "severity",
    "startDatetime",
    "endDatetime",
    "descriptionTemplate",
    "descriptionData",
    "error",
];

/// A page of the devices that an activity is about; refreshes are about none.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryResponseDeviceDto)]
pub struct DevicePage {
    /// The fields that were asked for.
    pub fields: Vec<String>,
    /// Rows on all pages.
    pub total_count: i64,
    /// From 1.
    pub page: i64,
    /// The rows.
    #[schema(value_type = Vec<Object>)]
    pub data: Vec<Value>,
}

/// A page of activities.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryResponseActivityDto)]
pub struct Page {
    /// The fields that were asked for and exist.
    pub fields: Vec<String>,
    /// Rows on all pages.
    pub total_count: i64,
    /// From 1.
    pub page: i64,
    /// The rows.
    #[schema(value_type = Vec<Activity>)]
    pub data: Vec<Value>,
}
