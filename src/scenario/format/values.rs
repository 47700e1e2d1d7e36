//! Values that several files have: dates and tenant ids. Durations are [`Duration`](crate::support::duration::Duration).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A date (2026-01-31, 2026-01-31T12:00:00Z, or another shape that the API uses), or one relative to the clock when the
/// scenario is loaded: today-90d, today+1y, now+36h (units y, mo, w, d, h, m, s).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "r1-when")]
pub struct When(pub String);

/// A tenant's id: 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "r1-tenant", pattern = "^[0-9a-f]{32}$")]
pub struct Tenant(pub String);

pub(in crate::scenario) fn when(at: DateTime<Utc>) -> When {
    When(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
