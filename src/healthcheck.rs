//! Asks a running server, whether it is healthy or for something else: one request, no dependencies,
//! for containers without a shell.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

/// How long to wait for the connection and for each read.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the server at this address is healthy; if not, why.
pub fn ask(listen: SocketAddr) -> Result<(), String> {
    let address = reachable(listen);
    let answer = request(address, &address.to_string(), "/_mock/health", None)
        .map_err(|error| format!("no answer from {address}: {error}"))?;
    let status = answer.split("\r\n").next().unwrap_or_default();
    if status.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(format!("{address} answered \"{status}\"")) }
}

/// The body that a server answers under a path, to whoever has the control token; if it does not, why.
pub fn get(url: &str, path: &str, token: Option<&str>) -> Result<String, String> {
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url} does not start with http://"))?;
    let (host, prefix) = rest.split_once('/').map_or((rest, ""), |(host, prefix)| (host, prefix));
    let named =
        if host.rsplit(']').next().is_some_and(|end| end.contains(':')) { host.into() } else { format!("{host}:80") };
    let prefix = if prefix.is_empty() { String::new() } else { format!("/{}", prefix.trim_end_matches('/')) };
    let unreachable = |error| format!("no answer from {url}: {error}");
    let address =
        named.to_socket_addrs().map_err(unreachable)?.next().ok_or_else(|| format!("{host} has no address"))?;
    let answer = request(reachable(address), host, &format!("{prefix}{path}"), token).map_err(unreachable)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.into()),
        _ => Err(format!("{url} answered \"{}\"", answer.split("\r\n").next().unwrap_or_default())),
    }
}

fn request(address: SocketAddr, host: &str, path: &str, token: Option<&str>) -> std::io::Result<String> {
    let token = token.map_or_else(String::new, |token| format!("x-mock-token: {token}\r\n"));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{token}Connection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(1024 * 1024).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
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
