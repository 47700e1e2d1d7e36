//! The simulator in a Rust test: a server on a free port that ends with the value, or a tower service
//! without a port.
//!
//! ```
//! # use r1_entitlements_mock::MockServer;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::builder().scenario("expiring").frozen_at("2026-03-10T12:00:00Z").start_blocking()?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//!
//! server.clock().advance_days(60);
//! assert_eq!(server.clock().now().to_rfc3339(), "2026-05-09T12:00:00+00:00");
//! # Ok(())
//! # }
//! ```

use std::{net::SocketAddr, ops::Deref, sync::Arc, thread::JoinHandle};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{oneshot, watch};

use crate::{
    embed::{
        listener::{self, ConnectionLimits},
        service::Service,
        simulator::Simulator,
    },
    sandbox::{
        Auth, Sandbox, Settings, Start,
        clock::StartClock,
        registry::{Registry, RegistryError, RegistryLimits},
    },
    scenario::{Catalog, LoadError},
    wire::{Style, date},
};

/// A running simulator. Dropping it ends it. What can be done with it is in [`Simulator`].
#[derive(Debug)]
pub struct MockServer {
    simulator: Simulator,
    running: Arc<Running>,
}

impl Deref for MockServer {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

/// The thread that serves; ended when the last handle goes.
#[derive(Debug)]
struct Running {
    address: SocketAddr,
    stop: parking_lot::Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.stop.lock().take() {
            // Gone already is as good.
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scenario cannot be used.
    #[error(transparent)]
    Scenario(#[from] LoadError),
    /// The moment is no date.
    #[error("\"{0}\" is not a date such as 2026-01-31T12:00:00Z")]
    BadDate(String),
    /// No port could be had.
    #[error("cannot listen on this machine")]
    Listen(#[source] std::io::Error),
}

/// How a simulator shall start.
#[derive(Clone, Debug)]
pub struct Builder {
    scenario: String,
    catalog: Catalog,
    settings: Settings,
    clock: Option<(String, bool)>,
}

impl MockServer {
    /// Says how a simulator shall start; as it is: scenario `default`, real time, open to all.
    pub fn builder() -> Builder {
        Builder { scenario: "default".into(), catalog: Catalog::default(), settings: Settings::default(), clock: None }
    }

    /// Starts one as it is.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// What to put before a path, such as `http://127.0.0.1:41234`; with the sandbox's prefix in a sandbox.
    pub fn url(&self) -> String {
        let address = self.address();
        if self.simulator.sandbox.name.is_empty() {
            format!("http://{address}")
        } else {
            format!("http://{address}/sandboxes/{}", self.simulator.sandbox.name)
        }
    }

    /// A sandbox of its own on the same server: own state, own clock, own faults and requests. It starts
    /// like the root did, and is removed when the server ends.
    pub fn sandbox(&self) -> Result<Self, RegistryError> {
        Ok(Self { simulator: self.simulator.sandbox()?, running: Arc::clone(&self.running) })
    }
}

impl Builder {
    /// A scenario by name, or the path of its directory.
    pub fn scenario(mut self, name: impl Into<String>) -> Self {
        self.scenario = name.into();
        self
    }

    /// The clock stands still at this moment, such as `2026-01-31T12:00:00Z`.
    pub fn frozen_at(mut self, at: impl Into<String>) -> Self {
        self.clock = Some((at.into(), true));
        self
    }

    /// The clock runs from this moment on.
    pub fn running_from(mut self, at: impl Into<String>) -> Self {
        self.clock = Some((at.into(), false));
        self
    }

    /// Answers by the reference, or as observed.
    pub fn style(mut self, style: Style) -> Self {
        self.settings.style = style;
        self
    }

    /// Everything else that a sandbox can be told.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Whether callers must prove who they are.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.settings.auth = auth;
        self
    }

    /// From the 202 of a refresh to its end.
    pub fn refresh_delay(mut self, delay: TimeDelta) -> Self {
        self.settings.refresh.delay = Some(delay.into());
        self
    }

    /// Starts on a free port of this machine.
    #[allow(clippy::unused_async, reason = "starting may come to wait; callers need not change then")]
    pub async fn start(self) -> Result<MockServer, StartError> {
        // Binding and the thread's start are short, so that waiting for them here blocks nobody.
        self.start_blocking()
    }

    /// Starts on a free port of this machine, from a test that is not async.
    pub fn start_blocking(self) -> Result<MockServer, StartError> {
        let registry = self.registry()?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(StartError::Listen)?;
        listener.set_nonblocking(true).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let service = Service::builder(Arc::clone(&registry)).build();
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Listen)?;
        let serve = move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let (_never, stopping) = watch::channel(false);
                tokio::select! {
                    () = listener::serve(listener, service, ConnectionLimits::default(), stopping) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("r1-entitlements-mock".into()).spawn(serve);
        let stop = parking_lot::Mutex::new(Some((stop, thread.map_err(StartError::Listen)?)));
        Ok(MockServer { simulator: Simulator::new(registry), running: Arc::new(Running { address, stop }) })
    }

    /// A simulator without a port: [`Simulator::service`] is a tower service.
    pub fn without_port(self) -> Result<Simulator, StartError> {
        Ok(Simulator::new(self.registry()?))
    }

    fn registry(self) -> Result<Arc<Registry>, StartError> {
        let in_range = |at: &DateTime<Utc>| (StartClock::earliest()..=StartClock::latest()).contains(at);
        let clock = |(text, frozen): (String, bool)| match date::moment(&text).filter(in_range) {
            Some(at) => Ok(StartClock { at, frozen }),
            None => Err(StartError::BadDate(text)),
        };
        let start = Start { clock: self.clock.map(clock).transpose()?, ..self.settings.into() };
        let (sandbox, _) = Sandbox::new(self.catalog.load(&self.scenario)?, start)?;
        Ok(Arc::new(Registry::new(Arc::new(sandbox), self.catalog, RegistryLimits::default())))
    }
}
