//! `activities.json`: refreshes that a scenario has already seen.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Tenant, When};
use crate::{
    model::{ActivityError, RefreshOutcome},
    support::duration::Duration,
};

/// A refresh that was accepted, and perhaps has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityRow {
    /// Its id, which the 202 gave out.
    pub request_id: uuid::Uuid,
    /// Whose refresh it is.
    pub tenant_id: Tenant,
    /// Who asked for it.
    #[serde(default = "someone")]
    #[schema(default = someone)]
    pub started_by: String,
    /// What the UI recognises it by.
    #[serde(default = "refresh_license")]
    #[schema(default = refresh_license)]
    pub use_case: String,
    /// When it was accepted.
    pub start_datetime: When,
    /// From when on it can be found; at once if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_from: Option<When>,
    /// How it ends, or has ended.
    #[serde(default = "success")]
    #[schema(default = success)]
    pub outcome: RefreshOutcome,
    /// With outcome `fail`: what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ActivityError>,
    /// When it ended; it runs if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_datetime: Option<When>,
    /// When it ends by itself; not by time if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<When>,
    /// How many more times it must be asked for until it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub polls_left: Option<u32>,
    /// The time that it has left when it is no longer held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "r1-duration")]
    pub held: Option<Duration>,
    /// Which of the coming revisions of licensing.json it takes over; 0 for none.
    #[serde(default = "the_next")]
    #[schema(default = the_next, minimum = 0, maximum = 1_000_000)]
    pub revision: usize,
    /// Who is notified when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<NotificationRow>,
}

/// Who is notified when an activity ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationRow {
    /// Whether at all.
    pub enabled: bool,
    /// By which channel.
    #[serde(rename = "type")]
    pub channel: ChannelWord,
    /// The address or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// A way of telling someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ChannelWord {
    Email,
    Sms,
    Push,
}

fn someone() -> String {
    "admin".into()
}

fn refresh_license() -> String {
    "Refresh License".into()
}

fn success() -> RefreshOutcome {
    RefreshOutcome::Success
}

fn the_next() -> usize {
    1
}
