//! The operations of the vendor's surface, as its OpenAPI document names them.

use serde_json::Value;

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its method, in upper case.
    pub method: String,
    /// Its path, such as `/activities/{activityId}`.
    pub path: String,
}

/// All operations, for those who may not know where they come from: looked up when they are needed, for
/// that takes longer than everything else at the start.
#[derive(Clone, Copy, Debug)]
pub struct Operations(pub fn() -> &'static [Operation]);

impl Operation {
    /// All operations of an OpenAPI document.
    pub fn all(document: &Value) -> Vec<Self> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let methods = |(path, item): (&String, &Value)| {
            let item = item.as_object().cloned().unwrap_or_default();
            let path = path.clone();
            item.into_iter().filter_map(move |(method, operation)| {
                let id = operation["operationId"].as_str()?.to_owned();
                Some(Self { id, method: method.to_ascii_uppercase(), path: path.clone() })
            })
        };
        paths.flat_map(methods).collect()
    }
}
