//! The command line of the simulator. Everything else is in the library.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use r1_entitlements_mock::cli::{
    config::{Cli, Command, Serve},
    ctl, log, serve,
};

fn main() -> ExitCode {
    let Cli { command, serve } = Cli::parse();
    let done = match command {
        None => return run_server(serve),
        Some(Command::Serve(serve)) => return run_server(serve),
        Some(Command::Check { dir, write_schemas }) => serve::check(&dir, write_schemas.as_deref()),
        Some(Command::Openapi { control }) => serve::print_openapi(control),
        Some(Command::Ctl(ctl)) => {
            return match ctl::run(ctl) {
                Ok(yes) => ExitCode::from(u8::from(!yes)),
                Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
                Err(error) => fail(&error, 2),
            };
        }
        Some(Command::Healthcheck { listen }) => serve::check_health(listen),
        Some(Command::Deprecations { url, fail_on_use, control_token }) => {
            return match serve::report_deprecations(&url, control_token.as_deref()) {
                Ok(used) => ExitCode::from(u8::from(used && fail_on_use)),
                Err(error) => fail(&error, 2),
            };
        }
        Some(Command::Scenarios { fixtures }) => serve::print_scenarios(fixtures),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output may stop reading.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn run_server(config: Serve) -> ExitCode {
    let log = match log::start(config.log) {
        Ok(log) => log,
        Err(error) => return fail(&error, 1),
    };
    let done = serve::serve(config).inspect_err(|error| log.fatal(error));
    log.flush();
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    // Standard error may be closed: that is no reason to panic.
    let _ = writeln!(std::io::stderr(), "r1-entitlements-mock: {error:#}");
    ExitCode::from(code)
}
