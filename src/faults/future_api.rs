//! Answers as a later version of the API might give them: unknown members of enumerations, additional fields, nulls
//! where a key may be absent, rows in another order. The schema of the answer says what may change, so that what the
//! contract promises stays.

use serde_json::{Map, Value, json};

use super::Rng;

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each can be switched off alone")]
pub struct Changes {
    /// Unknown members of enumerations.
    pub enums: bool,
    /// Additional fields.
    pub fields: bool,
    /// Nulls where a key may be absent.
    pub nulls: bool,
    /// Rows in another order.
    pub order: bool,
    /// The share of the places that are changed.
    pub share: f64,
}

/// Changes an answer. `document` is the OpenAPI document, `schema` that of the answer in it.
pub fn change(value: &mut Value, schema: &Value, document: &Value, changes: Changes, rng: &mut Rng) {
    Changer { document, changes, rng }.value(value, schema);
}

struct Changer<'a> {
    document: &'a Value,
    changes: Changes,
    rng: &'a mut Rng,
}

impl<'a> Changer<'a> {
    fn is_chosen(&mut self) -> bool {
        self.rng.chance(self.changes.share)
    }

    fn value(&mut self, value: &mut Value, schema: &'a Value) {
        let schema = self.resolved(schema, 0);
        match value {
            Value::Object(fields) => self.object(fields, schema),
            Value::Array(items) => {
                for item in items.iter_mut() {
                    self.value(item, &schema["items"]);
                }
                if self.changes.order {
                    self.rng.shuffle(items);
                }
            }
            Value::String(word) if self.changes.enums && schema["enum"].is_array() && self.is_chosen() => {
                *word = format!("{word}_{}", ["V2", "NEXT", "PLUS", "2027"][self.rng.below(4)]);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, fields: &mut Map<String, Value>, schema: &'a Value) {
        for (name, field) in fields.iter_mut() {
            self.value(field, &schema["properties"][name.as_str()]);
        }
        if self.changes.nulls {
            self.add_nulls(fields, schema);
        }
        if self.changes.fields && self.is_chosen() {
            let value = match self.rng.below(4) {
                0 => json!("new"),
                1 => json!(42),
                2 => json!({ "nested": true }),
                _ => json!([]),
            };
            fields.insert(format!("futureField{}", self.rng.below(100)), value);
        }
    }

    fn add_nulls(&mut self, fields: &mut Map<String, Value>, schema: &'a Value) {
        let required = |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|n| n == name));
        for name in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
            if !fields.contains_key(name) && !required(name) && self.is_chosen() {
                fields.insert(name.clone(), Value::Null);
            }
        }
    }

    /// The schema behind references and alternatives to null.
    fn resolved(&self, schema: &'a Value, depth: usize) -> &'a Value {
        if depth > 16 {
            return &Value::Null;
        }
        if let Some(reference) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            return self.document.pointer(reference).map_or(&Value::Null, |found| self.resolved(found, depth + 1));
        }
        let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|kind| schema[kind].as_array());
        let real = |choice: &&Value| choice["type"] != "null";
        choices.and_then(|list| list.iter().find(real)).map_or(schema, |choice| self.resolved(choice, depth + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Changes = Changes { enums: true, fields: true, nulls: true, order: true, share: 1.0 };

    fn changed(changes: Changes, count: u64) -> Value {
        let document = json!({"components": {"schemas": {
            "Row": {"properties": {"id": {"type": "string"}, "kind": {"$ref": "#/components/schemas/Kind"},
                "note": {"type": ["string", "null"]}}, "required": ["id", "kind"]},
            "Kind": {"type": "string", "enum": ["OLD"]}
        }}});
        let schema =
            json!({"type": "array", "items": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Row"}]}});
        let mut value = json!([{"id": "a", "kind": "OLD"}, {"id": "b", "kind": "OLD"}, {"id": "c", "kind": "OLD"}]);
        change(&mut value, &schema, &document, changes, &mut Rng::new(1, count));
        value
    }

    #[test]
    fn only_what_the_schema_leaves_open_changes() {
        let rows = changed(ALL, 1);
        for row in rows.as_array().unwrap() {
            assert!(["a", "b", "c"].contains(&row["id"].as_str().unwrap()));
            assert!(row["kind"].as_str().unwrap().starts_with("OLD_"));
            assert_eq!(row.get("note"), Some(&Value::Null));
            assert_eq!(row.as_object().unwrap().len(), 4, "one field is new: {row}");
        }
    }

    #[test]
    fn equal_draws_change_alike_and_each_change_can_be_left_out() {
        assert_eq!(changed(ALL, 1), changed(ALL, 1));
        assert!((2..20).any(|count| changed(ALL, count) != changed(ALL, 1)));
        let none = Changes { enums: false, fields: false, nulls: false, order: false, share: 1.0 };
        assert_eq!(changed(none, 1)[0], json!({"id": "a", "kind": "OLD"}));
    }
}
