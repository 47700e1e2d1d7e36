//! I10: a kept reply equals the computed one, byte for byte, at every moment; and what clients can do with its tag.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use chrono::{DateTime, Duration, TimeDelta, Utc};
use http_body_util::BodyExt;
use proptest::{prelude::*, test_runner::Config};
use r1_entitlements_mock::{
    catalogue::OPERATIONS,
    embed::Service,
    journal::request_view::Whole,
    sandbox::{deprecations::Mode, kept::Budget},
    wire::Style,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{App, COMPANY, CUSTOMER, MSP, fixture::Fixture};

/// Something that may change an answer, or let a kept one grow old.
#[derive(Clone, Debug)]
enum Step {
    Advance(TimeDelta),
    /// To the last or the first millisecond of a day.
    ToDayEnd(i64),
    Revoke(usize),
    Assign(i64),
    Refresh,
    Live(bool),
    Load(usize),
    Lag(bool),
    /// Reads of banners fail.
    Fault(bool),
    /// The deprecated operations are phased out in another way.
    Sunset(bool),
    /// How much the journal keeps of a body.
    JournalBytes(usize),
}

const SCENARIOS: [&str; 5] = ["default", "device-agnostic", "grace", "expiring", "out-of-compliance"];

fn step() -> impl Strategy<Value = Step> {
    let time = prop_oneof![
        (1_i64..5).prop_map(TimeDelta::milliseconds),
        (1_i64..90_000).prop_map(TimeDelta::seconds),
        (1_i64..200).prop_map(TimeDelta::days),
        (1_i64..90_000).prop_map(|seconds| TimeDelta::seconds(-seconds)),
    ];
    prop_oneof![
        6 => time.prop_map(Step::Advance),
        4 => (-1_i64..2).prop_map(Step::ToDayEnd),
        2 => any::<usize>().prop_map(Step::Revoke),
        2 => (1_i64..20).prop_map(Step::Assign),
        1 => Just(Step::Refresh),
        1 => any::<bool>().prop_map(Step::Live),
        1 => (0..SCENARIOS.len()).prop_map(Step::Load),
        1 => any::<bool>().prop_map(Step::Lag),
        1 => any::<bool>().prop_map(Step::Fault),
        1 => any::<bool>().prop_map(Step::Sunset),
        1 => (0_usize..400).prop_map(Step::JournalBytes),
    ]
}

async fn take(app: &App, step: &Step) {
    match step {
        Step::Advance(by) => app.advance(*by),
        Step::ToDayEnd(milliseconds) => {
            let today = app.sandbox.look().1.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
            let end = today + Duration::days(1) + TimeDelta::milliseconds(*milliseconds - 1);
            app.sandbox.turn_clock(|clock| clock.set(end));
        }
        Step::Revoke(which) => {
            let ids: Vec<i64> = app.sandbox.look().0.assignments().map(|row| row.id).collect();
            let Some(id) = ids.get(which % ids.len().max(1)) else { return };
            app.call("DELETE", "/assignments").tenant(MSP).json(json!([{ "assignmentId": id }])).send().await;
        }
        Step::Assign(quantity) => {
            let end = (app.sandbox.look().1 + TimeDelta::days(30)).format("%Y-%m-%d").to_string();
            let row = json!({ "deviceType": "MSP_WIFI", "quantity": quantity });
            let body = json!({ "mspEcTenantId": CUSTOMER, "endDate": end, "assignments": [row] });
            app.call("POST", "/assignments").tenant(MSP).json(body).send().await;
        }
        Step::Refresh => {
            app.call("PATCH", "/entitlements").tenant(MSP).json(json!({})).send().await;
        }
        Step::Live(live) => {
            let style = if *live { Style::Observed } else { Style::Documented };
            app.sandbox.change_settings(|settings| settings.style = style);
        }
        Step::Load(which) => {
            app.call("POST", &format!("/_mock/scenarios/{}/load", SCENARIOS[*which])).send().await;
        }
        Step::Fault(on) => {
            let rule = json!({ "match": { "path": "/banners" }, "effects": [{ "status": { "code": 503 } }] });
            app.call("PUT", "/_mock/faults").json(if *on { json!([rule]) } else { json!([]) }).send().await;
        }
        Step::Sunset(silent) => {
            let mode = if *silent { Mode::Silent } else { Mode::Headers };
            app.sandbox.change_settings(|settings| settings.sunset.mode = mode);
        }
        Step::JournalBytes(most) => {
            app.sandbox.change_settings(|settings| settings.journal.body_bytes = *most);
        }
        Step::Lag(on) => {
            let rules = if *on { json!([{ "effects": [{ "readLag": { "time": "3h" } }] }]) } else { json!([]) };
            app.call("PUT", "/_mock/faults").json(rules).send().await;
        }
    }
}

/// A read: its path, tenant, media types, and the page that calls.
type Read = (String, &'static str, &'static str, Option<&'static str>);

/// All reads whose replies are kept, for several tenants, filters, media types, pages and prefixes.
fn reads() -> Vec<Read> {
    let mut all = Vec::new();
    for operation in OPERATIONS.iter().filter(|operation| operation.is_kept) {
        for tenant in [MSP, COMPANY, CUSTOMER] {
            for (query, accept, page) in
                [("", "*/*", None), ("?type=WIFI", "application/vnd.ruckus.v1+json", Some("http://localhost:3000"))]
            {
                all.push((format!("{}{query}", operation.path), tenant, accept, page));
            }
        }
        all.push((
            format!("/sandboxes/one{}", operation.path),
            MSP,
            "application/json",
            Some("http://elsewhere.example"),
        ));
    }
    all
}

type Seen = (StatusCode, BTreeMap<String, Vec<u8>>, Vec<u8>);

/// The answer, and what the journal has of it.
async fn read(app: &App, router: &Router, (path, tenant, accept, page): &Read) -> (Seen, Value) {
    let mut request = Request::get(path).header("x-rks-tenantid", *tenant).header("accept", *accept);
    if let Some(page) = page {
        request = request.header("origin", *page);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    let is_right = head.status == StatusCode::OK;
    // The body of an error has the id of the request.
    let body = if is_right { body } else { Vec::new() };
    let sandbox = if path.starts_with("/sandboxes/") { &app.registry.sandbox("one").unwrap() } else { &app.sandbox };
    let entry = sandbox.journal.after(0).requests.pop().unwrap();
    assert_eq!(entry.id.map(|id| id.to_string()).as_deref(), head.headers["x-request-id"].to_str().ok());
    let mut recorded = serde_json::to_value(Whole::from(&*entry)).unwrap();
    for name in ["seq", "id", "at", "tookMs"] {
        recorded.as_object_mut().unwrap().remove(name);
    }
    for name in ["x-request-id", "etag"] {
        recorded["response"]["headers"].as_object_mut().unwrap().remove(name);
    }
    if !is_right {
        recorded["response"].as_object_mut().unwrap().remove("body");
    }
    ((head.status, comparable(&head.headers), body), recorded)
}

/// All headers except those that differ from request to request, and the tag, which only kept replies have.
fn comparable(headers: &HeaderMap) -> BTreeMap<String, Vec<u8>> {
    let names = ["x-request-id", "etag"];
    let kept = headers.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    kept.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]

    #[test]
    fn i10_a_kept_reply_equals_the_computed_one_at_every_moment(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = App::new("default");
            app.call("POST", "/_mock/sandboxes").json(json!({ "name": "one" })).send().await.expect(201);
            let computing = Service::builder(Arc::clone(&app.registry)).kept(Arc::new(Budget::new(0))).build().into_router();
            for step in &steps {
                take(&app, step).await;
                for request in reads() {
                    let computed = read(&app, &computing, &request).await;
                    for time in ["the first", "the second", "the third"] {
                        let kept = read(&app, &app.router, &request).await;
                        assert_eq!(kept, computed, "{request:?} for {time} time after {step:?} of {steps:?}");
                    }
                }
            }
        });
    }
}

