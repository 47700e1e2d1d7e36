//! The vendor's surface over HTTP. Handlers translate and decide nothing; what they ask is in
//! `store` and `views`, what they say in `wire`.
//!
//! | file | what |
//! |---|---|
//! | `router` | table of contents: every route, grouped by who calls it |
//! | `exchange` | around every request: id, `Date`, media type, error bodies, log |
//! | `extract` | who calls, what is asked, what was sent |
//! | `pass_through` | what is not simulated goes to the upstream |
//! | `error` | every no, its status, its words |
//! | others | one file for each root path |

mod activities;
mod assignments;
mod banners;
mod entitlements;
pub mod error;
pub mod exchange;
mod extract;
mod msp_banners;
mod msp_entitlements;
mod oauth2;
mod openapi;
mod pass_through;
pub mod router;

pub use self::{openapi::document, router::router};
