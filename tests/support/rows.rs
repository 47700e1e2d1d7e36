//! Bodies as snapshots show them.

use serde_json::Value;

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
