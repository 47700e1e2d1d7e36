//! A simulator of the RUCKUS One Entitlements API v0.2.0, for tests in Rust.
//!
//! [`MockServer`] serves it on a free port of this machine, [`Simulator`] without a port. Entitlements, bulk pools and
//! assignments are state; summaries, banners and statuses are computed from that state and a clock.
//!
//! | to | use |
//! |---|---|
//! | start, with a scenario and a clock | [`MockServer::builder`] |
//! | move the clock | [`Simulator::clock`] |
//! | make something go wrong | [`Simulator::faults`], with a [`Rule`](faults::Rule) of [`Effect`](faults::Effect)s |
//! | check which requests were made | [`Simulator::requests`], with a [`Match`](journal::Match) |
//! | change how it answers | [`Simulator::change_settings`], with [`Settings`] |
//!
//! With `default-features = false` the command line, the console, the proxy, the activity socket and reports as CSV and
//! PDF are left out.

pub use self::{
    embed::{MockServer, Simulator},
    sandbox::{Auth, Kept, Settings},
    wire::Style,
};

pub mod faults;
pub mod journal;

// The rooms of the crate: public for the binary, for `tests/` and for `benches/`, but no part of the library's API. They
// change without notice. docs/ARCHITECTURE.md has the map.
#[doc(hidden)]
pub mod api;
#[doc(hidden)]
pub mod catalogue;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "console")]
#[doc(hidden)]
pub mod console;
#[doc(hidden)]
pub mod control;
#[doc(hidden)]
pub mod embed;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod proxy;
#[doc(hidden)]
pub mod sandbox;
#[doc(hidden)]
pub mod scenario;
#[cfg(feature = "socket")]
#[doc(hidden)]
pub mod socket;
#[doc(hidden)]
pub mod support;
#[doc(hidden)]
pub mod views;
#[doc(hidden)]
pub mod wire;
