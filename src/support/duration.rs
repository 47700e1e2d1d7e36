//! Stretches of time by which a clock is put forward: ISO 8601 (`P1DT2H`), or as people write (`36h`).

use chrono::{DateTime, Months, TimeDelta, Utc};

use crate::scenario::format;

/// Calendar months and exact time; a year is twelve months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    months: u32,
    exact: TimeDelta,
}

/// What a stretch may look like, for messages.
pub const EXPECTED: &str = "an ISO 8601 duration such as P60D, P1Y2M or PT1.5S, or a time such as 36h or 500ms";

/// The most that one stretch may be: a hundred years.
const MOST_MONTHS: u32 = 1_200;

impl Stretch {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('P') {
            Some(rest) => iso(rest),
            None => humantime::parse_duration(text)
                .ok()
                .and_then(|time| TimeDelta::from_std(time).ok())
                .map(|exact| Self { months: 0, exact }),
        }
        .filter(|stretch| stretch.months <= MOST_MONTHS && stretch.exact <= TimeDelta::days(36_525))
    }

    /// The moment so long after another.
    pub fn after(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        at.checked_add_months(Months::new(self.months))?.checked_add_signed(self.exact)
    }
}

/// A stretch as people write it, which [`Stretch::parse`] reads.
pub fn spoken(time: TimeDelta) -> String {
    format::stretch(time).0
}

fn iso(text: &str) -> Option<Stretch> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let mut stretch = Stretch::default();
    let mut parts = 0;
    for (number, unit) in pieces(date)? {
        let whole: u32 = number.parse().ok()?;
        match unit {
            'Y' => stretch.months = stretch.months.checked_add(whole.checked_mul(12)?)?,
            'M' => stretch.months = stretch.months.checked_add(whole)?,
            'W' => stretch.exact = stretch.exact.checked_add(&TimeDelta::weeks(i64::from(whole)))?,
            'D' => stretch.exact = stretch.exact.checked_add(&TimeDelta::days(i64::from(whole)))?,
            _ => return None,
        }
        parts += 1;
    }
    for (number, unit) in pieces(time.unwrap_or_default())? {
        let seconds: f64 = number.parse().ok()?;
        let each = match unit {
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => return None,
        };
        let time = std::time::Duration::try_from_secs_f64(seconds * each).ok()?;
        stretch.exact = stretch.exact.checked_add(&TimeDelta::from_std(time).ok()?)?;
        parts += 1;
    }
    (parts > 0 && time.is_none_or(|time| !time.is_empty())).then_some(stretch)
}

/// `1Y2M` as ("1", 'Y'), ("2", 'M').
fn pieces(mut text: &str) -> Option<Vec<(&str, char)>> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic())?;
        pieces.push((&text[..end], char::from(text.as_bytes()[end])));
        text = &text[end + 1..];
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, then: Option<&str>) {
        let at: DateTime<Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
        let found = Stretch::parse(text).and_then(|stretch| stretch.after(at));
        assert_eq!(found, then.map(|then| then.parse().unwrap()), "{text}");
    }

    #[test]
    fn a_stretch_is_iso_8601_or_as_people_write() {
        check("P1D", Some("2026-02-01T12:00:00Z"));
        check("P60D", Some("2026-04-01T12:00:00Z"));
        check("P1M", Some("2026-02-28T12:00:00Z"));
        check("P1Y2M3DT4H5M6S", Some("2027-04-03T16:05:06Z"));
        check("P2W", Some("2026-02-14T12:00:00Z"));
        check("PT1.5S", Some("2026-01-31T12:00:01.500Z"));
        check("36h", Some("2026-02-02T00:00:00Z"));
        check("500ms", Some("2026-01-31T12:00:00.500Z"));
        // Each for itself is a number of weeks; together they are more than there are.
        let week = "4294967295W";
        let week = format!("P{}", week.repeat(4));
        for bad in
            ["", "P", "PT", "P1", "1D", "P-1D", "PT1X", "P1.5D", "P1DT", "P9999Y", "PTNaNS", "PTinfS", "P1Dé", &week]
        {
            check(bad, None);
        }
    }
}
