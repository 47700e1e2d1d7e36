//! What stands in for the parts that a build leaves out: no routes.

#[cfg(not(feature = "console"))]
pub mod console {
    //! The web pages.

    use axum::{Router, routing::MethodRouter};

    use crate::sandbox::registry::Memory;

    /// No pages.
    pub fn router(_: Memory, _: MethodRouter<Memory>) -> Router {
        Router::new()
    }

    /// No pages.
    pub fn public_router<S: Clone + Send + Sync + 'static>(_: bool) -> Router<S> {
        Router::new()
    }

    /// No path is a page.
    pub fn is_public(_: &str) -> bool {
        false
    }
}

#[cfg(not(feature = "socket"))]
pub mod socket {
    //! The activity socket.

    use std::sync::Arc;

    use axum::{Router, http::HeaderValue};

    use crate::sandbox::registry::Registry;

    /// No connections.
    #[derive(Debug, Default)]
    pub struct Sockets;

    /// No socket.
    pub fn router(_: Arc<Registry>, _: Arc<Sockets>, _: Vec<HeaderValue>) -> Router {
        Router::new()
    }
}
