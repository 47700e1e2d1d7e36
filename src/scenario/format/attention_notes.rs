//! `attention-notes.json`: what the vendor wants administrators to know.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::When;
use crate::model::Audience;

/// `attention-notes.json`: a list of these, as POST /entitlements/attentionNotes/query shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttentionNoteRow {
    /// Unique in the file.
    pub id: String,
    /// What it is about, such as STOP_COURTESY.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it is for.
    #[serde(default = "everyone")]
    #[schema(default = everyone)]
    pub tenant_type: Audience,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    #[schema(default = yes)]
    pub enabled: bool,
    /// The first day on which it is shown.
    pub start_date: When,
    /// The last day on which it is shown.
    pub end_date: When,
    /// One line for a list.
    pub summary: String,
    /// The text as a whole.
    pub details: String,
    /// When it was written; its first day if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<When>,
    /// When it last changed; when it was written if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_date: Option<When>,
}

fn everyone() -> Audience {
    Audience::All
}

fn yes() -> bool {
    true
}
