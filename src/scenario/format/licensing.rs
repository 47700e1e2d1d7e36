//! `licensing.json`: what refreshes bring.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EntitlementRow, MspEntitlementRow, Tenant, When};

/// `licensing.json`: for each tenant, the successive revisions that refreshes take over.
pub type Licensing = BTreeMap<Tenant, Vec<RevisionRow>>;

/// How the licensing system's list differs from the revision before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RevisionRow {
    /// What happened, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Purchases that are new, or replace the one of the same id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_entitlements: Vec<EntitlementRow>,
    /// Pools that are new, or replace the one of the same id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_msp_entitlements: Vec<MspEntitlementRow>,
    /// Changed quantities and dates of purchases or pools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub change: Vec<ChangeRow>,
    /// Ids of purchases or pools that are gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// Changed quantities and dates of a purchase or pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRow {
    /// Which one.
    pub id: String,
    /// How many licences from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub quantity: Option<i64>,
    /// The first day from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_date: Option<When>,
    /// The last day from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<When>,
}
