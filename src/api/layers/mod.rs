//! What happens around a handler, in the order in which [`Api`](super::Api) does it.

pub mod deprecation;
pub mod fault_decision;
pub mod faults;
pub mod header_lines;
pub mod journal;
pub mod kept;
pub mod overrides;
pub mod proxy;
