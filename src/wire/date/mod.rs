//! Dates, as answers write them and as requests bring them.

mod given;
mod written;

pub use given::{Given, last_second, moment, parse, wrong_weekday};
pub use written::WireDate;
