//! `deprecations`: which deprecated operations a running server was asked for, in any of its sandboxes.

use std::io::Write;

use anyhow::{Context, bail};
use axum::http::Method;
use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};

use super::{
    client::{Answer, Client},
    deprecation_report,
};
use crate::sandbox::deprecation_totals::Totals;

/// Asks a running server for the calls of deprecated operations.
#[derive(Debug, Args)]
pub struct Deprecations {
    /// The address of the server
    #[arg(long, env = "R1MOCK_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: String,
    /// Only the calls in this sandbox; those of all sandboxes, the removed ones included, if not given.
    #[arg(long, env = "R1MOCK_SANDBOX", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    sandbox: Option<String>,
    /// How to print them.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Exit with 1 if there was any such call.
    #[arg(long)]
    fail_on_use: bool,
    /// The token of the control surface.
    #[arg(long, env = "R1MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new())]
    control_token: Option<String>,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// As GET /_mock/deprecations/all answers.
    Json,
    /// `JUnit` XML: each deprecated operation is a test, which fails if the operation was called.
    Junit,
    /// A table, for the summary of a CI job.
    Markdown,
}

impl Deprecations {
    /// Prints the report. False if there were calls and that shall count as a failure.
    pub fn run(self) -> anyhow::Result<bool> {
        let client = Client { url: self.url, token: self.control_token };
        let Answer { status, body } = client.call(Method::GET, "/_mock/deprecations/all", None)?;
        let url = &client.url;
        if status != 200 {
            bail!("{url} answered with {status}: {body}");
        }
        let mut totals: Totals =
            serde_json::from_str(&body).with_context(|| format!("{url} is not a server of this kind"))?;
        if let Some(name) = &self.sandbox {
            totals.sandboxes.retain(|sandbox| sandbox.sandbox.eq_ignore_ascii_case(name));
            totals.calls = totals.sandboxes.iter().map(|sandbox| sandbox.calls).sum();
        }
        let text = match self.format {
            Format::Text => deprecation_report::text(&totals),
            Format::Json => format!("{}\n", serde_json::to_string_pretty(&totals)?),
            Format::Junit => deprecation_report::junit(&totals),
            Format::Markdown => deprecation_report::markdown(&totals),
        };
        write!(std::io::stdout().lock(), "{text}")?;
        Ok(totals.calls == 0 || !self.fail_on_use)
    }
}
