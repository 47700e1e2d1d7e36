//! Frames of Engine.IO 3 and 4 with Socket.IO in them. Pure.
//!
//! A frame is a digit of Engine.IO (0 open, 1 close, 2 ping, 3 pong, 4 message); a message goes on with
//! a digit of Socket.IO (0 connect, 1 disconnect, 2 event, 4 error), a namespace with a comma unless it
//! is the root, and JSON.

use std::time::Duration;

use serde_json::{Value, json};

/// Which protocol a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Engine.IO 3: socket.io-client 1 and 2, and so the vendor's UI (observed). The client pings.
    Three,
    /// Engine.IO 4: socket.io-client 3 and 4. The server pings.
    Four,
}

/// How often one side pings, and how long the other may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pings {
    /// From one ping to the next (observed: 25 s).
    pub interval: Duration,
    /// How long an answer may take, and how long a client may not read what it is sent. Guess: 60 s, the default of the Java servers of this protocol.
    pub timeout: Duration,
}

impl Default for Pings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(25), timeout: Duration::from_mins(1) }
    }
}

/// What a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// A ping and what comes with it, which goes back with the pong.
    Ping(&'a str),
    /// The answer to a ping.
    Pong,
    /// The client closes the session.
    Close,
    /// It wants to join a namespace.
    Connect {
        /// Which one, with a slash.
        namespace: &'a str,
        /// The query that version 3 puts behind the namespace.
        query: &'a str,
        /// The JSON that version 4 puts behind the comma.
        auth: &'a str,
    },
    /// It leaves a namespace.
    Disconnect(&'a str),
    /// Anything else: nobody listens to it.
    Other,
}

/// Reads a frame.
pub fn read(frame: &str) -> Said<'_> {
    let said = |prefix| frame.strip_prefix(prefix);
    if let Some(rest) = said("40") {
        // Version 3 sends no JSON, but its query may have commas.
        let (address, auth) = match rest.strip_suffix(',') {
            Some(address) => (address, ""),
            None => rest.split_once(",{").map_or((rest, ""), |(address, _)| (address, &rest[address.len() + 1..])),
        };
        let (namespace, query) = address.split_once('?').unwrap_or((address, ""));
        Said::Connect { namespace: if namespace.is_empty() { "/" } else { namespace }, query, auth }
    } else if let Some(rest) = said("41") {
        Said::Disconnect(rest.split(['?', ',']).next().filter(|name| !name.is_empty()).unwrap_or("/"))
    } else if let Some(rest) = said("2") {
        Said::Ping(rest)
    } else if said("3").is_some() {
        Said::Pong
    } else if frame == "1" {
        Said::Close
    } else {
        Said::Other
    }
}

/// The server's ping.
pub const PING: &str = "2";

impl Version {
    /// The first frames: the session, and in version 3 the root namespace, which is joined unasked.
    pub fn open(self, session: &str, pings: Pings) -> Vec<String> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mut open = json!({
            "sid": session,
            "upgrades": [],
            "pingInterval": millis(pings.interval),
            "pingTimeout": millis(pings.timeout),
        });
        match self {
            Self::Three => vec![format!("0{open}"), "40".into()],
            Self::Four => {
                open["maxPayload"] = json!(super::MOST_BYTES);
                vec![format!("0{open}")]
            }
        }
    }

    /// That a namespace was joined; without the query, or version 3 never takes itself for connected.
    pub fn joined(self, namespace: &str, session: &str) -> String {
        match self {
            Self::Three if namespace == "/" => "40".into(),
            Self::Three => format!("40{namespace},"),
            Self::Four => format!("40{}{}", prefix(namespace), json!({ "sid": session })),
        }
    }

    /// Why a namespace was not joined.
    pub fn refused(self, namespace: &str, reason: &str) -> String {
        let reason = match self {
            Self::Three => Value::from(reason),
            Self::Four => json!({ "message": reason }),
        };
        format!("44{}{reason}", prefix(namespace))
    }
}

/// The answer to a ping.
pub fn pong(with: &str) -> String {
    format!("3{with}")
}

/// An event with one argument.
pub fn event(namespace: &str, name: &str, argument: &str) -> String {
    format!("42{}{}", prefix(namespace), json!([name, argument]))
}

fn prefix(namespace: &str) -> String {
    if namespace == "/" { String::new() } else { format!("{namespace},") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn connects(frame: &str, namespace: &str, query: &str, auth: &str) {
        assert_eq!(read(frame), Said::Connect { namespace, query, auth }, "{frame}");
    }

    #[test]
    fn both_versions_join_a_namespace_in_their_own_way() {
        connects("40", "/", "", "");
        connects("40/activity,", "/activity", "", "");
        connects("40/activity", "/activity", "", "");
        connects("40/activity?token=a.b.c&tenantId=1,", "/activity", "token=a.b.c&tenantId=1", "");
        connects("40/activity?note=a,b&tenantId=1,", "/activity", "note=a,b&tenantId=1", "");
        connects(r#"40/activity,{"token":"a,b"}"#, "/activity", "", r#"{"token":"a,b"}"#);
        connects(r#"40,{"token":"a"}"#, "/", "", r#"{"token":"a"}"#);
    }

    #[test]
    fn whatever_else_a_client_says_is_told_apart() {
        for (frame, said) in [
            ("2", Said::Ping("")),
            ("2probe", Said::Ping("probe")),
            ("3", Said::Pong),
            ("1", Said::Close),
            ("41/activity,", Said::Disconnect("/activity")),
            ("41/activity?tenantId=1,", Said::Disconnect("/activity")),
            ("41", Said::Disconnect("/")),
            (r#"42/activity,["hello"]"#, Said::Other),
            ("", Said::Other),
            ("hello", Said::Other),
            ("99", Said::Other),
        ] {
            assert_eq!(read(frame), said, "{frame}");
        }
    }

    #[test]
    fn answers_have_the_shape_of_the_version() {
        let (three, four) = (Version::Three, Version::Four);
        assert_eq!(
            three.open("a", Pings::default()),
            [r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":60000}"#, "40"]
        );
        assert_eq!(four.open("a", Pings::default()).len(), 1);
        assert_eq!(three.joined("/activity", "a"), "40/activity,");
        assert_eq!(four.joined("/activity", "a"), r#"40/activity,{"sid":"a"}"#);
        assert_eq!(four.joined("/", "a"), r#"40{"sid":"a"}"#);
        assert_eq!(three.refused("/x", "No."), r#"44/x,"No.""#);
        assert_eq!(four.refused("/x", "No."), r#"44/x,{"message":"No."}"#);
        assert_eq!(event("/activity", "e", r#"{"a":1}"#), r#"42/activity,["e","{\"a\":1}"]"#);
    }
}
