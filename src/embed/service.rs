//! The whole server as a tower service: the vendor's surface, the activity socket, and the simulator's own surface, in
//! each of its sandboxes.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};

use axum::{
    Extension, Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::FutureExt;
use tower::{Layer, ServiceExt};

use crate::{
    api::{Api, openapi},
    catalogue::ACTIVITY_SOCKET,
    control::{self, Guard},
    proxy::Upstream,
    sandbox::{
        Sandbox,
        kept::Budget,
        registry::{Memory, Registry, RegistryLimits},
        selection::SelectedSandbox,
    },
    scenario::Catalog,
    support::{
        cors::{self, Cors},
        http_date::http_date,
        problem::Problem,
    },
};

#[cfg(not(feature = "console"))]
use super::left_out::console;
#[cfg(not(feature = "socket"))]
use super::left_out::socket::{self, Sockets};
#[cfg(feature = "console")]
use crate::console;
#[cfg(feature = "socket")]
use crate::socket::{self, Sockets};

/// Everything that a listener answers. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Service(Arc<Surfaces>);

#[derive(Debug)]
struct Surfaces {
    registry: Arc<Registry>,
    api: Api,
    /// None if the upstream answers the activity socket.
    socket: Option<Router>,
    /// None where the simulator's own surface is at another address, or nowhere. Made for the first request to it.
    control: Option<LazyLock<Router, MakeRouter>>,
    /// Probes, and the page about deprecated operations.
    public: Router,
}

type MakeRouter = Box<dyn FnOnce() -> Router + Send>;

/// What a service consists of, where it differs from the least that there is.
#[derive(Clone, Debug)]
pub struct Builder {
    registry: Arc<Registry>,
    origins: Vec<HeaderValue>,
    sockets: Arc<Sockets>,
    upstream: Option<Arc<Upstream>>,
    control: Option<Guard>,
    kept: Arc<Budget>,
}

impl Service {
    /// A service for all sandboxes of a registry, with the control surface, for pages of this machine.
    pub fn builder(registry: Arc<Registry>) -> Builder {
        Builder {
            kept: Arc::clone(&registry.kept),
            registry,
            origins: Vec::new(),
            sockets: Arc::default(),
            upstream: None,
            control: Some(Guard::default()),
        }
    }

    /// A service for one sandbox, at the root.
    pub fn of(sandbox: Arc<Sandbox>) -> Builder {
        Self::builder(Arc::new(Registry::new(sandbox, Catalog::default(), RegistryLimits::default())))
    }

    /// The same as an axum router, to be merged with others or layered.
    pub fn into_router(self) -> Router {
        Router::new().fallback_service(self)
    }

    /// Answers a request, dated by the clock of the sandbox that it is about.
    pub async fn answer(&self, mut request: Request) -> Response {
        let selected = match SelectedSandbox::of(&self.0.registry, &mut request) {
            Ok(selected) => selected,
            Err(error) => return Problem::from(error).into_response(),
        };
        let sandbox = Arc::clone(&selected.sandbox);
        // The state is behind locks that a panic does not poison.
        let answered = AssertUnwindSafe(self.0.answer(selected, request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| {
            let detail = "the simulator has failed; see its log";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
        });
        response.headers_mut().insert(header::DATE, http_date(sandbox.look().1));
        response
    }
}

impl Surfaces {
    async fn answer(&self, selected: SelectedSandbox, mut request: Request) -> Response {
        let path = request.uri().path();
        let router = if matches!(path, "/_mock/health" | "/_mock/ready") || console::is_public(path) {
            Some(&self.public)
        } else if (path == "/" && cfg!(feature = "console")) || is_under(path, "/_mock") {
            self.control.as_deref()
        } else if path.strip_suffix('/').unwrap_or(path) == ACTIVITY_SOCKET {
            self.socket.as_ref()
        } else {
            None
        };
        let Some(router) = router else { return self.api.answer(selected, request).await };
        request.extensions_mut().insert(selected);
        // On the heap, so that an answer of the API does not pay for the size of this.
        Box::pin(router.clone().oneshot(request)).await.unwrap_or_else(|never: Infallible| match never {})
    }
}

fn is_under(path: &str, start: &str) -> bool {
    path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Builder {
    /// Lets pages of these origins call with credentials, besides those of this machine.
    pub fn origins(self, origins: Vec<HeaderValue>) -> Self {
        Self { origins, ..self }
    }

    /// Serves the activity socket with these connections.
    pub fn sockets(self, sockets: Arc<Sockets>) -> Self {
        Self { sockets, ..self }
    }

    /// Forwards what is not simulated to an upstream.
    pub fn upstream(self, upstream: Option<Arc<Upstream>>) -> Self {
        Self { upstream, ..self }
    }

    /// Serves the control surface behind this guard, or not at all.
    pub fn control(self, control: Option<Guard>) -> Self {
        Self { control, ..self }
    }

    /// Keeps replies within a budget of its own, rather than that of the registry.
    pub fn kept(self, kept: Arc<Budget>) -> Self {
        Self { kept, ..self }
    }

    /// Builds the tower service.
    pub fn build(self) -> Service {
        let Self { registry, origins, sockets, upstream, control, kept } = self;
        let simulates_socket =
            cfg!(feature = "socket") && upstream.as_ref().is_none_or(|upstream| upstream.choice.simulates_socket());
        let socket = simulates_socket.then(|| socket::router(Arc::clone(&registry), sockets, origins.clone()));
        let control = control.map(|guard| {
            let (registry, upstream) = (Arc::clone(&registry), upstream.clone());
            let (origins, kept) = (origins.clone(), Arc::clone(&kept));
            let make: MakeRouter = Box::new(move || control_router(registry, guard, upstream, origins, kept));
            LazyLock::new(make)
        });
        let public = control::probes().merge(console::public_router(control.is_some()));
        let api = Api::new(Cors::new(origins), upstream, kept);
        Service(Arc::new(Surfaces { registry, api, socket, control, public }))
    }
}

/// The simulator's own surface. Which pages may use it is for its guard to say; these may read what it answers.
fn control_router(
    registry: Arc<Registry>,
    guard: Guard,
    upstream: Option<Arc<Upstream>>,
    origins: Vec<HeaderValue>,
    kept: Arc<Budget>,
) -> Router {
    let document = get(openapi::show_document);
    let memory = Memory { kept, journals: Arc::clone(&registry.journals) };
    let own = control::router(registry, guard).merge(console::router(memory, document));
    // Around the router as a whole, not around each of its routes.
    Router::new().fallback_service(cors::layer(origins).layer(Extension(upstream).layer(own)))
}

impl tower::Service<Request> for Service {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}
