//! POST /entitlements/availabilityReports/query and /entitlements/mileageReports/query

use super::*;

/// What is free for assigning from 2026-03-20 to 2026-09-30, under a word.
fn free(app: &App, word: &str) -> Value {
    let ask = json!({
        "effectiveDate": "2026-03-20", "expirationDate": "2026-09-30", "operator": "MAX_QUANTITY",
        "filters": {"licenseType": word, "usageType": "ASSIGNED"},
    });
    post(app, AVAILABILITY, &ask).ok()["data"].clone()
}

#[test]
fn what_is_available_for_assigning_can_be_assigned_and_not_one_more() {
    let app = app();
    let data = free(&app, "MSP_APSW");
    assert_eq!(data["skuTier"], "Platinum");
    assert_eq!((&data["effectiveDate"], &data["expirationDate"]), (&json!("2026-03-20"), &json!("2026-09-30")));
    let quantity = data["quantity"].as_i64().unwrap();
    assert!(quantity > 0);
    let assign = |quantity: i64| {
        let row = json!({"deviceType": "MSP_APSW", "quantity": quantity});
        let body = json!({
            "mspEcTenantId": CUSTOMER, "startDate": "2026-03-20", "endDate": "2026-09-30", "assignments": [row],
        });
        post(&app, "/assignments", &body).status
    };
    assert_eq!(assign(quantity + 1), 409);
    assert_eq!(assign(quantity), 201);
    assert_eq!(free(&app, "MSP_APSW")["quantity"], 0);
}

