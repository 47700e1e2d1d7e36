//! `healthcheck`: whether a running server is healthy, for containers without a shell.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use anyhow::bail;
use clap::Args;

use super::{client::Client, listen::ListenAddress, raw_arguments};

/// Asks a running server whether it is healthy.
#[derive(Debug, Args)]
pub struct Healthcheck {
    /// Where it listens. If not given: where process 1 was told to listen, if that is this program (in a container), else
    /// what R1MOCK_LISTEN says, else 127.0.0.1:8080.
    #[arg(long, value_name = "ADDR")]
    listen: Option<ListenAddress>,
}

/// What the server listens on if nothing is said.
const DEFAULT: &str = "127.0.0.1:8080";

impl Healthcheck {
    /// An error with the reason if the server is not healthy.
    pub fn run(self) -> anyhow::Result<()> {
        let listen = match self.listen {
            Some(listen) => listen,
            None => configured(&process_1()).parse().map_err(anyhow::Error::msg)?,
        };
        let client = Client { url: format!("http://{}", listen.reachable()), token: None };
        match client.check_health() {
            Ok(()) => Ok(()),
            Err(reason) => bail!("unhealthy: {reason}"),
        }
    }
}

/// Where the server of this container was told to listen: by a flag of process 1, by the environment, or not at all.
fn configured(process_1: &[OsString]) -> String {
    let is_ours = process_1.iter().any(|word| Path::new(word).file_name() == Some(OsStr::new(env!("CARGO_PKG_NAME"))));
    let arguments = if is_ours { process_1 } else { &[] };
    let told = raw_arguments::value_or_variable(arguments, "--listen", "R1MOCK_LISTEN");
    told.map_or_else(|| DEFAULT.to_owned(), Cow::into_owned)
}

/// The command line of process 1, which is the server itself in the image, or an init process that started it. None where
/// there is no such file.
fn process_1() -> Vec<OsString> {
    let line = std::fs::read("/proc/1/cmdline").unwrap_or_default();
    line.split(|byte| *byte == 0).map(|word| OsStr::from_bytes(word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_of_process_1_counts_if_it_is_a_server_of_this_kind() {
        for (line, expected) in [
            ("/r1-entitlements-mock --listen 0.0.0.0:9091", "0.0.0.0:9091"),
            ("/sbin/docker-init -- /r1-entitlements-mock --listen=:9091", ":9091"),
            ("/r1-entitlements-mock --auth open", DEFAULT),
            ("/sbin/init --listen :1", DEFAULT),
            ("", DEFAULT),
        ] {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(configured(&words), expected, "{line}");
        }
    }
}
