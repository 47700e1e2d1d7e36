//! `scenarios`: what `--scenario` and the control surface know by name.

use std::{io::Write, path::PathBuf};

use clap::Args;
use serde::Serialize;

use crate::scenario::Catalog;

/// Lists the scenarios.
#[derive(Debug, Args)]
pub struct Scenarios {
    /// A directory of scenarios, besides those in the binary.
    #[arg(long, env = "R1MOCK_FIXTURES", value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Print a JSON list of name, title, description, default tenant and, if it is broken, the problem.
    #[arg(long)]
    json: bool,
}

/// A scenario in the JSON list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Listed {
    fn of(catalog: &Catalog, name: String) -> Self {
        match catalog.load(&name) {
            Ok(scenario) => {
                let meta = &scenario.meta;
                let (title, description) = (Some(meta.title.clone()), Some(meta.description.clone()));
                Self { name, title, description, default_tenant: Some(meta.default_tenant.0.clone()), problem: None }
            }
            Err(error) => {
                Self { name, title: None, description: None, default_tenant: None, problem: Some(error.to_string()) }
            }
        }
    }
}

impl Scenarios {
    /// Prints name and title of each, sorted by name.
    pub fn run(self) -> anyhow::Result<()> {
        let catalog = Catalog::new(self.fixtures)?;
        let mut out = std::io::stdout().lock();
        if self.json {
            let listed: Vec<Listed> = catalog.names().into_iter().map(|name| Listed::of(&catalog, name)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&listed)?)?;
            return Ok(());
        }
        for name in catalog.names() {
            match catalog.load(&name) {
                Ok(scenario) => writeln!(out, "{name:<20} {}", scenario.meta.title)?,
                Err(_) => writeln!(out, "{name:<20} (broken; `check` says why)")?,
            }
        }
        Ok(())
    }
}
