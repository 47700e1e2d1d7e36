//! The published reference, as JSON Schema: written down by hand in `reference.json` and independent of the types of the
//! simulator, so that a field that is renamed by mistake is noticed.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

static REFERENCE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("reference.json")).unwrap());

/// By operation, such as `GET /banners`, and status.
static VALIDATORS: LazyLock<HashMap<(String, u16), Validator>> = LazyLock::new(|| {
    let validator = |schema: &Value| {
        let whole = json!({ "allOf": [schema], "$defs": REFERENCE["$defs"] });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&whole).unwrap()
    };
    answers().map(|(operation, status, schema)| ((operation.to_owned(), status), validator(schema))).collect()
});

/// Operation, status and schema of each answer that the reference describes.
pub fn answers() -> impl Iterator<Item = (&'static str, u16, &'static Value)> {
    let operations = REFERENCE["answers"].as_object().unwrap();
    operations.iter().flat_map(|(operation, answers)| {
        let answers = answers.as_object().unwrap();
        answers.iter().map(|(status, schema)| (operation.as_str(), status.parse().unwrap(), schema))
    })
}

/// In what an answer differs from the reference; nothing, if the reference does not describe it.
pub fn mistakes(operation: &str, status: u16, body: &Value) -> Vec<String> {
    let validator = VALIDATORS.get(&(operation.to_owned(), status));
    let errors = validator.into_iter().flat_map(|validator| validator.iter_errors(body));
    errors.map(|error| format!("{} (reference): {error}", error.instance_path())).collect()
}

/// The members that a schema of the reference names, each with its path, such as `data[].status`.
pub fn members(schema: &Value) -> BTreeSet<String> {
    members_of(&REFERENCE, schema)
}

/// The members that a schema of any document names.
pub fn members_of(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(document, schema, "", &mut found);
    found
}

fn collect(document: &Value, schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        collect(document, document.pointer(&reference[1..]).unwrap(), path, found);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(document, member, &inner, found);
        found.insert(inner);
    }
    for parts in ["allOf", "oneOf", "anyOf"] {
        schema[parts].as_array().into_iter().flatten().for_each(|part| collect(document, part, path, found));
    }
    if schema["items"].is_object() {
        collect(document, &schema["items"], &format!("{path}[]"), found);
    }
}
