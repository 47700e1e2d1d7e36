//! Hand-over files: `--ready-file` and `--port-file` say where a server listens, to a program that started it.
//!
//! A file is there only while its server answers. One of an earlier run is removed before anything else happens, the new one
//! appears at once and whole, and it is removed at the end, unless another server has replaced it meanwhile.

use std::{
    ffi::OsString,
    fs,
    io::{self, ErrorKind},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::{listen::reachable, raw_arguments};

/// The files to write.
#[derive(Clone, Debug, Default, Args)]
pub struct HandoverFiles {
    /// Write a JSON file with address, baseUrl, controlUrl and pid once the server answers; removed at the end.
    #[arg(long, env = "R1MOCK_READY_FILE", value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
    /// Write the port into this file once the server answers; removed at the end.
    #[arg(long, env = "R1MOCK_PORT_FILE", value_name = "PATH")]
    pub port_file: Option<PathBuf>,
}

/// Files that have been written. Dropping it removes them.
#[derive(Debug, Default)]
pub struct Written(Vec<(PathBuf, String)>);

impl HandoverFiles {
    /// The files that a command line names which cannot be parsed as a whole: what an earlier run left must not be taken
    /// for this one's, whatever else is wrong.
    pub fn named_by(arguments: &[OsString]) -> Self {
        let path = |flag, variable| {
            raw_arguments::value_or_variable(arguments, flag, variable).map(|path| PathBuf::from(&*path))
        };
        Self {
            ready_file: path("--ready-file", "R1MOCK_READY_FILE"),
            port_file: path("--port-file", "R1MOCK_PORT_FILE"),
        }
    }

    /// Removes what an earlier run left.
    pub fn remove_stale(&self) -> anyhow::Result<()> {
        for path in self.ready_file.iter().chain(&self.port_file) {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot replace {}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the files. `control` is where the control surface is, if it is elsewhere.
    pub fn write(&self, bound: SocketAddr, control: Option<SocketAddr>) -> anyhow::Result<Written> {
        let ready = json!({
            "address": bound,
            "baseUrl": format!("http://{}", reachable(bound)),
            "controlUrl": format!("http://{}/_mock", reachable(control.unwrap_or(bound))),
            "pid": std::process::id(),
        });
        let files = [(&self.ready_file, ready.to_string()), (&self.port_file, bound.port().to_string())];
        let mut written = Written::default();
        for (path, text) in files {
            let Some(path) = path else { continue };
            let text = format!("{text}\n");
            replace(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
            written.0.push((path.clone(), text));
        }
        Ok(written)
    }
}

/// Writes a file beside the path and renames it, so that no reader sees a part. The name is this process's own: several
/// servers may start at once.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "it names no file"))?;
    let mut part = OsString::from(".");
    part.push(name);
    part.push(format!(".{}", std::process::id()));
    let part = path.with_file_name(part);
    let whole = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if whole.is_err() {
        let _ = fs::remove_file(&part);
    }
    whole
}

impl Drop for Written {
    fn drop(&mut self) {
        for (path, text) in &self.0 {
            // Another server may have written its own since.
            if fs::read_to_string(path).is_ok_and(|found| found == *text) {
                let _ = fs::remove_file(path);
            }
        }
    }
}
