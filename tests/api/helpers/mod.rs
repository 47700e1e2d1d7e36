//! What tests share: the moment at which they begin, the tenants of the scenarios, and how rows are
//! written in snapshots.

pub mod app;
pub mod fixture;
pub mod together;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// The MSP of every scenario.
pub const MSP: &str = "a0000000000000000000000000000001";
/// Its customers.
pub const CUSTOMER: &str = "ec000000000000000000000000000001";
/// See [`CUSTOMER`].
pub const CUSTOMER_2: &str = "ec000000000000000000000000000002";
/// See [`CUSTOMER`].
pub const CUSTOMER_3: &str = "ec000000000000000000000000000003";
/// The stand-alone company.
pub const COMPANY: &str = "c0000000000000000000000000000001";
/// The tenant without an entitlement ID.
pub const UNLICENSED: &str = "d0000000000000000000000000000001";
/// A tenant that there is not.
pub const NOBODY: &str = "f0000000000000000000000000000009";

/// The moment at which every test begins, unless it says otherwise.
pub const START: &str = "2026-03-10T12:00:00Z";

/// The seven deprecated operations, GET only, that a tenant of any kind may call.
pub const TENANT_READS: [&str; 3] = ["/banners", "/entitlements", "/entitlements/summaries"];
/// What only an MSP may call.
pub const MSP_READS: [&str; 5] =
    ["/assignments", "/assignments/summaries", "/mspBanners", "/mspEntitlements", "/mspEntitlements/summaries"];

/// A moment.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A body as snapshots show it: a list with one row on each line, an object with one member on each.
pub fn rows(body: &Value) -> String {
    match body {
        Value::Array(rows) => rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value {
                Value::Array(rows) if rows.iter().any(Value::is_object) => format!("{name}:\n{}", self::rows(value)),
                other => format!("{name}: {other}"),
            })
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}

/// The rows of a list with some of their members, tab-free and in the order asked for; `-` for absent.
pub fn columns(rows: &Value, names: &[&str]) -> String {
    let cell = |row: &Value, name: &str| match &row[name] {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows = rows.as_array().unwrap();
    rows.iter()
        .map(|row| names.iter().map(|name| cell(row, name)).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The row of a list whose member has a value.
#[track_caller]
pub fn row<'a>(rows: &'a Value, name: &str, value: impl Into<Value>) -> &'a Value {
    let value = value.into();
    let found = rows.as_array().unwrap().iter().find(|row| row[name] == value);
    found.unwrap_or_else(|| panic!("no row with {name} = {value} in {rows}"))
}
