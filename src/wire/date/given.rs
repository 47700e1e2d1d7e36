//! Dates in requests and fixtures, in any shape that the API or its clients use.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};

/// A date that someone sent: a whole day, or a moment of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// No time of day was given.
    Day(NaiveDate),
    /// Whole seconds, UTC.
    Moment(DateTime<Utc>),
}

impl Given {
    /// As the beginning of a period: a day starts at 00:00:00.
    pub fn as_start(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Self::Moment(at) => at,
        }
    }

    /// As the end of a period: a day ends at 23:59:59.
    pub fn as_end(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => last_second(day),
            Self::Moment(at) => at,
        }
    }

    /// The day it is on, in UTC.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(at) => at.date_naive(),
        }
    }
}

/// 23:59:59Z of a day.
pub fn last_second(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::seconds(86_399)
}

/// Reads a date in any shape that the API or its clients use: a day; with `T` or a blank and a time;
/// with or without fractions, which are dropped; with or without a zone, UTC if none; or as Java
/// prints dates. `T` and `Z` may be small letters. A day with a `Z` is the day. Years 1900 to 2500.
pub fn parse(text: &str) -> Option<Given> {
    let text = text.trim();
    let given = parse_day(text).or_else(|| parse_moment(text).map(|at| Given::Moment(at.trunc_subsecs(0))))?;
    (1900..=2500).contains(&chrono::Datelike::year(&given.day())).then_some(given)
}

/// Reads a moment as exactly as it is written, fractions included; a day as its beginning.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let exact = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    exact.or_else(|| parse(text).map(Given::as_start))
}

/// The weekday of a day that a date in Java's shape calls by another.
pub fn wrong_weekday(text: &str) -> Option<&'static str> {
    let (given, rest) = text.split_at_checked(3)?;
    let at = NaiveDateTime::parse_from_str(rest.trim_start(), "%b %d %H:%M:%S UTC %Y").ok()?;
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let name = names[at.weekday().num_days_from_monday() as usize];
    (names.iter().any(|known| known.starts_with(given)) && !name.starts_with(given)).then_some(name)
}

fn parse_day(text: &str) -> Option<Given> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let strict = text.len() == 10;
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| strict).map(Given::Day)
}

fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(java) = NaiveDateTime::parse_from_str(text, "%a %b %d %H:%M:%S UTC %Y") {
        return Some(java.and_utc());
    }
    let iso = text.to_ascii_uppercase().replacen(' ', "T", 1);
    let iso = iso.replace(' ', "");
    let zoned = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"];
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    zoned.iter().find_map(|pattern| DateTime::parse_from_str(&iso, pattern).ok().map(|at| at.to_utc())).or_else(|| {
        local.iter().find_map(|pattern| NaiveDateTime::parse_from_str(&iso, pattern).ok().map(|at| at.and_utc()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_shape_that_clients_use_is_read() {
        let moment = Given::Moment(at("2024-01-22T15:08:10Z"));
        for text in [
            "2024-01-22 15:08:10Z",
            "2024-01-22T15:08:10Z",
            "2024-01-22T15:08:10.123Z",
            "2024-01-22T15:08:10.000+00:00",
            "2024-01-22 15:08:10",
            "2024-01-22T16:08:10+0100",
            "2024-01-22 15:08:10 +0000",
            "2024-01-22t15:08:10z",
            "Mon Jan 22 15:08:10 UTC 2024",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
        let day = NaiveDate::from_ymd_opt(2024, 1, 22).unwrap();
        for text in ["2024-01-22", "2024-01-22Z", "2024-01-22z"] {
            assert_eq!(parse(text), Some(Given::Day(day)), "{text}");
        }
        assert_eq!(Given::Day(day).as_start(), at("2024-01-22T00:00:00Z"));
        assert_eq!(Given::Day(day).as_end(), at("2024-01-22T23:59:59Z"));
        for text in
            ["", "today", "2024-13-01", "2024-1-22", "22.01.2024", "2024-01-22T25:00:00Z", "9999-01-01", "0001-01-01"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
