//! The vendor's API over HTTP.
//!
//! | room | what is in it |
//! |---|---|
//! | `service` | what happens to a request, in order |
//! | `router` | table of contents: every operation and its handler |
//! | `layers` | what happens around the handlers: journal, deprecation, overrides, faults, proxy |
//! | `request` | the context of a request, its caller, its query and its body |
//! | `handlers` | one file per root path |
//! | `response` | errors and their statuses, the effects of faults, connections that can be broken |
//! | `openapi`, `examples` | the document, made of the handlers and the catalogue, and the examples in it |

mod examples;
mod handlers;
pub mod layers;
pub mod openapi;
pub mod request;
pub mod response;
pub mod router;
mod service;

pub use self::{openapi::document, service::Api};
