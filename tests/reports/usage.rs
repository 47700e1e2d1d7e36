//! GET /entitlements/licenseUsageReports

use std::sync::Arc;

use super::*;

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
    let report = report(&app(), "");
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
    let report = report(&app(), "startDate=2025-12-09&endDate=2025-12-11");
    let apsw = |date| assigned(&report, date, "Alder Street Clinics").get(&kind("MSP_APSW", "")).copied();
    assert_eq!(apsw("2025-12-09"), Some(180));
    assert_eq!(apsw("2025-12-10"), Some(220));
    assert_eq!(apsw("2025-12-11"), Some(160));
}

#[test]
fn a_usage_report_leaves_out_what_the_msp_assigned_to_itself() {
    let report = report(&app(), "startDate=2026-03-01&endDate=2026-03-01");
    let names: Vec<_> = list(&report["dailyReport"][0]["mspEcs"]).iter().map(|row| &row["mspEcName"]).collect();
    assert_eq!(names, ["Alder Street Clinics", "Brightwater Hotels", "Cedar Hill Schools"]);
}

#[test]
fn a_usage_report_ends_today_and_says_what_was_asked_for() {
    let report = report(&app(), "month=3&year=2026");
    assert_eq!((&report["requestEndDate"], &report["reportEndDate"]), (&json!("2026-03-31"), &json!("2026-03-10")));
    assert_eq!(report["totalDaysInReport"], 10);
    check_sums(&report);
}

#[test]
fn a_license_type_limits_licenses_and_the_devices_that_they_are_for() {
    let app = app();
    let trial = report(&app, "licenseType=MSP_APSW_TEMP&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!(trial["grandTotalAssignmentDays"], 20);
    assert_eq!(trial["reportLicenseTypeName"], "AP/Switch (trial)");
    let switches = report(&app, "licenseType=MSP_ICX76&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!((&switches["grandTotalAssignmentDays"], &switches["grandTotalDeviceDays"]), (&json!(34), &json!(28)));
    let paid = report(&app, "licenseType=MSP_APSW&startDate=2026-03-09&endDate=2026-03-09");
    assert_eq!(paid["grandTotalAssignmentDays"], 160 + 30 + 55);
    [trial, switches, paid].iter().for_each(check_sums);
}

#[test]
fn pages_list_every_day_once_and_carry_the_totals_of_the_period() {
    let app = app();
    let whole = report(&app, "");
    let mut days = Vec::new();
    for page in 1..=3 {
        let report = report(&app, &format!("page={page}&pageSize=10"));
        assert_eq!(
            (&report["page"], &report["dailyReportPerPage"], &report["totalPages"]),
            (&json!(page), &json!(10), &json!(3))
        );
        assert_eq!(report["grandTotalAssignmentDays"], whole["grandTotalAssignmentDays"]);
        assert_eq!(report["totalDeviceDaysByDevice"], whole["totalDeviceDaysByDevice"]);
        days.extend(list(&report["dailyReport"]).to_vec());
    }
    assert_eq!(Value::Array(days), whole["dailyReport"]);
    assert_eq!(report(&app, "page=4&pageSize=10")["dailyReport"], json!([]));
    assert_eq!(report(&app, "page=2147483647&pageSize=2147483647")["dailyReport"], json!([]));
    assert_eq!(list(&report(&app, "page=1")["dailyReport"]).len(), 5);
    assert_eq!(report(&app, "page=0&pageSize=5"), whole);
}

#[test]
fn device_details_list_every_device_of_every_day() {
    let found = report(&app(), "startDate=2026-02-26&endDate=2026-02-27&deviceDetails=true");
    let rows = |day: &Value| {
        let customers = list(&day["mspEcs"]).iter();
        customers.flat_map(|row| list(&row["installedDevices"])).cloned().collect::<Vec<_>>()
    };
    for word in ["True", "1", "yes", "ON"] {
        let same = report(&app(), &format!("startDate=2026-02-26&endDate=2026-02-27&deviceDetails={word}"));
        assert_eq!(same, found, "{word}");
    }
    let days = list(&found["dailyReport"]);
    let all: Vec<Value> = days.iter().flat_map(rows).collect();
    assert_eq!(found["grandTotalDeviceDays"], all.len());
    let serials =
        |day| rows(day).iter().map(|row| row["serialNumber"].to_string()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(serials(&days[0]), serials(&days[1]));
    assert_eq!(serials(&days[0]).len(), rows(&days[0]).len());
    assert_eq!(all[0]["historyCreatedDate"], "2026-02-26");
    assert_eq!(all[0]["createdDate"], "2025-02-23T00:00:00Z");
    let live = app_at("default", "2026-03-10T15:04:05Z", Style::Observed);
    assert_eq!(report(&live, "startDate=2026-02-26&endDate=2026-02-27&deviceDetails=true"), found);
}

#[test]
fn the_columns_of_a_csv_report_sum_up_to_the_grand_totals() {
    let app = app();
    let json = report(&app, "");
    let totals = (json["grandTotalAssignmentDays"].as_i64().unwrap(), json["grandTotalDeviceDays"].as_i64().unwrap());
    for query in ["", "deviceDetails=true"] {
        let answer = usage(&app, query, "text/csv");
        assert_eq!((answer.status, answer.content_type()), (200, "text/csv; charset=utf-8"));
        assert_eq!(csv_sums(answer.bytes()), totals, "{query}");
    }
}

#[test]
fn names_with_commas_and_quotes_come_through_csv() {
    let app = app();
    let (store, _) = app.sandbox.look();
    let name = "Müller, \"Sons\" & 東京\nLtd";
    let tenants: Vec<Tenant> = store.tenants().map(|tenant| Tenant { name: name.into(), ..tenant.clone() }).collect();
    app.sandbox.replace(Arc::new(with(&store, tenants, store.assignments().cloned().collect())));
    let answer = usage(&app, "", "text/csv");
    let mut reader = csv::Reader::from_reader(answer.bytes());
    assert!(reader.records().all(|record| &record.unwrap()[1] == name));
    assert!(lopdf::Document::load_mem(usage(&app, "", "application/pdf").bytes()).is_ok());
}

#[test]
fn a_pdf_report_opens_and_says_what_the_json_report_says() {
    let app = app();
    let json = report(&app, "");
    let answer = usage(&app, "", "application/pdf");
    assert_eq!((answer.status, answer.content_type()), (200, "application/pdf"));
    let document = lopdf::Document::load_mem(answer.bytes()).unwrap();
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
    let app = app();
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/vnd.ruckus.v1+json", "application/vnd.ruckus.v1+json"),
        ("text/json", "text/json"),
        ("text/*", "text/json"),
        ("text/csv, application/json;q=0.5", "text/csv; charset=utf-8"),
        ("application/pdf", "application/pdf"),
    ] {
        let answer = usage(&app, "", accept);
        assert_eq!((answer.status, answer.content_type()), (200, content_type), "{accept}");
    }
    assert_eq!(usage(&app, "", "image/png").status, 406);
    assert_eq!(usage(&app, "startDate=never", "text/csv").status, 400);
}

#[test]
fn a_usage_report_of_nobody_or_of_impossible_days_is_refused() {
    let app = app();
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
        let answer = usage(&app, query, "application/json");
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["code"], "ENTITLEMENT-10200", "{query}");
    }
    for id in ["x", COMPANY, MSP, "ec000000000000000000000000000099"] {
        let answer = usage(&app, &format!("mspEcTenantId={id}"), "text/csv");
        let body = answer.json();
        assert_eq!((answer.status, &body["eb"]), (404, &json!("TENANT_NOT_FOUND")), "{id}");
        assert!(body["message"].is_string() && body["reason"].is_string() && body["ve"]["expected"].is_string());
    }
    assert_eq!(report(&app, &format!("mspEcTenantId={CUSTOMER}"))["dailyReport"][0]["numberOfEcs"], 1);
    let answer = app.call("GET", USAGE).tenant(COMPANY).wait();
    assert_eq!((answer.status, &answer.json()["message"]), (400, &json!("Not a MSP")));
}

