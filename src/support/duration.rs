//! Durations as users write them: ISO 8601 (`PT1.5S`, `P900D`) or with units (`2s`, `500ms`, `1h 30m`).
//!
//! Every flag, fixture field, query and body that takes a duration reads it here. A number without a unit is
//! refused: it would be seconds for one reader and milliseconds for another. Output has one spelling, the one
//! with units.

use std::{fmt, str::FromStr, time};

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use super::echo;

/// A fixed amount of time, not negative, of at most a hundred years.
///
/// Calendar units are refused, because a month has no fixed length; see [`CalendarDuration`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = "r1-duration", example = "1h 30m")]
pub struct Duration(TimeDelta);

/// An amount of time in calendar months and a fixed amount, such as `P1Y2M3D`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarDuration {
    months: u32,
    time: Duration,
}

/// The text is not a duration, or not one that fits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// A number without a unit.
    #[error("\"{0}\" has no unit: write \"{0}s\" or \"PT{0}S\"")]
    NoUnit(String),
    /// Below zero.
    #[error("\"{0}\" is negative; a duration is zero or more")]
    Negative(String),
    /// Months or years where only a fixed amount of time will do.
    #[error("\"{0}\" has months or years, whose length varies; write days, such as \"30d\" or \"P30D\"")]
    Calendar(String),
    /// Longer than allowed.
    #[error("{found} is longer than {longest}")]
    TooLong {
        /// What was given.
        found: String,
        /// The longest that is allowed, for people.
        longest: &'static str,
    },
    /// Anything else.
    #[error("\"{0}\" is not a duration: expected one such as \"2s\", \"500ms\", \"1h 30m\", \"PT1.5S\" or \"P60D\"")]
    Malformed(String),
}

/// The longest duration of all: a hundred years.
const LONGEST: TimeDelta = TimeDelta::days(36_525);
const LONGEST_WORDS: &str = "100 years";
const MOST_MONTHS: u32 = 1_200;

/// A text with more characters cannot be a duration of that length.
const LONGEST_TEXT: usize = 200;

impl Duration {
    /// Nothing.
    pub const ZERO: Self = Self(TimeDelta::zero());

    /// So many milliseconds.
    pub const fn milliseconds(count: u32) -> Self {
        Self(TimeDelta::milliseconds(count as i64))
    }

    /// So many seconds.
    pub const fn seconds(count: u32) -> Self {
        Self(TimeDelta::seconds(count as i64))
    }

    /// So many minutes.
    pub const fn minutes(count: u16) -> Self {
        Self(TimeDelta::minutes(count as i64))
    }

    /// So many days.
    pub const fn days(count: u16) -> Self {
        Self(TimeDelta::days(count as i64))
    }

    /// The same for calculations with moments.
    pub const fn delta(self) -> TimeDelta {
        self.0
    }

    /// The same for timers.
    pub fn std(self) -> time::Duration {
        self.0.to_std().unwrap_or_default()
    }

    /// The duration itself, unless it is longer than `longest`; `words` say how long that is.
    pub fn at_most(self, longest: Self, words: &'static str) -> Result<Self, InvalidDuration> {
        if self <= longest {
            Ok(self)
        } else {
            Err(InvalidDuration::TooLong { found: self.to_string(), longest: words })
        }
    }
}

impl CalendarDuration {
    /// The moment so long after another; `None` after the end of time.
    pub fn after(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        at.checked_add_months(Months::new(self.months))?.checked_add_signed(self.time.0)
    }
}

/// From a difference of moments; a negative one is zero, and one that is too long the longest.
impl From<TimeDelta> for Duration {
    fn from(delta: TimeDelta) -> Self {
        Self(delta.clamp(TimeDelta::zero(), LONGEST))
    }
}

impl From<time::Duration> for Duration {
    fn from(time: time::Duration) -> Self {
        TimeDelta::from_std(time).unwrap_or(LONGEST).into()
    }
}

impl FromStr for Duration {
    type Err = InvalidDuration;

    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        match text.parse()? {
            CalendarDuration { months: 0, time } => Ok(time),
            CalendarDuration { .. } => Err(InvalidDuration::Calendar(text.to_owned())),
        }
    }
}

impl FromStr for CalendarDuration {
    type Err = InvalidDuration;

    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        let text = text.trim();
        let quoted = || echo::cut(text).into_owned();
        if text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')) && text.parse::<f64>().is_ok() {
            return Err(InvalidDuration::NoUnit(quoted()));
        }
        let malformed = || InvalidDuration::Malformed(quoted());
        let too_long = || InvalidDuration::TooLong { found: quoted(), longest: LONGEST_WORDS };
        let span: jiff::Span = Some(text)
            .filter(|text| text.len() <= LONGEST_TEXT)
            .ok_or_else(malformed)?
            .parse()
            .map_err(|_| malformed())?;
        if span.is_negative() {
            return Err(InvalidDuration::Negative(quoted()));
        }
        let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
        let months = u32::try_from(months).ok().filter(|months| *months <= MOST_MONTHS).ok_or_else(too_long)?;
        let time = fixed(&span).filter(|time| *time <= LONGEST).ok_or_else(too_long)?;
        Ok(Self { months, time: Duration(time) })
    }
}

