//! /_mock/clock.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::support::{App, COMPANY, MSP};

async fn banner(app: &App, device_type: &str) -> Value {
    let banners = app.fetch_as(COMPANY, "/banners").await.expect(200).json();
    let found = banners.as_array().unwrap().iter().find(|b| b["deviceType"] == device_type);
    found.map_or(json!(null), |b| json!([b["type"], b["effectDays"]]))
}

#[tokio::test]
async fn ninety_days_on_a_banner_has_gone_through_all_its_states() {
    let app = App::new("expiring");
    let mut seen = vec![banner(&app, "APSW").await];
    for _ in 0..90 {
        app.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
        seen.push(banner(&app, "APSW").await);
    }
    assert_eq!(seen[0], json!(["INITIAL", 22]));
    assert_eq!(seen[14], json!(["INITIAL", 8]));
    assert_eq!(seen[15], json!(["CLOSE_TO_EXPIRATION", 7]));
    assert_eq!(seen[22], json!(["CLOSE_TO_EXPIRATION", 0]));
    assert_eq!(seen[23], json!(["GRACE_PERIOD", 59]));
    assert_eq!(seen[82], json!(["GRACE_PERIOD", 0]));
    assert_eq!(seen[83], json!(["AFTER_GRACE_PERIOD", -1]));
    assert_eq!(seen[90], json!(["AFTER_GRACE_PERIOD", -8]));
}

#[tokio::test]
async fn one_call_goes_to_the_next_thing_that_happens() {
    let app = App::new("expiring");
    let next = app.fetch("/_mock/clock").await.json()["next"].clone();
    let there = app.post("/_mock/clock/next", Value::Null).await.expect(200).json();
    assert_eq!(there["now"], next["at"]);
    assert_eq!(there["happened"], json!([next]));
    assert_ne!(there["next"], next);
}

#[tokio::test]
async fn advancing_answers_when_all_that_fell_due_has_happened_in_order() {
    let app = App::new("default");
    let id = app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202).json()["requestId"].clone();
    let there = app.post("/_mock/clock/advance", json!({ "by": "PT2S" })).await.expect(200).json();
    let what = there["happened"][0]["what"][0].as_str().unwrap();
    assert!(what.ends_with(&format!("activity {} ends", id.as_str().unwrap())), "{what}");
    let activity = app.fetch(&format!("/activities/{}", id.as_str().unwrap())).await.expect(200).json();
    assert_eq!((&activity["status"], &activity["endDatetime"]), (&json!("SUCCESS"), &json!("2026-03-10T12:00:02Z")));
}

#[tokio::test]
async fn the_date_header_and_tokens_live_by_the_clock() {
    let app = App::new("default");
    app.send("PATCH", "/_mock/settings", &[], r#"{"auth":"required"}"#).await.expect(200);
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let token = app.send("POST", "/oauth2/token", &[], form).await.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let asked = |status| {
        let (app, bearer) = (app.clone(), bearer.clone());
        async move { app.send("GET", "/entitlements", &[("authorization", &bearer)], "").await.expect(status) }
    };
    assert_eq!(asked(200).await.headers["date"], "Tue, 10 Mar 2026 12:00:00 GMT");
    app.post("/_mock/clock/advance", json!({ "by": "7198s" })).await.expect(200);
    assert_eq!(asked(200).await.headers["date"], "Tue, 10 Mar 2026 13:59:58 GMT");
    app.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    asked(401).await;
}

#[tokio::test]
async fn a_clock_is_set_frozen_resumed_and_sped_up() {
    let app = App::new("empty");
    let set = app.put("/_mock/clock", json!({ "now": "2027-01-01T00:00:00Z" })).await.expect(200).json();
    assert_eq!(set, json!({ "now": "2027-01-01T00:00:00Z", "frozen": true, "speed": 0.0 }));
    let resumed = app.post("/_mock/clock/resume", Value::Null).await.expect(200).json();
    assert_eq!((&resumed["frozen"], &resumed["speed"]), (&json!(false), &json!(1.0)));
    let fast = app.put("/_mock/clock", json!({ "speed": 3600 })).await.expect(200).json();
    assert_eq!(fast["speed"], 3600.0);
    let frozen = app.post("/_mock/clock/freeze", json!({ "at": "2028-02-29T01:02:03Z" })).await.expect(200).json();
    assert_eq!((&frozen["now"], &frozen["frozen"]), (&json!("2028-02-29T01:02:03Z"), &json!(true)));
}

#[tokio::test]
async fn what_a_clock_cannot_do_is_told() {
    let app = App::new("empty");
    for (method, path, body, status, part) in [
        ("POST", "advance", json!({ "by": "soon" }), 400, "\"soon\" is not a duration"),
        ("POST", "advance", json!({ "by": 36 }), 400, "\"36\" has no unit: write \"36s\" or \"PT36S\""),
        ("POST", "advance", json!({ "bye": "P1D" }), 400, "unknown field `bye`"),
        ("POST", "advance", json!({}), 400, "either \"by\" (a duration) or \"to\" (a date)"),
        ("POST", "advance", json!({ "to": "2020-01-01" }), 400, "lies before"),
        ("POST", "advance", json!({ "by": "P99Y" }), 200, ""),
        ("POST", "advance", json!({ "by": "P9999Y" }), 400, "P9999Y is longer than 100 years"),
        ("PUT", "", json!({ "now": "9999-01-01" }), 400, "is not a date between"),
        ("PUT", "", json!({ "speed": -1 }), 400, "is not a number from 0 to 1000000"),
        ("POST", "next", Value::Null, 409, "nothing will happen"),
    ] {
        let path = if path.is_empty() { "/_mock/clock".into() } else { format!("/_mock/clock/{path}") };
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = app.send(method, &path, &[], text).await.expect(status);
        assert!(answer.text().contains(&part.replace('"', "\\\"")), "{}", answer.text());
    }
}

#[tokio::test]
async fn time_that_has_no_end_does_not_end_the_process() {
    let app = App::new("default");
    app.put("/_mock/clock", json!({ "now": "2399-12-31T23:59:59Z", "speed": 1_000_000 })).await.expect(200);
    app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202);
    app.post("/_mock/clock/advance", json!({ "by": "P100Y" })).await.expect(400);
    app.fetch("/entitlements/summaries").await.expect(200);
    let now = app.registry.root.look().1;
    assert!(now >= "2399-12-31T23:59:59Z".parse::<DateTime<Utc>>().unwrap());
}

