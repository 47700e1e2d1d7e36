//! The simulator as a service, and inside a Rust test.

#[cfg(not(all(feature = "console", feature = "socket")))]
mod left_out;
pub mod listener;
pub mod mock_server;
pub mod service;
pub mod simulator;

pub use self::{mock_server::MockServer, service::Service, simulator::Simulator};
