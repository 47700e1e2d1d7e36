//! The reports, through the whole router under a frozen clock.

mod calculator;
mod histories;
mod mileage;
mod usage;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use r1_entitlements_mock::{
    model::{Assignment, Policy, RefreshPolicy, Store, Tenant},
    sandbox::Settings,
    scenario::Scenario,
    wire::Style,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, App, COMPANY, CUSTOMER, MSP,
    app::{Setup, frozen_with, scenario},
    at,
};

const USAGE: &str = "/entitlements/licenseUsageReports";
const MILEAGE: &str = "/entitlements/mileageReports/query";
const AVAILABILITY: &str = "/entitlements/availabilityReports/query";

/// A scenario, read once for all tests.
fn scenario_of(name: &str) -> Arc<Scenario> {
    static READ: Mutex<BTreeMap<String, Arc<Scenario>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock();
    Arc::clone(read.entry(name.into()).or_insert_with(|| scenario(name)))
}

/// A simulator at a moment.
fn app_at(scenario: &str, now: &str, style: Style) -> App {
    let start = frozen_with(now, Settings { style, ..Settings::default() });
    App::with(Setup { scenario: scenario_of(scenario), start, ..Setup::default() })
}

/// The default scenario on 2026-03-10, at 15:04:05.
fn app() -> App {
    app_at("default", "2026-03-10T15:04:05Z", Style::Documented)
}

fn usage(app: &App, query: &str, accept: &str) -> Answer {
    app.call("GET", &format!("{USAGE}?{query}")).header("accept", accept).wait()
}

#[track_caller]
fn report(app: &App, query: &str) -> Value {
    usage(app, query, "application/json").ok()
}

fn post(app: &App, path: &str, body: &Value) -> Answer {
    post_as(app, MSP, path, body)
}

fn post_as(app: &App, tenant: &str, path: &str, body: &Value) -> Answer {
    app.call("POST", path).tenant(tenant).json(body).wait()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The sums of a member of rows, by device type and sub type.
fn sums<'a>(rows: impl IntoIterator<Item = &'a Value>, member: &str) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        *sums.entry((text("deviceType"), text("deviceSubType"))).or_default() += row[member].as_i64().unwrap();
    }
    sums
}

/// Every total of a report is the sum of what it is the total of.
#[track_caller]
fn check_sums(report: &Value) {
    let days = list(&report["dailyReport"]);
    for day in days {
        let customers = list(&day["mspEcs"]);
        assert_eq!(day["numberOfEcs"], customers.len(), "{}", day["date"]);
        let rows = customers.iter().flat_map(|customer| list(&customer["assignments"]));
        let totals = list(&day["totalAssignmentDaysByDevice"]);
        assert_eq!(sums(rows, "assignmentCount"), sums(totals, "assignmentDays"), "{}", day["date"]);
    }
    for (rows, member, grand) in [
        ("totalAssignmentDaysByDevice", "assignmentDays", "grandTotalAssignmentDays"),
        ("totalDeviceDaysByDevice", "deviceDays", "grandTotalDeviceDays"),
    ] {
        let of_days = sums(days.iter().flat_map(|day| list(&day[rows])), member);
        let totals = sums(list(&report[rows]), member);
        assert_eq!(of_days, totals, "{rows}");
        assert_eq!(totals.values().sum::<i64>(), report[grand].as_i64().unwrap(), "{grand}");
    }
}

/// The columns of a CSV report, summed up.
fn csv_sums(body: &[u8]) -> (i64, i64) {
    let mut reader = csv::Reader::from_reader(body);
    let columns: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (assigned, devices) = (place("Assignment Days"), place("Device Days"));
    let number = |record: &csv::StringRecord, place: usize| record[place].parse::<i64>().unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .fold((0, 0), |(a, d), record| (a + number(&record, assigned), d + number(&record, devices)))
}

/// The same store with other tenants and assignments.
fn with(store: &Store, tenants: Vec<Tenant>, assignments: Vec<Assignment>) -> Store {
    let (policy, refresh) = (Policy::clone(&store.policy), RefreshPolicy::clone(&store.refresh));
    Store::new(policy, refresh, store.default_tenant, tenants, assignments)
}
