//! Names of hosts, as far as it matters whether they mean this machine.

use std::net::IpAddr;

/// The name in `name:port`, `[v6]:port` or either without a port.
pub fn without_port(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// The host in an origin such as `http://localhost:3000`, with its port.
pub fn host_of_origin(origin: &str) -> Option<&str> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
}

/// Whether a name always means this machine: localhost, a name under it, or a loopback address.
pub fn is_this_machine(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether an origin is that of a page served on this machine.
pub fn is_local_origin(origin: &str) -> bool {
    host_of_origin(origin).is_some_and(|host| is_this_machine(without_port(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_served_on_this_machine_are_local_and_others_are_not() {
        for (origin, local) in [
            ("http://localhost:3000", true),
            ("https://localhost", true),
            ("http://app.localhost:8080", true),
            ("http://127.0.0.1:5173", true),
            ("http://[::1]:5173", true),
            ("http://localhost.evil.example", false),
            ("http://evil.example", false),
            ("http://192.168.1.2", false),
            ("file://localhost", false),
            ("null", false),
        ] {
            assert_eq!(is_local_origin(origin), local, "{origin}");
        }
    }
}