#[test]
fn a_large_msp_gets_a_year_and_is_told_when_an_answer_would_be_too_long() {
    let app = app_at("large", "2026-03-10T15:04:05Z", Style::Documented);
    let year = report(&app, "startDate=2025-03-10&endDate=2026-03-10");
    assert_eq!(year["totalDaysInReport"], 366);
    check_sums(&year);
    let pdf = usage(&app, "startDate=2025-03-10&endDate=2026-03-10", "application/pdf");
    assert!(lopdf::Document::load_mem(pdf.bytes()).is_ok());
    let answer = usage(&app, "startDate=2025-03-10&endDate=2026-03-10&deviceDetails=true", "application/json");
    assert_eq!(answer.status, 400);
    assert_eq!(report(&app, "deviceDetails=true&page=1&pageSize=1")["totalPages"], 28);
}

#[test]
fn without_a_license_type_paid_and_trial_days_are_summed() {
    let app = app();
    let days = |query: &str| report(&app, &format!("startDate=2026-03-09&endDate=2026-03-09{query}"));
    let apsw =
        |report: &Value| sums(list(&report["totalAssignmentDaysByDevice"]), "assignmentDays")[&kind("MSP_APSW", "")];
    assert_eq!(apsw(&days("")), 245 + 20);
    assert_eq!(apsw(&days("&licenseType=MSP_APSW")), 245);
    assert_eq!(apsw(&days("&licenseType=MSP_APSW_TEMP")), 20);
}

#[test]
fn installed_devices_come_with_device_details_only() {
    for (query, is_there) in [("", false), ("&deviceDetails=false", false), ("&deviceDetails=true", true)] {
        let report = report(&app(), &format!("startDate=2026-03-09&endDate=2026-03-09{query}"));
        let customer = &report["dailyReport"][0]["mspEcs"][0];
        assert_eq!(customer.get("installedDevices").is_some(), is_there, "{query}: {customer}");
    }
}
