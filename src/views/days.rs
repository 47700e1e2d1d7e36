//! Whole days in UTC: spans of them, and on which of them something was there.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

use crate::model::{Assignment, DeviceGroup};

/// Days in a row, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day, included.
    pub first: NaiveDate,
    /// The last day, not before the first.
    pub last: NaiveDate,
}

impl Span {
    /// From the first day to the last; none if that lies before.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The month that a day is in.
    pub fn month_of(day: NaiveDate) -> Self {
        let first = day.with_day(1).unwrap_or(day);
        let next = first.checked_add_months(Months::new(1));
        Self { first, last: next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX) }
    }

    /// The month before the one that a day is in.
    pub fn month_before(day: NaiveDate) -> Self {
        Self::month_of(Self::month_of(day).first.pred_opt().unwrap_or(NaiveDate::MIN))
    }

    /// How many days.
    pub fn len(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// Never: a span has at least one day.
    pub fn is_empty(self) -> bool {
        self.len() < 1
    }

    /// The days that are in both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last))
    }

    /// The place of a day, 0 for the first.
    pub fn index_of(self, day: NaiveDate) -> usize {
        usize::try_from((day - self.first).num_days()).unwrap_or(0)
    }

    /// Each day of the period.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last)
    }

    /// A part of the days: `size` of them after the first `skipped`; none past the last.
    pub fn part(self, skipped: i64, size: i64) -> Option<Self> {
        let first = self.first.checked_add_days(Days::new(u64::try_from(skipped).ok()?))?;
        let size = u64::try_from(size.checked_sub(1)?).ok()?;
        Self::new(first, first.checked_add_days(Days::new(size)).unwrap_or(NaiveDate::MAX).min(self.last))
    }
}

/// The days on which something was there at any moment, from `start` until just before `end`, or for
/// good. None if it never was. This is what "on a day" means in every report.
pub fn days_between(start: DateTime<Utc>, end: Option<DateTime<Utc>>) -> Option<Span> {
    let Some(end) = end else {
        return Span::new(start.date_naive(), NaiveDate::MAX);
    };
    let last_moment = end.checked_sub_signed(TimeDelta::nanoseconds(1))?;
    (start < end).then(|| last_moment.date_naive()).and_then(|last| Span::new(start.date_naive(), last))
}

/// The days on which an assignment was in force at any moment: made, begun, not yet revoked, not yet
/// expired. A change revokes one and makes another, so its day is a day of both.
pub fn days_in_force(assignment: &Assignment) -> Option<Span> {
    let expired = assignment.period.after();
    let end = assignment.revoked.as_ref().map_or(expired, |revoked| revoked.at.min(expired));
    days_between(assignment.period.start.max(assignment.created), Some(end))
}

/// The days on which devices were active at any moment.
pub fn days_active(devices: &DeviceGroup) -> Option<Span> {
    days_between(devices.installed, devices.removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lot, MspProduct, Period, Revocation};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(start: &str, end: Option<&str>, expected: Option<(&str, &str)>) {
        let found = days_between(start.parse().unwrap(), end.map(|end| end.parse().unwrap()));
        assert_eq!(found, expected.map(|(first, last)| Span { first: day(first), last: day(last) }), "{start} {end:?}");
    }

    #[test]
    fn a_day_counts_from_its_first_moment_and_not_from_the_first_of_the_next() {
        let start = "2026-03-10T00:00:00Z";
        check(start, Some("2026-03-12T00:00:00Z"), Some(("2026-03-10", "2026-03-11")));
        check(start, Some("2026-03-12T00:00:00.000000001Z"), Some(("2026-03-10", "2026-03-12")));
        check(start, Some("2026-03-11T23:59:59.999999999Z"), Some(("2026-03-10", "2026-03-11")));
        check("2026-03-10T23:59:59.999999999Z", Some("2026-03-11T00:00:00Z"), Some(("2026-03-10", "2026-03-10")));
        check("2026-03-10T09:00:00Z", Some("2026-03-10T09:00:01Z"), Some(("2026-03-10", "2026-03-10")));
        check("2026-03-10T09:00:00Z", Some("2026-03-10T09:00:00Z"), None);
        check("2026-03-10T09:00:00Z", Some("2026-03-09T09:00:00Z"), None);
        assert_eq!(days_between(start.parse().unwrap(), None).unwrap().last, NaiveDate::MAX);
    }

    #[track_caller]
    fn check_assignment(created: &str, revoked: Option<&str>, expected: Option<(&str, &str)>) {
        let at = |text: &str| text.parse().unwrap();
        let assignment = Assignment {
            id: 1,
            msp: 1.into(),
            customer: 2.into(),
            product: MspProduct::MspApsw,
            trial: false,
            lot: Lot::default(),
            quantity: 1,
            period: Period { start: at("2026-03-10T00:00:00Z"), end: at("2026-03-20T23:59:59Z") },
            created: at(created),
            created_by: "someone".into(),
            revoked: revoked.map(|text| Revocation { at: at(text), by: "someone".into() }),
        };
        let expected = expected.map(|(first, last)| Span { first: day(first), last: day(last) });
        assert_eq!(days_in_force(&assignment), expected, "{created} {revoked:?}");
    }

    #[test]
    fn an_assignment_is_in_force_on_the_day_of_its_revocation_and_not_on_the_next() {
        let before = "2026-03-01T12:00:00Z";
        check_assignment(before, None, Some(("2026-03-10", "2026-03-20")));
        check_assignment(before, Some("2026-03-15T09:42:00Z"), Some(("2026-03-10", "2026-03-15")));
        check_assignment(before, Some("2026-03-15T00:00:00Z"), Some(("2026-03-10", "2026-03-14")));
        check_assignment(before, Some("2026-03-10T00:00:00Z"), None);
        check_assignment(before, Some("2026-03-09T10:00:00Z"), None);
        check_assignment(before, Some("2026-03-25T10:00:00Z"), Some(("2026-03-10", "2026-03-20")));
    }

    #[test]
    fn an_assignment_made_after_its_first_day_is_in_force_from_the_day_on_which_it_was_made() {
        check_assignment("2026-03-12T16:00:00Z", None, Some(("2026-03-12", "2026-03-20")));
        check_assignment("2026-03-12T16:00:00Z", Some("2026-03-12T17:00:00Z"), Some(("2026-03-12", "2026-03-12")));
        check_assignment("2026-03-21T00:00:00Z", None, None);
    }

    #[test]
    fn months_have_their_own_lengths() {
        for (of, first, last) in [
            ("2026-02-10", "2026-02-01", "2026-02-28"),
            ("2024-02-29", "2024-02-01", "2024-02-29"),
            ("2026-12-31", "2026-12-01", "2026-12-31"),
        ] {
            assert_eq!(Span::month_of(day(of)), Span { first: day(first), last: day(last) });
        }
        assert_eq!(Span::month_before(day("2026-01-15")), Span { first: day("2025-12-01"), last: day("2025-12-31") });
    }

    #[test]
    fn parts_of_a_span_cover_it_once() {
        let span = Span { first: day("2026-03-01"), last: day("2026-03-12") };
        let parts: Vec<Span> = (0..3).filter_map(|n| span.part(n * 5, 5)).collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [5, 5, 2]);
        assert!(parts.iter().flat_map(|part| part.days()).eq(span.days()));
        assert_eq!(span.part(15, 5), None);
        assert_eq!(span.part(i64::MAX, i64::MAX), None);
    }
}
