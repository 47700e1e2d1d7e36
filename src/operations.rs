//! The operations of the vendor's surface, as its OpenAPI document names them.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::Method;
use utoipa::openapi::{OpenApi, path::PathItem};

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: Arc<str>,
    /// Its method.
    pub method: Method,
    /// Its path, such as `/activities/{activityId}`.
    pub path: String,
}

/// All operations of a document, by path.
#[derive(Clone, Debug, Default)]
pub struct Operations(BTreeMap<String, Vec<Operation>>);

impl Operations {
    /// Those of a document that have an id.
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (path.clone(), of_path(path, item))).collect())
    }

    /// The operation of a path and a method. HEAD asks for what GET answers.
    pub fn find(&self, path: &str, method: &Method) -> Option<&Operation> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.at(path).iter().find(|operation| operation.method == *method)
    }

    /// The operations of a path.
    pub fn at(&self, path: &str) -> &[Operation] {
        self.0.get(path).map_or(&[], Vec::as_slice)
    }

    /// All of them, by path.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.0.values().flatten()
    }

    /// Whether there is an operation of this id.
    pub fn has(&self, id: &str) -> bool {
        self.iter().any(|operation| *operation.id == *id)
    }
}

fn of_path(path: &str, item: &PathItem) -> Vec<Operation> {
    let methods = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let named = methods.into_iter().filter_map(|(method, operation)| {
        let id = operation.as_ref()?.operation_id.as_deref()?.into();
        Some(Operation { id, method, path: path.to_owned() })
    });
    named.collect()
}
