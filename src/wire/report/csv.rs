//! A usage report as CSV (RFC 4180): one row for each day, customer and kind, without rows of totals,
//! so that the columns sum up to them.

use csv::{Terminator, WriterBuilder};

use super::license_name;
use crate::views::{
    usage_kind::Kind,
    usage_report::{CustomerDay, Device, Usage, UsageReport},
};

const COLUMNS: [&str; 7] =
    ["Date", "Customer", "License Type", "Device Type", "Device Sub Type", "Assignment Days", "Device Days"];
/// With deviceDetails, device days come one by one, a row for each device.
const DEVICE_COLUMNS: [&str; 3] = ["Device Model", "Serial Number", "Installed"];

/// The report; its first row names the columns.
pub fn write(report: &UsageReport<'_>) -> csv::Result<Vec<u8>> {
    let details = report.asked.device_details;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().chain(DEVICE_COLUMNS.iter().filter(|_| details)))?;
    let license = license_name(report.asked.license);
    for day in &report.days {
        let date = day.date.to_string();
        for customer in &day.customers {
            let start = [&date, &*customer.customer.name, license];
            for row in rows(customer, details) {
                writer.write_record(start.into_iter().map(String::from).chain(row))?;
            }
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn rows(customer: &CustomerDay<'_>, details: bool) -> Vec<Vec<String>> {
    let start = |kind: &Kind<'_>, Usage { assigned, devices }: Usage| {
        let sub_type = kind.sub_type.unwrap_or_default();
        vec![kind.device_type.into(), sub_type.into(), assigned.to_string(), devices.to_string()]
    };
    if !details {
        return customer.usages.iter().map(|(kind, usage)| start(kind, *usage)).collect();
    }
    let assigned = customer.usages.iter().filter(|(_, usage)| usage.assigned != 0).map(|(kind, usage)| {
        let mut row = start(kind, Usage { devices: 0, ..*usage });
        row.extend([const { String::new() }; 3]);
        row
    });
    let devices = customer.devices.iter().map(|Device { kind, model, serial, installed }| {
        let mut row = start(kind, Usage { assigned: 0, devices: 1 });
        row.extend([model.unwrap_or_default().into(), serial.clone(), installed.date_naive().to_string()]);
        row
    });
    assigned.chain(devices).collect()
}
