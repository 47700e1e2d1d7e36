//! One test for each effect that can be seen without a socket.

use chrono::TimeDelta;
use r1_entitlements_mock::sandbox::Auth;
use serde_json::{Value, json};

use crate::{
    faults::helpers::{add, app, with, with_auth},
    support::{App, COMPANY, MSP},
};

#[tokio::test]
async fn a_status_comes_in_the_vendors_shape_with_what_the_rule_says() {
    let app = with(
        r#"[{"match": {"path": "/banners"}, "effects": [{"status": {"code": 503, "retryAfter": 7}}]},
            {"match": {"path": "/entitlements"}, "effects":
              [{"status": {"code": 417, "errorCode": "ENTITLEMENT-77", "message": "No."}}]}]"#,
    )
    .await;
    let banners = app.fetch("/banners").await;
    assert_eq!((banners.status, banners.header("retry-after")), (503, "7"));
    assert_eq!(banners.header("x-mock-fault"), "fault-1");
    let body = banners.json();
    assert_eq!(
        (&body["status"], &body["path"], &body["error"]),
        (&json!(503), &json!("/banners"), &json!("Service Unavailable"))
    );
    assert!(body["errors"][0]["message"].is_string() && body["requestId"].is_string());
    let entitlements = app.fetch("/entitlements").await;
    assert_eq!(entitlements.json()["errors"][0]["code"], "ENTITLEMENT-77");
    assert_eq!(entitlements.json()["message"], "No.");
    assert_eq!(app.fetch("/entitlements/summaries").await.status, 200);
}

