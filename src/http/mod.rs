//! The vendor's surface over HTTP. Handlers translate and decide nothing; what they ask is in
//! `store` and `views`, what they say in `wire`.
//!
//! | file | what |
//! |---|---|
//! | `router` | table of contents: every route, grouped by who calls it |
//! | `exchange` | around every request: id, `Date`, media type, error bodies, log |
//! | `extract` | who calls, what is asked, what was sent |
//! | `error` | every no, its status, its words |
//! | `deprecation` | what callers of deprecated operations notice |
//! | others | one file for each root path; queries and reports under /entitlements have their own |

mod activities;
mod assignments;
mod banners;
mod deprecation;
mod entitlement_queries;
mod entitlements;
mod entitlements_reports;
pub mod error;
pub mod exchange;
mod extract;
mod msp_banners;
mod msp_customers;
mod msp_entitlements;
mod oauth2;
mod openapi;
pub mod router;
mod tenants;

pub use self::{openapi::document, router::router};
