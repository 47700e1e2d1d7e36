//! The rules at their boundary days, each in a table: what is so on the last day, and no longer the day after.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{
    COMPANY, MSP,
    app::{App, frozen},
    columns,
    fixture::Fixture,
};

/// A company with one purchase, and an MSP with one pool, that begin and end as said.
fn one_purchase(sku: &str, start: &str, end: &str) -> App {
    let purchase = json!({ "id": "1-1", "deviceType": "WIFI", "sku": sku, "quantity": 10, "effectiveDate": start, "expirationDate": end });
    let pool = json!({ "id": "2-1", "deviceType": "MSP_WIFI", "sku": sku, "quantity": 10, "effectiveDate": start, "expirationDate": end });
    let fixture = Fixture::new()
        .with("entitlements.json", json!({ COMPANY: [purchase] }))
        .with("msp-entitlements.json", json!({ MSP: [pool] }))
        .without("assignments.json");
    App::of(fixture.load().unwrap().0, frozen())
}

/// What a company and an MSP read about their one purchase at a moment.
async fn at(app: &App, moment: &str) -> Value {
    app.turn_to(moment);
    let company = app.get_as(COMPANY, "/entitlements/summaries").await;
    let msp = app.get_as(MSP, "/mspEntitlements/summaries").await;
    assert_eq!(company["banners"][0]["type"], msp["mspEntitlementBanners"][0]["type"], "{moment}");
    assert_eq!(company["banners"][0]["effectDays"], msp["mspEntitlementBanners"][0]["effectDays"], "{moment}");
    assert_eq!(company["summary"][0]["quantity"], msp["mspEntitlementSummaries"][0]["quantity"], "{moment}");
    assert_eq!(company["summary"][0]["remainingDays"], msp["mspEntitlementSummaries"][0]["remainingDays"], "{moment}");
    let row = &company["entitlements"][0];
    json!({
        "banner": company["banners"][0]["type"],
        "effect": company["banners"][0]["effectDays"],
        "email": row["emailStage"],
        "notified": msp["mspEntitlements"][0]["lastNotificationDate"],
        "historical": row["historical"],
        "status": msp["mspEntitlements"][0]["status"],
        "quantity": company["summary"][0]["quantity"],
        "days": company["summary"][0]["remainingDays"],
    })
}

const MEMBERS: [&str; 8] = ["status", "historical", "quantity", "days", "banner", "effect", "email", "notified"];

/// The same at several moments, a line for each.
async fn table(app: &App, moments: &[&str]) -> String {
    let mut lines = Vec::new();
    for moment in moments {
        lines.push(format!("{moment}: {}", columns(&json!([at(app, moment).await]), &MEMBERS)));
    }
    lines.join("\n")
}

