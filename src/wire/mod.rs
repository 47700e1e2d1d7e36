//! The vendor's JSON, and nothing but it: field names, types, dates, in both styles. Pure.
//!
//! | file | what |
//! |---|---|
//! | `date` | every shape in which dates are written and read |
//! | `entitlement` | rows of GET /entitlements and /mspEntitlements |
//! | `summary` | rows of both summaries and of /assignments/summaries |
//! | `banner` | rows of /banners and /mspBanners |
//! | `assignment` | legacy assignment rows, requests and operation responses |
//! | `read` | whole bodies of the deprecated reads and their neighbours |
//! | `query` | what the query operations share: paging, sorting, fields, filters |
//! | `utilization`, `compliance`, `note`, `order`, `setting`, `tenant` | rows of the successors and their companions |
//! | `activity` | accepted refreshes and activities |
//! | `availability`, `mileage` | availability and mileage reports |
//! | `calculator` | what those two have in common |
//! | `report` | usage reports as JSON, CSV and PDF, and their parameters |
//! | `activity_event` | activities as the socket tells of them |
//! | `error` | error bodies |
//! | `token` | OAuth2 answers and token claims |
//!
//! Names that look like typos are the vendor's and marked `sic`. Absent values are absent keys.

pub mod activity;
pub mod activity_event;
pub mod assignment;
pub mod availability;
pub mod banner;
pub mod calculator;
pub mod compliance;
pub mod contract;
pub mod date;
pub mod entitlement;
pub mod error;
pub mod jwt;
pub mod mileage;
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

use std::{fmt, marker::PhantomData};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::ToSchema;

use crate::{
    model::{LicenseType, Policy},
    views::banner::AlmSums,
};

/// How faithful answers are to what: the reference, or the live system as it was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, ToSchema)]
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

/// What must be written as a JSON object. Serde alone would also take a list of the members' values,
/// such as `[[231]]` for `[{"assignmentId": 231}]`.
#[derive(Clone, Copy, Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}
