//! The simulator as a service, and inside a Rust test.

pub mod listener;
pub mod mock_server;
pub mod service;
pub mod simulator;

pub use self::{mock_server::MockServer, service::Service, simulator::Simulator};
