//! How a sandbox answers, and what it starts with.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    faults::sets::Set,
    journal,
    model::RefreshPlan,
    sandbox::{clock::StartClock, deprecations::Sunset},
    wire::Style,
};

/// How a sandbox answers. Can be changed while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// By the reference, or as observed.
    pub style: Style,
    /// Whether callers must prove who they are.
    pub auth: Auth,
    /// A call that names no tenant, neither by a token nor by a header, is for the tenant in the path of its `Referer`.
    pub tenant_from_referer: bool,
    /// How refreshes go, where they go another way than the scenario says.
    pub refresh: RefreshPlan,
    /// How the deprecated operations are phased out.
    pub sunset: Sunset,
    /// How much the journal keeps.
    pub journal: journal::Limits,
}

/// What a sandbox starts with. Nothing in here matters after the start, except to a reset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// How it answers at first.
    pub settings: Arc<Settings>,
    /// What the clock shows, instead of the scenario's start or real time.
    pub clock: Option<StartClock>,
    /// The fault sets in force.
    pub faults: Arc<[Set]>,
}

/// What a new start leaves as it is, if asked to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema, strum::Display, strum::EnumString, strum::VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Kept {
    /// The clock goes on.
    Clock,
    /// The fault rules stay in force; they count anew.
    Faults,
    /// Style, auth, refresh policy, sunset and the journal's limits stay.
    Settings,
    /// The journal keeps its entries.
    Journal,
}

impl From<Settings> for Start {
    fn from(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), ..Self::default() }
    }
}

/// Whether callers must prove who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// All callers are accepted; those that do not say who they are act as the scenario's default tenant.
    #[default]
    Open,
    /// A live token that this server issued is required.
    Required,
}
