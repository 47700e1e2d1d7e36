//! Settings from the environment: an empty variable is an unset one, and an unknown one is an error.
//!
//! Compose files and charts write `R1MOCK_SCENARIO: ${SCENARIO:-}`; so an empty variable must mean the same as none, for
//! every flag. And in a container, variables are all there is: a misspelt one must not be ignored.

use std::collections::BTreeSet;

use clap::Command;

use crate::support::suggest::nearest;

const PREFIX: &str = "R1MOCK_";

/// Variables that the helpers for test runners read, which pass their environment on to the server.
const OF_HELPERS: [&str; 1] = ["R1MOCK_BIN"];

/// The command line without the variables that are empty.
pub fn without_empty_variables(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let is_empty = argument.get_env().and_then(|name| name.to_str()).is_some_and(is_set_but_empty);
        if is_empty { argument.env(None::<&'static str>) } else { argument }
    });
    command.mut_subcommands(without_empty_variables)
}

/// Whether the variable of a flag is set, but empty.
pub fn is_set_but_empty(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value.is_empty())
}

/// What is wrong with the variables of this program that are set: one that no flag has.
pub fn unknown_variable(command: &Command) -> Option<String> {
    let mut known = BTreeSet::from(OF_HELPERS.map(str::to_owned));
    collect_variables(command, &mut known);
    let set = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    let set = set.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let own = set.filter(|(name, value)| name.starts_with(PREFIX) && !is_of_service(name, value));
    let names = own.map(|(name, _)| name);
    let unknown = names.filter(|name| !known.contains(name)).min()?;
    let advice = nearest(&unknown, known.iter().map(String::as_str));
    Some(format!("there is no environment variable {unknown}{advice}; --help lists them"))
}

/// Whether Kubernetes or Docker made it: for a service called `r1mock`, each container in its namespace has
/// `R1MOCK_SERVICE_HOST`, `R1MOCK_PORT=tcp://10.0.0.1:8080`, `R1MOCK_PORT_8080_TCP_ADDR` and more.
fn is_of_service(name: &str, value: &str) -> bool {
    let is_url = || ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    ["_SERVICE_HOST", "_SERVICE_PORT", "_TCP_", "_UDP_", "_SCTP_"].iter().any(|part| name.contains(part)) || is_url()
}

fn collect_variables(command: &Command, known: &mut BTreeSet<String>) {
    let arguments = command.get_arguments();
    known.extend(arguments.filter_map(|argument| argument.get_env()).map(|name| name.to_string_lossy().into_owned()));
    for command in command.get_subcommands() {
        collect_variables(command, known);
    }
}