#[tokio::test]
async fn a_paid_purchase_goes_through_its_states_on_the_days_of_the_policy() {
    let app = one_purchase("CLD-RKWF-1001", "2026-01-01", "2026-12-31");
    let moments = [
        "2025-12-31T23:59:59Z",
        "2026-01-01T00:00:00Z",
        "2026-10-31T23:59:59Z",
        "2026-11-01T00:00:00Z",
        "2026-11-30T23:59:59Z",
        "2026-12-01T00:00:00Z",
        "2026-12-07T23:59:59Z",
        "2026-12-23T23:59:59Z",
        "2026-12-24T00:00:00Z",
        "2026-12-30T12:00:00Z",
        "2026-12-31T23:59:59Z",
        "2027-01-01T00:00:00Z",
        "2027-03-01T23:59:59Z",
        "2027-03-02T00:00:00Z",
    ];
    assert_snapshot!(table(&app, &moments).await, @"
    2025-12-31T23:59:59Z: FUTURE false 0 365 - - - -
    2026-01-01T00:00:00Z: VALID false 10 364 - - - -
    2026-10-31T23:59:59Z: VALID false 10 61 - - - -
    2026-11-01T00:00:00Z: VALID false 10 60 INITIAL 60 - -
    2026-11-30T23:59:59Z: VALID false 10 31 INITIAL 31 - -
    2026-12-01T00:00:00Z: VALID false 10 30 INITIAL 30 INITIAL 2026-12-01T00:00:00Z
    2026-12-07T23:59:59Z: VALID false 10 24 INITIAL 24 INITIAL 2026-12-01T00:00:00Z
    2026-12-23T23:59:59Z: VALID false 10 8 INITIAL 8 INITIAL 2026-12-22T00:00:00Z
    2026-12-24T00:00:00Z: VALID false 10 7 CLOSE_TO_EXPIRATION 7 CLOSE_TO_EXPIRATION 2026-12-22T00:00:00Z
    2026-12-30T12:00:00Z: VALID false 10 1 CLOSE_TO_EXPIRATION 1 CLOSE_TO_EXPIRATION 2026-12-29T00:00:00Z
    2026-12-31T23:59:59Z: VALID false 10 0 CLOSE_TO_EXPIRATION 0 CLOSE_TO_EXPIRATION 2026-12-29T00:00:00Z
    2027-01-01T00:00:00Z: EXPIRED true 0 -1 GRACE_PERIOD 59 GRACE_PERIOD 2026-12-29T00:00:00Z
    2027-03-01T23:59:59Z: EXPIRED true 0 -60 GRACE_PERIOD 0 GRACE_PERIOD 2026-12-29T00:00:00Z
    2027-03-02T00:00:00Z: EXPIRED true 0 -61 AFTER_GRACE_PERIOD -1 AFTER_GRACE_PERIOD 2026-12-29T00:00:00Z
    ");
}

#[tokio::test]
async fn a_trial_has_no_grace() {
    let app = one_purchase("CLD-R1-TMP090-REC", "2026-01-01", "2026-03-31");
    let moments = [
        "2026-01-01T00:00:00Z",
        "2026-01-29T23:59:59Z",
        "2026-01-30T00:00:00Z",
        "2026-03-31T23:59:59Z",
        "2026-04-01T00:00:00Z",
    ];
    assert_snapshot!(table(&app, &moments).await, @"
    2026-01-01T00:00:00Z: VALID false 10 89 - - - -
    2026-01-29T23:59:59Z: VALID false 10 61 - - - -
    2026-01-30T00:00:00Z: VALID false 10 60 INITIAL 60 - -
    2026-03-31T23:59:59Z: VALID false 10 0 CLOSE_TO_EXPIRATION 0 CLOSE_TO_EXPIRATION 2026-03-29T00:00:00Z
    2026-04-01T00:00:00Z: EXPIRED true 0 -1 AFTER_GRACE_PERIOD -1 AFTER_GRACE_PERIOD 2026-03-29T00:00:00Z
    ");
}

#[tokio::test]
async fn a_leap_day_is_a_day_like_any_other() {
    let app = one_purchase("CLD-RKWF-1001", "2027-03-01", "2028-02-29");
    let moments = [
        "2028-02-28T12:00:00Z",
        "2028-02-29T23:59:59Z",
        "2028-03-01T00:00:00Z",
        "2028-04-29T23:59:59Z",
        "2028-04-30T00:00:00Z",
    ];
    assert_snapshot!(table(&app, &moments).await, @"
    2028-02-28T12:00:00Z: VALID false 10 1 CLOSE_TO_EXPIRATION 1 CLOSE_TO_EXPIRATION 2028-02-27T00:00:00Z
    2028-02-29T23:59:59Z: VALID false 10 0 CLOSE_TO_EXPIRATION 0 CLOSE_TO_EXPIRATION 2028-02-27T00:00:00Z
    2028-03-01T00:00:00Z: EXPIRED true 0 -1 GRACE_PERIOD 59 GRACE_PERIOD 2028-02-27T00:00:00Z
    2028-04-29T23:59:59Z: EXPIRED true 0 -60 GRACE_PERIOD 0 GRACE_PERIOD 2028-02-27T00:00:00Z
    2028-04-30T00:00:00Z: EXPIRED true 0 -61 AFTER_GRACE_PERIOD -1 AFTER_GRACE_PERIOD 2028-02-27T00:00:00Z
    ");
}

#[tokio::test]
async fn days_left_are_those_from_today_to_the_last_day() {
    #[track_caller]
    fn check(app: &App, moment: &str, days: i64) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let (app, moment) = (app.clone(), moment.to_owned());
        async move { assert_eq!(at(&app, &moment).await["days"], days, "{place}: {moment}") }
    }
    let app = one_purchase("CLD-RKWF-1001", "2026-01-01", "2026-12-31");
    check(&app, "2026-12-01T00:00:00Z", 30).await;
    check(&app, "2026-12-01T23:59:59Z", 30).await;
    check(&app, "2026-12-29T12:00:00Z", 2).await;
    check(&app, "2026-12-30T12:00:00Z", 1).await;
    check(&app, "2026-12-31T12:00:00Z", 0).await;
    check(&app, "2027-01-01T00:00:00Z", -1).await;
    check(&app, "2027-01-02T00:00:00Z", -2).await;
    check(&app, "2027-12-31T00:00:00Z", -365).await;
}

#[tokio::test]
async fn the_days_of_the_states_are_settings() {
    let purchase = json!({ "id": "1-1", "deviceType": "WIFI", "sku": "S", "quantity": 10, "effectiveDate": "2026-01-01", "expirationDate": "2026-12-31" });
    let policy = json!({ "initialDays": 10, "closeDays": 2, "graceDays": { "paid": 1 } });
    let meta = json!({ "title": "t", "description": "d", "defaultTenant": COMPANY, "policy": policy });
    let fixture = Fixture::new().with("scenario.json", meta).with("entitlements.json", json!({ COMPANY: [purchase] }));
    let app = App::of(fixture.load().unwrap().0, frozen());
    for (moment, state) in [
        ("2026-12-20T23:59:59Z", Value::Null),
        ("2026-12-21T00:00:00Z", json!("INITIAL")),
        ("2026-12-28T23:59:59Z", json!("INITIAL")),
        ("2026-12-29T00:00:00Z", json!("CLOSE_TO_EXPIRATION")),
        ("2027-01-01T00:00:00Z", json!("GRACE_PERIOD")),
        ("2027-01-02T00:00:00Z", json!("AFTER_GRACE_PERIOD")),
    ] {
        app.turn_to(moment);
        assert_eq!(app.get("/banners").await[0]["type"], state, "{moment}");
    }
}

#[tokio::test]
async fn analytics_banners_change_at_half_and_at_nine_tenths() {
    #[track_caller]
    fn check(licenses: u32, devices: u32, expected: Value) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let analytics = json!({ "id": "1-1", "deviceType": "ANALYTICS", "sku": "S", "quantity": licenses.max(1), "effectiveDate": "today-1d", "expirationDate": if licenses == 0 { "today-1d" } else { "today+200d" } });
            let tenant = json!({ "id": COMPANY, "name": "n", "type": "REC", "entitlementId": "1", "devices": [{ "deviceType": "WIFI", "count": devices }] });
            let fixture = Fixture::new()
                .with("scenario.json", json!({ "title": "t", "description": "d", "defaultTenant": COMPANY }))
                .with("tenants.json", json!([tenant]))
                .with("entitlements.json", json!({ COMPANY: [analytics] }))
                .without("msp-entitlements.json")
                .without("assignments.json");
            let app = App::of(fixture.load().unwrap().0, frozen());
            let banners = app.get("/banners?type=ANALYTICS").await;
            let last = banners.as_array().unwrap().last().map_or(Value::Null, |banner| banner["type"].clone());
            assert_eq!(last, expected, "{place}: {licenses} licences, {devices} devices");
        }
    }
    check(0, 0, json!("RA_ONBOARD_ONLY")).await;
    check(0, 1, json!("RA_BELOW_50_PERCENT_OF_DEVICES")).await;
    check(0, 100, json!("RA_BELOW_50_PERCENT_OF_DEVICES")).await;
    check(1, 100, json!("RA_BELOW_50_PERCENT_OF_DEVICES")).await;
    check(49, 100, json!("RA_BELOW_50_PERCENT_OF_DEVICES")).await;
    check(50, 100, json!("RA_BELOW_90_PERCENT_OF_DEVICES")).await;
    check(89, 100, json!("RA_BELOW_90_PERCENT_OF_DEVICES")).await;
    check(90, 100, Value::Null).await;
    check(100, 100, Value::Null).await;
    check(1, 0, Value::Null).await;
}

