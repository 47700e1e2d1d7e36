//! The layers around the handlers, in the order in which [`router`](super::router) applies them.

pub mod deprecation;
pub mod faults;
pub mod journal;
pub mod proxy;
