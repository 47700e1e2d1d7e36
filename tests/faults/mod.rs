//! Faults: each effect, through the real router and, where a connection breaks, over a socket.

mod connections;
mod control;
mod effects;
mod helpers;
mod limits;
mod matching;
mod prefer;
mod reads;
