//! A usage report as PDF: what it is about, then three tables. The totals of the period and those of
//! its customers come first, then the days, of the page if there are pages.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::{
    license_name,
    page_layout::{Align, Column, Paper},
};
use crate::views::{
    usage_kind::Kind,
    usage_report::{Usage, UsageReport, Usages},
};

const NAME: Align = Align::Left;
const NUMBER: Align = Align::Right;

/// The report as of a moment.
pub fn write(report: &UsageReport<'_>, now: DateTime<Utc>) -> Vec<u8> {
    let mut paper = Paper::new("License usage report", &report.msp.name);
    about(&mut paper, report, now);
    totals(&mut paper, report);
    customers(&mut paper, report);
    days(&mut paper, report);
    paper.finish(date(now))
}

fn date(now: DateTime<Utc>) -> pdf_writer::Date {
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    pdf_writer::Date::new(u16::try_from(now.year()).unwrap_or(0))
        .month(part(now.month()))
        .day(part(now.day()))
        .hour(part(now.hour()))
        .minute(part(now.minute()))
        .second(part(now.second()))
        .utc_offset_hour(0)
}

fn about(paper: &mut Paper, report: &UsageReport<'_>, now: DateTime<Utc>) {
    let period = report.asked.period;
    let days = period.reported.len();
    paper.title("License usage report");
    paper.fact("Provider", &report.msp.name);
    let plural = if days == 1 { "" } else { "s" };
    paper.fact("Period", &format!("{} to {} ({days} day{plural})", period.reported.first, period.reported.last));
    if period.requested != period.reported {
        paper.fact("Asked for", &format!("{} to {}", period.requested.first, period.requested.last));
    }
    paper.fact("Licenses", license_name(report.asked.license));
    if let (Some(id), Some((customer, _))) = (&report.asked.customer, report.customers.first()) {
        paper.fact("Customer", &format!("{} ({id})", customer.name));
    }
    paper.fact("As of", &now.format("%Y-%m-%d %H:%M:%S UTC").to_string());
}

fn totals(paper: &mut Paper, report: &UsageReport<'_>) {
    paper.table(
        "Totals",
        &[
            Column { heading: "Device type", width: 185.0, align: NAME },
            Column { heading: "Sub type", width: 130.0, align: NAME },
            Column { heading: "Assignment days", width: 90.0, align: NUMBER },
            Column { heading: "Device days", width: 90.0, align: NUMBER },
        ],
    );
    for (kind, usage) in &report.totals {
        let [device_type, sub_type] = words(*kind);
        let [assigned, devices] = numbers(*usage);
        paper.row(&[device_type, sub_type, assigned, devices]);
    }
    let [assigned, devices] = numbers(report.grand_total());
    paper.sum(&["Grand total".into(), String::new(), assigned, devices]);
}

fn customers(paper: &mut Paper, report: &UsageReport<'_>) {
    paper.table(
        "Customers",
        &[
            Column { heading: "Customer", width: 165.0, align: NAME },
            Column { heading: "Device type", width: 95.0, align: NAME },
            Column { heading: "Sub type", width: 65.0, align: NAME },
            Column { heading: "Assignment days", width: 90.0, align: NUMBER },
            Column { heading: "Device days", width: 80.0, align: NUMBER },
        ],
    );
    for (customer, usages) in &report.customers {
        rows(paper, &[&customer.name], usages);
    }
    let [assigned, devices] = numbers(report.grand_total());
    paper.sum(&["Grand total".into(), String::new(), String::new(), assigned, devices]);
}

fn days(paper: &mut Paper, report: &UsageReport<'_>) {
    let heading = match report.asked.page {
        None => "Days".into(),
        Some(page) => format!("Days, page {} of {}", page.number, report.pages()),
    };
    paper.table(
        &heading,
        &[
            Column { heading: "Date", width: 85.0, align: NAME },
            Column { heading: "Customers", width: 80.0, align: NAME },
            Column { heading: "Device type", width: 95.0, align: NAME },
            Column { heading: "Sub type", width: 65.0, align: NAME },
            Column { heading: "Licenses", width: 90.0, align: NUMBER },
            Column { heading: "Devices", width: 80.0, align: NUMBER },
        ],
    );
    let mut sum = Usage::default();
    for day in &report.days {
        let totals = day.totals();
        for usage in totals.values() {
            sum += *usage;
        }
        rows(paper, &[&day.date.to_string(), &day.customers.len().to_string()], &totals);
    }
    let [assigned, devices] = numbers(sum);
    let blank = String::new;
    paper.sum(&["Sum of these days".into(), blank(), blank(), blank(), assigned, devices]);
}

/// A row for each kind; what they have in common stands in the first.
fn rows(paper: &mut Paper, common: &[&str], usages: &Usages<'_>) {
    let mut first: Vec<String> = common.iter().map(|text| (*text).into()).collect();
    if usages.is_empty() {
        first.extend(["-".into(), String::new(), "0".into(), "0".into()]);
        paper.row(&first);
        return;
    }
    paper.together(usages.len());
    for (kind, usage) in usages {
        let mut row = std::mem::replace(&mut first, vec![String::new(); common.len()]);
        row.extend(words(*kind));
        row.extend(numbers(*usage));
        paper.row(&row);
    }
}

fn words(Kind { device_type, sub_type }: Kind<'_>) -> [String; 2] {
    [device_type.into(), sub_type.unwrap_or_default().into()]
}

fn numbers(Usage { assigned, devices }: Usage) -> [String; 2] {
    [assigned.to_string(), devices.to_string()]
}
