//! The JSON Schemas of the fixture files, from the same derives as the OpenAPI documents.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::format::{
    ActivityRow, AssignmentRow, AttentionNoteRow, Entitlements, Licensing, MspEntitlements, OverrideRow, Scenario,
    TenantRow,
};
use crate::support::nullability::SCHEMAS;

/// The JSON Schemas by file name, for editors.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("scenario.schema.json", of::<Scenario>()),
        ("tenants.schema.json", of::<Vec<TenantRow>>()),
        ("entitlements.schema.json", of::<Entitlements>()),
        ("msp-entitlements.schema.json", of::<MspEntitlements>()),
        ("assignments.schema.json", of::<Vec<AssignmentRow>>()),
        ("licensing.schema.json", of::<Licensing>()),
        ("activities.schema.json", of::<Vec<ActivityRow>>()),
        ("attention-notes.schema.json", of::<Vec<AttentionNoteRow>>()),
        ("overrides.schema.json", of::<Vec<OverrideRow>>()),
    ]
}

/// The JSON Schema of a type, with those of the types that it names.
pub(super) fn of<T: ToSchema>() -> Value {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named: Map<String, Value> = named.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    let mut root = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema" });
    if let (Some(root), Value::Object(own)) = (root.as_object_mut(), json!(T::schema())) {
        root.extend(own);
        root.insert("$defs".into(), named.into());
    }
    refer_to_definitions(&mut root);
    root
}

/// JSON Schema has the named schemas of OpenAPI in `$defs`.
fn refer_to_definitions(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(SCHEMAS)
            {
                *reference = format!("#/$defs/{name}");
            }
            members.values_mut().for_each(refer_to_definitions);
        }
        Value::Array(items) => items.iter_mut().for_each(refer_to_definitions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
