//! Dates, as answers write them and as requests bring them.

mod given;
mod written;

pub use given::{Given, last_second, moment, parse};
pub use written::WireDate;
