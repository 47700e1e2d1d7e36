//! The usage report of an MSP: what its customers had assigned, and which devices they ran, day by day.
//!
//! The rows of the days are summed up from day to day; the totals are reckoned from whole lifetimes.
//! They must agree, and tests/reports.rs holds them to it.

use std::{collections::BTreeMap, iter, ops::AddAssign};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    customer_usage::{CustomerUsage, courses},
    days::Span,
    usage_kind::Kind,
};
use crate::model::{MspLicenseType, Store, Tenant};

/// The most rows, one for each day, customer and kind, that one answer carries (chosen).
pub const MAX_ROWS: i64 = 200_000;
/// The most single devices that one answer lists (chosen).
pub const MAX_DEVICES: i64 = 50_000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The days that the report covers.
    pub period: ReportPeriod,
    /// Only what such licences are for. Words with a `_TEMP` twin are paid or trial, the others both.
    pub license: Option<MspLicenseType>,
    /// Only this customer, by its id.
    pub customer: Option<String>,
    /// Whether single devices are listed.
    pub device_details: bool,
    /// Which days of the period are listed; all if not said.
    pub page: Option<Page>,
}

/// The days of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportPeriod {
    /// What was asked for.
    pub requested: Span,
    /// What there are data for: nothing is known of the days after today.
    pub reported: Span,
}

/// Some days of a period, in their order. Both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which page.
    pub number: i64,
    /// How many days a page has.
    pub size: i64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReport {
    /// The MSP has no such customer.
    UnknownCustomer {
        /// What it was called.
        id: String,
    },
    /// The answer would be too long.
    TooLong {
        /// Its rows or devices.
        rows: i64,
        /// The most that there may be.
        max: i64,
    },
}

/// Licence days and device days; of one day, licences and devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Licences assigned.
    pub assigned: i64,
    /// Active devices.
    pub devices: i64,
}

/// Sums by kind. None is zero throughout.
pub type Usages<'a> = BTreeMap<Kind<'a>, Usage>;

/// Licences and devices of an MSP's customers, day by day.
#[derive(Clone, Debug)]
pub struct UsageReport<'a> {
    /// Whose.
    pub msp: &'a Tenant,
    /// What was asked for.
    pub asked: &'a Asked,
    /// The days, or those of the page.
    pub days: Vec<Day<'a>>,
    /// Sums over the whole period by customer, by name; those with nothing are left out.
    pub customers: Vec<(&'a Tenant, Usages<'a>)>,
    /// Sums over the whole period.
    pub totals: Usages<'a>,
}

/// One day.
#[derive(Clone, Debug)]
pub struct Day<'a> {
    /// Which one.
    pub date: NaiveDate,
    /// The customers that had anything, by name.
    pub customers: Vec<CustomerDay<'a>>,
}

/// What one customer had on one day.
#[derive(Clone, Debug)]
pub struct CustomerDay<'a> {
    /// Who.
    pub customer: &'a Tenant,
    /// How much.
    pub usages: Usages<'a>,
    /// Each device, if that was asked for.
    pub devices: Vec<Device<'a>>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// Its model, if known.
    pub model: Option<&'a str>,
    /// Made up: the same for the same device on every day.
    pub serial: String,
    /// Since when it is active.
    pub installed: DateTime<Utc>,
}

/// The report of an MSP.
pub fn usage_report<'a>(store: &'a Store, msp: &'a Tenant, asked: &'a Asked) -> Result<UsageReport<'a>, NoReport> {
    let courses = courses(store, msp, asked)?;
    let reported = asked.period.reported;
    let listed = match asked.page {
        None => Some(reported),
        Some(page) => reported.part((page.number - 1).saturating_mul(page.size), page.size),
    };
    let mut customers = Vec::new();
    let mut totals = Usages::new();
    for course in &courses {
        let sums = course.sums(reported);
        add_all(&mut totals, &sums);
        customers.push((course.customer, sums));
    }
    customers.retain(|(_, sums)| !sums.is_empty());
    let days = listed.map(|span| days(&courses, span, asked.device_details)).transpose()?.unwrap_or_default();
    Ok(UsageReport { msp, asked, days, customers, totals })
}

impl UsageReport<'_> {
    /// The sum of all totals.
    pub fn grand_total(&self) -> Usage {
        total(&self.totals)
    }

    /// How many pages the period has.
    pub fn pages(&self) -> i64 {
        let days = self.asked.period.reported.len();
        self.asked.page.map_or(1, |page| (days - 1) / page.size + 1)
    }
}

impl<'a> Day<'a> {
    /// Sums over the customers.
    pub fn totals(&self) -> Usages<'a> {
        let mut totals = Usages::new();
        for customer in &self.customers {
            add_all(&mut totals, &customer.usages);
        }
        totals
    }
}

/// The sum over all kinds.
pub fn total(usages: &Usages<'_>) -> Usage {
    let mut sum = Usage::default();
    for usage in usages.values() {
        sum += *usage;
    }
    sum
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        let Self { assigned, devices } = other;
        self.assigned += assigned;
        self.devices += devices;
    }
}

impl Usage {
    pub(super) fn times(self, days: i64) -> Self {
        Self { assigned: self.assigned * days, devices: self.devices * days }
    }
}

fn add_all<'a>(sums: &mut Usages<'a>, more: &Usages<'a>) {
    for (kind, usage) in more {
        *sums.entry(*kind).or_default() += *usage;
    }
}

fn days<'a>(courses: &[CustomerUsage<'a>], span: Span, details: bool) -> Result<Vec<Day<'a>>, NoReport> {
    let within = |rows: i64, max| if rows > max { Err(NoReport::TooLong { rows, max }) } else { Ok(()) };
    let kinds = courses.iter().map(|course| course.sums(span).len());
    within(kinds.map(|kinds| i64::try_from(kinds).unwrap_or(i64::MAX)).sum::<i64>() * span.len(), MAX_ROWS)?;
    if details {
        within(courses.iter().map(|course| total(&course.sums(span)).devices).sum(), MAX_DEVICES)?;
    }
    let mut days: Vec<Day<'a>> = span.days().map(|date| Day { date, customers: Vec::new() }).collect();
    for course in courses {
        for (day, usages) in iter::zip(&mut days, course.daily(span)).filter(|(_, usages)| !usages.is_empty()) {
            let devices = if details { course.devices_on(day.date) } else { Vec::new() };
            day.customers.push(CustomerDay { customer: course.customer, usages, devices });
        }
    }
    Ok(days)
}
