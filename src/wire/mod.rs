//! The vendor's JSON: field names, types and dates, in both styles. Pure functions of views and of a moment.
//!
//! | file | what |
//! |---|---|
//! | `date` | dates as answers write them and as requests bring them |
//! | `fields` | the names of a row's fields, one of them, some of them |
//! | `entitlement` | rows of GET /entitlements and /mspEntitlements, and of their successor |
//! | `summary` | rows of both summaries and of /assignments/summaries |
//! | `banner`, `banner_query` | rows of /banners and /mspBanners; those of their successor |
//! | `assignment`, `assignment_request` | rows of assignments; what writes on them take |
//! | `responses` | whole bodies of the deprecated reads and their neighbours |
//! | `query`, `filters` | what the query operations share: paging, sorting, fields; filters |
//! | `utilization`, `compliance`, `note`, `order`, `setting`, `tenant`, `msp_ec` | rows of the successors and their companions |
//! | `activity`, `activity_query`, `activity_event` | accepted refreshes and activities; queries of them; the socket's events |
//! | `availability`, `mileage`, `calculator` | availability and mileage reports; what they have in common |
//! | `report` | usage reports as JSON, CSV and PDF, and their parameters |
//! | `error` | error bodies |
//! | `token`, `jwt` | answers and claims of tokens; how they are signed |
//!
//! Names that look like typos are the vendor's and marked `sic`. Absent values are absent keys.

pub mod activity;
pub mod activity_event;
pub mod activity_query;
pub mod assignment;
pub mod assignment_request;
pub mod availability;
pub mod banner;
pub mod banner_query;
pub mod calculator;
pub mod compliance;
pub mod date;
pub mod entitlement;
pub mod error;
pub mod fields;
pub mod filters;
pub mod jwt;
pub mod mileage;
pub mod msp_ec;
pub mod note;
pub mod order;
pub mod query;
pub mod report;
pub mod responses;
pub mod setting;
pub mod summary;
pub mod tenant;
pub mod token;
pub mod utilization;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{LicenseType, Policy},
    views::alm::AlmSums,
};

/// What answers follow: the reference, or what clients and their recordings show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// The reference's types and dates.
    #[default]
    Documented,
    /// Dates, envelopes and oddities as observed in clients and their recordings.
    #[serde(alias = "live")]
    Observed,
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

impl Context<'_> {
    /// The same for rows that are sorted by: dates in the documented style, whose text has their order.
    pub fn made_for(self, purpose: query::Purpose) -> Self {
        match purpose {
            query::Purpose::Showing => self,
            query::Purpose::Sorting => Self { style: Style::Documented, ..self },
        }
    }
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
