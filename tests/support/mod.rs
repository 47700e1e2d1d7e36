//! The one harness of all tests: a simulator under a frozen clock, requests to it through the real router,
//! and their answers.
//!
//! ```text
//! App      a simulator: App::new("default"), App::observed(..), App::with(Setup { .. })
//! Call     a request being built: app.call("GET", "/banners").tenant(MSP).send().await
//! Answer   a reply, read to its end
//! ```
//!
//! Beside them: [`fixture`] writes scenarios of a test's own, [`process`] starts the binary, [`rows`] prints
//! bodies for snapshots.

pub mod answer;
pub mod app;
pub mod call;
pub mod contract;
pub mod fixture;
pub mod process;
pub mod rows;
pub mod together;

use chrono::{DateTime, Utc};

pub use self::{
    answer::Answer,
    app::{App, Setup},
    rows::{columns, row, rows},
};

/// The MSP of every scenario.
pub const MSP: &str = "a0000000000000000000000000000001";
/// Customers of [`MSP`].
pub const CUSTOMER: &str = "ec000000000000000000000000000001";
/// See [`CUSTOMER`].
pub const CUSTOMER_2: &str = "ec000000000000000000000000000002";
/// See [`CUSTOMER`].
pub const CUSTOMER_3: &str = "ec000000000000000000000000000003";
/// The stand-alone company (REC).
pub const COMPANY: &str = "c0000000000000000000000000000001";
/// The tenant without an entitlement ID.
pub const UNLICENSED: &str = "d0000000000000000000000000000001";
/// A tenant ID that no scenario has.
pub const NOBODY: &str = "f0000000000000000000000000000009";

/// The moment at which the clock of a test stands, unless the test says otherwise.
pub const START: &str = "2026-03-10T12:00:00Z";

/// The reads that a tenant of any kind may call.
pub const TENANT_READS: [&str; 3] = ["/banners", "/entitlements", "/entitlements/summaries"];
/// The reads that only an MSP may call.
pub const MSP_READS: [&str; 5] =
    ["/assignments", "/assignments/summaries", "/mspBanners", "/mspEntitlements", "/mspEntitlements/summaries"];

/// A moment, from RFC 3339.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
