//! Faults: each effect, on purpose, through the real router and, where a connection breaks, over a socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod control;
mod effects;
mod helper;
mod reads;
mod socket;
