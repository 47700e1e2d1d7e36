//! Attention notes: what the vendor wants administrators to know, such as the end of courtesy licences.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::Display;
use utoipa::ToSchema;

use super::{Period, Status};

/// An attention note of the vendor (documented).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionNote {
    /// Unique within a scenario.
    pub id: Arc<str>,
    /// What it is about, such as `STOP_COURTESY`.
    pub kind: Arc<str>,
    /// Whom it is for.
    pub audience: Audience,
    /// Whether it is switched on.
    pub enabled: bool,
    /// When it is shown.
    pub period: Period,
    /// One line for a list.
    pub summary: Arc<str>,
    /// The text as a whole.
    pub details: Arc<str>,
    /// When it was written and when it last changed.
    pub created: DateTime<Utc>,
    /// See `created`.
    pub updated: DateTime<Utc>,
}

/// Whom a note is for (documented).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Display)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum Audience {
    Rec,
    Msp,
    All,
}

/// Where a note is in its life (documented). Derived, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum NoteStatus {
    Valid,
    Future,
    Expired,
    Disabled,
}

impl AttentionNote {
    /// DISABLED while switched off, else by its period.
    pub fn status_at(&self, now: DateTime<Utc>) -> NoteStatus {
        match self.period.status_at(now) {
            _ if !self.enabled => NoteStatus::Disabled,
            Status::Future => NoteStatus::Future,
            Status::Valid => NoteStatus::Valid,
            Status::Expired | Status::Revoked => NoteStatus::Expired,
        }
    }

    /// Whether it is about the courtesy licences of MSPs (observed: STOP_COURTESY).
    pub fn is_about_courtesy(&self) -> bool {
        self.kind.contains("COURTESY")
    }
}
