//! Routes and their OpenAPI document out of one table.

use axum::{http::Method, routing::MethodFilter};

/// Makes two things of a table of operations: `operations()`, an axum router, and `Paths`, the paths of an OpenAPI
/// document. The document takes time to make, and few callers ask for it; so it is made apart from the router.
///
/// Each line is a method, a path and a handler, which `#[utoipa::path]` documents under the same method and path.
/// `tests/api/openapi.rs` compares the two.
macro_rules! operations {
    ($($method:ident $path:literal => $($handler:ident)::+),+ $(,)?) => {
        $crate::support::operations::operations! { for (), $($method $path => $($handler)::+),+ }
    };
    (for $state:ty, $($method:ident $path:literal => $($handler:ident)::+),+ $(,)?) => {
        /// The handlers behind their paths.
        fn operations() -> axum::Router<$state> {
            axum::Router::new()
                $(.route($path, axum::routing::on($crate::support::operations::filter(&axum::http::Method::$method), $($handler)::+)))+
        }

        /// The paths of the document.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($handler)::+),+))]
        pub struct Paths;
    };
}

pub(crate) use operations;

/// The filter for a method.
pub fn filter(method: &Method) -> MethodFilter {
    // Every method of a table has a filter.
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE)
}
