//! The simulator in front of a real system, which is a server on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod faults;
mod helper;
mod passing;
mod phasing;
mod recorded;
mod wire;