/// The part of a span that has a fixed length.
fn fixed(span: &jiff::Span) -> Option<TimeDelta> {
    let parts = [
        TimeDelta::try_weeks(span.get_weeks().into())?,
        TimeDelta::try_days(span.get_days().into())?,
        TimeDelta::try_hours(span.get_hours().into())?,
        TimeDelta::try_minutes(span.get_minutes())?,
        TimeDelta::try_seconds(span.get_seconds())?,
        TimeDelta::try_milliseconds(span.get_milliseconds())?,
        TimeDelta::microseconds(span.get_microseconds()),
        TimeDelta::nanoseconds(span.get_nanoseconds()),
    ];
    parts.into_iter().try_fold(TimeDelta::zero(), |sum, part| sum.checked_add(&part))
}

/// With units, the largest first: `900d`, `1h 30m`, `1s 500ms`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = i64::from(self.0.subsec_nanos());
        let span = jiff::Span::new()
            .days(self.0.num_days())
            .hours(self.0.num_hours() % 24)
            .minutes(self.0.num_minutes() % 60)
            .seconds(self.0.num_seconds() % 60)
            .milliseconds(nanoseconds / 1_000_000)
            .microseconds(nanoseconds / 1_000 % 1_000)
            .nanoseconds(nanoseconds % 1_000);
        write!(f, "{span:#}")
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for CalendarDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(std::marker::PhantomData))
    }
}

/// Reads a text; a number gets the advice to write a unit.
struct TextVisitor<T>(std::marker::PhantomData<T>);

impl<T: FromStr<Err = InvalidDuration>> de::Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"2s\", \"1h 30m\" or \"PT1.5S\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Err(E::custom(InvalidDuration::NoUnit(number.to_string())))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Err(E::custom(InvalidDuration::NoUnit(number.to_string())))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        Err(E::custom(InvalidDuration::NoUnit(number.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let duration: Duration = text.parse().unwrap();
        assert_eq!(duration.to_string(), expected);
        assert_eq!(expected.parse(), Ok(duration), "what is written can be read");
    }

    #[track_caller]
    fn check_after(text: &str, then: &str) {
        let at: DateTime<Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
        let duration: CalendarDuration = text.parse().unwrap();
        assert_eq!(duration.after(at), Some(then.parse().unwrap()), "{text}");
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        assert_eq!(text.parse::<Duration>().unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_duration_is_iso_8601_or_has_units_and_is_written_in_one_way() {
        check("2s", "2s");
        check("PT2S", "2s");
        check("PT1.5S", "1s 500ms");
        check("1.5h", "1h 30m");
        check("1h 30m", "1h 30m");
        check("90min", "1h 30m");
        check("36h", "1d 12h");
        check("P1D", "1d");
        check("P900D", "900d");
        check("P2W", "14d");
        check("2 days", "2d");
        check(" 500ms ", "500ms");
        check("1us", "1µs");
        check("0s", "0s");
        check("PT0S", "0s");
        check("P36525D", "36525d");
    }

    #[test]
    fn calendar_units_count_from_a_moment() {
        check_after("P1M", "2026-02-28T12:00:00Z");
        check_after("1mo", "2026-02-28T12:00:00Z");
        check_after("P1Y2M3DT4H5M6S", "2027-04-03T16:05:06Z");
        check_after("36h", "2026-02-02T00:00:00Z");
        check_after("P60D", "2026-04-01T12:00:00Z");
    }

    #[test]
    fn a_number_without_a_unit_is_refused_with_what_to_write() {
        check_refused("2", "\"2\" has no unit: write \"2s\" or \"PT2S\"");
        check_refused("0", "\"0\" has no unit: write \"0s\" or \"PT0S\"");
        check_refused("1.5", "\"1.5\" has no unit: write \"1.5s\" or \"PT1.5S\"");
        let json = |text: &str| serde_json::from_str::<Duration>(text).unwrap_err().to_string();
        assert!(json("2").starts_with("\"2\" has no unit: write \"2s\" or \"PT2S\""), "{}", json("2"));
        assert!(json("0.25").starts_with("\"0.25\" has no unit"), "{}", json("0.25"));
        assert!(json("null").contains("expected a duration such as"), "{}", json("null"));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        check_refused(
            "P1M",
            "\"P1M\" has months or years, whose length varies; write days, such as \"30d\" or \"P30D\"",
        );
        check_refused("-2s", "\"-2s\" is negative; a duration is zero or more");
        check_refused("P36526D", "P36526D is longer than 100 years");
        let malformed = ["", "P", "PT", "P1", "2 parsecs", "P1.5D", "P1DT", "PT1X", "PTNaNS", "PTinfS", "P1Dé", "soon"];
        for text in malformed {
            let error = text.parse::<Duration>().unwrap_err();
            assert_eq!(error, InvalidDuration::Malformed(text.into()));
        }
        // Each number alone is possible; together they are more than there are.
        for long in ["P9999Y", "P99999999Y", &format!("P{}", "4294967295W".repeat(4)), &"1h".repeat(1_000)] {
            long.parse::<CalendarDuration>().unwrap_err();
        }
    }

    #[test]
    fn a_limit_is_said_in_words() {
        let most = Duration::minutes(10);
        assert_eq!(Duration::seconds(600).at_most(most, "10 minutes"), Ok(most));
        let error = Duration::seconds(601).at_most(most, "10 minutes").unwrap_err();
        assert_eq!(error.to_string(), "10m 1s is longer than 10 minutes");
    }
}
