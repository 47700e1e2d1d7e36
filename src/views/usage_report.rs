//! The usage report of an MSP: what its customers had assigned, and which devices they ran, day by day.
//!
//! The rows of the days are summed up from day to day; the totals are reckoned from whole lifetimes.
//! They must agree, and tests/reports.rs holds them to it.

use std::{collections::BTreeMap, iter, ops::AddAssign};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    days::{Span, days_active, days_in_force},
    usage_kind::{Kind, kind_of, kind_of_devices, licenses},
};
use crate::store::{DeviceGroup, MspLicenseType, MspProduct, Store, Tenant};

/// The most rows, one for each day, customer and kind, that one answer carries (chosen).
pub const MAX_ROWS: i64 = 200_000;
/// The most single devices that one answer lists (chosen).
pub const MAX_DEVICES: i64 = 50_000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The days.
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

/// A report.
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
    fn times(self, days: i64) -> Self {
        Self { assigned: self.assigned * days, devices: self.devices * days }
    }
}

fn add_all<'a>(sums: &mut Usages<'a>, more: &Usages<'a>) {
    for (kind, usage) in more {
        *sums.entry(*kind).or_default() += *usage;
    }
}

/// Everything that one customer had, each with the days on which it had it.
struct Course<'a> {
    customer: &'a Tenant,
    lives: Vec<(Kind<'a>, Span, Usage)>,
    groups: Vec<(Kind<'a>, Span, usize, &'a DeviceGroup)>,
}

/// The customers of an MSP, or the one asked for, by name, then id.
fn courses<'a>(store: &'a Store, msp: &Tenant, asked: &Asked) -> Result<Vec<Course<'a>>, NoReport> {
    let mut assignments: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let wanted = |product: MspProduct, trial| asked.license.is_none_or(|wanted| product.license_type(trial) == wanted);
    for assignment in store.assignments_of(msp.id).filter(|a| !a.is_own() && wanted(a.product, a.trial)) {
        let usage = Usage { assigned: assignment.quantity, devices: 0 };
        let life = days_in_force(assignment).map(|days| (kind_of(assignment.product), days, usage));
        assignments.entry(assignment.customer).or_default().extend(life);
    }
    let mut customers: Vec<&Tenant> = store.tenants().filter(|tenant| tenant.parent == Some(msp.id)).collect();
    if let Some(id) = &asked.customer {
        customers.retain(|tenant| tenant.id.to_string() == *id);
        if customers.is_empty() {
            return Err(NoReport::UnknownCustomer { id: id.clone() });
        }
    }
    customers.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let course = |customer: &'a Tenant| {
        let mut lives = assignments.remove(&customer.id).unwrap_or_default();
        let groups = customer.devices.iter().enumerate().filter_map(|(n, group)| {
            let kind = kind_of_devices(customer, group);
            let licensed = asked.license.is_none_or(|wanted| licenses(wanted, kind));
            days_active(group).filter(|_| licensed).map(|days| (kind, days, n, group))
        });
        let groups: Vec<_> = groups.collect();
        lives.extend(
            groups.iter().map(|(kind, days, _, group)| (*kind, *days, Usage { assigned: 0, devices: group.count })),
        );
        Course { customer, lives, groups }
    };
    Ok(customers.into_iter().map(course).collect())
}

impl<'a> Course<'a> {
    fn sums(&self, span: Span) -> Usages<'a> {
        let mut sums = Usages::new();
        for (kind, days, usage) in &self.lives {
            let days = days.overlap(span).map_or(0, Span::len);
            *sums.entry(*kind).or_default() += usage.times(days);
        }
        sums.retain(|_, usage| *usage != Usage::default());
        sums
    }

    /// What it had on each day of a span.
    fn daily(&self, span: Span) -> impl Iterator<Item = Usages<'a>> {
        let mut changes: BTreeMap<usize, Vec<(Kind<'a>, Usage)>> = BTreeMap::new();
        for (kind, days, usage) in &self.lives {
            if let Some(days) = days.overlap(span) {
                changes.entry(span.index_of(days.first)).or_default().push((*kind, *usage));
                changes.entry(span.index_of(days.last) + 1).or_default().push((*kind, usage.times(-1)));
            }
        }
        let mut running = Usages::new();
        span.days().enumerate().map(move |(n, _)| {
            for (kind, change) in changes.remove(&n).unwrap_or_default() {
                *running.entry(kind).or_default() += change;
            }
            running.retain(|_, usage| *usage != Usage::default());
            running.clone()
        })
    }

    fn devices_on(&self, date: NaiveDate) -> Vec<Device<'a>> {
        let present = self.groups.iter().filter(|(_, days, ..)| days.first <= date && date <= days.last);
        let devices = present.flat_map(|(kind, _, group_number, group)| {
            (0..group.count).map(|n| Device {
                kind: *kind,
                model: group.model.as_deref(),
                serial: serial(self.customer, *group_number, n),
                installed: group.installed,
            })
        });
        devices.collect()
    }
}

fn days<'a>(courses: &[Course<'a>], span: Span, details: bool) -> Result<Vec<Day<'a>>, NoReport> {
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

/// Twelve digits (FNV-1a over the customer and the device's place).
fn serial(customer: &Tenant, group: usize, number: i64) -> String {
    let text = format!("{}/{group}/{number}", customer.id);
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:012}", hash % 1_000_000_000_000)
}
