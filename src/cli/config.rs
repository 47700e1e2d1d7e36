//! The command line. Every flag of `serve` is an environment variable too; the flag goes first.

use std::{ffi::OsString, path::PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    builder::{FalseyValueParser, NonEmptyStringValueParser, PossibleValuesParser},
    error::ErrorKind,
};

use super::{
    check::Check,
    completions::Completions,
    ctl::Ctl,
    deprecations::Deprecations,
    environment::{unknown_variable, without_empty_variables},
    handover::HandoverFiles,
    healthcheck::Healthcheck,
    init::Init,
    listen::ListenAddress,
    man::Man,
    openapi::Openapi,
    raw_arguments,
    scenarios::Scenarios,
    values::{brownout, clock, control, day, delay, fault_set, origin, some_time, time},
};
use crate::{
    catalogue,
    faults::sets::Set,
    journal::Limits,
    proxy::{bearer, target::Target},
    sandbox::{self, clock::StartClock, deprecations},
    wire,
};

/// A simulator of the RUCKUS One Entitlements API. Without a command it serves.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: Serve,
}

impl Cli {
    /// The command line, with what the environment adds to it.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let matches = without_empty_variables(command.clone()).try_get_matches_from(arguments)?;
        let cli = Self::from_arg_matches(&matches)?;
        // Commands for scripts run beside other programs, whose variables they need not know.
        let serves = matches!(cli.command, None | Some(Command::Serve(_)));
        match unknown_variable(&command).filter(|_| serves) {
            Some(message) => Err(command.error(ErrorKind::UnknownArgument, message)),
            None => Ok(cli),
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of it, and clap flattens it")]
pub enum Command {
    /// Serve the API (the default).
    Serve(Serve),
    /// Check the files of a scenario and report everything that is wrong with them.
    Check(Check),
    /// Print the OpenAPI document.
    Openapi(Openapi),
    /// Call the control surface of a running server. Exit code 1: the server refused, or a check failed; 2: no answer.
    Ctl(Ctl),
    /// Ask a running server whether it is healthy. Exit code 1: it is not.
    Healthcheck(Healthcheck),
    /// Report which deprecated operations of a running server were called, and by whom. Exit code 2: no answer.
    Deprecations(Deprecations),
    /// List the scenarios.
    Scenarios(Scenarios),
    /// Write the files of a scenario into a new directory, as a start for one of your own.
    Init(Init),
    /// Print the completions of a shell.
    Completions(Completions),
    /// Print a manual page.
    Man(Man),
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one, which is then printed.
    #[arg(long, env = "R1MOCK_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: ListenAddress,
    /// The scenario to start with: a name, or the path of a directory.
    #[arg(long, env = "R1MOCK_SCENARIO", default_value = "default", value_name = "NAME|DIR",
        value_parser = NonEmptyStringValueParser::new())]
    pub scenario: String,
    /// A directory of scenarios; they take precedence over those in the binary.
    #[arg(long, env = "R1MOCK_FIXTURES", value_name = "DIR")]
    pub fixtures: Option<PathBuf>,
    /// What the clock shows at the start, instead of the scenario's start or real time; ",frozen": it stands still.
    #[arg(long, env = "R1MOCK_CLOCK", value_name = "MOMENT[,frozen]", value_parser = clock)]
    pub clock: Option<StartClock>,
    /// From the 202 of a refresh to its end, such as 2s or 500ms; the scenario's, mostly 2s, if not given.
    #[arg(long, env = "R1MOCK_REFRESH_DELAY", value_name = "TIME", value_parser = delay)]
    pub refresh_delay: Option<TimeDelta>,
    /// Whether callers must prove who they are.
    #[arg(long, env = "R1MOCK_AUTH", default_value = "open", value_name = "MODE")]
    pub auth: Auth,
    /// Take the tenant of a call without a token and x-rks-tenantid from the path of its Referer, as in the vendor's UI.
    #[arg(long, env = "R1MOCK_TENANT_FROM_REFERER", value_parser = FalseyValueParser::new())]
    pub tenant_from_referer: bool,
    /// Answer by the reference, or with the dates, envelopes and oddities observed in clients and their recordings.
    #[arg(long, env = "R1MOCK_STYLE", default_value = "documented", value_name = "STYLE")]
    pub style: Style,
    /// Origins of pages that may call with credentials, besides those on this machine; comma-separated.
    #[arg(long, env = "R1MOCK_CORS_ORIGINS", value_name = "ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<axum::http::HeaderValue>,
    /// How often the activity socket is pinged; shorten it to see clients idle, ping and reconnect.
    #[arg(long, env = "R1MOCK_SOCKET_PING_INTERVAL", default_value = "25s", value_name = "TIME", value_parser = some_time)]
    pub socket_ping_interval: std::time::Duration,
    /// How long the answer to such a ping may take before the socket is closed.
    #[arg(long, env = "R1MOCK_SOCKET_PING_TIMEOUT", default_value = "60s", value_name = "TIME", value_parser = some_time)]
    pub socket_ping_timeout: std::time::Duration,
    /// Whether a new name in a request's path, host or header makes a sandbox.
    #[arg(long, env = "R1MOCK_SANDBOXES", default_value = "made", value_name = "MODE")]
    pub sandboxes: Sandboxes,
    /// After how long without use a sandbox is removed.
    #[arg(long, env = "R1MOCK_SANDBOX_IDLE", default_value = "1h", value_name = "TIME", value_parser = time)]
    pub sandbox_idle: std::time::Duration,
    /// Where the control surface (/_mock) is: here, nowhere, or at an address of its own.
    #[arg(long, env = "R1MOCK_CONTROL", default_value = "on", value_name = "on|off|ADDR", value_parser = control)]
    pub control: Control,
    /// A token that the control surface asks for.
    #[arg(long, env = "R1MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new())]
    pub control_token: Option<String>,
    /// Names with a dot under which the control surface may be called; comma-separated.
    #[arg(long, env = "R1MOCK_CONTROL_HOSTS", value_name = "NAMES", value_delimiter = ',',
        value_parser = NonEmptyStringValueParser::new())]
    pub control_hosts: Vec<String>,
    /// Sets of faults that are in force from the start, such as flaky-5xx; comma-separated.
    #[arg(long, env = "R1MOCK_FAULTS", value_name = "SETS", value_delimiter = ',', value_parser = fault_set)]
    pub faults: Vec<Set>,
    /// How much memory kept replies may take, over all sandboxes, in MiB; 0 computes every reply anew.
    #[arg(long, env = "R1MOCK_KEPT_REPLIES", default_value_t = 64, value_name = "MIB")]
    pub kept_replies: usize,
    /// How many requests the journal keeps at the most; 0 records nothing.
    #[arg(long, env = "R1MOCK_JOURNAL", default_value_t = Limits::default().count, value_name = "COUNT")]
    pub journal: usize,
    /// How much memory the journals of all sandboxes may take, in MiB; the oldest are emptied first.
    #[arg(long, env = "R1MOCK_JOURNAL_MEMORY", default_value_t = 192, value_name = "MIB")]
    pub journal_memory: usize,
    /// Where it writes that it is ready.
    #[command(flatten)]
    pub handover: HandoverFiles,
    /// End when the process that started this one ends.
    #[arg(long, env = "R1MOCK_DIE_WITH_PARENT", value_parser = FalseyValueParser::new())]
    pub die_with_parent: bool,
    /// Load the scenario again when its files change. Wrong files leave the old state; the log and the events say why.
    #[arg(long, env = "R1MOCK_WATCH", value_parser = FalseyValueParser::new())]
    pub watch: bool,
    /// The address of a real system that gets every request that is not simulated; mostly a scheme and a host.
    #[arg(long, env = "R1MOCK_UPSTREAM", value_name = "URL")]
    pub upstream: Option<Target>,
    /// A token for the upstream, instead of the callers' own.
    #[arg(long, env = "R1MOCK_UPSTREAM_TOKEN", value_name = "TOKEN", hide_env_values = true, value_parser = bearer)]
    pub upstream_token: Option<axum::http::HeaderValue>,
    /// How long the upstream may take from what it was last sent of a request until its answer begins.
    #[arg(long, env = "R1MOCK_UPSTREAM_TIMEOUT", default_value = "30s", value_name = "TIME", value_parser = some_time)]
    pub upstream_timeout: std::time::Duration,
    /// A PEM file with the root certificates to trust, instead of the web's; for private certificates.
    #[arg(long, env = "R1MOCK_UPSTREAM_CA", value_name = "PATH", requires = "upstream")]
    pub upstream_ca: Option<PathBuf>,
    /// With --upstream: simulate only these operations, by operationId; comma-separated.
    #[arg(long, env = "R1MOCK_ONLY", value_name = "IDS", value_delimiter = ',', requires = "upstream",
        value_parser = NonEmptyStringValueParser::new())]
    pub only: Vec<String>,
    /// With --upstream: simulate all operations but these; comma-separated.
    #[arg(
        long,
        env = "R1MOCK_EXCEPT",
        value_name = "IDS",
        value_delimiter = ',',
        value_parser = NonEmptyStringValueParser::new(),
        requires = "upstream",
        conflicts_with = "only"
    )]
    pub except: Vec<String>,
    /// What callers of deprecated operations notice: headers; 410 from the sunset date on; nothing.
    #[arg(long, env = "R1MOCK_SUNSET", default_value = "headers", value_name = "MODE")]
    pub sunset: Sunset,
    /// The day from which deprecated operations may be gone, by the sandbox's clock.
    #[arg(long, env = "R1MOCK_SUNSET_DATE", default_value = "2026-08-31", value_name = "DATE", value_parser = day)]
    pub sunset_date: DateTime<Utc>,
    /// Answer deprecated operations with 410 for so long from the start of each hour, such as 5m.
    #[arg(long, env = "R1MOCK_BROWNOUT", value_name = "TIME", value_parser = brownout)]
    pub brownout: Option<TimeDelta>,
    /// Let only these operations be gone, by operationId; comma-separated.
    #[arg(long, env = "R1MOCK_SUNSET_ONLY", value_name = "OPERATIONS", value_delimiter = ',',
        value_parser = PossibleValuesParser::new(catalogue::deprecated().map(|operation| operation.id)))]
    pub sunset_only: Vec<String>,
    /// The format of the log on standard error. RUST_LOG selects what is logged.
    #[arg(long, env = "R1MOCK_LOG", default_value = "pretty", value_name = "FORMAT")]
    pub log: LogFormat,
}

