//! The strict check of a fixture file against the schema of its type. It reports all that it finds,
//! each with the file, the JSON path, what was expected and the nearest name.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::when;
use crate::{
    model::TenantId,
    support::{
        duration::{Duration, InvalidDuration},
        suggest::nearest,
    },
    wire::date,
};

/// Something to tell about a fixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the fixture can be used all the same.
    pub severity: Severity,
    /// The file, relative to the scenario's directory.
    pub file: String,
    /// Where in it, such as `$[3].quantity`; `$` is the whole.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The fixture cannot be used.
    Error,
    /// Something was left out of account; the fixture can be used.
    Note,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Note => "note",
        };
        write!(f, "{severity}: {} at {}: {}", self.file, self.path, self.message)
    }
}

/// Everything that is reported about one scenario.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds an error.
    pub fn error(&mut self, file: &str, path: impl Into<String>, message: impl Into<String>) {
        self.push(Severity::Error, file, path, message);
    }

    /// Adds a note.
    pub fn note(&mut self, file: &str, path: impl Into<String>, message: impl Into<String>) {
        self.push(Severity::Note, file, path, message);
    }

    fn push(&mut self, severity: Severity, file: &str, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { severity, file: file.to_owned(), path: path.into(), message: message.into() });
    }

    /// Whether the fixture cannot be used.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether any of these files cannot be used.
    pub fn has_errors_in(&self, files: &[&str]) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error && files.contains(&finding.file.as_str()))
    }

    /// Adds what others have found to be wrong, and not their notes.
    pub fn add_errors_of(&mut self, others: Self) {
        self.0.extend(others.0.into_iter().filter(|finding| finding.severity == Severity::Error));
    }

    /// Errors first, then notes, else as found.
    pub fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }
}

/// A day for checks that depend on no day in particular.
pub(super) fn some_day() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// Checks a value against the JSON Schema of a fixture type.
pub fn check(value: &Value, schema: &Value, file: &str, findings: &mut Findings) {
    Checker { root: schema, file, findings }.value(value, schema, "$");
}

struct Checker<'a> {
    root: &'a Value,
    file: &'a str,
    findings: &'a mut Findings,
}