#[tokio::test]
async fn a_refused_assignment_has_the_shape_of_its_own() {
    let app = with(r#"{"match": {"method": "DELETE"}, "effects": [{"status": {"code": 423}}]}"#).await;
    let answer = app.send("DELETE", "/assignments", &[], r#"[{"assignmentId": 130468}]"#).await;
    assert_eq!(answer.json()["errorBrief"], "LOCK_ACQUISITION_TIMEOUT");
    assert_eq!(answer.status, 423);
}

#[tokio::test]
async fn an_answer_can_be_given_word_for_word() {
    let app = with(
        r#"[{"match": {"path": "/banners"}, "effects": [{"answer": {"body": [], "headers": {"x-extra": "1"}}}]},
            {"effects": [{"answer": {"status": 302, "headers": {"location": "/login"}, "body": "<html>"}}]}]"#,
    )
    .await;
    let banners = app.fetch("/banners").await;
    assert_eq!((banners.status, banners.text().as_str(), banners.header("x-extra")), (200, "[]", "1"));
    assert_eq!(banners.header("content-type"), "application/json");
    let other = app.fetch("/entitlements").await;
    assert_eq!((other.status, other.text().as_str(), other.header("location")), (302, "<html>", "/login"));
}

#[tokio::test]
async fn a_delay_keeps_the_caller_waiting_even_under_a_frozen_clock() {
    let app = with(r#"{"effects": [{"delay": {"uniform": {"min": "30ms", "max": "40ms"}}}]}"#).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(app.fetch("/banners").await.status, 200);
    assert!(begun.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn a_slow_body_comes_in_pieces_and_is_whole() {
    let app = app();
    let whole = app.fetch("/mspEntitlements").await.text();
    add(&app, r#"{"effects": [{"slowBody": {"bytesPerSecond": 1000000, "chunk": 100}}]}"#).await;
    let answer = app.fetch("/mspEntitlements").await;
    assert_eq!((answer.text(), answer.header("content-length")), (whole.clone(), whole.len().to_string().as_str()));
}

#[tokio::test]
async fn json_can_be_cut_short_or_wrong_or_garbage_or_something_else() {
    let app = app();
    let whole = app.fetch("/mspEntitlements").await.text();
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    let wish = |word: &'static str| app.call("GET", "/mspEntitlements").header("x-mock-outcome", word).send();
    let truncated = wish("truncated").await;
    assert!(whole.starts_with(&truncated.text()) && !is_json(&truncated.text()));
    assert_eq!(truncated.header("content-length"), (whole.len() / 2).to_string());
    let malformed = wish("malformed").await;
    assert!(!is_json(&malformed.text()) && malformed.text().len() > whole.len() / 2);
    let garbage = wish("garbage").await;
    assert_eq!((garbage.status, garbage.bytes().len()), (200, 256));
    assert!(serde_json::from_slice::<Value>(garbage.bytes()).is_err());
    let html = wish("html").await;
    assert_eq!((html.header("content-type"), html.text()), ("text/html", whole));
}

#[tokio::test]
async fn head_has_the_length_that_get_would_have() {
    let app = app();
    let length = app.fetch("/mspEntitlements").await.text().len().to_string();
    add(&app, r#"{"effects": [{"slowBody": {}}]}"#).await;
    let head = app.send("HEAD", "/mspEntitlements", &[], "").await;
    assert_eq!((head.header("content-length"), head.text().as_str()), (length.as_str(), ""));
}

#[tokio::test]
async fn the_rate_limit_is_a_bucket_for_each_tenant_by_the_clock_of_the_sandbox() {
    let app = app();
    assert_eq!(app.send("POST", "/_mock/faults/sets/rate-limited", &[], "").await.status, 201);
    let all = app.statuses("/banners", 202).await;
    assert!(all[..200].iter().all(|status| *status == 200));
    assert_eq!(all[200..], [429, 429]);
    let refused = app.fetch("/banners").await;
    assert_eq!((refused.header("retry-after"), &refused.json()["status"]), ("1", &json!(429)));
    let hint = refused.header("x-mock-hint");
    assert!(hint.contains("is frozen, so waiting does not help: POST /_mock/clock/advance"), "{hint}");
    assert_eq!(app.send("GET", "/banners", &[("x-rks-tenantid", COMPANY)], "").await.status, 200);
    app.advance(TimeDelta::milliseconds(20));
    assert_eq!(app.statuses("/banners", 3).await, [200, 200, 429]);
}

#[tokio::test]
async fn a_dying_session_takes_all_tokens_of_its_tenant_along() {
    let app = with_auth(Auth::Required);
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let login = async |tenant: &str| {
        let answer = app.send("POST", &format!("/oauth2/token/{tenant}"), &[], form).await;
        format!("Bearer {}", answer.json()["access_token"].as_str().unwrap())
    };
    let (first, second, other) = (login(MSP).await, login(MSP).await, login(COMPANY).await);
    let call = async |token: &str| app.send("GET", "/banners", &[("authorization", token)], "").await;
    add(&app, r#"{"times": 1, "effects": [{"sessionDies": {}}]}"#).await;
    let struck = call(&first).await;
    assert_eq!((struck.status, &struck.json()["errors"][0]["code"]), (401, &json!("RCG-10003")));
    assert_eq!([call(&first).await.status, call(&second).await.status, call(&other).await.status], [401, 401, 200]);
    assert_eq!(call(&login(MSP).await).await.status, 200);
}

async fn refresh(app: &App, headers: &[(&str, &str)]) -> String {
    let accepted = app.send("GET", "/mspEntitlements/summaries?refresh=true", headers, "").await;
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    format!("/activities/{}", accepted.json()["requestId"].as_str().unwrap())
}

#[tokio::test]
async fn a_fault_of_an_activity_waits_for_the_next_refresh() {
    let app = with(
        r#"{"times": 1, "effects": [{"activity": {"outcome": "fail", "code": "ENTITLEMENT-9", "message": "Down."}}]}"#,
    )
    .await;
    app.statuses("/mspEntitlements/summaries", 2).await;
    let (first, second) = (refresh(&app, &[]).await, refresh(&app, &[]).await);
    app.advance(TimeDelta::seconds(2));
    let failed = app.fetch(&first).await.json();
    assert_eq!(failed["status"], "FAIL");
    assert!(failed["error"].as_str().unwrap().contains("ENTITLEMENT-9"), "{failed}");
    assert_eq!(app.fetch(&second).await.json()["status"], "SUCCESS");
}

#[tokio::test]
async fn a_request_chooses_how_its_refresh_goes() {
    let app = app();
    let status = async |path: &str| app.fetch(path).await.json()["status"].as_str().map(str::to_owned);
    let begin = async |word: &str| refresh(&app, &[("x-mock-activity", word)]).await;
    let now = begin("now").await;
    assert_eq!(status(&now).await.as_deref(), Some("SUCCESS"));
    let late = begin("late").await;
    assert_eq!(app.fetch(&late).await.status, 404);
    let (fail, hang, hold) = (begin("fail").await, begin("hang").await, begin("hold").await);
    app.advance(TimeDelta::seconds(5));
    assert_eq!(status(&late).await.as_deref(), Some("SUCCESS"));
    assert_eq!(status(&fail).await.as_deref(), Some("FAIL"));
    assert_eq!(status(&hang).await.as_deref(), Some("INPROGRESS"));
    assert_eq!(status(&hold).await.as_deref(), Some("INPROGRESS"));
    let id = hold.rsplit('/').next().unwrap();
    assert_eq!(app.send("POST", &format!("/_mock/activities/{id}/release"), &[], "").await.status, 204);
    assert_eq!(status(&hold).await.as_deref(), Some("SUCCESS"));
}

#[tokio::test]
async fn an_answer_of_a_later_api_has_unknown_members_and_is_the_same_for_the_same_seed() {
    let plain = app().get("/entitlements").await;
    let rule = |seed: u32| format!(r#"{{"seed": {seed}, "effects": [{{"futureApi": {{"share": 0.5}}}}]}}"#);
    let ask = async |seed| with(&rule(seed)).await.fetch("/entitlements").await;
    let (one, again, other) = (ask(1).await, ask(1).await, ask(2).await);
    assert_eq!(one.text(), again.text());
    assert_ne!(one.text(), other.text());
    let ids = |rows: &Value| {
        let mut ids: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["id"].to_string()).collect();
        ids.sort();
        ids
    };
    let changed = one.json();
    assert_eq!(ids(&changed), ids(&plain));
    let text = one.text();
    assert!(text.contains("futureField") && text.contains("null"), "{text}");
    let types =
        |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["deviceType"].to_string()).collect::<Vec<_>>();
    assert!(types(&changed).iter().any(|word| !types(&plain).contains(word)), "{text}");
}

#[tokio::test]
async fn no_rate_limit_applies_unless_the_set_is_in_force() {
    assert_eq!(app().statuses("/banners", 300).await, [200; 300]);
}

#[tokio::test]
async fn each_fault_has_the_code_of_its_status() {
    let app = app();
    for (status, code) in [
        ("401", "RCG-10003"),
        ("403", "RCG-10002"),
        ("404", "ENTITLEMENT-10001"),
        ("417", "ENTITLEMENT-10003"),
        ("423", "ENTITLEMENT-10004"),
        ("429", "RCG-10004"),
        ("500", "ENTITLEMENT-10000"),
        ("502", "RCG-10000"),
        ("503", "RCG-10000"),
        ("504", "RCG-10000"),
    ] {
        let answer = app.send("GET", "/entitlements", &[("x-mock-outcome", status)], "").await;
        assert_eq!(answer.code(), (status.parse().unwrap(), code.to_owned()));
    }
}
