//! What a server leaves for the program that started it, and how it follows that program to its end.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::support::process::{Server, binary, refused};

/// A directory that goes when the test ends.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_files_are_there_while_the_server_answers() {
    let directory = Directory::new("handover");
    let (ready, port) = (directory.file("ready.json"), directory.file("port"));
    fs::write(&ready, "of an earlier run").unwrap();
    let server = Server::start(&["--listen", "127.0.0.1:0", "--ready-file", &ready, "--port-file", &port], &[]);
    assert_eq!(directory.files(), ["port", "ready.json"]);
    let written: Value = serde_json::from_str(&fs::read_to_string(&ready).unwrap()).unwrap();
    assert_eq!(written["address"], server.address.to_string());
    assert_eq!(written["controlUrl"], format!("http://{}/_mock", server.address));
    assert_eq!(fs::read_to_string(&port).unwrap(), format!("{}\n", server.address.port()));
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    assert!(directory.files().is_empty(), "{:?}", directory.files());
}

#[test]
fn a_file_of_an_earlier_run_is_gone_if_the_start_fails() {
    let directory = Directory::new("stale");
    let ready = directory.file("ready.json");
    for args in [
        &["--scenario", "no-such-scenario"][..],
        &["--listen", "203.0.113.1:80"],
        &["--fixtures", "/no/such/directory"],
        &["--listen", "nowhere"],
        &["--nonsense"],
    ] {
        fs::write(&ready, "of an earlier run").unwrap();
        refused(binary().args(["--ready-file", &ready]).args(args));
        assert!(directory.files().is_empty(), "{args:?}");
        fs::write(&ready, "of an earlier run").unwrap();
        refused(binary().args(args).env("R1MOCK_READY_FILE", &ready));
        assert!(directory.files().is_empty(), "{args:?} by the environment");
    }
}

#[test]
fn a_server_does_not_remove_the_file_of_another() {
    let directory = Directory::new("shared");
    let ready = directory.file("ready.json");
    let args = ["--listen", "127.0.0.1:0", "--ready-file", &ready];
    let (first, second) = (Server::start(&args, &[]), Server::start(&args, &[]));
    first.signal("TERM");
    assert_eq!(first.ended().code(), Some(0));
    let written: Value = serde_json::from_str(&fs::read_to_string(&ready).unwrap()).unwrap();
    assert_eq!(written["address"], second.address.to_string());
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let directory = Directory::new("unwritable");
    let message = refused(binary().args(["--listen", "0", "--ready-file", &directory.file("no/such/file")]));
    assert!(message.contains("cannot write ") && message.contains("no/such/file"), "{message}");
}

/// Starts a shell that starts the server, and waits until the server is ready. The shell's standard input keeps it alive.
fn shell(args: &str) -> (std::process::Child, BufReader<std::process::ChildStdout>) {
    let path = Path::new(binary().get_program()).to_owned();
    let script = format!("{} --listen 127.0.0.1:0 {args} & read line", path.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut shell = command.spawn().unwrap();
    let mut out = BufReader::new(shell.stdout.take().unwrap());
    let mut announced = String::new();
    while !announced.contains("\ntry: ") {
        assert!(out.read_line(&mut announced).unwrap() > 0, "it ended after saying {announced}");
    }
    (shell, out)
}

#[test]
fn a_server_can_end_with_the_process_that_started_it() {
    let (mut shell, mut out) = shell("--die-with-parent");
    shell.kill().unwrap();
    shell.wait().unwrap();
    // The server has the other end of the pipe: this returns when it ends.
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
}
