//! What happens in a sandbox, for whoever listens: the activity socket, the console, a test that waits.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::model::{ActivityStatus, Change, RequestId, TenantId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "camelCase")]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// An activity was accepted or ended.
    ActivityChanged {
        /// Which one.
        #[schema(value_type = Uuid)]
        request_id: RequestId,
        /// Whose.
        tenant_id: TenantId,
        /// Whether it runs or how it ended.
        status: ActivityStatus,
    },
    /// The state is another one than before.
    StateChanged {
        /// Counts the changes.
        generation: u64,
    },
    /// The clock was set, moved, stopped or started.
    ClockTurned {
        /// What it shows.
        now: DateTime<Utc>,
        /// Whether it stands still.
        frozen: bool,
    },
    /// A request was answered.
    RequestAnswered {
        /// Its number in the journal.
        seq: u64,
        /// Its id, if the answer carried one.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
        /// Its method.
        method: String,
        /// Its path, with the query.
        path: String,
        /// The status of the answer; 0 if the connection was cut.
        status: u16,
        /// The faults that struck it.
        #[schema(value_type = Vec<String>)]
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        faults: Arc<[Arc<str>]>,
    },
    /// Settings, fault rules or the policy of refreshes are others than before.
    SettingsChanged,
    /// A snapshot was taken or deleted.
    SnapshotsChanged,
    /// The journal was emptied.
    RequestsCleared,
    /// The sandbox is gone; this is the last that it says.
    SandboxRemoved,
}

impl From<Change> for Event {
    fn from(Change { request_id, tenant_id, status }: Change) -> Self {
        Self::ActivityChanged { request_id, tenant_id, status }
    }
}
