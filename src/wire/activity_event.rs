//! Activities as the socket reports them: other dates, another word for running, errors one string
//! less deep than over REST (observed).

use serde::Serialize;
use serde_json::json;

use super::{
    activity::{self, NameValue},
    date::WireDate,
};
use crate::model::{self, ActivityError, ActivityStatus, RequestId};

/// The name of the event.
pub const NAME: &str = "activityChangedEvent";

/// What an event says about an activity.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEvent {
    request_id: RequestId,
    tenant_id: String,
    admin: Admin,
    product: &'static str,
    status: Status,
    use_case: String,
    /// Always there: without it the UI's toast breaks.
    description_template: &'static str,
    description_data: Vec<NameValue>,
    steps: Vec<Step>,
    /// No mail is sent.
    notifications: [(); 0],
    start_datetime: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<WireDate>,
    /// JSON in a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Guess: empty, so that no link is made.
    link_template: &'static str,
    link_data: [(); 0],
}

/// Whether an activity runs or how it ended, as the socket spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    InProgress,
    Success,
    Fail,
}

/// Who asked for it.
#[derive(Clone, Debug, Serialize)]
struct Admin {
    name: String,
    email: &'static str,
}

/// A part of the work.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    id: &'static str,
    status: Status,
    progress_type: &'static str,
    message: String,
    start_datetime: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_datetime: Option<WireDate>,
}

impl ActivityEvent {
    /// The event; `tenant_name` is what its description names.
    pub fn new(activity: &model::Activity, tenant_name: &str) -> Self {
        let status = match activity.status() {
            ActivityStatus::InProgress => Status::InProgress,
            ActivityStatus::Success => Status::Success,
            ActivityStatus::Fail => Status::Fail,
        };
        let start_datetime = WireDate::of_event(activity.started);
        let end_datetime = activity.ended.as_ref().map(|ended| WireDate::of_event(ended.at));
        let error = activity.ended.as_ref().and_then(|ended| ended.error.as_ref());
        Self {
            request_id: activity.id,
            tenant_id: activity.tenant.to_string(),
            admin: Admin { name: activity::admin_name(activity), email: "" },
            product: activity::PRODUCT,
            status,
            use_case: activity.use_case.to_string(),
            description_template: activity::DESCRIPTION,
            description_data: activity::description_data(tenant_name),
            steps: vec![Step {
                id: activity::STEP,
                status,
                progress_type: activity::PROGRESS_TYPE,
                message: error.map(|error| error.message.clone()).unwrap_or_default(),
                start_datetime,
                end_datetime,
            }],
            notifications: [],
            start_datetime,
            end_datetime,
            error: error.map(|error| error_text(activity.id, error)),
            link_template: "",
            link_data: [],
        }
    }

    /// The event as the text that is its one argument.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn error_text(id: RequestId, error: &ActivityError) -> String {
    json!({ "errors": [{ "code": error.code, "message": error.message }], "requestId": id }).to_string()
}
