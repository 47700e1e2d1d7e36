//! Where to listen: `127.0.0.1:8080`, `localhost:8080`, `:8080` or `8080`.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    str::FromStr,
};

use tokio::net::TcpListener;

use crate::embed::listener;

/// A host and a port to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    host: String,
    port: u16,
}

const EXPECTED: &str = "expected a host and a port such as 127.0.0.1:8080 or localhost:8080, a port such as 8080 (only this machine) or :8080 (all interfaces)";

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
        let host = match host {
            "" => "0.0.0.0",
            host => host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let is_host = host.parse::<IpAddr>().is_ok() || host.chars().all(is_name);
        match port.parse() {
            Ok(port) if is_host => Ok(Self { host: host.to_owned(), port }),
            _ => Err(EXPECTED.to_owned()),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", reason(.error))]
pub struct ListenError {
    address: ListenAddress,
    error: io::Error,
}

fn reason(error: &io::Error) -> String {
    let elsewhere = "choose another port with --listen, port 0 for any that is free";
    match error.kind() {
        ErrorKind::AddrInUse => format!("another program uses the port; {elsewhere}"),
        ErrorKind::PermissionDenied => {
            format!("permission denied; ports below 1024 may be for privileged users only; {elsewhere}")
        }
        ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        _ => error.to_string(),
    }
}

impl ListenAddress {
    /// Listens. A name with several addresses stands for the first IPv4 address that can be had, then for the first IPv6
    /// address: the result does not depend on the order in which the resolver returns them.
    pub fn bind(&self) -> Result<TcpListener, ListenError> {
        let failed = |error| ListenError { address: self.clone(), error };
        let mut addresses: Vec<SocketAddr> = self.resolve().map_err(failed)?;
        addresses.sort_by_key(SocketAddr::is_ipv6);
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            match listener::bind(address) {
                Ok(listener) => return Ok(listener),
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }

    fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        Ok((self.host.as_str(), self.port).to_socket_addrs()?.collect())
    }

    /// Where clients on this machine reach a server that listens here.
    pub fn reachable(&self) -> String {
        let host = match self.host.parse() {
            Ok(ip) => reachable(SocketAddr::new(ip, self.port)).ip().to_string(),
            Err(_) => self.host.clone(),
        };
        Self { host, port: self.port }.to_string()
    }
}

/// Where clients on this machine reach a server that listens on this address: all interfaces include the loopback one.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = text.parse::<ListenAddress>();
        let found = found.map(|address| (address.to_string(), address.reachable())).ok();
        assert_eq!(found, expected.map(|(address, reachable)| (address.to_owned(), reachable.to_owned())), "{text}");
    }

    #[test]
    fn an_address_is_a_host_and_a_port_or_a_port() {
        check("127.0.0.1:8080", Some(("127.0.0.1:8080", "127.0.0.1:8080")));
        check("8080", Some(("127.0.0.1:8080", "127.0.0.1:8080")));
        check(":8080", Some(("0.0.0.0:8080", "127.0.0.1:8080")));
        check("localhost:0", Some(("localhost:0", "localhost:0")));
        check("[::1]:8080", Some(("[::1]:8080", "[::1]:8080")));
        check("[::]:8080", Some(("[::]:8080", "[::1]:8080")));
        for bad in ["", ":", "localhost", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "http://a:80", "a b:80", "-1"] {
            check(bad, None);
        }
    }

    #[test]
    fn the_reason_of_a_failure_is_named() {
        for (kind, expected) in [
            (ErrorKind::AddrInUse, "cannot listen on 127.0.0.1:80: another program uses the port; choose"),
            (ErrorKind::PermissionDenied, "cannot listen on 127.0.0.1:80: permission denied; ports below 1024"),
            (ErrorKind::AddrNotAvailable, "cannot listen on 127.0.0.1:80: this machine does not have that address"),
        ] {
            let error = ListenError { address: "127.0.0.1:80".parse().unwrap(), error: kind.into() };
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
