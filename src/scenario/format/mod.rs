//! The fixture files as types. The JSON Schemas for editors, and the strict check, are generated from
//! them, so these files are the format.
//!
//! Rows use the API's own field names, so that a captured response can be pasted in. [`computed`] lists the
//! further fields of a captured response: the simulator computes them, and says so in a note.

mod activities;
mod assignments;
mod attention_notes;
pub mod computed;
mod licensing;
mod overrides;
mod purchases;
mod settings;
mod tenants;
mod values;

pub(super) use self::values::when;
pub use self::{
    activities::{ActivityRow, ChannelWord, NotificationRow},
    assignments::AssignmentRow,
    attention_notes::AttentionNoteRow,
    licensing::{ChangeRow, Licensing, RevisionRow},
    overrides::{OverrideRow, Query},
    purchases::{EntitlementRow, Entitlements, MspEntitlementRow, MspEntitlements},
    settings::{Auth, Clock, Generate, Grace, Policy, Scenario, WrongCredentials},
    tenants::{ClientRow, DeviceRow, Feature, Role, TenantRow, TokenSettingRow},
    values::{Tenant, When},
};

pub(super) const SCENARIO: &str = "scenario.json";
pub(super) const TENANTS: &str = "tenants.json";
pub(super) const ENTITLEMENTS: &str = "entitlements.json";
pub(super) const MSP_ENTITLEMENTS: &str = "msp-entitlements.json";
pub(super) const ASSIGNMENTS: &str = "assignments.json";
pub(super) const LICENSING: &str = "licensing.json";
pub(super) const ACTIVITIES: &str = "activities.json";
pub(super) const ATTENTION_NOTES: &str = "attention-notes.json";
pub(super) const OVERRIDES: &str = "overrides.json";
