//! Starting the binary, talking to it, and seeing it end. Nothing here waits by the clock, except that
//! a process that does not stop in time fails the test.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName};

use super::Answer;

/// How long a server may take to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// The binary, without the environment of the person who runs the tests.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_r1-entitlements-mock"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("R1MOCK_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub fn run(args: &[&str]) -> Output {
    binary().args(args).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs it and expects it to give up with one message.
#[track_caller]
pub fn refused(command: &mut Command) -> String {
    let output = output(command);
    let message = text(&output.stderr);
    assert!(!output.status.success(), "{message}");
    assert_eq!(text(&output.stdout), "");
    assert!(!message.contains("panicked") && !message.trim().is_empty(), "{message}");
    message
}

/// What it prints until it ends, which must be soon.
#[track_caller]
fn output(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    within_patience(pid, move || child.wait_with_output().unwrap())
}

/// Waits for a process, and kills it if it does not end.
#[track_caller]
fn within_patience<T: Send + 'static>(pid: u32, wait: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, waiting) = mpsc::channel();
    thread::spawn(move || done.send(wait()));
    waiting.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let _ = Command::new("sh").arg("-c").arg(format!("kill -s KILL {pid}")).status();
        panic!("it did not stop within {PATIENCE:?}");
    })
}

/// A running server.
pub struct Server {
    child: Option<Child>,
    pub address: SocketAddr,
    /// What it said when it was ready.
    pub announced: String,
}

impl Server {
    pub fn start(args: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = binary();
        command.args(args).envs(settings.iter().copied()).stderr(Stdio::null());
        Self::of(command)
    }

    /// With this as its standard error.
    pub fn start_logging(args: &[&str], stderr: Stdio) -> Self {
        let mut command = binary();
        command.args(args).stderr(stderr);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut announced = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // The last line; with the JSON log it is the only one.
        while !announced.contains("\ntry: ") && !announced.ends_with("}\n") {
            assert!(out.read_line(&mut announced).unwrap() > 0, "it ended after saying {announced}");
        }
        let rest = announced.split("listening on http://").nth(1).unwrap();
        let address = rest.split(['\n', '"']).next().unwrap().parse().unwrap();
        Self { child: Some(child), address, announced }
    }

    /// On any free port of this machine.
    pub fn any() -> Self {
        Self::start(&["--listen", "127.0.0.1:0"], &[])
    }

    /// Its standard error, if that is a pipe.
    pub fn log(&mut self) -> ChildStderr {
        self.child.as_mut().unwrap().stderr.take().unwrap()
    }

    pub fn connect(&self) -> Connection {
        Connection::to(self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.connect().get(path)
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id();
        let sent = Command::new("sh").arg("-c").arg(format!("kill -s {name} {pid}")).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end, as long as it may take.
    #[track_caller]
    pub fn ended(mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        within_patience(child.id(), move || child.wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { reader: BufReader::new(stream) }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: r1\r\n\r\n"))
    }

    pub fn send(&mut self, text: &str) {
        self.reader.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// Sends a request such as `POST /assignments` with a JSON body.
    pub fn send_json(&mut self, request: &str, body: &str) {
        let length = body.len();
        let head = format!("{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        self.send(&format!("{head}Content-Length: {length}\r\n\r\n{body}"));
    }

    /// Whether no byte of an answer has come yet.
    pub fn is_silent(&self) -> bool {
        let stream = self.reader.get_ref();
        stream.set_nonblocking(true).unwrap();
        let silent = stream.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        stream.set_nonblocking(false).unwrap();
        silent
    }

    pub fn ask(&mut self, text: &str) -> Answer {
        self.send(text);
        self.read()
    }

    pub fn head(&mut self) -> Vec<String> {
        let lines = self.reader.by_ref().lines().map(Result::unwrap);
        lines.take_while(|line| !line.is_empty()).collect()
    }

    pub fn read(&mut self) -> Answer {
        let head = self.head();
        let status = head.first().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let mut headers = HeaderMap::new();
        for line in head.iter().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let length = headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        Answer::new(status, headers, Some(body))
    }
}