impl Serve {
    /// How much journals keep.
    pub fn journal(&self) -> Limits {
        Limits { count: self.journal, ..Limits::default() }
    }

    /// How the deprecated operations are phased out.
    pub fn sunset(&self) -> deprecations::Sunset {
        deprecations::Sunset {
            mode: self.sunset.into(),
            date: self.sunset_date,
            brownout: self.brownout,
            only: self.sunset_only.as_slice().into(),
        }
    }
}

/// Where the control surface is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Beside the vendor's surface.
    On,
    /// Nowhere.
    Off,
    /// At an address of its own.
    At(ListenAddress),
}

/// How sandboxes come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sandboxes {
    /// By POST /_mock/sandboxes.
    Made,
    /// On first use too.
    Auto,
}

/// See [`sandbox::Auth`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "documented where it is used")]
pub enum Auth {
    Open,
    Required,
}

/// See [`deprecations::Mode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "documented where it is used")]
pub enum Sunset {
    Headers,
    Gone,
    Silent,
}

impl From<Sunset> for deprecations::Mode {
    fn from(sunset: Sunset) -> Self {
        match sunset {
            Sunset::Headers => Self::Headers,
            Sunset::Gone => Self::Gone,
            Sunset::Silent => Self::Silent,
        }
    }
}

