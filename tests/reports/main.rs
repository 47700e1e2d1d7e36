//! The reports, asked through the whole router under a frozen clock.

#![allow(clippy::unwrap_used, reason = "helpers of tests stop where something is not as it must be")]

mod calculator;
mod histories;
mod usage;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use r1_entitlements_mock::{
    cli::serve,
    model::{Assignment, Policy, RefreshPolicy, Store, Tenant},
    sandbox::{Sandbox, Settings, StartClock},
    scenario::{Catalog, Scenario},
    wire::Style,
};
use serde_json::{Value, json};
use tower::ServiceExt;

const MSP: &str = "a0000000000000000000000000000001";
const CUSTOMER: &str = "ec000000000000000000000000000001";
const COMPANY: &str = "c0000000000000000000000000000001";
const USAGE: &str = "/entitlements/licenseUsageReports";
const MILEAGE: &str = "/entitlements/mileageReports/query";
const AVAILABILITY: &str = "/entitlements/availabilityReports/query";

/// A scenario, read once for all tests.
fn scenario_of(name: &str) -> Arc<Scenario> {
    static READ: Mutex<BTreeMap<String, Arc<Scenario>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock();
    let scenario = read.entry(name.into()).or_insert_with(|| Catalog::default().load(name).unwrap());
    Arc::clone(scenario)
}

/// A server on 2026-03-10, at 15:04:05.
struct Server {
    router: Router,
    sandbox: Arc<Sandbox>,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    content_type: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Its JSON, if it is a 200.
    #[track_caller]
    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }
}

impl Server {
    fn new(scenario: &str, now: &str, style: Style) -> Self {
        let scenario = scenario_of(scenario);
        let clock = Some(StartClock { at: at(now), frozen: true });
        let settings = Settings { clock, style, ..Settings::default() };
        let sandbox = Arc::new(Sandbox::new(scenario, settings).unwrap().0);
        Self { router: serve::router(Arc::clone(&sandbox), Vec::new()), sandbox }
    }

    fn default() -> Self {
        Self::new("default", "2026-03-10T15:04:05Z", Style::Documented)
    }

    fn send(&self, request: Request<Body>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response: Response<_> = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let content_type = parts.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned());
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answer { status: parts.status, content_type: content_type.unwrap_or_default(), body }
        })
    }

    fn usage(&self, query: &str, accept: &str) -> Answer {
        let request = Request::get(format!("{USAGE}?{query}")).header("accept", accept);
        self.send(request.body(Body::empty()).unwrap())
    }

    #[track_caller]
    fn report(&self, query: &str) -> Value {
        self.usage(query, "application/json").ok()
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(MSP, path, body)
    }

    fn post_as(&self, tenant: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("x-rks-tenantid", tenant).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
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
