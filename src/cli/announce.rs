//! What a server writes to standard output when it is ready: where it is, what it serves, and a call to try.

use std::{fmt::Write as _, io::Write, net::SocketAddr};

use serde_json::json;

use super::{config::LogFormat, listen::reachable};
use crate::{
    model::{Role, Tenant},
    sandbox::{Sandbox, clock::Clock},
    scenario::Finding,
};

/// The most tenants, and the most notes, that are listed.
const MOST_LINES: usize = 8;

/// What there is to say.
pub struct Announcement<'a> {
    /// The sandbox at the root.
    pub sandbox: &'a Sandbox,
    /// Where the server listens.
    pub bound: SocketAddr,
    /// Where the control surface is, if it is elsewhere.
    pub control: Option<SocketAddr>,
    /// Notes on the scenario.
    pub notes: &'a [Finding],
}

impl Announcement<'_> {
    /// Writes it. A standard output that is closed is no reason not to serve.
    pub fn print(&self, format: LogFormat) {
        let text = match format {
            LogFormat::Pretty => self.lines(),
            LogFormat::Json => self.json(),
        };
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    fn lines(&self) -> String {
        let Self { sandbox, bound, control, notes } = self;
        let (store, _) = sandbox.look();
        let scenario = sandbox.scenario();
        let mut text = format!("r1-entitlements-mock {} listening on http://{bound}\n", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "scenario {}: {}", scenario.name, scenario.meta.title);
        for tenant in store.tenants().take(MOST_LINES) {
            let mark = if tenant.id == store.default_tenant { " (default)" } else { "" };
            let _ = writeln!(text, "  {} {:<8} {}{mark}{}", tenant.id, tenant.kind, tenant.name, clients(tenant));
        }
        let rest = store.tenants().count().saturating_sub(MOST_LINES);
        if rest > 0 {
            let _ = writeln!(text, "  and {rest} more");
        }
        for note in notes.iter().take(MOST_LINES) {
            let _ = writeln!(text, "{note}");
        }
        if notes.len() > MOST_LINES {
            let _ = writeln!(text, "and {} more notes; `check` lists them", notes.len() - MOST_LINES);
        }
        if let Some(control) = control {
            let _ = writeln!(text, "control surface on http://{control}/_mock");
        }
        let _ = writeln!(text, "try: curl http://{}/entitlements/summaries", reachable(*bound));
        text
    }

    /// One line, with the members of a line of the log.
    fn json(&self) -> String {
        let Self { sandbox, bound, control, notes } = self;
        let notes: Vec<_> = notes.iter().take(MOST_LINES).map(ToString::to_string).collect();
        let line = json!({
            "timestamp": Clock::real().now(),
            "level": "INFO",
            "message": format!("listening on http://{bound}"),
            "version": env!("CARGO_PKG_VERSION"),
            "address": bound,
            "baseUrl": format!("http://{}", reachable(*bound)),
            "controlUrl": format!("http://{}/_mock", reachable(control.unwrap_or(*bound))),
            "scenario": sandbox.scenario().name,
            "notes": notes,
        });
        format!("{line}\n")
    }
}

fn clients(tenant: &Tenant) -> String {
    let name = |client: &crate::model::ApiClient| match client.role {
        Role::Admin => client.id.to_string(),
        Role::ReadOnly => format!("{} (read only)", client.id),
    };
    let names: Vec<String> = tenant.clients.iter().map(name).collect();
    if names.is_empty() { String::new() } else { format!("; API clients: {}", names.join(", ")) }
}
