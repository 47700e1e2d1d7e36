//! What the vendor wants administrators to know.

use std::{collections::BTreeSet, sync::Arc};

use super::{Builder, sorted};
use crate::{
    model::AttentionNote,
    scenario::format::{ATTENTION_NOTES, AttentionNoteRow, when},
};

impl Builder<'_> {
    pub(super) fn notes(&mut self, rows: &[AttentionNoteRow]) -> Arc<[AttentionNote]> {
        let mut seen = BTreeSet::new();
        let mut made = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let path = format!("$[{n}]");
            if !seen.insert(row.id.as_str()) {
                self.findings.error(ATTENTION_NOTES, format!("{path}.id"), "another note has this id");
            }
            let (start, end) = (self.given(&row.start_date).as_start(), self.given(&row.end_date).as_end());
            let created = row.created_date.as_ref().map_or(start, |date| self.given(date).as_start());
            made.push(AttentionNote {
                id: row.id.as_str().into(),
                kind: row.kind.as_str().into(),
                audience: row.tenant_type,
                enabled: row.enabled,
                period: self.period(start, end, ATTENTION_NOTES, &path),
                summary: row.summary.as_str().into(),
                details: row.details.as_str().into(),
                created,
                updated: row.updated_date.as_ref().map_or(created, |date| self.given(date).as_start()),
            });
        }
        sorted(made, |note| (note.period.start, note.id.clone()))
    }
}

/// A note as a row of the file.
pub(in crate::scenario) fn note_row(note: &AttentionNote) -> AttentionNoteRow {
    let AttentionNote { id, kind, audience, enabled, period, summary, details, created, updated } = note;
    AttentionNoteRow {
        id: id.to_string(),
        kind: kind.to_string(),
        tenant_type: *audience,
        enabled: *enabled,
        start_date: when(period.start),
        end_date: when(period.end),
        summary: summary.to_string(),
        details: details.to_string(),
        created_date: Some(when(*created)),
        updated_date: Some(when(*updated)),
    }
}
