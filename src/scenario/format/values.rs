//! Values that several files have: dates and tenant ids. Durations are [`Duration`](crate::support::duration::Duration).

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A moment: absolute in any of the API's shapes, or relative to the clock at the time of loading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct When(pub String);

/// A tenant's id: 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenant(pub String);

pub(in crate::scenario) fn when(at: DateTime<Utc>) -> When {
    When(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

impl JsonSchema for When {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "r1-when",
            "description": "A date (2026-01-31, 2026-01-31T12:00:00Z, or another shape that the API uses), or one relative to the clock when the scenario is loaded: today-90d, today+1y, now+36h (units y, mo, w, d, h, m, s)."
        })
    }
}

impl JsonSchema for Tenant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tenant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "r1-tenant", "pattern": "^[0-9a-f]{32}$", "description": "A tenant's id: 32 lower-case hexadecimal digits." })
    }
}
