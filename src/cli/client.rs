//! Asks a running server for something: one request at a time, blocking, no dependencies, so that it works in
//! containers without a shell.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

/// How long to wait for the connection, and for each part of an answer that needs no time.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long to wait for each part of an answer to a command: the server may have much to do.
const MORE_PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes that an answer may have.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A server, and what it is asked with.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where it is, such as `http://127.0.0.1:8080`, with the prefix of a sandbox if it is about one.
    pub url: String,
    /// The token that the control surface asks for.
    pub token: Option<String>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The URL is none that can be used.
    #[error("\"{url}\" is no URL to ask: expected http://, a host and perhaps a port and a path")]
    BadUrl {
        /// It.
        url: String,
    },
    /// The server cannot be reached, or broke off.
    #[error("no answer from {url}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// Why.
        source: std::io::Error,
    },
    /// What came is no HTTP, or not all of it.
    #[error("{url} does not answer as a web server does, or broke off: \"{found}\"")]
    NoHttp {
        /// Where it is.
        url: String,
        /// The first line of what it said.
        found: String,
    },
}

impl Client {
    /// Sends a request, with JSON if there is a body, and waits for the whole answer.
    pub fn call(&self, method: &str, path: &str, body: Option<&str>) -> Result<Answer, ClientError> {
        let Self { url, token } = self;
        let Target { host, addresses, prefix } = Target::of(url)?;
        let unreachable = |source| ClientError::Unreachable { url: url.clone(), source };
        let token = token.as_ref().map_or_else(String::new, |token| format!("x-mock-token: {token}\r\n"));
        // HTTP/1.0, so that the answer comes in one piece and ends with the connection.
        let body = body.unwrap_or_default();
        let head = format!(
            "{method} {prefix}{path} HTTP/1.0\r\nhost: {host}\r\n{token}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let answer = exchange(&addresses, &(head + body), MORE_PATIENCE).map_err(unreachable)?;
        parse(&answer).ok_or_else(|| ClientError::NoHttp { url: url.clone(), found: first_line(&answer) })
    }
}

/// What a URL says about where to go.
struct Target<'u> {
    host: &'u str,
    /// A name may stand for several, of which not all are listened on.
    addresses: Vec<SocketAddr>,
    prefix: &'u str,
}

impl<'u> Target<'u> {
    fn of(url: &'u str) -> Result<Self, ClientError> {
        let bad = || ClientError::BadUrl { url: url.to_owned() };
        let rest = url.strip_prefix("http://").filter(|rest| !rest.contains(char::is_whitespace)).ok_or_else(bad)?;
        let path = rest.find('/').unwrap_or(rest.len());
        let (host, prefix) = (&rest[..path], rest[path..].trim_end_matches('/'));
        let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let named = if has_port { host.to_owned() } else { format!("{host}:80") };
        let unreachable = |source| ClientError::Unreachable { url: url.to_owned(), source };
        let addresses = named.to_socket_addrs().map_err(unreachable)?.map(reachable).collect();
        Ok(Self { host, addresses, prefix })
    }
}

/// Whether the server at this address is healthy; if not, why.
pub fn check_health(listen: SocketAddr) -> Result<(), String> {
    let address = reachable(listen);
    let request = format!("GET /_mock/health HTTP/1.0\r\nhost: {address}\r\n\r\n");
    let answer =
        exchange(&[address], &request, PATIENCE).map_err(|error| format!("no answer from {address}: {error}"))?;
    match parse(&answer) {
        Some(Answer { status: 200, .. }) => Ok(()),
        _ => Err(format!("{address} answered \"{}\"", first_line(&answer))),
    }
}

fn exchange(addresses: &[SocketAddr], request: &str, patience: Duration) -> std::io::Result<String> {
    let mut connected = Err(std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address"));
    for address in addresses {
        connected = TcpStream::connect_timeout(address, PATIENCE);
        if connected.is_ok() {
            break;
        }
    }
    let mut stream = connected?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if let Some((_, length)) = length.next() {
        // One that broke off is none.
        let length: usize = length.trim().parse().ok()?;
        if length != body.len() {
            return None;
        }
    }
    Some(Answer { status, body: body.to_owned() })
}

fn first_line(answer: &str) -> String {
    answer.lines().next().unwrap_or_default().chars().take(100).collect()
}

/// A server that listens everywhere is reached on this machine.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
