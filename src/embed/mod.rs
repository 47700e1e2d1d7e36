//! The simulator inside a Rust test.

pub mod mock_server;
pub mod simulator;

pub use self::{mock_server::MockServer, simulator::Simulator};
