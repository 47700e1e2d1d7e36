//! From a command line to a running server, and out of it again.

use std::{fmt::Write as _, io::Write, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Log, Serve},
    control,
    deprecation::Report,
    fixtures::{Catalog, Finding, Severity, schemas},
    healthcheck, http,
    sandbox::{Sandbox, Settings},
    store::Role,
};

/// How long open requests may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(4);

/// Serves until a signal to stop.
pub fn serve(config: Serve) -> anyhow::Result<()> {
    let catalog = Catalog { directory: config.fixtures.clone() };
    let (scenario, mut notes) = catalog.load_with_notes(&config.scenario)?;
    let settings = Settings {
        style: config.style.into(),
        auth: config.auth.into(),
        refresh_delay: config.refresh_delay,
        sunset: config.sunset(),
        clock: None,
    };
    let (sandbox, more) = Sandbox::new(scenario, settings)?;
    notes.extend(more);
    log_to_stderr(config.log);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(run(config, Arc::new(sandbox), &notes))
}

async fn run(config: Serve, sandbox: Arc<Sandbox>, notes: &[Finding]) -> anyhow::Result<()> {
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| cannot_listen(listen))?;
    let bound = listener.local_addr().context("cannot tell the bound address")?;
    let stop = stop_signal()?;
    announce(&sandbox, bound, notes);
    let app = router(sandbox, config.cors_origins);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    let patience = async move {
        let _ = stopped.await;
        drain_time().await;
    };
    tokio::select! {
        ended = server => ended.context("the server ended"),
        () = patience => Ok(()),
    }
}

#[allow(clippy::disallowed_methods, reason = "shutting down is real time, whatever the sandbox's clock shows")]
async fn drain_time() {
    tokio::time::sleep(DRAIN).await;
}

fn cannot_listen(listen: SocketAddr) -> String {
    format!("cannot listen on {listen}; is the port taken? Choose another with --listen, port 0 for any that is free")
}

/// Everything that the server answers: the vendor's surface and its own.
pub fn router(sandbox: Arc<Sandbox>, cors_origins: Vec<axum::http::HeaderValue>) -> Router {
    control::router(Arc::clone(&sandbox)).fallback_service(http::router(sandbox, cors_origins))
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
fn announce(sandbox: &Sandbox, bound: SocketAddr, notes: &[Finding]) {
    let (store, _) = sandbox.sim.look();
    let mut text = format!("r1-entitlements-mock {} listening on http://{bound}\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "scenario {}: {}", sandbox.scenario.name, sandbox.scenario.meta.title);
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
    let _ = writeln!(text, "try: curl http://{bound}/entitlements/summaries");
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn log_to_stderr(format: Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        Log::Pretty => builder.with_target(false).init(),
        Log::Json => builder.json().flatten_event(true).init(),
    }
}

/// Checks a scenario and tells all that is found; an error if it cannot be used.
pub fn check(dir: &str, write_schemas: Option<&std::path::Path>) -> anyhow::Result<()> {
    let (scenario, mut notes) = Catalog::default().load_with_notes(dir)?;
    let now = crate::clock::Clock::real().now();
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

/// Prints the OpenAPI document.
pub fn print_openapi() -> anyhow::Result<()> {
    let text = http::document().to_pretty_json()?;
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

/// Prints which deprecated operations a running server was asked for; an error if that is told to be one.
pub fn report_deprecations(url: &str, fail_on_use: bool) -> anyhow::Result<()> {
    let body = healthcheck::get(url, "/_mock/deprecations").map_err(anyhow::Error::msg)?;
    let report: Report = serde_json::from_str(&body).with_context(|| format!("{url} does not answer as expected"))?;
    write!(std::io::stdout().lock(), "{report}")?;
    if fail_on_use && report.calls > 0 {
        bail!("deprecated operations were called");
    }
    Ok(())
}

/// Asks a running server whether it is healthy.
pub fn check_health(listen: SocketAddr) -> anyhow::Result<()> {
    match healthcheck::ask(listen) {
        Ok(()) => Ok(()),
        Err(reason) => bail!("unhealthy: {reason}"),
    }
}
