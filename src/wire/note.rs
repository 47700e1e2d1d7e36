//! Rows and filters of POST /entitlements/attentionNotes/query.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, date::WireDate};
use crate::{
    model::{AttentionNote as Note, Audience, NoteStatus},
    views::selection::one_of,
};

/// What attention notes must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AttentionNoteQueryFilterDto)]
pub struct NoteFilters {
    /// Switched on, or off.
    enabled: Option<bool>,
    /// Leave out notes on courtesy licences for tenants that have none.
    license_check: Option<bool>,
    /// VALID, FUTURE, EXPIRED or DISABLED.
    status: Option<Vec<String>>,
    /// REC, MSP or ALL.
    tenant_type: Option<Vec<String>>,
    /// Such as STOP_COURTESY.
    r#type: Option<Vec<String>>,
}

impl NoteFilters {
    /// Whether a note is asked for, by a tenant that has courtesy licences or has none.
    pub fn admit(&self, note: &Note, has_courtesy: bool, ctx: Context<'_>) -> bool {
        let among = |list: &Option<Vec<String>>, word: &str| list.as_ref().is_none_or(|list| one_of(list, word));
        let checked = self.license_check.unwrap_or_default();
        self.enabled.is_none_or(|wanted| wanted == note.enabled)
            && among(&self.status, &note.status_at(ctx.now).to_string())
            && among(&self.tenant_type, &note.audience.to_string())
            && among(&self.r#type, &note.kind)
            && (!checked || has_courtesy || !note.is_about_courtesy())
    }
}

/// An attention note as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttentionNote<'a> {
    created_date: WireDate,
    details: &'a str,
    enabled: bool,
    /// The last second on which it is shown.
    end_date: WireDate,
    id: &'a str,
    /// The first second on which it is shown.
    start_date: WireDate,
    #[schema(value_type = String)]
    status: NoteStatus,
    summary: &'a str,
    /// Whom it is for.
    #[schema(value_type = String)]
    tenant_type: Audience,
    r#type: &'a str,
    updated_date: WireDate,
}

impl<'a> AttentionNote<'a> {
    /// Builds the row that an answer contains.
    pub fn new(note: &'a Note, ctx: Context<'_>) -> Self {
        let status = note.status_at(ctx.now);
        let Note { id, kind, audience, enabled, period, summary, details, created, updated } = note;
        let date = |at| WireDate::listed(at, ctx.style);
        Self {
            created_date: date(*created),
            details,
            enabled: *enabled,
            end_date: date(period.end),
            id,
            start_date: date(period.start),
            status,
            summary,
            tenant_type: *audience,
            r#type: kind,
            updated_date: date(*updated),
        }
    }
}
