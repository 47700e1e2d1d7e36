//! From a command line to a running server, and out of it again.

use std::{fmt::Write as _, io::Write, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use axum::http::Method;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    api,
    cli::{
        client::{Answer, Client, reachable},
        config::{Control, Sandboxes, Serve},
        watch,
    },
    control::{self, Guard},
    embed::{
        Service,
        listener::{self, ConnectionLimits},
    },
    model::{RefreshPlan, Role},
    proxy::{self, Upstream, choice::Choice},
    sandbox::{
        Sandbox, Settings, Start,
        deprecations::Report,
        registry::{Registry, RegistryLimits},
    },
    scenario::{Catalog, Finding, Severity, schemas},
    socket::{Pings, Sockets},
};

/// How long open requests may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Serves until a signal to stop.
pub fn serve(config: Serve) -> anyhow::Result<()> {
    let catalog = Catalog { directory: config.fixtures.clone() };
    let (scenario, mut notes) = catalog.load_with_notes(&config.scenario)?;
    let settings = Settings {
        style: config.style.into(),
        auth: config.auth.into(),
        refresh: RefreshPlan { delay: config.refresh_delay.map(Into::into), ..RefreshPlan::default() },
        sunset: config.sunset(),
        journal: config.journal(),
    };
    let start = Start { faults: config.faults.as_slice().into(), ..settings.into() };
    let (sandbox, more) = Sandbox::new(scenario, start)?;
    notes.extend(more);
    let rules = RegistryLimits {
        on_first_use: config.sandboxes == Sandboxes::Auto,
        idle: config.sandbox_idle,
        kept_bytes: config.kept_replies.saturating_mul(1024 * 1024),
        ..RegistryLimits::default()
    };
    let registry = Arc::new(Registry::new(Arc::new(sandbox), catalog, rules));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    let done = runtime.block_on(run(config, registry, &notes));
    // A long computation that nobody waits for any more does not hold up the end.
    runtime.shutdown_background();
    done
}

async fn run(config: Serve, registry: Arc<Registry>, notes: &[Finding]) -> anyhow::Result<()> {
    let upstream = upstream(&config)?;
    let listener = listen(config.listen)?;
    let bound = listener.local_addr().context("cannot tell the bound address")?;
    let stop = stop_signal()?;
    let guard = Guard { hosts: config.control_hosts, token: config.control_token };
    let (guard, apart) = match config.control {
        Control::On => (Some(guard), None),
        Control::Off => (None, None),
        // The page there refreshes and revokes, and lets operations be tried: so they are there too.
        Control::At(address) => (None, Some((listen(address)?, guard))),
    };
    let control = apart
        .as_ref()
        .map(|(listener, _)| listener.local_addr())
        .transpose()
        .context("cannot tell the bound address")?;
    let _watcher = config.watch.then(|| watch::start(&registry, &config.scenario)).transpose()?;
    if let Some(path) = &config.ready_file {
        write_ready_file(path, bound, control)?;
    }
    announce(&registry.root, bound, control, notes);
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
    }
    Ok(())
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    listener::bind(address).with_context(|| {
        format!(
            "cannot listen on {address}; is the port taken? Choose another with --listen, port 0 for any that is free"
        )
    })
}

