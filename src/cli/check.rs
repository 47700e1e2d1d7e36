//! `check`: everything that is wrong with the files of a scenario.

use std::{io::Write, path::PathBuf};

use anyhow::Context;
use clap::Args;

use crate::{
    sandbox::clock::Clock,
    scenario::{Catalog, schemas},
};

/// Checks the files of a scenario.
#[derive(Debug, Args)]
pub struct Check {
    /// The directory of a scenario, or its name.
    dir: String,
    /// Write the JSON Schemas of the fixture files into this directory, for editors.
    #[arg(long, value_name = "DIR")]
    write_schemas: Option<PathBuf>,
}

impl Check {
    /// Prints notes and a verdict; the error of a scenario that cannot be used lists all that is wrong.
    pub fn run(self) -> anyhow::Result<()> {
        let (scenario, mut notes) = Catalog::default().load_with_notes(&self.dir)?;
        notes.extend(scenario.build(Clock::real().now())?.1);
        let mut out = std::io::stdout().lock();
        for note in &notes {
            writeln!(out, "{note}")?;
        }
        writeln!(out, "scenario \"{}\" is fine: {}", scenario.name, scenario.meta.title)?;
        let Some(dir) = self.write_schemas else { return Ok(()) };
        for (name, schema) in schemas() {
            let path = dir.join(name);
            std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&schema)?))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}
