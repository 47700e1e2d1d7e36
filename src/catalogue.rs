//! The operations of the vendor's surface, as its OpenAPI document names them.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::Method;
use utoipa::openapi::HttpMethod;

use crate::support::routes::{Described, Routes};

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

/// All operations, by path.
#[derive(Clone, Debug, Default)]
pub struct Operations(BTreeMap<String, Vec<Operation>>);

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        let mut paths = BTreeMap::<String, Vec<Operation>>::new();
        for operation in operations {
            paths.entry(operation.path.clone()).or_default().push(operation);
        }
        Self(paths)
    }
}

impl Operations {
    /// Those of routes that have an id.
    pub fn of(routes: &Routes) -> Self {
        let each = |Described { path, methods, operation, tags: _ }| {
            let id: Option<Arc<str>> = operation.operation_id.as_deref().map(Into::into);
            let of_method = move |method: HttpMethod| {
                let method = match method {
                    HttpMethod::Get => Method::GET,
                    HttpMethod::Post => Method::POST,
                    HttpMethod::Put => Method::PUT,
                    HttpMethod::Patch => Method::PATCH,
                    HttpMethod::Delete => Method::DELETE,
                    // Those answer no operation of their own.
                    HttpMethod::Head | HttpMethod::Options | HttpMethod::Trace => return None,
                };
                Some(Operation { id: id.clone()?, method, path: path.clone() })
            };
            methods.into_iter().filter_map(of_method)
        };
        routes.described().flat_map(each).collect()
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
