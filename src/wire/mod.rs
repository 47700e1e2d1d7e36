//! The vendor's JSON, and nothing but it: field names, types, dates, in both styles. Pure.
//!
//! | file | what |
//! |---|---|
//! | `date` | every shape in which dates are written and read |
//! | `entitlement` | rows of GET /entitlements and /mspEntitlements |
//! | `summary` | rows of both summaries and of /assignments/summaries |
//! | `banner` | rows of /banners and /mspBanners |
//! | `assignment` | legacy assignment rows, requests and operation responses |
//! | `query` | what the query operations share: paging, sorting, fields, filters |
//! | `utilization`, `compliance`, `note`, `order`, `setting`, `tenant` | rows of the successors and their companions |
//! | `activity` | accepted refreshes and activities |
//! | `error` | error bodies |
//! | `token` | OAuth2 answers and token claims |
//!
//! Names that look like typos are the vendor's and marked `sic`. Absent values are absent keys.

pub mod activity;
pub mod assignment;
pub mod banner;
pub mod compliance;
pub mod date;
pub mod entitlement;
pub mod error;
pub mod note;
pub mod order;
pub mod query;
pub mod setting;
pub mod summary;
pub mod tenant;
pub mod token;
pub mod utilization;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    store::{LicenseType, Policy},
    views::banner::AlmSums,
};

/// How faithful answers are to what: the reference, or the live system as it was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// The reference's types and dates.
    #[default]
    Documented,
    /// Dates, envelopes and oddities as seen on the live system.
    Live,
}

/// What turning a read model into JSON takes besides the model.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The moment of the answer.
    pub now: DateTime<Utc>,
    /// The style of the answer.
    pub style: Style,
    /// The numbers behind the rules.
    pub policy: &'a Policy,
}

/// What the application licence manager adds to a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlmExtraEntitlementInfoDto)]
pub struct AlmExtraInfo {
    license_type: LicenseType,
    /// Licences not in use.
    remaining_quantity: i64,
    /// Licences of the sales order.
    so_ent_quantity: i64,
}

impl From<AlmSums> for AlmExtraInfo {
    fn from(AlmSums { license_type, so_ent_quantity, remaining }: AlmSums) -> Self {
        Self { license_type, remaining_quantity: remaining, so_ent_quantity }
    }
}
