//! What a request is: its context, its caller, its query and its body.

pub mod caller;
pub mod context;
