//! The reports, asked through the whole router under a frozen clock.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use http_body_util::BodyExt;
use proptest::prelude::*;
use r1_entitlements_mock::{
    app,
    fixtures::Catalog,
    sandbox::{Sandbox, Settings, StartClock},
    store::{
        Assignment, DeviceGroup, DeviceType, MspEntitlement, MspProduct, Period, Policy, RefreshPolicy, Revocation,
        Store, Tenant,
    },
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
        let scenario = Catalog::default().load(scenario).unwrap();
        let clock = Some(StartClock { at: at(now), frozen: true });
        let settings = Settings { clock, style, ..Settings::default() };
        let sandbox = Arc::new(Sandbox::new(scenario, settings).unwrap().0);
        Self { router: app::router(Arc::clone(&sandbox), Vec::new()), sandbox }
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

/// What one customer had on one day, by kind.
fn assigned(report: &Value, date: &str, customer: &str) -> BTreeMap<(String, String), i64> {
    let day = list(&report["dailyReport"]).iter().find(|day| day["date"] == date).unwrap();
    let row = list(&day["mspEcs"]).iter().find(|row| row["mspEcName"] == customer);
    row.map(|row| sums(list(&row["assignments"]), "assignmentCount")).unwrap_or_default()
}

fn kind(device_type: &str, sub_type: &str) -> (String, String) {
    (device_type.into(), sub_type.into())
}

#[test]
fn a_usage_report_is_about_last_month_and_its_totals_are_the_sums_of_its_rows() {
    let report = Server::default().report("");
    assert_eq!((&report["reportStartDate"], &report["reportEndDate"]), (&json!("2026-02-01"), &json!("2026-02-28")));
    assert_eq!(
        (&report["totalDaysInReport"], &report["page"], &report["totalPages"]),
        (&json!(28), &json!(0), &json!(1))
    );
    assert_eq!(report["mspName"], "Northgate Managed Networks");
    assert!(report["grandTotalAssignmentDays"].as_i64().unwrap() > 0);
    assert!(report["grandTotalDeviceDays"].as_i64().unwrap() > 0);
    check_sums(&report);
}

#[test]
fn the_day_of_a_change_is_a_day_of_both_assignments() {
    // 130466 (60) was revoked at 09:42 of the day that is 90 days ago, and 130471 (40) made then; 130468 (120) stands.
    let report = Server::default().report("startDate=2025-12-09&endDate=2025-12-11");
    let apsw = |date| assigned(&report, date, "Alder Street Clinics").get(&kind("MSP_APSW", "")).copied();
    assert_eq!(apsw("2025-12-09"), Some(180));
    assert_eq!(apsw("2025-12-10"), Some(220));
    assert_eq!(apsw("2025-12-11"), Some(160));
}

#[test]
fn a_usage_report_leaves_out_what_the_msp_assigned_to_itself() {
    let report = Server::default().report("startDate=2026-03-01&endDate=2026-03-01");
    let names: Vec<_> = list(&report["dailyReport"][0]["mspEcs"]).iter().map(|row| &row["mspEcName"]).collect();
    assert_eq!(names, ["Alder Street Clinics", "Brightwater Hotels", "Cedar Hill Schools"]);
}

#[test]
fn a_usage_report_ends_today_and_says_what_was_asked_for() {
    let report = Server::default().report("month=3&year=2026");
    assert_eq!((&report["requestEndDate"], &report["reportEndDate"]), (&json!("2026-03-31"), &json!("2026-03-10")));
    assert_eq!(report["totalDaysInReport"], 10);
    check_sums(&report);
}

#[test]
fn a_license_type_limits_licenses_and_the_devices_that_they_are_for() {
    let server = Server::default();
    let trial = server.report("licenseType=MSP_APSW_TEMP&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!(trial["grandTotalAssignmentDays"], 20);
    assert_eq!(trial["reportLicenseTypeName"], "AP/Switch (trial)");
    let switches = server.report("licenseType=MSP_ICX76&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!((&switches["grandTotalAssignmentDays"], &switches["grandTotalDeviceDays"]), (&json!(34), &json!(28)));
    let paid = server.report("licenseType=MSP_APSW&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!(paid["grandTotalAssignmentDays"], 160 + 30 + 55);
    [trial, switches, paid].iter().for_each(check_sums);
}

#[test]
fn pages_list_every_day_once_and_carry_the_totals_of_the_period() {
    let server = Server::default();
    let whole = server.report("");
    let mut days = Vec::new();
    for page in 1..=3 {
        let report = server.report(&format!("page={page}&pageSize=10"));
        assert_eq!(
            (&report["page"], &report["dailyReportPerPage"], &report["totalPages"]),
            (&json!(page), &json!(10), &json!(3))
        );
        assert_eq!(report["grandTotalAssignmentDays"], whole["grandTotalAssignmentDays"]);
        assert_eq!(report["totalDeviceDaysByDevice"], whole["totalDeviceDaysByDevice"]);
        days.extend(list(&report["dailyReport"]).to_vec());
    }
    assert_eq!(Value::Array(days), whole["dailyReport"]);
    assert_eq!(server.report("page=4&pageSize=10")["dailyReport"], json!([]));
    assert_eq!(server.report("page=2147483647&pageSize=2147483647")["dailyReport"], json!([]));
    assert_eq!(list(&server.report("page=1")["dailyReport"]).len(), 5);
    assert_eq!(server.report("page=0&pageSize=5"), whole);
}

#[test]
fn device_details_list_every_device_of_every_day() {
    let report = Server::default().report("startDate=2026-02-27&endDate=2026-02-28&deviceDetails=true");
    let rows = |day: &Value| {
        let customers = list(&day["mspEcs"]).iter();
        customers.flat_map(|row| list(&row["installedDevices"])).cloned().collect::<Vec<_>>()
    };
    let days = list(&report["dailyReport"]);
    let all: Vec<Value> = days.iter().flat_map(rows).collect();
    assert_eq!(report["grandTotalDeviceDays"], all.len());
    let serials =
        |day| rows(day).iter().map(|row| row["serialNumber"].to_string()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(serials(&days[0]), serials(&days[1]));
    assert_eq!(serials(&days[0]).len(), rows(&days[0]).len());
    assert_eq!(all[0]["historyCreatedDate"], "2026-02-27");
    assert_eq!(all[0]["createdDate"], "2025-02-23T00:00:00Z");
    let live = Server::new("default", "2026-03-10T15:04:05Z", Style::Live);
    let report = live.report("startDate=2026-02-27&endDate=2026-02-27&deviceDetails=true");
    assert_eq!(report["dailyReport"][0]["mspEcs"][0]["installedDevices"][0]["createdDate"], "2025-02-23 00:00:00Z");
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

#[test]
fn the_columns_of_a_csv_report_sum_up_to_the_grand_totals() {
    let server = Server::default();
    let json = server.report("");
    let totals = (json["grandTotalAssignmentDays"].as_i64().unwrap(), json["grandTotalDeviceDays"].as_i64().unwrap());
    for query in ["", "deviceDetails=true"] {
        let answer = server.usage(query, "text/csv");
        assert_eq!((answer.status.as_u16(), &*answer.content_type), (200, "text/csv; charset=utf-8"));
        assert_eq!(csv_sums(&answer.body), totals, "{query}");
    }
}

#[test]
fn names_with_commas_and_quotes_come_through_csv() {
    let server = Server::default();
    let (store, _) = server.sandbox.sim.look();
    let name = "Müller, \"Sons\" & 東京\nLtd";
    let tenants: Vec<Tenant> = store.tenants().map(|tenant| Tenant { name: name.into(), ..tenant.clone() }).collect();
    server.sandbox.sim.replace(with(&store, tenants, store.assignments().cloned().collect()));
    let answer = server.usage("", "text/csv");
    let mut reader = csv::Reader::from_reader(&*answer.body);
    assert!(reader.records().all(|record| &record.unwrap()[1] == name));
    assert!(lopdf::Document::load_mem(&server.usage("", "application/pdf").body).is_ok());
}

#[test]
fn a_pdf_report_opens_and_says_what_the_json_report_says() {
    let server = Server::default();
    let json = server.report("");
    let answer = server.usage("", "application/pdf");
    assert_eq!((answer.status.as_u16(), &*answer.content_type), (200, "application/pdf"));
    let document = lopdf::Document::load_mem(&answer.body).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let first = document.extract_text(&pages[..1]).unwrap();
    for text in [
        "License usage report",
        "Northgate Managed Networks",
        "2026-02-01 to 2026-02-28 (28 days)",
        "Alder Street Clinics",
        "Grand total",
        &json["grandTotalAssignmentDays"].to_string(),
        &json["grandTotalDeviceDays"].to_string(),
        &format!("Page 1 of {}", pages.len()),
    ] {
        assert!(first.contains(text), "no {text:?} in {first}");
    }
    let all = document.extract_text(&pages).unwrap();
    for day in list(&json["dailyReport"]) {
        assert!(all.contains(day["date"].as_str().unwrap()), "{}", day["date"]);
    }
    assert!(all.contains(&format!("Page {0} of {0}", pages.len())));
}

#[test]
fn the_form_of_a_usage_report_follows_accept() {
    let server = Server::default();
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/vnd.ruckus.v1+json", "application/vnd.ruckus.v1+json"),
        ("text/json", "text/json"),
        ("text/*", "text/json"),
        ("text/csv, application/json;q=0.5", "text/csv; charset=utf-8"),
        ("application/pdf", "application/pdf"),
    ] {
        let answer = server.usage("", accept);
        assert_eq!((answer.status.as_u16(), &*answer.content_type), (200, content_type), "{accept}");
    }
    assert_eq!(server.usage("", "image/png").status, 406);
    assert_eq!(server.usage("startDate=never", "text/csv").status, 400);
}

#[test]
fn a_usage_report_of_nobody_or_of_impossible_days_is_refused() {
    let server = Server::default();
    for query in [
        "startDate=2026-02-30",
        "startDate=2026-02-10&endDate=2026-02-01",
        "startDate=2024-01-01&endDate=2026-01-01",
        "startDate=1900-01-01&endDate=2500-01-01",
        "startDate=2026-03-11&endDate=2026-03-12",
        "month=13",
        "year=26",
        "page=x",
        "licenseType=APSW",
        "deviceDetails=maybe",
    ] {
        let answer = server.usage(query, "application/json");
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["code"], "ENTITLEMENT-10200", "{query}");
    }
    for id in ["x", COMPANY, MSP, "ec000000000000000000000000000099"] {
        let answer = server.usage(&format!("mspEcTenantId={id}"), "text/csv");
        let body = answer.json();
        assert_eq!((answer.status.as_u16(), &body["eb"]), (404, &json!("TENANT_NOT_FOUND")), "{id}");
        assert!(body["message"].is_string() && body["reason"].is_string() && body["ve"]["expected"].is_string());
    }
    assert_eq!(server.report(&format!("mspEcTenantId={CUSTOMER}"))["dailyReport"][0]["numberOfEcs"], 1);
    let request = Request::get(USAGE).header("x-rks-tenantid", COMPANY);
    let answer = server.send(request.body(Body::empty()).unwrap());
    assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (400, &json!("Not a MSP")));
}

#[test]
fn a_large_msp_gets_a_year_and_is_told_when_an_answer_would_be_too_long() {
    let server = Server::new("large", "2026-03-10T15:04:05Z", Style::Documented);
    let report = server.report("startDate=2025-03-10&endDate=2026-03-10");
    assert_eq!(report["totalDaysInReport"], 366);
    check_sums(&report);
    let pdf = server.usage("startDate=2025-03-10&endDate=2026-03-10", "application/pdf");
    assert!(lopdf::Document::load_mem(&pdf.body).is_ok());
    let answer = server.usage("startDate=2025-03-10&endDate=2026-03-10&deviceDetails=true", "application/json");
    assert_eq!(answer.status, 400);
    assert_eq!(server.report("deviceDetails=true&page=1&pageSize=1")["totalPages"], 28);
}

/// The same store with other tenants and assignments.
fn with(store: &Store, tenants: Vec<Tenant>, assignments: Vec<Assignment>) -> Store {
    let (policy, refresh) = (Policy::clone(&store.policy), RefreshPolicy::clone(&store.refresh));
    Store::new(policy, refresh, store.default_tenant, tenants, assignments)
}

prop_compose! {
    /// An assignment around the time of the tests: hours from 2026-03-10.
    fn assignments()(
        customer in 0..4_usize,
        product in prop::sample::select(vec![MspProduct::MspApsw, MspProduct::MspIcx76, MspProduct::MspUrlf]),
        trial in any::<bool>(),
        quantity in 1..100_i64,
        start in -1500..500_i64,
        length in 1..3000_i64,
        created in -1500..500_i64,
        revoked in prop::option::of(0..1500_i64),
    ) -> (usize, Assignment) {
        let hour = |hours| at("2026-03-10T00:00:00Z") + TimeDelta::hours(hours);
        (customer, Assignment {
            id: 0,
            msp: MSP.parse().unwrap(),
            customer: MSP.parse().unwrap(),
            product,
            trial,
            quantity,
            period: Period { start: hour(start), end: hour(start + length) - TimeDelta::seconds(1) },
            created: hour(created),
            created_by: "someone".into(),
            revoked: revoked.map(|after| Revocation { at: hour(created + after), by: "someone".into() }),
        })
    }
}

prop_compose! {
    fn devices()(
        device_type in prop::sample::select(vec![DeviceType::Apsw, DeviceType::Switch, DeviceType::Analytics]),
        count in 0..50_i64,
        installed in -1500..500_i64,
        removed in prop::option::of(-1500..500_i64),
    ) -> DeviceGroup {
        let hour = |hours| at("2026-03-10T00:00:00Z") + TimeDelta::hours(hours);
        DeviceGroup {
            device_type,
            device_sub_type: (device_type == DeviceType::Switch).then(|| "ICX76".into()),
            model: None,
            count,
            installed: hour(installed),
            removed: removed.map(hour),
        }
    }
}

prop_compose! {
    fn purchases()(
        trial in any::<bool>(),
        quantity in 1..300_i64,
        start in -60..30_i64,
        days in 1..400_i64,
    ) -> MspEntitlement {
        let day = |days| at("2026-03-10T00:00:00Z") + TimeDelta::days(days);
        MspEntitlement {
            id: "358880101-1".into(),
            product: MspProduct::MspApsw,
            trial,
            sku: "CLD-PROF-APSW-MSP1".into(),
            sku_tier: Some("Platinum".into()),
            quantity,
            period: Period { start: day(start), end: day(start + days) - TimeDelta::seconds(1) },
            alm: None,
        }
    }
}

/// The default scenario's server with another history.
fn replaced(
    mut pools: Vec<MspEntitlement>,
    assignments: Vec<(usize, Assignment)>,
    devices: &[Vec<DeviceGroup>],
) -> Server {
    let server = Server::default();
    let (store, _) = server.sandbox.sim.look();
    pools.sort_by_key(|pool| pool.period.end);
    let customers: Vec<_> = store.tenants().filter(|t| t.parent.is_some()).map(|t| t.id).collect();
    let tenants = store.tenants().cloned().map(|tenant| {
        let place = customers.iter().position(|id| *id == tenant.id).unwrap_or(3);
        let pools = if tenant.id.to_string() == MSP { pools.clone() } else { Vec::new() };
        Tenant {
            devices: devices.get(place).cloned().unwrap_or_default().into(),
            msp_entitlements: pools.into(),
            ..tenant
        }
    });
    let rows = assignments.into_iter().zip(1..).map(|((customer, row), id)| Assignment {
        id,
        customer: customers.get(customer).copied().unwrap_or(row.msp),
        ..row
    });
    let store = with(&store, tenants.collect(), rows.collect());
    server.sandbox.sim.replace(store);
    server
}

/// Licences in force and devices active at some moment of a day, by looking at its every hour: all
/// histories of these tests change on the hour.
fn on_day(store: &Store, day: NaiveDate) -> (i64, i64) {
    let hours: Vec<_> = (0..24).map(|hour| at(&format!("{day}T00:00:00Z")) + TimeDelta::hours(hour)).collect();
    let mut assigned = 0;
    for row in store.assignments().filter(|row| row.customer != row.msp) {
        let live = |now: &DateTime<Utc>| {
            let begun = row.created <= *now && row.period.start <= *now;
            begun && *now < row.period.after() && row.revoked.as_ref().is_none_or(|revoked| *now < revoked.at)
        };
        assigned += if hours.iter().any(live) { row.quantity } else { 0 };
    }
    let groups = store.tenants().filter(|tenant| tenant.parent.is_some()).flat_map(|tenant| tenant.devices.iter());
    let active = groups.filter(|group| hours.iter().any(|hour| group.is_active_at(*hour)));
    (assigned, active.map(|group| group.count).sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_equal_the_sums_of_their_rows_over_any_history(
        rows in prop::collection::vec(assignments(), 0..20),
        devices in prop::collection::vec(prop::collection::vec(devices(), 0..5), 3),
        first in 0..60_u64,
        length in 0..40_u64,
        license in prop::sample::select(vec!["", "&licenseType=MSP_APSW", "&licenseType=MSP_ICX76", "&licenseType=MSP_APSW_TEMP"]),
    ) {
        let server = replaced(Vec::new(), rows, &devices);
        let start = at("2026-01-09T00:00:00Z").date_naive() + Days::new(first);
        let query = format!("startDate={start}&endDate={}{license}", start + Days::new(length));
        let report = server.report(&query);
        check_sums(&report);
        let totals = (report["grandTotalAssignmentDays"].as_i64().unwrap(), report["grandTotalDeviceDays"].as_i64().unwrap());
        prop_assert_eq!(csv_sums(&server.usage(&query, "text/csv").body), totals);
        if license.is_empty() {
            let (store, _) = server.sandbox.sim.look();
            let last: NaiveDate = report["reportEndDate"].as_str().unwrap().parse().unwrap();
            let days = start.iter_days().take_while(|day| *day <= last).map(|day| on_day(&store, day));
            prop_assert_eq!(days.fold((0, 0), |(a, d), (assigned, devices)| (a + assigned, d + devices)), totals);
        }
    }

    #[test]
    fn the_longest_period_for_a_number_of_licenses_has_that_many_and_one_more_day_has_not(
        pools in prop::collection::vec(purchases(), 0..5),
        rows in prop::collection::vec(assignments(), 0..12),
        devices in prop::collection::vec(devices(), 0..5),
        quantity in 1..200_i64,
        days in 0..100_u64,
        usage in prop::sample::select(vec!["SELF", "ASSIGNED"]),
        trial in any::<bool>(),
    ) {
        let server = replaced(pools, rows, &[Vec::new(), Vec::new(), Vec::new(), devices]);
        let from = at("2026-03-10T00:00:00Z").date_naive() + Days::new(days);
        let filters = json!({"licenseType": "APSW", "usageType": usage, "isTrial": trial});
        let ask = |operator: &str, until: Option<NaiveDate>| {
            let body = json!({
                "effectiveDate": from, "expirationDate": until, "operator": operator, "quantity": quantity, "filters": filters,
            });
            server.post(AVAILABILITY, &body).ok()["data"].clone()
        };
        let longest = ask("MAX_PERIOD", None);
        match longest["expirationDate"].as_str() {
            Some(until) => {
                let until: NaiveDate = until.parse().unwrap();
                prop_assert_eq!(longest["quantity"].as_i64(), Some(quantity));
                prop_assert!(ask("MAX_QUANTITY", Some(until))["quantity"].as_i64().unwrap() >= quantity);
                prop_assert!(ask("MAX_QUANTITY", until.succ_opt())["quantity"].as_i64().unwrap() < quantity);
            }
            None => prop_assert!(ask("MAX_QUANTITY", Some(from))["quantity"].as_i64().unwrap() < quantity),
        }
    }

    #[test]
    fn from_month_to_month_mileage_shrinks_by_what_expires_and_grows_by_what_starts(
        pools in prop::collection::vec(purchases(), 0..6),
        trial in any::<bool>(),
    ) {
        let server = replaced(pools.iter().cloned().map(|mut pool| { pool.trial = trial; pool }).collect(), Vec::new(), &[]);
        let (mut store, _) = server.sandbox.sim.look();
        Arc::make_mut(&mut Arc::make_mut(&mut store).policy).courtesy_percent = 0;
        server.sandbox.sim.replace(Store::clone(&store));
        let body = json!({"filters": {"licenseType": "APSW", "usageType": "ASSIGNED", "isTrial": trial}, "pageSize": 500});
        let rows = server.post(MILEAGE, &body).ok()["data"].clone();
        // What is still there when the month has ended: `quantity`, less what expires on its last day.
        let mut left: i64 = pools.iter().filter(|p| p.period.start < at("2026-03-01T00:00:00Z")).map(|p| p.quantity).sum();
        left -= pools.iter().filter(|p| p.period.end < at("2026-03-01T00:00:00Z")).map(|p| p.quantity).sum::<i64>();
        for row in list(&rows) {
            let last: NaiveDate = row["lastDate"].as_str().unwrap().parse().unwrap();
            let starting = pools.iter().filter(|p| {
                p.period.start.format("%Y-%m").to_string() == last.format("%Y-%m").to_string()
            });
            let expiring = sums(list(&row["availableBreakUp"]), "quantity").values().sum::<i64>();
            let on_last_day = list(&row["availableBreakUp"]).iter().filter(|part| part["expirationDate"] == row["lastDate"]);
            let on_last_day: i64 = on_last_day.map(|part| part["quantity"].as_i64().unwrap()).sum();
            left += starting.map(|p| p.quantity).sum::<i64>() - expiring;
            prop_assert_eq!(row["quantity"].as_i64().unwrap() - on_last_day, left, "{}", last);
        }
        prop_assert_eq!(left, 0);
    }
}

#[test]
fn what_is_available_for_assigning_can_be_assigned_and_not_one_more() {
    let server = Server::default();
    let ask = json!({
        "effectiveDate": "2026-03-20", "expirationDate": "2026-09-30", "operator": "MAX_QUANTITY",
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    let data = server.post(AVAILABILITY, &ask).ok()["data"].clone();
    assert_eq!(data["skuTier"], "Platinum");
    assert_eq!((&data["effectiveDate"], &data["expirationDate"]), (&json!("2026-03-20"), &json!("2026-09-30")));
    let free = data["quantity"].as_i64().unwrap();
    assert!(free > 0);
    let assign = |quantity: i64| {
        let row = json!({"deviceType": "MSP_APSW", "quantity": quantity});
        let body = json!({
            "mspEcTenantId": CUSTOMER, "startDate": "2026-03-20", "endDate": "2026-09-30", "assignments": [row],
        });
        server.post("/assignments", &body).status.as_u16()
    };
    assert_eq!(assign(free + 1), 409);
    assert_eq!(assign(free), 201);
    assert_eq!(server.post(AVAILABILITY, &ask).ok()["data"]["quantity"], 0);
}

#[test]
fn availability_counts_the_licenses_that_the_tenants_own_devices_leave() {
    let server = Server::default();
    let ask = |operator: &str| {
        json!({
            "effectiveDate": "2026-03-10", "expirationDate": "2026-03-31", "operator": operator, "quantity": 1,
            "filters": {"licenseType": "APSW", "usageType": "SELF"},
        })
    };
    // Assigned to itself: 45 of MSP_APSW for 38 devices, 15 of MSP_WIFI for 12.
    assert_eq!(server.post(AVAILABILITY, &ask("MAX_QUANTITY")).ok()["data"]["quantity"], 60 - 50);
    assert_eq!(server.post(AVAILABILITY, &ask("MAX_PERIOD")).ok()["data"]["expirationDate"], "2026-08-21");
    assert_eq!(server.post_as(CUSTOMER, AVAILABILITY, &ask("MAX_QUANTITY")).ok()["data"]["quantity"], 160 - 142);
}

#[test]
fn availability_of_a_pool_that_there_is_not_is_zero_and_has_no_last_day() {
    let ask = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "URLF", "usageType": "ASSIGNED"},
    });
    let answer = Server::default().post(AVAILABILITY, &ask).ok();
    assert_eq!(answer["status"], "success");
    assert_eq!(
        answer["data"],
        json!({"effectiveDate": "2026-03-10", "isTrial": false, "licenseType": "URLF", "quantity": 0})
    );
}

#[test]
fn an_availability_report_comes_in_three_media_types() {
    let server = Server::default();
    let body = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    let ask = |media_type: &str| {
        let request = Request::post(AVAILABILITY).header("content-type", media_type).header("accept", media_type);
        server.send(request.body(Body::from(body.to_string())).unwrap())
    };
    for media_type in ["application/json", "application/vnd.ruckus.v1+json", "application/vnd.ruckus.v2+json"] {
        let answer = ask(media_type);
        assert_eq!((answer.status.as_u16(), &*answer.content_type), (200, media_type));
    }
    assert_eq!(ask("text/csv").status, 406);
}

#[test]
fn reports_say_what_is_mandatory_and_what_is_wrong() {
    let server = Server::default();
    let good = json!({
        "effectiveDate": "2026-03-10", "expirationDate": "2026-03-31", "operator": "MAX_QUANTITY", "quantity": 1,
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    for (pointer, value, message) in [
        ("/filters/usageType", Value::Null, "'usageType' is mandatory."),
        ("/filters/licenseType", Value::Null, "'licenseType' is mandatory."),
        ("/filters", Value::Null, "'filters' is mandatory."),
        ("/operator", Value::Null, "'operator' is mandatory."),
        ("/effectiveDate", Value::Null, "'effectiveDate' is mandatory."),
        ("/expirationDate", Value::Null, "'expirationDate' is mandatory."),
        ("/effectiveDate", json!("2026-03-09"), "'effectiveDate' 2026-03-09 is in the past; today is 2026-03-10"),
        ("/effectiveDate", json!("10.03.2026"), "'effectiveDate' has the value"),
        ("/expirationDate", json!("2026-03-09"), "'expirationDate' has the value"),
        ("/filters/licenseType", json!("WIFI"), "'licenseType' has the value"),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = server.post(AVAILABILITY, &body);
        let error = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &error["errors"][0]["code"]),
            (400, &json!("ENTITLEMENT-10200")),
            "{message}"
        );
        assert!(error["message"].as_str().unwrap().starts_with(message), "{error}");
    }
    for (pointer, value) in
        [("/filters", json!("APSW")), ("/filters/licenseType", json!(["APSW"])), ("/operator", json!("MAX"))]
    {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(server.post(AVAILABILITY, &body).status, 400, "{pointer}");
        assert_eq!(server.post(MILEAGE, &body).status == 400, pointer != "/operator", "{pointer}");
    }
    let period = json!({"operator": "MAX_PERIOD", "effectiveDate": "2026-03-10", "filters": good["filters"]});
    assert_eq!(server.post(AVAILABILITY, &period).json()["message"], "'quantity' is mandatory.");
    assert_eq!(server.post(MILEAGE, &json!({"filters": {"licenseType": "APSW"}})).status, 400);
}

#[test]
fn only_an_msp_has_something_to_assign() {
    let server = Server::default();
    let body = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    for path in [AVAILABILITY, MILEAGE] {
        assert_eq!(server.post_as(COMPANY, path, &body).status, 403, "{path}");
        assert_eq!(server.post(path, &body).status, 200, "{path}");
    }
    let server = Server::new("no-entitlement-id", "2026-03-10T15:04:05Z", Style::Documented);
    let tenant = server.sandbox.sim.look().0.default_tenant.to_string();
    assert_eq!(server.post_as(&tenant, MILEAGE, &body).status, 417);
}

#[test]
fn the_mileage_of_today_is_what_the_summaries_say() {
    // The last second of a month: what the first row says is what the summaries say now.
    let server = Server::new("default", "2026-03-31T23:59:59Z", Style::Documented);
    let first = |tenant: &str, usage: &str| {
        let body = json!({"filters": {"licenseType": "APSW", "usageType": usage, "isTrial": false}});
        server.post_as(tenant, MILEAGE, &body).ok()["data"][0].clone()
    };
    let get = |tenant: &str, path: &str| {
        let request = Request::get(path).header("x-rks-tenantid", tenant);
        server.send(request.body(Body::empty()).unwrap()).ok()
    };
    let row = first(MSP, "ASSIGNED");
    let pools = get(MSP, "/mspEntitlements/summaries");
    let pool =
        list(&pools["mspEntitlementSummaries"]).iter().find(|row| row["licenseType"] == "MSP_APSW").unwrap().clone();
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
    assert_eq!(row["lastDate"], "2026-03-31");
    assert_eq!(number(&row, "quantity"), number(&pool, "quantity") + number(&pool, "courtesyQuantity"));
    assert_eq!(number(&row, "quantity") - number(&row, "usedQuantity"), number(&pool, "remainingLicenses"));
    let row = first(COMPANY, "SELF");
    let summary = get(COMPANY, "/entitlements/summaries?licenseType=APSW");
    let paid = || list(&summary["summary"]).iter().filter(|row| row["trial"] == false || row["tempLicense"] == false);
    assert_eq!(number(&row, "quantity"), paid().map(|row| number(row, "quantity")).sum::<i64>());
    assert_eq!(number(&row, "usedQuantity"), paid().map(|row| number(row, "deviceCount")).sum::<i64>());
}

#[test]
fn mileage_has_pages_from_one_on() {
    let server = Server::default();
    let ask = |page: i64, size: i64| {
        let filters = json!({"licenseType": "APSW", "usageType": "ASSIGNED"});
        server.post(MILEAGE, &json!({"filters": filters, "page": page, "pageSize": size})).ok()
    };
    let all = ask(1, 500);
    let total = all["totalCount"].as_u64().unwrap();
    assert_eq!(u64::try_from(list(&all["data"]).len()).unwrap(), total);
    let mut rows = Vec::new();
    for page in 1..=total.div_ceil(4) {
        rows.extend(list(&ask(i64::try_from(page).unwrap(), 4)["data"]).to_vec());
    }
    assert_eq!(Value::Array(rows), all["data"]);
    assert_eq!(ask(0, 4), ask(1, 4));
    assert_eq!(ask(2_147_483_647, 500)["data"], json!([]));
    assert_eq!(list(&ask(1, 0)["data"]).len(), 1);
    let months: Vec<_> = list(&all["data"]).iter().map(|row| row["lastDate"].to_string()).collect();
    assert!(months.is_sorted());
    assert!(list(&all["data"]).iter().any(|row| row["isTrial"] == true));
}
