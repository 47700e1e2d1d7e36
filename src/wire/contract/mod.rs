//! The contract: the reference's field names, types, words and formats, written down anew in `contract.json`,
//! and whether a body is as it says. What it does not name may not be there; what it names may be absent.

use std::sync::LazyLock;

use chrono::DateTime;
use serde_json::{Map, Value};

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("contract.json")).unwrap_or_default());

/// The schema of what an operation answers with a status, if it may answer with it: `[Banner]` for a list of
/// banners.
pub fn answer(operation: &str, status: u16) -> Option<&'static str> {
    CONTRACT["answers"][operation][status.to_string()].as_str()
}

/// The members of all objects, as `Banner.effectDate`.
pub fn members() -> impl Iterator<Item = String> {
    let objects = CONTRACT["objects"].as_object().into_iter().flatten();
    objects.flat_map(|(schema, members)| {
        members.as_object().into_iter().flat_map(Map::keys).map(move |name| format!("{schema}.{name}"))
    })
}

/// What is wrong with a body, each with its place. `seen` is called with every member.
pub fn mistakes(body: &Value, schema: &str, seen: impl FnMut(String)) -> Vec<String> {
    let mut reader = Reader { mistakes: Vec::new(), seen };
    reader.value(body, schema, "$");
    reader.mistakes
}

struct Reader<F> {
    mistakes: Vec<String>,
    seen: F,
}

impl<F: FnMut(String)> Reader<F> {
    fn value(&mut self, value: &Value, schema: &str, path: &str) {
        if let Some(item) = inside(schema, '[', ']') {
            match value.as_array() {
                Some(items) => {
                    for (n, own) in items.iter().enumerate() {
                        self.value(own, item, &format!("{path}[{n}]"));
                    }
                }
                None => self.wrong(path, value, "list"),
            }
        } else if let Some(item) = inside(schema, '{', '}') {
            match value.as_object() {
                Some(members) => {
                    for (name, own) in members {
                        self.value(own, item, &format!("{path}.{name}"));
                    }
                }
                None => self.wrong(path, value, "object"),
            }
        } else if let Some(known) = CONTRACT["objects"].get(schema) {
            match value.as_object() {
                Some(members) => self.object(members, schema, known, path),
                None => self.wrong(path, value, schema),
            }
        } else if !is_scalar(value, schema) {
            self.wrong(path, value, schema);
        }
    }

    fn object(&mut self, members: &Map<String, Value>, schema: &str, known: &'static Value, path: &str) {
        for (name, own) in members {
            let inner = format!("{path}.{name}");
            match known.get(name).and_then(Value::as_str) {
                Some(own_schema) => {
                    (self.seen)(format!("{schema}.{name}"));
                    self.value(own, own_schema, &inner);
                }
                None => self.mistakes.push(format!("{inner}: {schema} has no such member")),
            }
        }
    }

    fn wrong(&mut self, path: &str, value: &Value, schema: &str) {
        self.mistakes.push(format!("{path}: {value} is no {schema}"));
    }
}

fn inside(schema: &str, open: char, close: char) -> Option<&str> {
    schema.strip_prefix(open)?.strip_suffix(close)
}

fn is_scalar(value: &Value, schema: &str) -> bool {
    let text = || value.as_str().unwrap_or_default();
    match schema {
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "string" => value.is_string(),
        "date-time" => DateTime::parse_from_rfc3339(text()).is_ok() && text().as_bytes()[10] == b'T',
        "uri" => text()
            .split_once("://")
            .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.starts_with('/') && !rest.is_empty()),
        words => CONTRACT["words"][words].as_array().is_some_and(|words| words.contains(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(body: &Value, schema: &str, expected: usize) {
        let found = mistakes(body, schema, |_| {});
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn the_contract_tells_right_from_wrong() {
        check(&json!([{ "alm": true, "createdDate": "2026-01-01T00:00:00Z" }]), "[Entitlement]", 0);
        check(&json!([{ "alm": "true", "createdDate": "2026-01-01 00:00:00Z", "x": 1 }]), "[Entitlement]", 3);
        check(&json!({ "alm": true }), "[Entitlement]", 1);
        check(&json!({ "type": null, "deviceType": "wifi", "deviceCount": 1.5 }), "Banner", 3);
        check(&json!({ "activeDeviceCountMap": { "WIFI": 3, "LTE": "4" } }), "Summary", 1);
        check(&json!({ "link": "/activities/1" }), "Accepted", 1);
        check(&json!(1), "NoSuchSchema", 1);
    }

    #[test]
    fn every_answer_has_a_schema_that_is_there() {
        assert_eq!(answer("GET /banners", 200), Some("[Banner]"));
        assert_eq!(answer("GET /banners", 202), None);
        let answers =
            CONTRACT["answers"].as_object().unwrap().values().flat_map(|answers| answers.as_object().unwrap().values());
        for schema in answers.map(|schema| schema.as_str().unwrap().trim_matches(['[', ']'])) {
            assert!(CONTRACT["objects"].get(schema).is_some(), "{schema}");
        }
        assert!(members().count() > 100);
    }
}