#[tokio::test]
async fn courtesy_is_rounded_up() {
    #[track_caller]
    fn check(quantity: i64, courtesy: i64) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let pool = json!({ "id": "2-1", "deviceType": "MSP_WIFI", "sku": "S", "quantity": quantity, "effectiveDate": "2024-12-31", "expirationDate": "2030-01-01" });
            let later = json!({ "id": "2-2", "deviceType": "MSP_WIFI", "sku": "S", "quantity": 1000, "effectiveDate": "2025-01-01", "expirationDate": "2030-01-01" });
            let fixture =
                Fixture::new().with("msp-entitlements.json", json!({ MSP: [pool, later] })).without("assignments.json");
            let app = App::of(fixture.load().unwrap().0, frozen());
            let body = app.get("/mspEntitlements/summaries").await;
            assert_eq!(body["mspEntitlementSummaries"][0]["courtesyQuantity"], courtesy, "{place}: {quantity}");
        }
    }
    check(1, 1).await;
    check(10, 1).await;
    check(20, 1).await;
    check(21, 2).await;
    check(100, 5).await;
    check(101, 6).await;
}

#[tokio::test]
async fn an_assignment_may_fill_the_pool_over_its_whole_period_and_not_one_day_more() {
    #[track_caller]
    fn check(app: &App, quantity: i64, end: &str, status: u16) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let body = json!({ "endDate": end, "assignments": [{ "deviceType": "MSP_APSW", "quantity": quantity }] });
        let app = app.clone();
        async move {
            let answer = app.call("POST", "/assignments").json(body).send().await;
            assert_eq!(answer.status, status, "{place}: {}", answer.text());
            app.sandbox.reset().unwrap();
        }
    }
    // The pool of 100 ends 264 days on; 40 are assigned until 90 days on, 2026-06-08.
    let app = App::of(Fixture::new().load().unwrap().0, frozen());
    check(&app, 60, "2026-06-08", 201).await;
    check(&app, 61, "2026-06-08", 409).await;
    check(&app, 61, "2026-03-10", 409).await;
    check(&app, 60, "2026-11-29", 201).await;
    check(&app, 60, "2026-11-30", 409).await;
    check(&app, 1, "2026-11-30", 409).await;
}

#[tokio::test]
async fn a_purchase_that_follows_another_without_a_gap_carries_an_assignment_over_both() {
    #[track_caller]
    fn check(second_starts: &str, quantity: i64, status: u16) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let pool = |id: &str, start: &str, end: &str| json!({ "id": id, "deviceType": "MSP_APSW", "sku": "S", "quantity": 50, "effectiveDate": start, "expirationDate": end });
        let pools = json!([pool("2-1", "2026-01-01", "2026-06-30"), pool("2-2", second_starts, "2026-12-31")]);
        let fixture =
            Fixture::new().with("msp-entitlements.json", json!({ MSP: pools })).without("assignments.json").load();
        let body =
            json!({ "endDate": "2026-12-31", "assignments": [{ "deviceType": "MSP_APSW", "quantity": quantity }] });
        async move {
            let app = App::of(fixture.unwrap().0, frozen());
            let answer = app.call("POST", "/assignments").json(body).send().await;
            assert_eq!(answer.status, status, "{place}: {}", answer.text());
        }
    }
    check("2026-07-01", 50, 201).await;
    check("2026-07-01", 51, 409).await;
    check("2026-07-02", 1, 409).await;
    check("2026-06-30", 50, 201).await;
}
