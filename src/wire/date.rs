//! Dates: the reference's one shape, the live system's several, and all that requests may bring.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use super::Style;

/// A moment as an answer writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    at: DateTime<Utc>,
    shape: Shape,
}

/// How a moment is written. All in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `2021-12-06T00:00:00Z` (documented; also live in activities).
    Seconds,
    /// `Mon Dec 06 00:00:00 UTC 2021` (observed in lists).
    JavaText,
    /// `2022-03-29T00:00:00.000+00:00` (observed in summaries and banners).
    MillisOffset,
    /// `2022-12-13 19:00:08Z` (observed in GET /assignments).
    Blank,
    /// `2022-12-13 19:00:08.043Z` (observed in GET /assignments, when made and revoked).
    BlankMillis,
    /// `2022-07-04 07:10:46 +0000` (observed in activities over the socket).
    BlankOffset,
    /// `2024-07-26` (observed in compliances; the reference says the same).
    Day,
}

impl Date {
    /// In a list: `JavaText` when live.
    pub fn listed(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::JavaText)
    }

    /// In a summary or a banner: `MillisOffset` when live.
    pub fn summed(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::MillisOffset)
    }

    /// In GET /assignments: `Blank` when live.
    pub fn assigned(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::Blank)
    }

    /// In GET /assignments, when made and revoked: `BlankMillis` when live.
    pub fn recorded(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::BlankMillis)
    }

    /// In an activity: the same in both styles.
    pub fn of_activity(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::Seconds }
    }

    /// A day: the same in both styles.
    pub fn of_day(day: NaiveDate) -> Self {
        Self { at: day.and_time(NaiveTime::MIN).and_utc(), shape: Shape::Day }
    }

    /// In a usage report: the same in both styles, for no other shape has been seen.
    pub fn reported(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::Seconds }
    }

    /// In an activity over the socket: the same in both styles.
    pub fn of_event(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::BlankOffset }
    }

    fn either(at: DateTime<Utc>, style: Style, live: Shape) -> Self {
        Self { at, shape: if style == Style::Live { live } else { Shape::Seconds } }
    }
}

impl Shape {
    fn pattern(self) -> &'static str {
        match self {
            Self::Seconds => "%Y-%m-%dT%H:%M:%SZ",
            Self::JavaText => "%a %b %d %H:%M:%S UTC %Y",
            Self::MillisOffset => "%Y-%m-%dT%H:%M:%S%.3f+00:00",
            Self::Blank => "%Y-%m-%d %H:%M:%SZ",
            Self::BlankMillis => "%Y-%m-%d %H:%M:%S%.3fZ",
            Self::BlankOffset => "%Y-%m-%d %H:%M:%S +0000",
            Self::Day => "%Y-%m-%d",
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.at.format(self.shape.pattern()))
    }
}

impl PartialSchema for Date {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for Date {}

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
    fn the_reference_has_one_shape_and_the_live_system_several() {
        let moment = at("2021-12-06T07:08:09.0431Z");
        let text = |date: Date| serde_json::to_value(date).unwrap().as_str().unwrap().to_owned();
        for (make, live) in [
            (Date::listed as fn(_, _) -> _, "Mon Dec 06 07:08:09 UTC 2021"),
            (Date::summed, "2021-12-06T07:08:09.043+00:00"),
            (Date::assigned, "2021-12-06 07:08:09Z"),
            (Date::recorded, "2021-12-06 07:08:09.043Z"),
        ] {
            assert_eq!(text(make(moment, Style::Live)), live);
            assert_eq!(text(make(moment, Style::Documented)), "2021-12-06T07:08:09Z");
        }
        assert_eq!(text(Date::of_activity(moment)), "2021-12-06T07:08:09Z");
        assert_eq!(text(Date::of_event(moment)), "2021-12-06 07:08:09 +0000");
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
