//! The command line of the simulator. Everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use r1_entitlements_mock::{
    app,
    config::{Cli, Command},
};

fn main() -> ExitCode {
    let Cli { command, serve } = Cli::parse();
    let done = match command {
        None => app::serve(serve),
        Some(Command::Serve(serve)) => app::serve(serve),
        Some(Command::Check { dir, write_schemas }) => app::check(&dir, write_schemas.as_deref()),
        Some(Command::Openapi) => app::print_openapi(),
        Some(Command::Healthcheck { listen }) => app::check_health(listen),
        Some(Command::Deprecations { url, fail_on_use }) => app::report_deprecations(&url, fail_on_use),
        Some(Command::Scenarios { fixtures }) => app::print_scenarios(fixtures),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("r1-entitlements-mock: {error:#}");
            ExitCode::FAILURE
        }
    }
}