#[tokio::test]
async fn a_clock_shows_exactly_what_it_is_set_to_however_fast_it_ran_before() {
    let app = App::new("default");
    app.put("/_mock/clock", json!({ "speed": 1_000_000 })).await.expect(200);
    let set =
        app.put("/_mock/clock", json!({ "now": "2026-03-10T12:00:00Z", "frozen": true })).await.expect(200).json();
    assert_eq!(set["now"], "2026-03-10T12:00:00Z");
    app.put("/_mock/clock", json!({ "speed": 1_000_000 })).await.expect(200);
    let set = app.put("/_mock/clock", json!({ "now": "2026-03-10T12:00:00Z", "speed": 0 })).await.expect(200).json();
    assert_eq!(set["now"], "2026-03-10T12:00:00Z");
}

/// Refreshes that end 2 s, 40 days and 80 days from now.
async fn with_refreshes(name: &str) -> App {
    let app = App::new(name);
    for (tenant, delay) in [(COMPANY, "2s"), (MSP, "40d"), (MSP, "80d"), (COMPANY, "81d")] {
        app.send("PATCH", "/_mock/activities/policy", &[], json!({ "delay": delay }).to_string()).await.expect(200);
        app.fetch_as(tenant, "/entitlements/summaries?refresh=true").await.expect(202);
    }
    app
}

#[tokio::test]
async fn one_long_jump_tells_the_same_as_many_steps() {
    for name in ["default", "expiring", "trial-only"] {
        let (jumping, stepping) = (with_refreshes(name).await, with_refreshes(name).await);
        let jumped = jumping.post("/_mock/clock/advance", json!({ "by": "P900D" })).await.expect(200).json();
        let jumped = jumped["happened"].as_array().unwrap();
        let end = jumping.registry.root.look().1.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let mut stepped = Vec::new();
        loop {
            let answer = stepping.post("/_mock/clock/next", Value::Null).await;
            if answer.status != 200 || answer.json()["now"].as_str().unwrap() > &*end {
                break;
            }
            stepped.extend(answer.json()["happened"].as_array().unwrap().clone());
        }
        assert_eq!(jumped, &stepped, "{name}");
        assert!(jumped.len() > 10, "{name}");
    }
}

#[tokio::test]
async fn what_a_refresh_brings_on_the_way_happens_too() {
    let app = with_refreshes("default").await;
    let there = app.post("/_mock/clock/advance", json!({ "by": "P900D" })).await.expect(200).json();
    let pools: Vec<String> = there["happened"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|moment| {
            let what = moment["what"].as_array().unwrap().iter();
            what.map(move |what| format!("{} {}", moment["at"].as_str().unwrap(), what.as_str().unwrap()))
        })
        .filter(|line| line.contains(" pool 358880102-2 ") && !line.contains("banner"))
        .collect();
    insta::assert_snapshot!(pools.join("\n"), @"
    2026-04-19T12:00:00Z a0000000000000000000000000000001: pool 358880102-2 (MSP_APSW) is added
    2027-04-19T00:00:00Z a0000000000000000000000000000001: pool 358880102-2 (MSP_APSW) expires
    ");
}

#[tokio::test]
async fn an_activity_is_found_after_the_clock_was_put_back() {
    let app = App::new("default");
    let id = app.fetch("/mspEntitlements/summaries?refresh=true").await.expect(202).json()["requestId"].clone();
    let activity = format!("/activities/{}", id.as_str().unwrap());
    for (now, status) in [
        ("2026-03-10T12:00:01Z", "INPROGRESS"),
        ("2026-03-01T00:00:00Z", "INPROGRESS"),
        ("2026-03-10T12:00:01.999Z", "INPROGRESS"),
        ("2026-03-10T12:00:02Z", "SUCCESS"),
        ("2026-03-01T00:00:00Z", "SUCCESS"),
    ] {
        app.put("/_mock/clock", json!({ "now": now })).await.expect(200);
        assert_eq!(app.fetch(&activity).await.expect(200).json()["status"], status, "{now}");
    }
}
