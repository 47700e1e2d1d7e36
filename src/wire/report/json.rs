//! A usage report as JSON.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::license_name;
use crate::{
    model::MspLicenseType,
    views::usage_report::{self, CustomerDay, Day, Usages},
    wire::date::WireDate,
};

/// What the customers of an MSP had assigned and which devices they ran, day by day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageReport {
    /// The days, or those of the page.
    daily_report: Vec<DailyReport>,
    /// Days on a page; without pages, all of them.
    daily_report_per_page: i64,
    /// Licence days of the whole period, whatever the page.
    grand_total_assignment_days: i64,
    /// Device days of the whole period, whatever the page.
    grand_total_device_days: i64,
    /// What it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: Option<MspLicenseType>,
    msp_name: String,
    /// From 1; 0 without pages.
    page: i64,
    /// The last day reported: today at the latest.
    #[schema(value_type = String, format = Date)]
    report_end_date: NaiveDate,
    /// What it is limited to, for people.
    report_license_type_name: String,
    #[schema(value_type = String, format = Date)]
    report_start_date: NaiveDate,
    /// The last day asked for.
    #[schema(value_type = String, format = Date)]
    request_end_date: NaiveDate,
    #[schema(value_type = String, format = Date)]
    request_start_date: NaiveDate,
    /// The whole period by kind, whatever the page.
    total_assignment_days_by_device: Vec<AssignmentDaysByDevice>,
    /// Days from reportStartDate to reportEndDate.
    total_days_in_report: i64,
    /// The whole period by kind, whatever the page.
    total_device_days_by_device: Vec<DeviceDaysByDevice>,
    total_pages: i64,
}

/// One day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DailyReport {
    #[schema(value_type = String, format = Date)]
    date: NaiveDate,
    /// The customers that had anything, by name.
    msp_ecs: Vec<MspEcReport>,
    /// How many those are.
    number_of_ecs: i64,
    total_assignment_days_by_device: Vec<AssignmentDaysByDevice>,
    total_device_days_by_device: Vec<DeviceDaysByDevice>,
}

/// One customer on one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MspEcReport {
    assignments: Vec<AssignmentReport>,
    /// Its devices one by one, if deviceDetails is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_devices: Option<Vec<DeviceHistory>>,
    msp_ec_name: String,
}

/// Licences of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentReport {
    /// How many were assigned.
    assignment_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    device_type: String,
}

/// Licence days of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentDaysByDevice {
    /// One licence assigned on one day counts one.
    assignment_days: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    device_type: String,
}

/// Device days of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names are the vendor's")]
pub struct DeviceDaysByDevice {
    /// One device active on one day counts one.
    device_days: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_sub_type: Option<String>,
    device_type: String,
}

/// One device on one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeviceHistoryDto)]
pub struct DeviceHistory {
    /// Since when it is active.
    created_date: WireDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_model: Option<String>,
    device_type: String,
    /// The day that the row is about.
    #[schema(value_type = String, format = Date)]
    history_created_date: NaiveDate,
    msp_ec_tenant_id: String,
    /// Made up; one device has the same on every day.
    serial_number: String,
}

impl UsageReport {
    /// The report as JSON.
    pub fn new(report: &usage_report::UsageReport<'_>) -> Self {
        let (asked, grand_total, total_pages) = (report.asked, report.grand_total(), report.pages());
        let usage_report::UsageReport { msp, asked: _, days, customers: _, totals } = report;
        let usage_report::ReportPeriod { requested, reported } = asked.period;
        Self {
            daily_report: days.iter().map(|day| DailyReport::new(day, asked.device_details)).collect(),
            daily_report_per_page: asked.page.map_or(reported.len(), |page| page.size),
            grand_total_assignment_days: grand_total.assigned,
            grand_total_device_days: grand_total.devices,
            license_type: asked.license,
            msp_name: msp.name.to_string(),
            page: asked.page.map_or(0, |page| page.number),
            report_end_date: reported.last,
            report_license_type_name: license_name(asked.license).into(),
            report_start_date: reported.first,
            request_end_date: requested.last,
            request_start_date: requested.first,
            total_assignment_days_by_device: assignment_days(totals),
            total_days_in_report: reported.len(),
            total_device_days_by_device: device_days(totals),
            total_pages,
        }
    }
}

impl DailyReport {
    fn new(day: &Day<'_>, details: bool) -> Self {
        let totals = day.totals();
        let Day { date, customers } = day;
        Self {
            date: *date,
            msp_ecs: customers.iter().map(|customer| MspEcReport::new(customer, *date, details)).collect(),
            number_of_ecs: i64::try_from(customers.len()).unwrap_or(i64::MAX),
            total_assignment_days_by_device: assignment_days(&totals),
            total_device_days_by_device: device_days(&totals),
        }
    }
}

impl MspEcReport {
    fn new(row: &CustomerDay<'_>, date: NaiveDate, details: bool) -> Self {
        let CustomerDay { customer, usages, devices } = row;
        let assigned = usages.iter().filter(|(_, usage)| usage.assigned != 0);
        let history = devices.iter().map(|usage_report::Device { kind, model, serial, installed }| DeviceHistory {
            created_date: WireDate::reported(*installed),
            device_model: model.map(Into::into),
            device_type: kind.device_type.into(),
            history_created_date: date,
            msp_ec_tenant_id: customer.id.to_string(),
            serial_number: serial.clone(),
        });
        Self {
            assignments: assigned
                .map(|(kind, usage)| AssignmentReport {
                    assignment_count: usage.assigned,
                    device_sub_type: kind.sub_type.map(Into::into),
                    device_type: kind.device_type.into(),
                })
                .collect(),
            installed_devices: details.then(|| history.collect()),
            msp_ec_name: customer.name.to_string(),
        }
    }
}

fn assignment_days(usages: &Usages<'_>) -> Vec<AssignmentDaysByDevice> {
    let rows = usages.iter().filter(|(_, usage)| usage.assigned != 0);
    rows.map(|(kind, usage)| AssignmentDaysByDevice {
        assignment_days: usage.assigned,
        device_sub_type: kind.sub_type.map(Into::into),
        device_type: kind.device_type.into(),
    })
    .collect()
}

fn device_days(usages: &Usages<'_>) -> Vec<DeviceDaysByDevice> {
    let rows = usages.iter().filter(|(_, usage)| usage.devices != 0);
    rows.map(|(kind, usage)| DeviceDaysByDevice {
        device_days: usage.devices,
        device_sub_type: kind.sub_type.map(Into::into),
        device_type: kind.device_type.into(),
    })
    .collect()
}
