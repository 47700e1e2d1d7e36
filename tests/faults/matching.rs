//! One vocabulary: what `verify` can say of a request, a fault can say, and the other way round.

use serde_json::{Value, json};

use super::helpers::app;
use crate::support::{App, COMPANY, MSP, call::Call};

/// Whether a fault with this match applies to a request; and whether `verify` finds the request by it.
async fn both(wanted: &Value, request: impl Fn(&App) -> Call<'_>) -> (bool, bool) {
    let app = app();
    let rule = json!({ "match": wanted, "effects": [{ "status": { "code": 418 } }] });
    let added = app.send("POST", "/_mock/faults", &[], rule.to_string()).await;
    assert_eq!(added.status, 201, "{wanted}: {}", added.text());
    let answer = request(&app).send().await;
    let expected = json!({ "match": wanted, "count": 1 });
    let verdict = app.send("POST", "/_mock/requests/verify", &[], expected.to_string()).await;
    (answer.status == 418, verdict.status == 200)
}

fn get(app: &App) -> Call<'_> {
    let call = app.call("GET", "/entitlements?type=AP&type=SWITCH&name=a%20b&token=abc");
    call.tenant(COMPANY).header("X-Trace", "abc-1").header("x-twice", "1").header("x-twice", "2")
}

fn post(app: &App) -> Call<'_> {
    app.call("POST", "/assignments").json(json!({ "assignments": [{ "quantity": 5 }], "password": "x" }))
}

fn login(app: &App) -> Call<'_> {
    let form = "grant_type=client_credentials&client_id=robot&client_secret=secret";
    app.call("POST", &format!("/oauth2/token/{MSP}")).form(form)
}

fn nowhere(app: &App) -> Call<'_> {
    app.call("GET", "/nowhere")
}

#[tokio::test]
async fn a_fault_applies_to_exactly_the_requests_that_verify_finds() {
    for (wanted, hits) in [
        (json!({}), true),
        (json!({ "method": "get" }), true),
        (json!({ "method": ["PATCH", "POST"] }), false),
        (json!({ "path": "/ent*" }), true),
        (json!({ "path": "/entitlements/*" }), false),
        (json!({ "query": { "type": "SWITCH" } }), true),
        (json!({ "query": { "type": "AP", "name": "a *" } }), true),
        (json!({ "query": { "type": null } }), false),
        (json!({ "query": { "page": null } }), true),
        (json!({ "query": { "token": "***" } }), true),
        (json!({ "query": { "token": "abc" } }), false),
        (json!({ "headers": { "x-trace": "abc-*", "x-twice": "2" } }), true),
        (json!({ "headers": { "X-Trace": null } }), false),
        (json!({ "tenant": COMPANY }), true),
        (json!({ "tenant": [MSP, COMPANY] }), true),
        (json!({ "tenant": MSP }), false),
        (json!({ "operationId": "getEntitlements*" }), true),
        (json!({ "operationId": "getBanners_1" }), false),
        (json!({ "unmatched": false }), true),
        (json!({ "body": { "": {} } }), false),
    ] {
        assert_eq!(both(&wanted, get).await, (hits, hits), "GET {wanted}");
    }
    for (wanted, hits) in [
        (json!({ "body": { "/assignments/0/quantity": 5 } }), true),
        (json!({ "body": { "/assignments/0/quantity": 6 } }), false),
        (json!({ "body": { "/password": "***" } }), true),
        (json!({ "headers": { "content-type": "application/json" } }), true),
    ] {
        assert_eq!(both(&wanted, post).await, (hits, hits), "POST {wanted}");
    }
    for (wanted, hits) in [
        (json!({ "client": "robot" }), true),
        (json!({ "client": ["human", "rob*"] }), true),
        (json!({ "client": "human" }), false),
        (json!({ "body": { "/client_id": "robot", "/client_secret": "***" } }), true),
    ] {
        assert_eq!(both(&wanted, login).await, (hits, hits), "token {wanted}");
    }
    assert_eq!(both(&json!({ "unmatched": true }), nowhere).await, (true, true));
}

#[tokio::test]
async fn a_body_that_a_rule_looks_into_still_arrives_whole() {
    let app = app();
    let rule = json!({ "match": { "body": { "/x": 1 } }, "effects": [{ "status": { "code": 418 } }] });
    app.send("POST", "/_mock/faults", &[], rule.to_string()).await;
    // Longer than what is looked at: 64 KiB.
    let padded = format!("{}[{{\"assignmentId\":4711}}]", " ".repeat(200 * 1024));
    let answer = app.call("DELETE", "/assignments").body(padded).send().await;
    assert_eq!(answer.brief(), (404, "ASSIGNMENT_NOT_FOUND".into()));
    let recorded = app.fetch("/_mock/requests/1").await.json();
    assert_eq!(recorded["request"]["bodySize"], json!(200 * 1024 + 23));
}
