//! POST /entitlements/availabilityReports/query and /entitlements/mileageReports/query

use super::*;

#[test]
fn what_is_available_for_assigning_can_be_assigned_and_not_one_more() {
    let app = app();
    let ask = json!({
        "effectiveDate": "2026-03-20", "expirationDate": "2026-09-30", "operator": "MAX_QUANTITY",
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    let data = post(&app, AVAILABILITY, &ask).ok()["data"].clone();
    assert_eq!(data["skuTier"], "Platinum");
    assert_eq!((&data["effectiveDate"], &data["expirationDate"]), (&json!("2026-03-20"), &json!("2026-09-30")));
    let free = data["quantity"].as_i64().unwrap();
    assert!(free > 0);
    let assign = |quantity: i64| {
        let row = json!({"deviceType": "MSP_APSW", "quantity": quantity});
        let body = json!({
            "mspEcTenantId": CUSTOMER, "startDate": "2026-03-20", "endDate": "2026-09-30", "assignments": [row],
        });
        post(&app, "/assignments", &body).status
    };
    assert_eq!(assign(free + 1), 409);
    assert_eq!(assign(free), 201);
    assert_eq!(post(&app, AVAILABILITY, &ask).ok()["data"]["quantity"], 0);
}

#[test]
fn availability_counts_the_licenses_that_the_tenants_own_devices_leave() {
    let app = app();
    let ask = |operator: &str| {
        json!({
            "effectiveDate": "2026-03-10", "expirationDate": "2026-03-31", "operator": operator, "quantity": 1,
            "filters": {"licenseType": "APSW", "usageType": "SELF"},
        })
    };
    // Assigned to itself: 45 of MSP_APSW for 38 devices, 15 of MSP_WIFI for 12.
    assert_eq!(post(&app, AVAILABILITY, &ask("MAX_QUANTITY")).ok()["data"]["quantity"], 60 - 50);
    assert_eq!(post(&app, AVAILABILITY, &ask("MAX_PERIOD")).ok()["data"]["expirationDate"], "2026-08-21");
    assert_eq!(post_as(&app, CUSTOMER, AVAILABILITY, &ask("MAX_QUANTITY")).ok()["data"]["quantity"], 160 - 142);
}

#[test]
fn availability_of_a_pool_that_there_is_not_is_zero_and_has_no_last_day() {
    let ask = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "URLF", "usageType": "ASSIGNED"},
    });
    let answer = post(&app(), AVAILABILITY, &ask).ok();
    assert_eq!(answer["status"], "success");
    assert_eq!(
        answer["data"],
        json!({"effectiveDate": "2026-03-10", "isTrial": false, "licenseType": "URLF", "quantity": 0})
    );
}

#[test]
fn an_availability_report_comes_in_three_media_types() {
    let app = app();
    let body = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    let ask = |media_type: &str| {
        let headers = [("content-type", media_type), ("accept", media_type)];
        app.call("POST", AVAILABILITY).headers(&headers).body(body.to_string()).wait()
    };
    for media_type in ["application/json", "application/vnd.ruckus.v1+json", "application/vnd.ruckus.v2+json"] {
        let answer = ask(media_type);
        assert_eq!((answer.status, answer.content_type()), (200, media_type));
    }
    assert_eq!(ask("text/csv").status, 406);
}

#[test]
fn an_availability_report_takes_dates_with_a_time_of_day() {
    let app = app();
    let ask = |from: &str, until: &str| {
        let filters = json!({"licenseType": "APSW", "usageType": "ASSIGNED"});
        let body =
            json!({"effectiveDate": from, "expirationDate": until, "operator": "MAX_QUANTITY", "filters": filters});
        post(&app, AVAILABILITY, &body).ok()
    };
    let days = ask("2026-03-10", "2026-03-31");
    for (from, until) in [("2026-03-10 15:08:10Z", "2026-03-31T23:59:59.999Z"), ("2026-03-10Z", "2026-03-31t10:00:00z")]
    {
        assert_eq!(ask(from, until), days, "{from} {until}");
    }
}

#[test]
fn reports_say_what_is_mandatory_and_what_is_wrong() {
    let app = app();
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
        ("/effectiveDate", json!(""), "'effectiveDate' has the value"),
        ("/expirationDate", json!("2026-03-09"), "'expirationDate' has the value"),
        ("/filters/licenseType", json!("WIFI"), "'licenseType' has the value"),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = post(&app, AVAILABILITY, &body);
        let error = answer.json();
        assert_eq!((answer.status, &error["errors"][0]["code"]), (400, &json!("ENTITLEMENT-10200")), "{message}");
        assert!(error["message"].as_str().unwrap().starts_with(message), "{error}");
    }
    for (pointer, value) in
        [("/filters", json!("APSW")), ("/filters/licenseType", json!(["APSW"])), ("/operator", json!("MAX"))]
    {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(post(&app, AVAILABILITY, &body).status, 400, "{pointer}");
        assert_eq!(post(&app, MILEAGE, &body).status == 400, pointer != "/operator", "{pointer}");
    }
    let period = json!({"operator": "MAX_PERIOD", "effectiveDate": "2026-03-10", "filters": good["filters"]});
    assert_eq!(post(&app, AVAILABILITY, &period).json()["message"], "'quantity' is mandatory.");
    assert_eq!(post(&app, MILEAGE, &json!({"filters": {"licenseType": "APSW"}})).status, 400);
}

#[test]
fn only_an_msp_has_something_to_assign() {
    let app = app();
    let body = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    for path in [AVAILABILITY, MILEAGE] {
        assert_eq!(post_as(&app, COMPANY, path, &body).status, 403, "{path}");
        assert_eq!(post(&app, path, &body).status, 200, "{path}");
    }
    let app = app_at("no-entitlement-id", "2026-03-10T15:04:05Z", Style::Documented);
    let tenant = app.sandbox.look().0.default_tenant.to_string();
    assert_eq!(post_as(&app, &tenant, MILEAGE, &body).status, 417);
}

#[test]
fn the_mileage_of_today_is_what_the_summaries_say() {
    // The last second of a month: what the first row says is what the summaries say now.
    let app = app_at("default", "2026-03-31T23:59:59Z", Style::Documented);
    let first = |tenant: &str, usage: &str| {
        let body = json!({"filters": {"licenseType": "APSW", "usageType": usage, "isTrial": false}});
        post_as(&app, tenant, MILEAGE, &body).ok()["data"][0].clone()
    };
    let get = |tenant: &str, path: &str| app.call("GET", path).tenant(tenant).wait().ok();
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
    let app = app();
    let ask = |page: i64, size: i64| {
        let filters = json!({"licenseType": "APSW", "usageType": "ASSIGNED"});
        post(&app, MILEAGE, &json!({"filters": filters, "page": page, "pageSize": size})).ok()
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
