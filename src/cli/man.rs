//! `man`: manual pages.

use std::io::Write;

use anyhow::Context;
use clap::{Args, CommandFactory};

use super::config::Cli;

/// Prints a manual page.
#[derive(Debug, Args)]
pub struct Man {
    /// The command whose page to print, such as `ctl`; the page of the whole program if none is given.
    command: Option<String>,
}

impl Man {
    /// Prints it, in roff.
    pub fn run(self) -> anyhow::Result<()> {
        let mut program = Cli::command();
        // Gives the subcommands their full names.
        program.build();
        let page = match &self.command {
            None => program,
            Some(name) => {
                program.find_subcommand(name).cloned().with_context(|| format!("there is no command {name}"))?
            }
        };
        let mut roff = Vec::new();
        clap_mangen::Man::new(page).render(&mut roff)?;
        std::io::stdout().lock().write_all(&roff)?;
        Ok(())
    }
}
