//! What the clock of a scenario shows at the start.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// What a clock shows at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartClock {
    /// What the clock shows at the start, in UTC.
    pub at: DateTime<Utc>,
    /// Whether it stands still.
    pub frozen: bool,
}

impl StartClock {
    /// The last moment that a clock can show: far enough from the end of what dates can tell that
    /// adding a period to it is safe.
    pub fn latest() -> DateTime<Utc> {
        new_year(2400)
    }

    /// The first moment to which a clock can be set.
    pub fn earliest() -> DateTime<Utc> {
        new_year(1970)
    }
}

fn new_year(year: i32) -> DateTime<Utc> {
    NaiveDate::from_yo_opt(year, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}
