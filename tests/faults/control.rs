//! /_mock/faults, and which requests its rules apply to.

use serde_json::{Value, json};

use crate::{
    faults::helpers::{add, app, with},
    support::{COMPANY, MSP},
};

#[tokio::test]
async fn faults_are_listed_with_what_they_met_and_deleted() {
    let app = app();
    let added =
        add(&app, r#"{"id": "one", "skip": 1, "match": {"path": "/ban*"}, "effects": [{"status": {"code": 500}}]}"#)
            .await;
    assert_eq!(added[0]["hits"], json!({"matched": 0, "applied": 0}));
    assert_eq!(app.statuses("/banners", 3).await, [200, 500, 500]);
    assert_eq!(app.fetch("/entitlements").await.status, 200);
    let listed = app.fetch("/_mock/faults").await.json();
    assert_eq!(
        listed,
        json!([{"id": "one", "match": {"path": "/ban*"}, "skip": 1, "effects": [{"status": {"code": 500}}],
            "hits": {"matched": 3, "applied": 2}}])
    );
    assert_eq!(app.fetch("/_mock/faults/one").await.json(), listed[0]);
    let twice = app.send("POST", "/_mock/faults", &[], r#"{"id": "one", "effects": [{"cut": {}}]}"#).await;
    assert_eq!(twice.status, 409);
    let replaced = app.send("PUT", "/_mock/faults", &[], r#"[{"effects": [{"status": {"code": 502}}]}]"#).await;
    assert_eq!((replaced.status, &replaced.json()[0]["id"]), (200, &json!("fault-1")));
    assert_eq!(app.fetch("/banners").await.status, 502);
    assert_eq!(app.send("DELETE", "/_mock/faults/fault-1", &[], "").await.status, 204);
    assert_eq!(app.send("DELETE", "/_mock/faults/fault-1", &[], "").await.status, 404);
    assert_eq!(app.fetch("/banners").await.status, 200);
    assert!(!app.sandbox.has_faults());
}

#[tokio::test]
async fn a_wrong_rule_is_refused_with_its_place_and_the_nearest_name() {
    let app = app();
    for (body, expected) in [
        (r#"{"effects": []}"#, "effects: expected at least one"),
        (r#"{"tiems": 1, "effects": [{"cut": {}}]}"#, "did you mean \"times\"?"),
        (r#"[{"effects": [{"cut": {}}, {"stauts": {"code": 500}}]}]"#, "did you mean \"status\"?"),
        (r#"{"effects": [{"status": {"code": 200}}]}"#, "effects[0].status.code: 200 is not an error"),
        (r#"{"effects": [{"status": {"code": "500"}}]}"#, "effects[0].status.code: invalid type"),
        (
            r#"{"effects": [{"delay": {"fixed": "2 parsecs"}}]}"#,
            "effects[0].delay.fixed: \"2 parsecs\" is not a duration",
        ),
        (r#"{"effects": [{"delay": {"fixed": 2}}]}"#, "effects[0].delay.fixed: \"2\" has no unit: write \"2s\" or"),
        (r#"{"effects": [{"delay": {"fixed": "11m"}}]}"#, "effects[0].delay: 11m is longer than 10 minutes"),
        (r#"{"effects": [{"hang": {"for": "PT601S"}}]}"#, "effects[0].hang.for: 10m 1s is longer than 10 minutes"),
        (r#"{"effects": [{"delay": {"uniform": {"min": "2s", "max": "1s"}}}]}"#, "min is longer than max"),
        (r#"{"probability": 2, "effects": [{"cut": {}}]}"#, "probability: 2 is not a number from 0 to 1"),
        (r#"{"effects": [{"cut": {}}, {"emptyReply": {}}]}"#, "effects[1]: a request is answered once"),
        (r#"{"effects": [{"readLag": {}}]}"#, "expected either \"time\" or \"requests\""),
        (r#"{"effects": [{"rateLimit": {"perSecond": 0}}]}"#, "perSecond is 0"),
        (r#"{"effects": [{"answer": {"headers": {"a b": ""}}}]}"#, "is not a header"),
        (r#"[{"effects": [{"cut": {}}]}, {"match": {"path": "x"}, "effects": []}]"#, "[1].match.path"),
        (r#"{"match": {"operationId": "getBanner"}, "effects": [{"cut": {}}]}"#, "did you mean \"getBanners"),
        (r#"{"match": {"status": 500}, "effects": [{"cut": {}}]}"#, "match.status: a fault is chosen before there is"),
        (r#"{"match": [null], "effects": [{"cut": {}}]}"#, "match: expected an object, found a list"),
        (
            r#"{"effects": [{"status": [503, null, null, null]}]}"#,
            "effects[0].status: expected an object, found a list",
        ),
        (r#"{"match": {"body": {"a": 1}}, "effects": [{"cut": {}}]}"#, "match.body: \"a\" is not a JSON pointer"),
        (r#"{"match": {"method": "G T"}, "effects": [{"cut": {}}]}"#, "match.method: \"G T\" is not a method"),
        (r#"{"match": {"tenant": "x"}, "effects": [{"cut": {}}]}"#, "match.tenant: expected 32"),
        ("{", "EOF"),
    ] {
        let answer = app.send("POST", "/_mock/faults", &[], body).await;
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(answer.status == 400 && detail.contains(expected), "{body}: {} {detail}", answer.status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert!(!app.sandbox.has_faults());
}

#[tokio::test]
async fn a_rule_applies_to_the_caller_the_tenant_or_the_operation_that_it_names() {
    let app = with(&format!(
        r#"[{{"match": {{"tenant": "{COMPANY}"}}, "effects": [{{"status": {{"code": 500}}}}]}},
            {{"match": {{"client": "robot"}}, "effects": [{{"status": {{"code": 502}}}}]}},
            {{"match": {{"operationId": "getSummary_1", "query": {{"refresh": "true"}}}},
              "effects": [{{"status": {{"code": 503}}}}]}}]"#
    ))
    .await;
    assert_eq!(app.fetch("/banners").await.status, 200);
    assert_eq!(app.send("GET", "/banners", &[("x-rks-tenantid", COMPANY)], "").await.status, 500);
    assert_eq!(app.fetch("/entitlements/summaries").await.status, 200);
    assert_eq!(app.fetch("/entitlements/summaries?refresh=true").await.status, 503);
    assert_eq!(app.fetch("/mspEntitlements/summaries?refresh=true").await.status, 202);
    let form = "grant_type=client_credentials&client_id=r1mock-readonly&client_secret=r1mock-secret";
    let token = app.send("POST", &format!("/oauth2/token/{MSP}"), &[], form).await.json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    add(&app, r#"{"match": {"client": "r1mock-readonly"}, "effects": [{"status": {"code": 504}}]}"#).await;
    assert_eq!(app.send("GET", "/banners", &[("authorization", &bearer)], "").await.status, 504);
    assert_eq!(app.fetch("/banners").await.status, 200);
}

#[tokio::test]
async fn equal_seeds_repeat_a_run_and_so_does_a_reset() {
    let flaky = async |seed: u32| {
        let app = app();
        let body = json!({"seed": seed, "match": {"path": "/banners"}}).to_string();
        assert_eq!(app.send("POST", "/_mock/faults/sets/flaky-5xx", &[], body).await.status, 201);
        let run = app.statuses("/banners", 60).await;
        (app, run)
    };
    let (app, first) = flaky(1).await;
    assert_eq!(flaky(1).await.1, first);
    assert_ne!(flaky(2).await.1, first);
    assert!(first.contains(&200) && first.iter().any(|status| *status >= 500), "{first:?}");
    assert_eq!(app.send("POST", "/_mock/reset", &[], r#"{"keep": ["faults"]}"#).await.status, 204);
    assert_eq!(app.statuses("/banners", 60).await, first);
}

#[tokio::test]
async fn faults_of_one_sandbox_are_none_of_another() {
    let app = app();
    let one = r#"{"effects": [{"status": {"code": 500}}]}"#;
    assert_eq!(app.send("POST", "/sandboxes/one/_mock/faults", &[], one).await.status, 201);
    let two = r#"{"times": 1, "effects": [{"status": {"code": 429}}]}"#;
    assert_eq!(app.send("POST", "/sandboxes/two/_mock/faults", &[], two).await.status, 201);
    assert_eq!(app.statuses("/sandboxes/one/banners", 2).await, [500, 500]);
    assert_eq!(app.statuses("/sandboxes/two/banners", 2).await, [429, 200]);
    assert_eq!(app.statuses("/banners", 2).await, [200, 200]);
    assert_eq!(app.fetch("/_mock/faults").await.json(), json!([]));
}

#[tokio::test]
async fn faults_never_apply_to_the_control_api() {
    let app = with(r#"{"effects": [{"status": {"code": 500}}]}"#).await;
    for path in ["/_mock/health", "/_mock/faults", "/openapi.json"] {
        assert_eq!(app.fetch(path).await.status, 200, "{path}");
    }
    let preflight = [("origin", "http://localhost:3000"), ("access-control-request-method", "GET")];
    assert_eq!(app.send("OPTIONS", "/banners", &preflight, "").await.status, 200);
    assert_eq!(app.fetch("/nowhere").await.status, 500);
    let from_page = app.send("GET", "/banners", &[("origin", "http://localhost:3000")], "").await;
    assert_eq!(from_page.header("access-control-allow-origin"), "http://localhost:3000");
}

#[tokio::test]
async fn every_set_can_be_put_in_force_and_taken_out() {
    let app = app();
    let sets = app.fetch("/_mock/faults/sets").await.json();
    let names: Vec<&str> = sets.as_array().unwrap().iter().map(|set| set["name"].as_str().unwrap()).collect();
    let expected = ["flaky-5xx", "slow", "rate-limited", "session-dies", "refresh-fails", "lossy", "maintenance"];
    assert_eq!(names, expected);
    for name in names {
        let path = format!("/_mock/faults/sets/{name}");
        for _ in 0..2 {
            assert_eq!(app.send("POST", &path, &[], "").await.status, 201, "{name}");
        }
        assert_eq!(app.send("DELETE", &path, &[], "").await.status, 204);
        assert_eq!(app.send("DELETE", &path, &[], "").await.status, 404);
    }
    let near = app.send("POST", "/_mock/faults/sets/flakey-5xx", &[], "").await;
    assert!(near.status == 404 && near.text().contains("did you mean"), "{}", near.text());
    app.send("POST", "/_mock/faults/sets/maintenance", &[], "").await;
    let token = app.send("POST", &format!("/oauth2/token/{MSP}"), &[], "grant_type=client_credentials").await;
    assert_eq!((token.status, token.header("retry-after")), (503, "120"));
}

#[tokio::test]
async fn a_request_asks_for_its_own_outcome_and_an_unknown_one_is_refused_with_the_words() {
    let app = app();
    let wish = |word: &str| app.call("GET", "/banners").header("x-mock-outcome", word).send();
    for status in [400, 401, 402, 403, 404, 409, 413, 415, 417, 423, 429, 500, 501, 502, 503, 504] {
        assert_eq!(wish(&status.to_string()).await.status, status);
    }
    assert_eq!(wish("401").await.json()["errors"][0]["code"], "RCG-10003");
    assert_eq!(wish("429").await.header("retry-after"), "1");
    let wrong = wish("truncate").await;
    let detail = wrong.json()["detail"].as_str().unwrap().to_owned();
    assert!(wrong.status == 400 && detail.contains("429") && detail.contains("did you mean \"truncated\""), "{detail}");
    let wrong = app.send("GET", "/banners", &[("x-mock-activity", "never")], "").await;
    assert!(wrong.status == 400 && wrong.text().contains("fail, hang, hold, late, now"));
    let words = app.fetch("/_mock/faults/outcomes").await.json();
    assert!(words.as_array().unwrap().iter().any(|word| word["word"] == "lost"));
    assert_eq!(app.fetch("/banners").await.status, 200);
    let _: Value = words;
}
