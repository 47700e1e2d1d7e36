//! What an optional member means in an OpenAPI document. The derive macros call each of them nullable. An answer leaves
//! an absent member out, and a request may say null; a member of an answer that is null is marked as required. Named types
//! that are plain text or numbers are written out.

use std::{collections::BTreeSet, mem};

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Where a document has its named schemas, as references begin.
pub const SCHEMAS: &str = "#/components/schemas/";

/// The document as JSON, with null only where it occurs.
pub fn corrected(document: &OpenApi) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    let requests = in_requests(&value);
    if let Some(schemas) = value["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas.iter_mut() {
            correct_members(schema, requests.contains(name));
        }
    }
    each_parameter(&mut value, &mut |parameter| {
        parameter.get_mut("schema").map(drop_null);
    });
    each_request(&mut value, &mut |body| {
        body.get_mut("schema").map(drop_null);
    });
    write_out_plain_types(&mut value);
    value
}

/// Lets a member be null as well.
pub fn allow_null(member: &mut Value) {
    *member = json!({ "oneOf": [member.take(), { "type": "null" }] });
}

/// A required member of a request, and an optional one of an answer, is never null.
fn correct_members(schema: &mut Value, in_request: bool) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        correct_members(part, in_request);
    }
    let required = schema["required"].clone();
    let is_required = |name: &str| required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, member) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if is_required(name) == in_request {
            drop_null(member);
        }
    }
}

/// `["string", "null"]` becomes `"string"`, and `oneOf` a type and null becomes the type.
fn drop_null(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = &mut types[..] {
            let only = only.take();
            members.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(mut choices)) = members.remove("oneOf") {
        choices.retain(|choice| choice["type"] != "null");
        match &mut choices[..] {
            [Value::Object(only)] => members.append(only),
            _ => drop(members.insert("oneOf".into(), choices.into())),
        }
    }
}

fn each_parameter(document: &mut Value, correct: &mut impl FnMut(&mut Value)) {
    let items = document["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, item)| item.as_object_mut());
    for operation in items.flat_map(Map::values_mut) {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        parameters.into_iter().flatten().for_each(&mut *correct);
    }
}

/// Visits the content of each request: a body that may be left out is not null if it is there.
fn each_request(document: &mut Value, correct: &mut impl FnMut(&mut Value)) {
    let items = document["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, item)| item.as_object_mut());
    for operation in items.flat_map(Map::values_mut) {
        let body = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
        let contents = body.and_then(Value::as_object_mut);
        contents.into_iter().flat_map(Map::values_mut).for_each(&mut *correct);
    }
}

/// The names of the schemas that requests use, and of those that these use.
fn in_requests(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let items = document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
    for operation in items.flat_map(Map::values) {
        visit(&operation["requestBody"], document, &mut found);
    }
    found
}

fn visit(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(SCHEMAS));
            if let Some(name) = name.filter(|name| found.insert((*name).to_owned())) {
                visit(&document["components"]["schemas"][name], document, found);
            }
            members.values().for_each(|member| visit(member, document, found));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, document, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Replaces references to plain types, such as a date, by the types.
fn write_out_plain_types(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let is_plain =
        |schema: &Value| matches!(schema["type"].as_str(), Some("string" | "integer")) && schema["enum"].is_null();
    let (plain, named) = mem::take(schemas).into_iter().partition(|(_, schema)| is_plain(schema));
    *schemas = named;
    write_out(document, &plain);
}

fn write_out(value: &mut Value, plain: &Map<String, Value>) {
    match value {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(SCHEMAS));
            if let Some(Value::Object(schema)) = name.and_then(|name| plain.get(name)) {
                members.remove("$ref");
                for (key, value) in schema {
                    members.entry(key).or_insert_with(|| value.clone());
                }
            }
            members.values_mut().for_each(|member| write_out(member, plain));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| write_out(item, plain)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