/// Tells whoever waits for the file where the server is. The file is there at once and whole.
fn write_ready_file(path: &Path, bound: SocketAddr, control: Option<SocketAddr>) -> anyhow::Result<()> {
    let ready = serde_json::json!({
        "address": bound,
        "baseUrl": format!("http://{}", reachable(bound)),
        "controlUrl": format!("http://{}/_mock", reachable(control.unwrap_or(bound))),
        "pid": std::process::id(),
    });
    let whole = || {
        let part = path.with_extension("part");
        std::fs::write(&part, format!("{ready}\n"))?;
        std::fs::rename(&part, path)
    };
    whole().with_context(|| format!("cannot write the ready file {}", path.display()))
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

/// Resolves on SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Says where the server is, what it serves, and a line to try.
fn announce(sandbox: &Sandbox, bound: SocketAddr, control: Option<SocketAddr>, notes: &[Finding]) {
    let (store, _) = sandbox.look();
    let scenario = sandbox.scenario();
    let mut text = format!("r1-entitlements-mock {} listening on http://{bound}\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "scenario {}: {}", scenario.name, scenario.meta.title);
    let shown = 8;
    for tenant in store.tenants().take(shown) {
        let mark = if tenant.id == store.default_tenant { " (default)" } else { "" };
        let clients: Vec<String> = tenant
            .clients
            .iter()
            .map(|client| match client.role {
                Role::Admin => client.id.to_string(),
                Role::ReadOnly => format!("{} (read only)", client.id),
            })
            .collect();
        let clients = if clients.is_empty() { String::new() } else { format!("; API clients: {}", clients.join(", ")) };
        let _ = writeln!(text, "  {} {:<8} {}{mark}{clients}", tenant.id, tenant.kind, tenant.name);
    }
    let rest = store.tenants().count().saturating_sub(shown);
    if rest > 0 {
        let _ = writeln!(text, "  and {rest} more");
    }
    for note in notes {
        let _ = writeln!(text, "{note}");
    }
    if let Some(control) = control {
        let _ = writeln!(text, "control surface on http://{control}/_mock");
    }
    let _ = writeln!(text, "try: curl http://{}/entitlements/summaries", reachable(bound));
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Checks a scenario and tells all that is found; an error if it cannot be used.
pub fn check(dir: &str, write_schemas: Option<&std::path::Path>) -> anyhow::Result<()> {
    let (scenario, mut notes) = Catalog::default().load_with_notes(dir)?;
    let now = crate::sandbox::clock::Clock::real().now();
    notes.extend(scenario.build(now)?.1);
    let mut out = std::io::stdout().lock();
    for finding in &notes {
        debug_assert!(finding.severity == Severity::Note, "errors have been returned above");
        writeln!(out, "{finding}")?;
    }
    writeln!(out, "scenario \"{}\" is fine: {}", scenario.name, scenario.meta.title)?;
    if let Some(dir) = write_schemas {
        for (name, schema) in schemas() {
            let path = dir.join(name);
            std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&schema)?))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

/// Prints the OpenAPI document, of the vendor's surface or of the control surface.
pub fn print_openapi(of_control: bool) -> anyhow::Result<()> {
    let document = if of_control { control::document() } else { api::document() };
    let text = document.to_pretty_json()?;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Prints the scenarios, a line each.
pub fn print_scenarios(directory: Option<std::path::PathBuf>) -> anyhow::Result<()> {
    let catalog = Catalog { directory };
    let mut out = std::io::stdout().lock();
    for name in catalog.names() {
        match catalog.load(&name) {
            Ok(scenario) => writeln!(out, "{name:<20} {}", scenario.meta.title)?,
            Err(_) => writeln!(out, "{name:<20} (broken; `check` tells why)")?,
        }
    }
    Ok(())
}

/// Prints which deprecated operations a running server was asked for. Tells whether there were any.
pub fn report_deprecations(url: &str, token: Option<&str>) -> anyhow::Result<bool> {
    let client = Client { url: url.to_owned(), token: token.map(str::to_owned) };
    let Answer { status, body } = client.call(Method::GET, "/_mock/deprecations", None)?;
    if status != 200 {
        bail!("{url} answered with {status}: {body}");
    }
    let report: Report = serde_json::from_str(&body).with_context(|| format!("{url} does not answer as expected"))?;
    write!(std::io::stdout().lock(), "{report}")?;
    Ok(report.calls > 0)
}

/// Asks a running server whether it is healthy.
pub fn check_health(listen: SocketAddr) -> anyhow::Result<()> {
    let client = Client { url: format!("http://{}", reachable(listen)), token: None };
    match client.check_health() {
        Ok(()) => Ok(()),
        Err(reason) => bail!("unhealthy: {reason}"),
    }
}
