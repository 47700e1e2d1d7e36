//! Dates in answers: the reference has one shape, the observed style several.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use crate::wire::Style;

/// A moment as an answer writes it. (Not `Date`: utoipa takes any type of that name for a day.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireDate {
    at: DateTime<Utc>,
    shape: Shape,
}

/// How a moment is written. All in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `2021-12-06T00:00:00Z` (documented; observed in activities too).
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
}

impl WireDate {
    /// In a list: `JavaText` when observed.
    pub fn listed(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::JavaText)
    }

    /// In a summary or a banner: `MillisOffset` when observed.
    pub fn summed(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::MillisOffset)
    }

    /// In GET /assignments: `Blank` when observed.
    pub fn assigned(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::Blank)
    }

    /// In GET /assignments, when made and revoked: `BlankMillis` when observed.
    pub fn recorded(at: DateTime<Utc>, style: Style) -> Self {
        Self::either(at, style, Shape::BlankMillis)
    }

    /// In an activity: the same in both styles.
    pub fn of_activity(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::Seconds }
    }

    /// In a usage report: the same in both styles, because no other shape has been observed.
    pub fn reported(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::Seconds }
    }

    /// In an activity over the socket: the same in both styles.
    pub fn of_event(at: DateTime<Utc>) -> Self {
        Self { at, shape: Shape::BlankOffset }
    }

    fn either(at: DateTime<Utc>, style: Style, observed: Shape) -> Self {
        Self { at, shape: if style == Style::Observed { observed } else { Shape::Seconds } }
    }
}

/// Written digit by digit: a list has several dates per row, and chrono reads its pattern anew for each.
impl Serialize for WireDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Text { bytes: [0; 32], len: 0 };
        text.date(self.at, self.shape);
        serializer.serialize_str(std::str::from_utf8(&text.bytes[..text.len]).map_err(serde::ser::Error::custom)?)
    }
}

impl PartialSchema for WireDate {
    fn schema() -> RefOr<Schema> {
        let date_time = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
        ObjectBuilder::new().schema_type(Type::String).format(date_time).into()
    }
}

impl ToSchema for WireDate {}

/// Room for the longest shape.
struct Text {
    bytes: [u8; 32],
    len: usize,
}

impl Text {
    fn date(&mut self, at: DateTime<Utc>, shape: Shape) {
        match shape {
            Shape::Seconds => self.day(at).add("T").time(at).add("Z"),
            Shape::JavaText => self
                .add(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][at.weekday().num_days_from_monday() as usize])
                .add(" ")
                .add(MONTHS[at.month0() as usize])
                .add(" ")
                .number(at.day(), 2)
                .add(" ")
                .time(at)
                .add(" UTC ")
                .year(at),
            Shape::MillisOffset => self.day(at).add("T").time(at).millis(at).add("+00:00"),
            Shape::Blank => self.day(at).add(" ").time(at).add("Z"),
            Shape::BlankMillis => self.day(at).add(" ").time(at).millis(at).add("Z"),
            Shape::BlankOffset => self.day(at).add(" ").time(at).add(" +0000"),
        };
    }

    fn add(&mut self, text: &str) -> &mut Self {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text.as_bytes());
        self.len += text.len();
        self
    }

    fn number(&mut self, number: u32, digits: u32) -> &mut Self {
        for place in (0..digits).rev() {
            let digit = u8::try_from(number / 10_u32.pow(place) % 10).unwrap_or_default();
            self.bytes[self.len] = b'0' + digit;
            self.len += 1;
        }
        self
    }

    /// The clock runs from 1970 to 2400 and dates from 1900 to 2500, so years have four digits.
    fn year(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.number(at.year().unsigned_abs(), 4)
    }

    fn day(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.year(at).add("-").number(at.month(), 2).add("-").number(at.day(), 2)
    }

    fn time(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.number(at.hour(), 2).add(":").number(at.minute(), 2).add(":").number(at.second(), 2)
    }

    fn millis(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.add(".").number(at.nanosecond() / 1_000_000 % 1_000, 3)
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_reference_has_one_shape_and_the_live_system_several() {
        let moment = at("2021-12-06T07:08:09.0431Z");
        let text = |date: WireDate| serde_json::to_value(date).unwrap().as_str().unwrap().to_owned();
        for (make, observed) in [
            (WireDate::listed as fn(_, _) -> _, "Mon Dec 06 07:08:09 UTC 2021"),
            (WireDate::summed, "2021-12-06T07:08:09.043+00:00"),
            (WireDate::assigned, "2021-12-06 07:08:09Z"),
            (WireDate::recorded, "2021-12-06 07:08:09.043Z"),
        ] {
            assert_eq!(text(make(moment, Style::Observed)), observed);
            assert_eq!(text(make(moment, Style::Documented)), "2021-12-06T07:08:09Z");
        }
        assert_eq!(text(WireDate::of_activity(moment)), "2021-12-06T07:08:09Z");
        assert_eq!(text(WireDate::of_event(moment)), "2021-12-06 07:08:09 +0000");
    }

    proptest::proptest! {
        #[test]
        fn dates_are_written_as_their_patterns_say(seconds in -2_208_988_800_i64..16_725_225_600, nanos in 0_u32..1_000_000_000) {
            let at = DateTime::from_timestamp(seconds, nanos).unwrap();
            for (shape, pattern) in [
                (Shape::Seconds, "%Y-%m-%dT%H:%M:%SZ"),
                (Shape::JavaText, "%a %b %d %H:%M:%S UTC %Y"),
                (Shape::MillisOffset, "%Y-%m-%dT%H:%M:%S%.3f+00:00"),
                (Shape::Blank, "%Y-%m-%d %H:%M:%SZ"),
                (Shape::BlankMillis, "%Y-%m-%d %H:%M:%S%.3fZ"),
                (Shape::BlankOffset, "%Y-%m-%d %H:%M:%S +0000"),
            ] {
                let written = serde_json::to_value(WireDate { at, shape }).unwrap();
                proptest::prop_assert_eq!(written, at.format(pattern).to_string());
            }
        }
    }
}
