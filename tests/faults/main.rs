//! Faults: each effect, on purpose, through the real router and, where a connection breaks, over a socket.

mod control;
mod effects;
mod helper;
mod reads;
mod socket;
