//! The command line of the simulator. Everything else is in the library.

use std::{ffi::OsString, io::Write, process::ExitCode};

use r1_entitlements_mock::cli::{
    config::{Cli, Command, LogFormat, Serve},
    handover::HandoverFiles,
    log, serve,
};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let Cli { command, serve } = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &arguments),
    };
    let command = match command {
        None => return run_server(serve),
        Some(Command::Serve(serve)) => return run_server(serve),
        Some(command) => command,
    };
    let (done, failure) = match command {
        Command::Serve(_) => unreachable!("it has been run above"),
        Command::Check(check) => (check.run().map(|()| true), 1),
        Command::Openapi(openapi) => (openapi.run().map(|()| true), 1),
        Command::Scenarios(scenarios) => (scenarios.run().map(|()| true), 1),
        Command::Init(init) => (init.run().map(|()| true), 1),
        Command::Completions(completions) => (completions.run().map(|()| true), 1),
        Command::Man(man) => (man.run().map(|()| true), 1),
        Command::Healthcheck(healthcheck) => (healthcheck.run().map(|()| true), 1),
        Command::Deprecations(deprecations) => (deprecations.run(), 2),
        Command::Ctl(ctl) => (ctl.run(), 2),
    };
    match done {
        Ok(yes) => ExitCode::from(u8::from(!yes)),
        // The reader of the output may stop reading.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed, which is no reason to panic.
            let _ = writeln!(std::io::stderr(), "r1-entitlements-mock: {error:#}");
            ExitCode::from(failure)
        }
    }
}

fn run_server(config: Serve) -> ExitCode {
    let log = match log::start(config.log) {
        Ok(log) => log,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "r1-entitlements-mock: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let done = serve::serve(config).inspect_err(|error| log.fatal(format_args!("{error:#}")));
    log.flush();
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Answers a command line that cannot be used, or that asks for help.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let _ = HandoverFiles::named_by(arguments).remove_stale();
    match (LogFormat::named_by(arguments), log::start(LogFormat::Json)) {
        (LogFormat::Json, Ok(log)) => {
            log.fatal(format_args!("{}", error.render().to_string().trim_end()));
            log.flush();
        }
        _ => {
            let _ = error.print();
        }
    }
    ExitCode::from(2)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
