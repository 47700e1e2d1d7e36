//! The simulator in front of a real system, which is a server on this machine.

mod deprecations;
mod faults;
mod forwarding;
mod helpers;
mod recorded;
mod wire;
