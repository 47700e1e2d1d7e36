//! The two OpenAPI documents, and validators for their schemas.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

use jsonschema::{Draft, Validator};
use parking_lot::Mutex;
use r1_entitlements_mock::{api, control};
use serde_json::{Value, json};

use super::{Formats, closed::closed, reference};

/// The document of the vendor's API.
pub static VENDOR: LazyLock<Document> = LazyLock::new(|| Document::new(api::document()));
/// The document of the control API.
pub static CONTROL: LazyLock<Document> = LazyLock::new(|| Document::new(control::document()));

/// An OpenAPI document.
pub struct Document {
    /// With closed schemas.
    json: Value,
    pub operations: Vec<Operation>,
    validators: Mutex<HashMap<(String, Formats), Arc<Validator>>>,
}

/// An operation of a document.
pub struct Operation {
    pub id: String,
    pub method: String,
    /// The path template.
    pub path: String,
    responses: Value,
    /// JSON pointer to the responses.
    pointer: String,
}

impl Document {
    fn new(json: Value) -> Self {
        let json = closed(&json);
        let mut operations = Vec::new();
        for (path, item) in json["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations.push(Operation {
                    id: operation["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    responses: operation["responses"].clone(),
                    pointer: format!("/paths/{}/{method}/responses", path.replace('/', "~1")),
                });
            }
        }
        // Literal segments go before parameters.
        operations.sort_by_key(|operation| operation.path.matches('{').count());
        Self { json, operations, validators: Mutex::default() }
    }

    /// The operation that a request reaches.
    pub fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.method == method && operation.is_at(path))
    }

    /// Fails unless a value fits a schema of this name.
    #[track_caller]
    pub fn check_schema(&self, name: &str, value: &Value) {
        let validator = self.validator(&format!("/components/schemas/{name}"), Formats::Checked);
        let mistakes: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        assert!(mistakes.is_empty(), "{value}: {mistakes:#?}");
    }

    /// The members that the schema at a JSON pointer names, each with its path.
    pub fn members(&self, pointer: &str) -> BTreeSet<String> {
        reference::members_of(&self.json, self.json.pointer(pointer).unwrap())
    }

    /// A validator for the schema at a JSON pointer of this document.
    pub fn validator(&self, pointer: &str, formats: Formats) -> Arc<Validator> {
        let mut validators = self.validators.lock();
        let validator = validators.entry((pointer.to_owned(), formats)).or_insert_with(|| {
            let own = self.json.pointer(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}"));
            let schema = json!({ "allOf": [own], "components": self.json["components"] });
            let options = jsonschema::options();
            let options = options.with_draft(Draft::Draft202012).should_validate_formats(formats == Formats::Checked);
            let built = options.should_ignore_unknown_formats(true).build(&schema);
            Arc::new(built.unwrap_or_else(|error| panic!("{pointer}: {error}")))
        });
        Arc::clone(validator)
    }
}

impl Operation {
    fn is_at(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let matches = self.path.split('/').all(|own| {
            let given = segments.next();
            given == Some(own) || (own.starts_with('{') && given.is_some_and(|given| !given.is_empty()))
        });
        matches && segments.next().is_none()
    }

    /// What is documented of a status, and a JSON pointer to it.
    pub fn response(&self, status: u16) -> Option<(String, &Value)> {
        let names = [status.to_string(), "default".to_owned()];
        let name = names.into_iter().find(|name| self.responses.get(name).is_some())?;
        Some((format!("{}/{name}", self.pointer), &self.responses[&name]))
    }

    /// The statuses that are documented, without `default`.
    pub fn statuses(&self) -> impl Iterator<Item = u16> {
        self.responses.as_object().unwrap().keys().filter_map(|name| name.parse().ok())
    }
}
