//! HTTP dates (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use chrono::{DateTime, Datelike, Timelike, Utc};
use parking_lot::Mutex;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The second that was written last, and how.
static LATEST: Mutex<(i64, HeaderValue)> = Mutex::new((i64::MIN, HeaderValue::from_static("")));

/// A moment as a header has it: each response has one, so the same second is not written twice.
pub fn http_date(at: DateTime<Utc>) -> HeaderValue {
    let second = at.timestamp();
    let mut latest = LATEST.lock();
    if latest.0 != second {
        *latest = (second, written(at));
    }
    latest.1.clone()
}

/// By hand, because a format string costs ten times as much.
fn written(at: DateTime<Utc>) -> HeaderValue {
    let mut text = String::with_capacity(29);
    let day = DAYS[at.weekday().num_days_from_monday() as usize];
    let month = MONTHS[at.month0() as usize];
    let _ = write!(
        text,
        "{day}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT",
        at.day(),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    );
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_the_standard_has_it() {
        for at in ["1994-11-06T08:49:37Z", "0001-01-01T00:00:00Z", "2026-02-28T23:59:59.999Z", "9999-12-31T23:59:59Z"] {
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(http_date(at), at.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
    }
}
