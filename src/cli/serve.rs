//! From a command line to a running server, and out of it again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use anyhow::Context;
use futures_util::future::OptionFuture;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cli::{
        announce::Announcement,
        config::{Control, Sandboxes, Serve},
        environment::is_set_but_empty,
        parent::Parent,
    },
    control::Guard,
    embed::{
        Service,
        listener::{self, ConnectionLimits},
    },
    model::RefreshPlan,
    proxy::{self, Upstream, choice::Choice},
    sandbox::{
        Sandbox, Settings, Start,
        registry::{Registry, RegistryLimits},
    },
    scenario::{Catalog, Finding},
    socket::{Pings, Sockets},
};

/// How long open requests may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Serves until a signal to stop.
pub fn serve(config: Serve) -> anyhow::Result<()> {
    let parent = config.die_with_parent.then(Parent::now);
    config.handover.remove_stale()?;
    if config.control_token.is_none() && is_set_but_empty("R1MOCK_CONTROL_TOKEN") {
        tracing::warn!("R1MOCK_CONTROL_TOKEN is empty, so the control surface asks for no token");
    }
    let catalog = Catalog::new(config.fixtures.clone())?;
    let (scenario, mut notes) = catalog.load_with_notes(&config.scenario)?;
    let settings = Settings {
        style: config.style.into(),
        auth: config.auth.into(),
        tenant_from_referer: config.tenant_from_referer,
        refresh: RefreshPlan { delay: config.refresh_delay.map(Into::into), ..RefreshPlan::default() },
        sunset: config.sunset(),
        journal: config.journal(),
    };
    let start = Start { clock: config.clock, faults: config.faults.as_slice().into(), ..settings.into() };
    let (sandbox, more) = Sandbox::new(scenario, start)?;
    notes.extend(more);
    let rules = RegistryLimits {
        on_first_use: config.sandboxes == Sandboxes::Auto,
        idle: config.sandbox_idle,
        kept_bytes: config.kept_replies.saturating_mul(1024 * 1024),
        journal_bytes: config.journal_memory.saturating_mul(1024 * 1024),
        ..RegistryLimits::default()
    };
    let registry = Arc::new(Registry::new(Arc::new(sandbox), catalog, rules));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    let done = runtime.block_on(run(config, registry, parent, &notes));
    // A long computation that nobody waits for any more does not hold up the end.
    runtime.shutdown_background();
    done
}

async fn run(config: Serve, registry: Arc<Registry>, parent: Option<Parent>, notes: &[Finding]) -> anyhow::Result<()> {
    let upstream = upstream(&config)?;
    let listener = config.listen.bind()?;
    let bound = listener.local_addr().context("cannot tell the bound address")?;
    let stop = stop_signal(parent)?;
    let guard = Guard { hosts: config.control_hosts, token: config.control_token };
    let (guard, apart) = match config.control {
        Control::On => (Some(guard), None),
        Control::Off => (None, None),
        // The page there refreshes and revokes, and lets operations be tried: so they are there too.
        Control::At(address) => (None, Some((address.bind()?, guard))),
    };
    let control = apart
        .as_ref()
        .map(|(listener, _)| listener.local_addr())
        .transpose()
        .context("cannot tell the bound address")?;
    #[cfg(feature = "watch")]
    let _watcher = config.watch.then(|| super::watch::start(&registry, &config.scenario)).transpose()?;
    let _handed_over = config.handover.write(bound, control)?;
    Announcement { sandbox: &registry.root, bound, control, notes }.print(config.log);
    let (stopping, stopped) = tokio::sync::watch::channel(false);
    let pings = Pings { interval: config.socket_ping_interval, timeout: config.socket_ping_timeout };
    let sockets = Arc::new(Sockets::new(pings));
    let serve = |listener, guard: Option<Guard>| {
        let service = Service::builder(Arc::clone(&registry))
            .origins(config.cors_origins.clone())
            .sockets(Arc::clone(&sockets))
            .upstream(upstream.clone())
            .control(guard)
            .build();
        listener::serve(listener, service, ConnectionLimits::default(), stopped.clone())
    };
    let vendor = serve(listener, guard);
    let apart = apart.map(|(listener, guard)| serve(listener, Some(guard)));
    let apart = async {
        if let Some(server) = apart {
            server.await;
        }
    };
    let servers = async {
        tokio::join!(vendor, apart);
        // A connection that became a socket is no longer the server's, which does not wait for it.
        sockets.close().await;
    };
    let patience = async {
        stop.await;
        registry.stop.stop();
        let _ = stopping.send(true);
        tokio::join!(sockets.close(), drain_time());
    };
    tokio::select! {
        () = servers => {}
        () = patience => {}
        never = sweep(&registry) => match never {},
    }
    Ok(())
}

/// Removes idle sandboxes again and again, also if no request comes: they hold memory.
#[allow(clippy::disallowed_methods, reason = "idleness is real time, whatever the sandbox's clock shows")]
async fn sweep(registry: &Registry) -> Infallible {
    let pause = (registry.rules.idle / 4).clamp(Duration::from_secs(1), Duration::from_mins(1));
    loop {
        tokio::time::sleep(pause).await;
        registry.sweep();
    }
}

#[allow(clippy::disallowed_methods, reason = "shutting down is real time, whatever the sandbox's clock shows")]
async fn drain_time() {
    tokio::time::sleep(DRAIN).await;
}

fn upstream(config: &Serve) -> anyhow::Result<Option<Arc<Upstream>>> {
    let Some(target) = config.upstream.clone() else { return Ok(None) };
    let choice = Choice::new(&config.only, &config.except).map_err(anyhow::Error::msg)?;
    let config = proxy::Config {
        target,
        token: config.upstream_token.clone(),
        timeout: config.upstream_timeout,
        choice,
        origins: config.cors_origins.clone(),
        hosts: config.control_hosts.clone(),
        ca: config.upstream_ca.clone(),
    };
    Ok(Some(Arc::new(Upstream::new(config).context("cannot use --upstream")?)))
}

/// Resolves on SIGTERM and SIGINT, and at the end of the parent process if that is given.
fn stop_signal(parent: Option<Parent>) -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            Some(()) = OptionFuture::from(parent.map(Parent::ended)) => {}
        }
    })
}