/// See [`wire::Style`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "documented where it is used")]
pub enum Style {
    Documented,
    #[value(alias = "live")]
    Observed,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// What a command line asks for that cannot be parsed as a whole.
    pub fn named_by(arguments: &[OsString]) -> Self {
        match raw_arguments::value_or_variable(arguments, "--log", "R1MOCK_LOG").as_deref() {
            Some("json") => Self::Json,
            _ => Self::Pretty,
        }
    }
}

impl From<Auth> for sandbox::Auth {
    fn from(auth: Auth) -> Self {
        match auth {
            Auth::Open => Self::Open,
            Auth::Required => Self::Required,
        }
    }
}

impl From<Style> for wire::Style {
    fn from(style: Style) -> Self {
        match style {
            Style::Documented => Self::Documented,
            Style::Observed => Self::Observed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_these_operations_are_simulated_or_all_but_these() {
        let reads = |more: &[&str]| {
            let start = ["r1-entitlements-mock", "--upstream", "http://127.0.0.1:1"];
            Cli::try_parse_from(start.iter().chain(more)).is_ok()
        };
        assert!(reads(&["--only", "getBanners"]) && reads(&["--except", "getBanners"]));
        assert!(!reads(&["--only", "getBanners", "--except", "getSummary"]));
    }
}
