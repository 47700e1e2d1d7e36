//! How far licences reach: what there is and what is taken at the end of each month, from this one to
//! the one in which the last row expires.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{days::Span, licenses::Licenses};

/// The end of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mileage {
    /// The last day of the month.
    pub last: NaiveDate,
    /// Trial or paid.
    pub trial: bool,
    /// What there then is.
    pub quantity: i64,
    /// What is then taken.
    pub used: i64,
    /// The tenant's own devices, where they are what takes it.
    pub devices: Option<i64>,
    /// The rows that expire in the month, day by day; what expires on its last day is still in `quantity`.
    pub break_up: Vec<(NaiveDate, i64)>,
}

/// How many rows there are, and some of them: `take` after the first `skip`. By month, and in each
/// month in the order of `licenses`.
pub fn mileage(licenses: &[Licenses<'_>], now: DateTime<Utc>, skip: usize, take: usize) -> (usize, Vec<Mileage>) {
    let this_month = Span::month_of(now.date_naive());
    let months: Vec<u32> = licenses.iter().map(|licenses| months(licenses, this_month)).collect();
    let places = (0..months.iter().copied().max().unwrap_or(0))
        .flat_map(|month| (0..licenses.len()).map(move |n| (month, n)))
        .filter(|(month, n)| *month < months[*n]);
    let row = |(month, n): (u32, usize)| end_of_month(&licenses[n], this_month, month);
    (places.clone().count(), places.skip(skip).take(take).map(row).collect())
}

/// How many months, this one included, until the last row has expired.
fn months(licenses: &Licenses<'_>, this_month: Span) -> u32 {
    let Some(last) = licenses.rows().iter().map(|row| row.period.end.date_naive()).max() else { return 0 };
    let number = |day: NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0);
    u32::try_from(number(last) - number(this_month.first) + 1).unwrap_or(0)
}

fn end_of_month(licenses: &Licenses<'_>, this_month: Span, months_later: u32) -> Mileage {
    let first = this_month.first.checked_add_months(Months::new(months_later)).unwrap_or(this_month.first);
    let month = Span::month_of(first);
    let next = month.last.checked_add_days(Days::new(1)).unwrap_or(month.last);
    let at = next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1);
    let mut break_up: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for row in licenses.rows() {
        let end = row.period.end.date_naive();
        if month.first <= end && end <= month.last {
            *break_up.entry(end).or_default() += row.quantity;
        }
    }
    Mileage {
        last: month.last,
        trial: licenses.trial,
        quantity: licenses.quantity_at(at),
        used: licenses.used_at(at),
        devices: licenses.devices_at(at),
        break_up: break_up.into_iter().collect(),
    }
}
