//! A simulator of the RUCKUS One Entitlements API v0.2.0: entitlements, bulk pools and assignments are
//! state; summaries, banners and statuses are computed from that state and a clock.
//!
//! ```text
//! http ──► sandbox ──► sim (lock, clock) ──► store (rules)     what the product remembers
//!   │                                    └─► views (read models)  what the answers say
//!   └────► wire (JSON)                                            how they say it
//! fixtures ──► store                                              where it starts
//! ```
//!
//! `store`, `views` and `wire` are pure. docs/ARCHITECTURE.md has the map and the invariants.

pub use self::{mock_server::MockServer, simulator::Simulator};

pub mod app;
pub mod client;
pub mod clock;
pub mod config;
pub mod console;
pub mod contract;
pub mod control;
pub mod ctl;
pub mod deprecation;
pub mod dispatch;
pub mod event;
pub mod fault;
pub mod fixtures;
mod history;
pub mod http;
pub mod journal;
pub mod mock_server;
pub mod names;
pub mod operations;
pub mod pattern;
pub mod problem;
pub mod routes;
pub mod sandbox;
pub mod sim;
pub mod simulator;
pub mod socket;
pub mod stop;
pub mod store;
pub mod token;
pub mod upstream;
pub mod views;
pub mod watch;
pub mod watched;
pub mod wire;
pub mod world;
