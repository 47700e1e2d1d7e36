//! The vendor's API over HTTP.
//!
//! | room | what is in it |
//! |---|---|
//! | `router` | table of contents: every route, grouped by who calls it |
//! | `layers` | what runs around the handlers: journal, deprecation, proxy, faults |
//! | `request` | the context of a request, its caller, its query and its body |
//! | `handlers` | one file per root path |
//! | `response` | errors and their statuses, the effects of faults, connections that can be broken |
//! | `openapi` | the document, generated from the routes |

mod handlers;
pub mod layers;
mod openapi;
pub mod request;
pub mod response;
pub mod router;

pub use self::{
    openapi::{document, operations},
    router::router,
};
