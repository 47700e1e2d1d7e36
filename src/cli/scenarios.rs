//! `scenarios`: what `--scenario` and the control surface know by name.

use std::{io::Write, path::PathBuf};

use clap::Args;

use crate::scenario::Catalog;

/// Lists the scenarios.
#[derive(Debug, Args)]
pub struct Scenarios {
    /// A directory of scenarios, besides those in the binary.
    #[arg(long, env = "R1MOCK_FIXTURES", value_name = "DIR")]
    fixtures: Option<PathBuf>,
}

impl Scenarios {
    /// Prints name and title of each, sorted by name.
    pub fn run(self) -> anyhow::Result<()> {
        let catalog = Catalog::new(self.fixtures)?;
        let mut out = std::io::stdout().lock();
        for name in catalog.names() {
            match catalog.load(&name) {
                Ok(scenario) => writeln!(out, "{name:<20} {}", scenario.meta.title)?,
                Err(_) => writeln!(out, "{name:<20} (broken; `check` says why)")?,
            }
        }
        Ok(())
    }
}