#[tokio::test]
async fn a_client_that_has_the_reply_gets_304_until_the_state_changes() {
    let app = App::new("default");
    let first = app.call("GET", "/mspEntitlements").send().await.expect(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 18, "{tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
        let same = app.call("GET", "/mspEntitlements").header("if-none-match", &known).send().await.expect(304);
        assert_eq!((same.header("etag"), same.text().as_str()), (tag.as_str(), ""), "{known}");
    }
    app.call("GET", "/mspEntitlements").header("if-none-match", "\"other\"").send().await.expect(200);
    app.advance(TimeDelta::days(1_000));
    app.call("GET", "/mspEntitlements").header("if-none-match", &tag).send().await.expect(200);
}

#[tokio::test]
async fn the_headers_of_head_are_those_of_get() {
    let app = App::new("default");
    let head = app.call("HEAD", "/banners").send().await.expect(200);
    let get = app.call("GET", "/banners").send().await.expect(200);
    let again = app.call("HEAD", "/banners").send().await.expect(200);
    for name in ["etag", "content-type", "deprecation", "link", "vary"] {
        assert_eq!((head.header(name), again.header(name)), (get.header(name), get.header(name)), "{name}");
    }
    assert_eq!((head.text().as_str(), again.text().as_str()), ("", ""));
}

#[tokio::test]
async fn a_running_clock_ends_a_kept_reply_at_its_moment() {
    let app = App::new("default");
    let midnight: DateTime<Utc> = "2026-02-01T00:00:00Z".parse().unwrap();
    app.sandbox.turn_clock(|clock| clock.set(midnight - TimeDelta::milliseconds(1)));
    let before = app.call("GET", "/mspEntitlements/summaries").send().await.expect(200).text();
    app.sandbox.turn_clock(|clock| clock.set(midnight));
    assert_ne!(app.call("GET", "/mspEntitlements/summaries").send().await.expect(200).text(), before);
}

#[tokio::test]
async fn a_reply_that_is_too_long_to_be_kept_is_sent_whole() {
    let sku = "S".repeat(100_000);
    let pool = |n: usize| json!({ "id": format!("{n}-1"), "deviceType": "MSP_APSW", "sku": sku, "quantity": 1, "effectiveDate": "today-9d", "expirationDate": "today+9d" });
    let pools: Vec<Value> = (0..200).map(pool).collect();
    let app = Fixture::new().with("msp-entitlements.json", json!({ MSP: pools })).without("assignments.json").app();
    for _ in 0..2 {
        let answer = app.call("GET", "/mspEntitlements").send().await.expect(200);
        assert!(answer.text().len() > 16 * 1024 * 1024, "{}", answer.text().len());
        assert_eq!(answer.json().as_array().unwrap().len(), 200);
    }
}
