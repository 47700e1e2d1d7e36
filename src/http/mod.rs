//! The vendor's surface over HTTP. Handlers translate and decide nothing; what they ask is in
//! `store` and `views`, what they say in `wire`.
//!
//! | file | what |
//! |---|---|
//! | `router` | table of contents: every route, grouped by who calls it |
//! | `exchange` | around every request: id, `Date`, media type, error bodies, log |
//! | `faulty` | what goes wrong on purpose; `line`, `scripted` | connections that break, bodies that drip |
//! | `extract` | who calls, what is asked, what was sent |
//! | `pass_through` | what is not simulated goes to the upstream |
//! | `error` | every no, its status, its words |
//! | `recorded` | what was asked and answered goes into the journal |
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
pub mod faulty;
pub mod line;
mod msp_banners;
mod msp_customers;
mod msp_entitlements;
mod oauth2;
mod openapi;
mod pass_through;
mod recorded;
mod reply;
pub mod router;
mod scripted;
mod tenants;

pub use self::{
    openapi::{document, operations},
    router::router,
};
