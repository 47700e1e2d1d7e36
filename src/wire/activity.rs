//! Accepted refreshes and activities.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Context, Style, date::WireDate};
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
    /// Ignored.
    pub status: Option<String>,
    /// SELF or ASSIGNED; ignored, as the reference announces.
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
    start_datetime: WireDate,
    /// Absent until the end: clients take its presence for the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<WireDate>,
    /// Text with `@@name` marks.
    description_template: String,
    /// What stands for the marks.
    description_data: Vec<NameValue>,
    /// JSON in a string, its members JSON in strings again.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Whether and how its end sends a notification. What is absent is not set.
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
    start_datetime: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<WireDate>,
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
        let ended = activity.ended.as_ref().map(|ended| WireDate::of_activity(ended.at));
        // Observed: the only step of a running activity had SUCCESS already.
        let step_status =
            if ctx.style == Style::Observed && status == Status::InProgress { Status::Success } else { status };
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
                start_datetime: WireDate::of_activity(activity.started),
                end_datetime: ended,
            }],
            product: PRODUCT.into(),
            severity: "Info".into(),
            start_datetime: WireDate::of_activity(activity.started),
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
