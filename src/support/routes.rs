//! Routes that carry their documentation, which is made only when somebody asks for it: to make it takes longer
//! than everything else at the start of the server.
//!
//! Used like `utoipa_axum::router::OpenApiRouter`, with [`route!`](crate::route) in the place of its `routes!`.

use std::{convert::Infallible, fmt};

use axum::{
    Router,
    extract::Request,
    response::IntoResponse,
    routing::{self, MethodRouter},
};
use tower::{Layer, Service};
use utoipa::openapi::{HttpMethod, OpenApi, Paths, RefOr, Schema, path::Operation};

/// Schemas by name, as handlers refer to them.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// The handlers of one path. Made by [`route!`](crate::route).
#[derive(Debug)]
pub struct Route<S> {
    /// The path.
    pub path: fn() -> String,
    /// What serves it.
    pub serve: fn() -> MethodRouter<S>,
    /// Its part of a document.
    pub documented: Documented,
}

/// The part of one path of a document, in pieces that are made when they are needed.
#[derive(Clone, Copy)]
pub struct Documented {
    /// Its operations.
    pub operations: fn() -> Vec<Described>,
    /// Adds the schemas to which those refer.
    pub schemas: fn(&mut Schemas),
}

/// A handler, as a document describes it.
#[allow(missing_debug_implementations, reason = "its parts have none")]
#[derive(Clone)]
pub struct Described {
    /// Its path.
    pub path: String,
    /// Its methods.
    pub methods: Vec<HttpMethod>,
    /// Its operation.
    pub operation: Operation,
    /// The groups to which it belongs.
    pub tags: Vec<&'static str>,
}

/// Routes with their places in an OpenAPI document.
#[derive(Debug)]
pub struct Routes<S = ()> {
    router: Router<S>,
    documented: Vec<Documented>,
}

/// The handlers of one path, which must be documented by `#[utoipa::path]`.
#[macro_export]
macro_rules! route {
    ($first:path $(, $other:path)* $(,)?) => {
        $crate::support::routes::Route {
            path: || $crate::route!(@ [path()] $first),
            serve: || {
                use utoipa_axum::PathItemExt as _;
                let router = axum::routing::MethodRouter::new();
                let router = $crate::route!(@ [methods()] $first)
                    .iter()
                    .fold(router, |router, method| router.on(method.to_method_filter(), $first));
                $(
                    let router = $crate::route!(@ [methods()] $other)
                        .iter()
                        .fold(router, |router, method| router.on(method.to_method_filter(), $other));
                )*
                router
            },
            documented: $crate::support::routes::Documented {
                operations: || vec![$crate::route!(@described $first) $(, $crate::route!(@described $other))*],
                schemas: |schemas| {
                    $crate::route!(@ [schemas(schemas)] $first);
                    $( $crate::route!(@ [schemas(schemas)] $other); )*
                },
            },
        }
    };
    (@described $handler:path) => {
        $crate::support::routes::Described {
            path: $crate::route!(@ [path()] $handler),
            methods: $crate::route!(@ [methods()] $handler),
            operation: $crate::route!(@ [operation()] $handler),
            tags: $crate::route!(@ [tags()] $handler),
        }
    };
    // utoipa-axum knows how to find what `#[utoipa::path]` made of a handler.
    (@ $what:tt $handler:path) => {
        utoipa_axum::paste! { utoipa_axum::routes!(@path $what of $handler) }
    };
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    pub fn new() -> Self {
        Self { router: Router::new(), documented: Vec::new() }
    }

    /// Adds the handlers of a path.
    pub fn routes(mut self, Route { path, serve, documented }: Route<S>) -> Self {
        self.documented.push(documented);
        Self { router: self.router.route(&path(), serve()), ..self }
    }

    /// Adds a path that has no place in the document.
    pub fn route(self, path: &str, serve: MethodRouter<S>) -> Self {
        Self { router: self.router.route(path, serve), ..self }
    }

    /// Adds other routes.
    pub fn merge(mut self, Self { router, documented }: Self) -> Self {
        self.documented.extend(documented);
        Self { router: self.router.merge(router), ..self }
    }

    /// Puts a layer around all routes that are there.
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(layer), ..self }
    }

    /// What serves them.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// All handlers, as a document describes them.
    pub fn described(&self) -> impl Iterator<Item = Described> {
        self.documented.iter().flat_map(|documented| (documented.operations)())
    }

    /// A document with all of them in it.
    pub fn document(&self, mut document: OpenApi) -> OpenApi {
        for Described { path, methods, mut operation, tags } in self.described() {
            if !tags.is_empty() {
                operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
            }
            let mut paths = Paths::new();
            paths.add_path_operation(&path, methods, operation);
            for (path, item) in paths.paths {
                match document.paths.paths.get_mut(&path) {
                    Some(known) => known.merge_operations(item),
                    None => {
                        document.paths.paths.insert(path, item);
                    }
                }
            }
        }
        let mut schemas = Schemas::new();
        for documented in &self.documented {
            (documented.schemas)(&mut schemas);
        }
        document.components.get_or_insert_default().schemas.extend(schemas);
        document
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((self.operations)().iter().map(|described| &described.path)).finish()
    }
}