#[test]
fn a_licensing_model_means_all_its_pools_in_every_report_and_what_they_have_can_be_assigned() {
    let app = app();
    let of_model = free(&app, "APSW")["quantity"].as_i64().unwrap();
    let words = ["MSP_APSW", "MSP_WIFI", "MSP_ICX76"];
    assert_eq!(of_model, words.map(|word| free(&app, word)["quantity"].as_i64().unwrap()).iter().sum::<i64>());
    let utilizations = json!({"filters": {"usageType": "ASSIGNED", "licenseType": ["APSW"], "isTrial": false}});
    let row = post(&app, "/entitlements/utilizations/query", &utilizations).ok()["data"][0].clone();
    let now = json!({
        "effectiveDate": "2026-03-10", "expirationDate": "2026-03-10", "operator": "MAX_QUANTITY",
        "filters": {"licenseType": "APSW", "usageType": "ASSIGNED"},
    });
    assert_eq!(post(&app, AVAILABILITY, &now).ok()["data"]["quantity"], row["remainingQuantity"]);
    // One assignment draws on one pool: the model's own first, then the others.
    let mut made = 0;
    for word in words {
        let quantity = free(&app, word)["quantity"].as_i64().unwrap();
        let body = json!({"effectiveDate": "2026-03-20", "expirationDate": "2026-09-30", "licenseType": "APSW", "quantity": quantity});
        assert_eq!(post(&app, "/tenants/self/entitlements/assignments", &body).status, 201, "{word}");
        made += quantity;
    }
    assert_eq!((made, &free(&app, "APSW")["quantity"]), (of_model, &json!(0)));
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

/// An availability report in a media type.
fn available(app: &App, media_type: &str, license_type: Value) -> Answer {
    let body = json!({
        "effectiveDate": "2026-03-10", "expirationDate": "2026-03-10", "operator": "MAX_QUANTITY",
        "filters": {"licenseType": license_type, "usageType": "ASSIGNED"},
    });
    let headers = [("content-type", media_type), ("accept", media_type)];
    app.call("POST", AVAILABILITY).headers(&headers).body(body.to_string()).wait()
}

const PLAIN: &str = "application/json";
const V1: &str = "application/vnd.ruckus.v1+json";
const V2: &str = "application/vnd.ruckus.v2+json";

#[test]
fn an_availability_report_takes_a_word_and_answers_an_object_or_a_list_and_a_list_by_its_media_type() {
    let (word, list) = (json!("APSW"), json!(["APSW", "SLTN_TOKEN"]));
    for (style, media_type, of_word, of_list) in [
        (Style::Documented, PLAIN, Some("object"), Some("array")),
        (Style::Documented, V1, Some("object"), None),
        (Style::Documented, V2, None, Some("array")),
        (Style::Observed, PLAIN, None, Some("array")),
        (Style::Observed, V1, Some("object"), None),
        (Style::Observed, V2, None, Some("array")),
    ] {
        let app = app_at("default", "2026-03-10T15:04:05Z", style);
        for (asked, expected) in [(&word, of_word), (&list, of_list)] {
            let answer = available(&app, media_type, asked.clone());
            let occasion = format!("{style:?} {media_type} {asked}");
            assert_eq!(answer.content_type(), media_type, "{occasion}");
            let body = answer.json();
            let found = match &body["data"] {
                Value::Object(_) => Some("object"),
                Value::Array(_) => Some("array"),
                _ => None,
            };
            assert_eq!((answer.status, found), (if expected.is_some() { 200 } else { 400 }, expected), "{occasion}");
            // The vendor's pages show any message as an error.
            let has_message = style == Style::Documented && media_type != V2;
            assert_eq!(body.get("message").is_some(), has_message || expected.is_none(), "{occasion}: {body}");
        }
    }
    assert_eq!(available(&app(), "text/csv", word).status, 406);
}

#[test]
fn the_newer_availability_report_has_a_line_for_each_licence_type_tier_and_trial_flag() {
    let app = app_at("default", "2026-03-10T15:04:05Z", Style::Observed);
    let lines = |license_types: Value| available(&app, V2, license_types).json()["data"].clone();
    let line = |license_type: &str, tier: &str, trial: bool, quantity: i64| {
        json!({
            "effectiveDate": "2026-03-10", "expirationDate": "2026-03-10", "isTrial": trial,
            "licenseType": license_type, "quantity": quantity, "skuTier": tier,
        })
    };
    assert_eq!(
        lines(json!(["APSW", "SLTN_TOKEN"])),
        json!([
            line("APSW", "Gold", false, 144),
            line("APSW", "Platinum", false, 230),
            line("APSW", "Platinum", true, 30),
            line("SLTN_TOKEN", "Gold", false, 140),
        ])
    );
    assert_eq!(lines(json!(["URLF"])), json!([]));
    // Own licences, by the tier of the rows that devices leave.
    let own = json!({
        "effectiveDate": "2026-03-10", "operator": "MAX_PERIOD", "quantity": 5,
        "filters": {"licenseType": ["APSW"], "usageType": "SELF"},
    });
    let own = post_as(&app, COMPANY, AVAILABILITY, &own).ok()["data"].clone();
    let lines: Vec<_> =
        list(&own).iter().map(|line| (&line["skuTier"], &line["expirationDate"], &line["quantity"])).collect();
    insta::assert_debug_snapshot!(lines, @r#"
    [
        (
            String("Silver"),
            Null,
            Number(2),
        ),
        (
            String("Gold"),
            String("2027-02-07"),
            Number(5),
        ),
        (
            String("Platinum"),
            String("2027-02-07"),
            Number(5),
        ),
        (
            String("Platinum"),
            String("2026-04-29"),
            Number(5),
        ),
    ]
    "#);
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
        [("/filters", json!("APSW")), ("/filters/licenseType", json!(5)), ("/operator", json!("MAX"))]
    {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(post(&app, AVAILABILITY, &body).status, 400, "{pointer}");
        assert_eq!(post(&app, MILEAGE, &body).status == 400, pointer != "/operator", "{pointer}");
    }
    let mut several = good.clone();
    several["filters"]["licenseType"] = json!(["APSW"]);
    assert_eq!(post(&app, MILEAGE, &several).status, 400);
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
    let of_model = |row: &&Value| row["trial"] == false && row["licenseType"] != "MSP_SLTN_TOKEN";
    let pools: Vec<&Value> = list(&pools["mspEntitlementSummaries"]).iter().filter(of_model).collect();
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
    let sum = |name: &str| pools.iter().map(|pool| number(pool, name)).sum::<i64>();
    assert_eq!((row["lastDate"].as_str(), pools.len()), (Some("2026-03-31"), 3));
    assert_eq!(number(&row, "quantity"), sum("quantity") + sum("courtesyQuantity"));
    assert_eq!(number(&row, "quantity") - number(&row, "usedQuantity"), sum("remainingLicenses"));
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
    assert!(list(&all["data"]).iter().all(|row| row["isTrial"] == false && row["device"].is_i64()));
    let mut once = months.clone();
    once.dedup();
    assert_eq!(once, months, "one row a month");
}
