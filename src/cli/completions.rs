//! `completions`: for shells.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::config::Cli;

/// Prints the completions of a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to write completions for
    shell: Shell,
}

impl Completions {
    /// Prints them.
    pub fn run(&self) -> anyhow::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "r1-entitlements-mock", &mut script);
        std::io::stdout().lock().write_all(&script)?;
        Ok(())
    }
}
