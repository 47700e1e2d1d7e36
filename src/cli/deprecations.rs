//! `deprecations`: which deprecated operations a running server was asked for.

use std::io::Write;

use anyhow::{Context, bail};
use axum::http::Method;
use clap::{Args, builder::NonEmptyStringValueParser};

use super::client::{Answer, Client};
use crate::sandbox::deprecations::Report;

/// Asks a running server for the calls of deprecated operations.
#[derive(Debug, Args)]
pub struct Deprecations {
    /// The server.
    #[arg(long, env = "R1MOCK_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: String,
    /// Exit with 1 if there was any such call.
    #[arg(long)]
    fail_on_use: bool,
    /// The token of the control surface.
    #[arg(long, env = "R1MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new())]
    control_token: Option<String>,
}

impl Deprecations {
    /// Prints the report. False if there were calls and that shall count as a failure.
    pub fn run(self) -> anyhow::Result<bool> {
        let client = Client { url: self.url, token: self.control_token };
        let Answer { status, body } = client.call(Method::GET, "/_mock/deprecations", None)?;
        let url = &client.url;
        if status != 200 {
            bail!("{url} answered with {status}: {body}");
        }
        let report: Report =
            serde_json::from_str(&body).with_context(|| format!("{url} is not a server of this kind"))?;
        write!(std::io::stdout().lock(), "{report}")?;
        Ok(report.calls == 0 || !self.fail_on_use)
    }
}
