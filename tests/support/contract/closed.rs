//! Schemas that allow nothing beyond what they name.

use serde_json::{Map, Value, json};

/// Ends the name of a schema that is part of another one by `allOf`, and therefore allows more.
const PART: &str = "-part";

/// The document with closed objects: a member that no schema names is a mistake.
///
/// A schema that others extend by `allOf` exists twice: closed, and open under a name of its own for those.
pub fn closed(document: &Value) -> Value {
    let mut document = document.clone();
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return document;
    };
    let open: Vec<(String, Value)> = schemas.iter().map(|(name, own)| (format!("{name}{PART}"), own.clone())).collect();
    for (name, mut own) in open {
        // What is inside is closed, the object itself is not.
        close(&mut own, false);
        schemas.insert(name, own);
    }
    for (_, own) in schemas.iter_mut().filter(|(name, _)| !name.ends_with(PART)) {
        close(own, true);
    }
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    paths.for_each(close_all);
    document
}

/// Closes every schema under a path item.
fn close_all(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, own) in members {
                if name == "schema" { close(own, true) } else { close_all(own) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close_all),
        _ => {}
    }
}

fn close(schema: &mut Value, whole: bool) {
    let Value::Object(own) = schema else { return };
    if let Some(Value::Array(parts)) = own.get_mut("allOf") {
        for part in parts {
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                *part = json!({ "$ref": format!("{reference}{PART}") });
            } else {
                close(part, false);
            }
        }
    }
    for name in ["oneOf", "anyOf"] {
        if let Some(Value::Array(branches)) = own.get_mut(name) {
            for branch in branches {
                close(branch, whole);
            }
        }
    }
    for name in ["items", "additionalProperties"] {
        if let Some(inner) = own.get_mut(name) {
            close(inner, true);
        }
    }
    if let Some(Value::Object(members)) = own.get_mut("properties") {
        members.values_mut().for_each(|member| close(member, true));
    }
    let is_object = own.contains_key("properties") || own.contains_key("allOf");
    if whole && is_object && !own.contains_key("additionalProperties") {
        own.insert("unevaluatedProperties".into(), false.into());
    }
}
