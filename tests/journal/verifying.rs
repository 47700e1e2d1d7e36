//! POST /_mock/requests/verify and /_mock/requests/wait.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    journal::{app, revoke, verify},
    support::MSP,
};

fn pass(explanation: &str, matched: &[u64]) -> (u16, Value) {
    (200, json!({ "passed": true, "explanation": explanation, "matched": matched }))
}

#[tokio::test]
async fn verifying_counts_what_came() {
    let app = app();
    app.fetch("/entitlements").await;
    app.fetch("/entitlements/summaries").await;
    let wanted = json!({ "method": "GET", "path": "/entitlements/**" });
    let two = "2 of 2 requests matched; expected";
    for (count, words) in [
        (json!({ "exactly": 2 }), "exactly 2"),
        (json!({ "atLeast": 1 }), "at least 1"),
        (json!({ "atMost": 2 }), "at most 2"),
        (json!({ "atLeast": 1, "atMost": 3 }), "1 to 3"),
        (json!(null), "at least 1"),
    ] {
        let verdict = verify(&app, json!({ "match": wanted, "count": count })).await;
        assert_eq!(verdict, pass(&format!("{two} {words}"), &[1, 2]));
    }
    let (status, verdict) = verify(&app, json!({ "match": wanted, "count": { "exactly": 1 } })).await;
    assert_eq!(status, 409);
    assert_eq!(verdict["explanation"], "expected exactly 1, but 2 of 2 requests matched (1, 2)");
    let never = json!({ "match": { "method": "DELETE" }, "count": { "exactly": 0 } });
    assert_eq!(verify(&app, never).await, pass("0 of 2 requests matched; expected exactly 0", &[]));
}

#[tokio::test]
async fn a_failed_verification_explains_the_nearest_miss_field_by_field() {
    let app = app();
    app.fetch("/entitlements").await;
    revoke(&app, 999).await;
    app.fetch("/assignments").await;
    let wanted = json!({ "match": {
        "method": "DELETE",
        "path": "/assignments",
        "headers": { "x-rks-tenantid": MSP, "content-type": "application/*" },
        "body": { "/0/assignmentId": 1000 },
    } });
    let (status, verdict) = verify(&app, wanted).await;
    assert_eq!(status, 409);
    insta::assert_json_snapshot!(verdict, @r#"
    {
      "status": 409,
      "title": "Not as expected",
      "detail": "expected at least 1, but 0 of 3 requests matched; nearest is request 2, DELETE /assignments: headers.x-rks-tenantid: expected \"a0000000000000000000000000000001\", found nothing; body/0/assignmentId: expected 1000, found 999",
      "passed": false,
      "explanation": "expected at least 1, but 0 of 3 requests matched; nearest is request 2, DELETE /assignments: headers.x-rks-tenantid: expected \"a0000000000000000000000000000001\", found nothing; body/0/assignmentId: expected 1000, found 999",
      "matched": [],
      "nearest": {
        "request": {
          "seq": 2,
          "id": "b3703ad8-9450-4022-9590-3c705d8cd627",
          "at": "2026-01-31T12:00:00Z",
          "method": "DELETE",
          "path": "/assignments",
          "operationId": "revokeBulkAssignment",
          "tenant": "a0000000000000000000000000000001",
          "status": 404,
          "unmatched": false,
          "complete": true
        },
        "differences": [
          {
            "field": "headers.x-rks-tenantid",
            "expected": "a0000000000000000000000000000001",
            "found": null
          },
          {
            "field": "body/0/assignmentId",
            "expected": 1000,
            "found": 999
          }
        ]
      }
    }
    "#);
}

#[tokio::test]
async fn verifying_an_order_lets_anything_come_between() {
    let app = app();
    app.fetch("/assignments").await;
    app.fetch("/entitlements").await;
    revoke(&app, 999).await;
    let [list, other, revoke] = [("GET", "/assignments"), ("GET", "/entitlements"), ("DELETE", "/assignments")]
        .map(|(method, path)| json!({ "method": method, "path": path }));
    let verdict = verify(&app, json!({ "order": [list, revoke] })).await;
    assert_eq!(verdict, pass("2 requests came in this order: 1, 3", &[1, 3]));
    let (status, verdict) = verify(&app, json!({ "order": [revoke, other] })).await;
    assert_eq!(status, 409);
    let early = "order[1]: nothing matches after request 3; request 2 matches, but came before";
    assert_eq!(verdict["explanation"], early);
    let (_, verdict) = verify(&app, json!({ "order": [list, list] })).await;
    assert_eq!(
        verdict["explanation"],
        "order[1]: nothing matches after request 1; nearest is request 3, DELETE /assignments: method: expected \"GET\", found \"DELETE\""
    );
}

#[tokio::test]
async fn waiting_ends_when_what_is_waited_for_comes() {
    let app = Arc::new(app());
    let wanted = json!({ "match": { "path": "/assignments" }, "timeout": "PT10S" });
    let waiting = tokio::spawn({
        let (app, wanted) = (Arc::clone(&app), wanted.clone());
        async move { app.post("/_mock/requests/wait", wanted).await }
    });
    while !app.sandbox.has_listeners() {
        tokio::task::yield_now().await;
    }
    app.fetch("/entitlements").await;
    app.fetch("/assignments").await;
    let came = waiting.await.unwrap().json();
    assert_eq!(
        (&came["passed"], &came["next"], &came["requests"][0]["path"]),
        (&json!(true), &json!(2), &json!("/assignments"))
    );
    assert_eq!(app.post("/_mock/requests/wait", wanted).await.json(), came, "it is there already");
}

#[tokio::test]
async fn waiting_in_vain_ends_with_the_nearest_miss() {
    let app = app();
    app.fetch("/assignments").await;
    let wanted = json!({ "match": { "path": "/assignments", "status": 500 }, "timeout": "10ms" });
    let answer = app.post("/_mock/requests/wait", wanted).await;
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.json()["explanation"],
        "waited 10ms for 1 to match, 0 did; nearest is request 1, GET /assignments: status: expected 500, found 200"
    );
    let wanted = json!({ "match": { "path": "/assignments" }, "since": 1, "timeout": "10ms" });
    assert_eq!(app.post("/_mock/requests/wait", wanted).await.status, 409);
}
