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

pub use self::embed::{MockServer, Simulator};

pub mod api;
pub mod catalogue;
pub mod cli;
pub mod console;
pub mod control;
pub mod embed;
pub mod faults;
pub mod journal;
pub mod model;
pub mod proxy;
pub mod sandbox;
pub mod scenario;
pub mod socket;
pub mod support;
pub mod views;
pub mod wire;
