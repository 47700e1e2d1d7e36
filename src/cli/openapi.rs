//! `openapi`: the OpenAPI documents.

use std::io::Write;

use clap::Args;

use crate::{api, control};

/// Prints an OpenAPI document.
#[derive(Debug, Args)]
pub struct Openapi {
    /// Print the document of the control surface (/_mock) instead of the API's.
    #[arg(long)]
    control: bool,
}

impl Openapi {
    /// Prints it.
    pub fn run(&self) -> anyhow::Result<()> {
        let document = if self.control { control::document() } else { api::document() };
        writeln!(std::io::stdout().lock(), "{document:#}")?;
        Ok(())
    }
}
