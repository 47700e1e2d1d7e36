//! How far licences reach: what there is and what is taken at the end of each month, from this one to
//! the one in which the last row expires.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{
    days::Span,
    licenses::{Level, Licenses},
};

/// The end of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mileage {
    /// The last day of the month.
    pub last: NaiveDate,
    /// What there then is.
    pub quantity: i64,
    /// What is then taken.
    pub used: i64,
    /// The devices behind it: the tenant's own, or those of its customers.
    pub devices: i64,
    /// The rows that expire in the month, day by day; what expires on its last day is still in `quantity`.
    pub break_up: Vec<(NaiveDate, i64)>,
}

/// How many months there are, and some of them: `take` after the first `skip`.
pub fn mileage(licenses: &Licenses<'_, '_>, now: DateTime<Utc>, skip: usize, take: usize) -> (usize, Vec<Mileage>) {
    let this_month = Span::month_of(now.date_naive());
    let mut expiries: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (day, quantity) in licenses.expiries() {
        *expiries.entry(day).or_default() += quantity;
    }
    let last = expiries.keys().next_back();
    let months = last.map_or(0, |last| number(*last) - number(this_month.first) + 1).max(0);
    let devices = licenses.devices();
    let row = |later: usize| {
        let later = Months::new(u32::try_from(later).unwrap_or(u32::MAX));
        let month = Span::month_of(this_month.first.checked_add_months(later).unwrap_or(this_month.first));
        let at = last_second(month.last);
        let Level { quantity, used } = licenses.level_at(at);
        Mileage {
            last: month.last,
            quantity,
            used,
            devices: devices.iter().filter(|group| group.is_active_at(at)).map(|group| group.count).sum(),
            break_up: expiries.range(month.first..=month.last).map(|(day, quantity)| (*day, *quantity)).collect(),
        }
    };
    let months = usize::try_from(months).unwrap_or(0);
    (months, (0..months).skip(skip).take(take).map(row).collect())
}

/// The number of a month.
fn number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

fn last_second(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1)
}
