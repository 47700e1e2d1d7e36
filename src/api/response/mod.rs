//! What a response is: errors, the effects of faults on a reply, and the connection under it.

pub mod connection;
pub mod error;
mod error_body;
pub mod fault_effects;
#[cfg(feature = "reports")]
pub mod report_file;