impl<'a> Checker<'a> {
    fn value(&mut self, value: &Value, schema: &'a Value, path: &str) {
        let schema = self.resolve(schema);
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            // Only `Option`s make these: null, which has been taken out before, or the value.
            let given = choices.iter().find(|choice| choice["type"] != "null");
            return given.into_iter().for_each(|given| self.value(value, given, path));
        }
        if let Some(words) = words(schema) {
            return self.word(value, &words, path);
        }
        match (types(schema), value) {
            (types, Value::Object(fields)) if types.contains(&"object") => self.object(fields, schema, path),
            (types, Value::Array(items)) if types.contains(&"array") => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &schema["items"], &format!("{path}[{index}]"));
                }
            }
            (types, Value::String(text)) if types.contains(&"string") => self.text(text, schema, path),
            (_, Value::Number(number)) if schema["format"] == "r1-duration" => {
                self.findings.error(self.file, path, InvalidDuration::NoUnit(number.to_string()).to_string());
            }
            (types, Value::Number(number)) if types.contains(&"integer") => match number.as_i64() {
                Some(number) => self.range(number, schema, path),
                None => self.findings.error(self.file, path, format!("{number} is not a whole number in range")),
            },
            (types, Value::Bool(_)) if types.contains(&"boolean") => {}
            (types, _) if types.is_empty() => {}
            (types, other) => {
                let named: Vec<_> = types.iter().map(|name| type_name(name)).collect();
                let expected = format!("{}{}", named.join(" or "), with_keys(schema));
                self.findings.error(self.file, path, format!("expected {expected}, found {}", kind(other)));
            }
        }
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let pointer = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        pointer.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }

    fn object(&mut self, fields: &Map<String, Value>, schema: &'a Value, path: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let entries = schema.get("additionalProperties").filter(|schema| schema.is_object());
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.findings.error(self.file, path, format!("\"{name}\" is missing"));
            }
        }
        for (name, value) in fields {
            let inner = format!("{path}.{name}");
            match (known.and_then(|known| known.get(name)), entries) {
                (Some(schema), _) => self.value(value, schema, &inner),
                (None, Some(schema)) => {
                    self.map_key(name, &inner);
                    self.value(value, schema, &inner);
                }
                (None, None) => {
                    let keys = || known.into_iter().flat_map(Map::keys).map(String::as_str);
                    let advice = match nearest(name, keys()) {
                        none if none.is_empty() => format!("; there are {}", keys().collect::<Vec<_>>().join(", ")),
                        advice => advice,
                    };
                    self.findings.error(self.file, inner, format!("unknown key \"{name}\"{advice}"));
                }
            }
        }
    }

    fn map_key(&mut self, name: &str, path: &str) {
        // All maps of the format are keyed by tenant.
        if let Err(error) = name.parse::<TenantId>() {
            self.findings.error(self.file, path, format!("\"{name}\" is not a tenant: {error}"));
        }
    }

    fn word(&mut self, value: &Value, words: &[&str], path: &str) {
        match value.as_str() {
            Some(text) if words.contains(&text) => {}
            Some(text) => {
                let advice = nearest(text, words.iter().copied());
                self.findings.error(self.file, path, format!("\"{text}\" is none of {}{advice}", words.join(", ")));
            }
            None => self.findings.error(
                self.file,
                path,
                format!("expected one of {}, found {}", words.join(", "), kind(value)),
            ),
        }
    }

    fn text(&mut self, text: &str, schema: &Value, path: &str) {
        let expected = match schema.get("format").and_then(Value::as_str) {
            Some("r1-when") if when::parse(text, some_day()).is_none() => when::EXPECTED,
            Some("r1-duration") => {
                if let Err(error) = text.parse::<Duration>() {
                    self.findings.error(self.file, path, error.to_string());
                }
                return;
            }
            Some("r1-tenant") if text.parse::<TenantId>().is_err() => {
                "a tenant: 32 lower-case hexadecimal digits without dashes"
            }
            _ if schema.get("pattern").is_some_and(|p| p.as_str().is_some_and(|p| p.contains("GET|POST")))
                && !is_operation(text) =>
            {
                "a method and a path such as \"GET /banners\""
            }
            _ => return,
        };
        let weekday = if expected == when::EXPECTED { date::wrong_weekday(text) } else { None };
        let wrong =
            weekday.map_or_else(|| format!("is not {expected}"), |day| format!("is no date: that day is a {day}"));
        self.findings.error(self.file, path, format!("\"{text}\" {wrong}"));
    }

    fn range(&mut self, number: i64, schema: &Value, path: &str) {
        let min = schema.get("minimum").and_then(Value::as_i64).unwrap_or(i64::MIN);
        let max = schema.get("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX);
        if !(min..=max).contains(&number) {
            self.findings.error(self.file, path, format!("{number} is not within {min} and {max}"));
        }
    }
}

fn is_operation(text: &str) -> bool {
    text.split_once(' ')
        .is_some_and(|(method, path)| ["GET", "POST", "PATCH", "DELETE"].contains(&method) && path.starts_with('/'))
}

/// The keys of an object, as part of a message.
fn with_keys(schema: &Value) -> String {
    let keys: Vec<&str> =
        schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(", ")) }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
        }
        _ => Vec::new(),
    }
}

/// The words of an enumeration, if the schema is one.
fn words(schema: &Value) -> Option<Vec<&str>> {
    Some(schema.get("enum")?.as_array()?.iter().filter_map(Value::as_str).collect())
}

/// A type of JSON Schema, in the words of [`kind`].
fn type_name(name: &str) -> &str {
    match name {
        "object" => "an object",
        "array" => "a list",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        other => other,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
