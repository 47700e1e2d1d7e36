//! What the journal keeps of a request, and what it masks or cuts.

use std::time::Duration;

use axum::body::{Body, Bytes};
use r1_entitlements_mock::journal::Limits;
use serde_json::json;

use crate::{
    journal::{app, listed, verify},
    support::MSP,
};

#[tokio::test]
async fn a_request_and_its_answer_are_recorded_and_those_of_the_control_surface_are_not() {
    let app = app();
    app.fetch("/entitlements/summaries?refresh=false").await;
    app.fetch("/_mock/health").await;
    insta::assert_json_snapshot!(app.get("/_mock/requests").await, @r#"
    {
      "requests": [
        {
          "seq": 1,
          "id": "204391a6-fd59-456f-bae3-d5cb176a4c7e",
          "at": "2026-01-31T12:00:00Z",
          "method": "GET",
          "path": "/entitlements/summaries",
          "query": "refresh=false",
          "operationId": "getSummary_1",
          "tenant": "a0000000000000000000000000000001",
          "status": 200,
          "unmatched": false,
          "complete": true
        }
      ],
      "next": 1,
      "dropped": 0
    }
    "#);
}

#[tokio::test]
async fn the_whole_of_a_request_is_found_by_its_number_and_by_its_id() {
    let app = app();
    let body = json!([{ "assignmentId": 999 }]);
    let answer = app.call("DELETE", "/assignments").tenant(MSP).json(&body).send().await;
    let whole = app.get("/_mock/requests/1").await;
    assert_eq!(whole["request"]["body"], body);
    assert_eq!(whole["request"]["headers"]["x-rks-tenantid"], MSP);
    assert_eq!(whole["response"]["body"], answer.json());
    assert_eq!(whole["response"]["bodySize"], answer.bytes().len());
    assert_eq!((&whole["tenant"], &whole["operationId"]), (&json!(MSP), &json!("revokeBulkAssignment")));
    assert_eq!(whole["status"], answer.status);
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(app.get(&format!("/_mock/requests/{id}")).await, whole);
    let gone = app.fetch("/_mock/requests/7").await;
    assert_eq!(gone.json()["detail"], "request 7 is not in the journal, or no longer; GET /_mock/requests lists it");
    assert_eq!(app.fetch("/_mock/requests/seven").await.status, 400);
}

#[tokio::test]
async fn secrets_are_not_in_the_journal() {
    let app = app();
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let login = app.call("POST", &format!("/oauth2/token/{MSP}")).form(form).header("cookie", "JSESSIONID=secret1");
    let token = login.ok().await["access_token"].as_str().unwrap().to_owned();
    app.call("GET", "/entitlements?access_token=secret2").bearer(&token).send().await;
    app.call("GET", &format!("/reset/{token}?t={token}")).header("x-jwt", &token).send().await;

    let first = app.get("/_mock/requests/1").await;
    let expected = json!({ "grant_type": "client_credentials", "client_id": "r1mock", "client_secret": "***" });
    assert_eq!(first["request"]["body"], expected);
    assert_eq!(first["response"]["body"]["access_token"], "***");
    assert_eq!((&first["tenant"], &first["client"]), (&json!(MSP), &json!("r1mock")));
    let second = app.get("/_mock/requests/2").await;
    assert_eq!((&second["tenant"], &second["client"]), (&json!(MSP), &json!("r1mock")));
    assert_eq!(second["request"]["headers"]["authorization"], "Bearer ***");
    assert_eq!(second["query"], "access_token=***");

    let har = app.fetch("/_mock/requests/har").await;
    let third = app.get("/_mock/requests/3").await;
    assert_eq!((&third["path"], &third["query"]), (&json!("/reset/***"), &json!("t=***")));
    let curl = app.fetch("/_mock/requests/3/curl").await;
    let everything = format!("{first}{second}{third}{}{}", har.text(), curl.text());
    for secret in [token.as_str(), "r1mock-secret", "secret1", "secret2"] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_journal_is_bounded_by_count_and_bytes_and_cuts_long_bodies() {
    let app = app();
    app.sandbox.journal.set_limits(Limits { count: 2, ..Limits::default() });
    for path in ["/a", "/b", "/c"] {
        app.fetch(path).await;
    }
    assert_eq!(listed(&app, "").await, ["2 GET /b", "3 GET /c"]);
    assert_eq!(app.get("/_mock/requests").await["dropped"], 1);
    let (_, verdict) = verify(&app, json!({ "match": { "path": "/a" } })).await;
    assert!(verdict["explanation"].as_str().unwrap().ends_with("; 1 older ones are no longer in the journal"));

    let long = "x".repeat(100_000);
    app.post("/assignments", json!({ "deviceType": long })).await;
    let whole = app.get("/_mock/requests/4").await;
    assert_eq!((&whole["request"]["bodyCut"], &whole["request"]["bodySize"]), (&json!(true), &json!(100_017)));
    assert_eq!(whole["request"]["body"].as_str().unwrap().len(), 64 * 1024);

    app.sandbox.journal.set_limits(Limits { count: 0, ..Limits::default() });
    app.fetch("/a").await;
    assert_eq!(listed(&app, "").await, [""; 0]);
}

#[tokio::test]
async fn a_body_that_no_handler_reads_is_recorded_too() {
    let app = app();
    app.post("/nothing/here", json!({ "a": 1 })).await;
    let whole = app.get("/_mock/requests/1").await;
    assert_eq!((&whole["unmatched"], &whole["request"]["body"]), (&json!(true), &json!({ "a": 1 })));
}

#[tokio::test]
async fn an_answer_that_does_not_go_out_is_recorded_as_such() {
    let app = app();
    // A client hangs up before the body.
    drop(app.call("GET", "/entitlements").respond().await);
    // A client hangs up before the answer.
    let unfinished = app.call("POST", "/assignments").body(Body::new(Never)).respond();
    let hung_up = tokio::time::timeout(Duration::from_millis(10), unfinished).await;
    assert!(hung_up.is_err());
    app.call("HEAD", "/entitlements").send().await;
    let page = app.get("/_mock/requests").await;
    let found: Vec<_> =
        page["requests"].as_array().unwrap().iter().map(|row| (&row["status"], &row["complete"])).collect();
    assert_eq!(found, [(&json!(200), &json!(false)), (&json!(0), &json!(false)), (&json!(200), &json!(true))]);
}

/// A body that does not come.
struct Never;

impl http_body::Body for Never {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn the_journal_is_empty_after_clearing_and_after_a_reset_and_numbers_go_on() {
    let app = app();
    app.fetch("/entitlements").await;
    assert_eq!(app.call("DELETE", "/_mock/requests").send().await.status, 204);
    assert_eq!(listed(&app, "").await, [""; 0]);
    app.fetch("/entitlements").await;
    assert_eq!(listed(&app, "").await, ["2 GET /entitlements"]);
    app.sandbox.reset().unwrap();
    assert_eq!(listed(&app, "").await, [""; 0]);
}
