//! GET /_mock/requests: filters and cursors.

use serde_json::json;

use crate::{
    journal::{app, listed, revoke, verify},
    support::MSP,
};

#[tokio::test]
async fn requests_are_listed_by_what_they_are_like() {
    let app = app();
    app.fetch("/entitlements").await;
    app.fetch("/mspEntitlements/summaries").await;
    app.fetch("/nothing/here").await;
    app.call("PUT", "/entitlements").send().await;
    revoke(&app, 999).await;
    app.call("GET", "/entitlements").header("x-who", "me & you").send().await;

    assert_eq!(listed(&app, "?method=put").await, ["4 PUT /entitlements"]);
    assert_eq!(listed(&app, "?path=/**/summaries").await, ["2 GET /mspEntitlements/summaries"]);
    assert_eq!(listed(&app, "?path=/*&method=GET").await, ["1 GET /entitlements", "6 GET /entitlements"]);
    assert_eq!(listed(&app, "?status=405,404&unmatched=true").await, ["3 GET /nothing/here", "4 PUT /entitlements"]);
    assert_eq!(listed(&app, "/unmatched").await, ["3 GET /nothing/here", "4 PUT /entitlements"]);
    assert_eq!(listed(&app, "?status=4xx&unmatched=false").await, ["5 DELETE /assignments"]);
    assert_eq!(listed(&app, "?body=/0/assignmentId=999").await, ["5 DELETE /assignments"]);
    assert_eq!(listed(&app, "?header=X-Who:me*").await, ["6 GET /entitlements"]);
    assert_eq!(listed(&app, "?operationId=getEntitlements_1").await, ["1 GET /entitlements", "6 GET /entitlements"]);
    assert_eq!(listed(&app, &format!("?tenant={MSP}")).await.len(), 5, "an unknown path is of nobody");
}

#[tokio::test]
async fn a_cursor_leads_through_the_journal_and_on_to_what_comes() {
    let app = app();
    for _ in 0..3 {
        app.fetch("/entitlements").await;
    }
    let page = app.get("/_mock/requests?limit=2").await;
    assert_eq!(page["next"], 2);
    let page = app.get("/_mock/requests?limit=2&since=2").await;
    assert_eq!((&page["next"], page["requests"].as_array().unwrap().len()), (&json!(3), 1));
    app.fetch("/assignments").await;
    assert_eq!(listed(&app, "?since=3").await, ["4 GET /assignments"]);
    assert_eq!(listed(&app, "?since=2026-01-31T12:00:01Z").await, [""; 0]);
    assert_eq!(listed(&app, "?since=2026-01-31T12:00:00Z").await.len(), 4);
}

#[tokio::test]
async fn a_wrong_query_or_expectation_is_refused_with_its_place() {
    let app = app();
    for (path, detail) in [
        ("?metod=GET", "did you mean \"method\"?"),
        ("?status=6xx", "status: \"6xx\" is not a status"),
        ("?since=yesterday", "since: \"yesterday\" is neither the number of a request nor a moment"),
        ("?body=x=1", "body: \"x\" is not a JSON pointer"),
        ("?limit=all", "limit: \"all\" is not a number of rows; expected at least 1"),
        ("?limit=0", "limit: \"0\" is not a number of rows; expected at least 1"),
        ("?status=200&status=404", "status: is given more than once"),
        ("?operationId=getBanner", "did you mean \"getBanners"),
        ("?tenant=x", "tenant: expected 32"),
    ] {
        let answer = app.fetch(&format!("/_mock/requests{path}")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains(&detail.replace('"', "\\\"")), "{path}: {}", answer.text());
    }
    for (body, detail) in [
        (json!({ "match": { "metod": "GET" } }), "did you mean \"method\"?"),
        (json!({ "match": { "status": "many" } }), "the body is wrong at match.status"),
        (json!({}), "expected either \"match\" (with \"count\") or \"order\", a list of matches"),
        (json!({ "match": {}, "count": { "exactly": 1, "atLeast": 1 } }), "\"exactly\" goes alone"),
        (json!({ "order": [] }), "at least one match"),
        (json!({ "order": vec![json!({}); 101] }), "order: at most 100 matches, found 101"),
        (json!({ "order": [{}, { "operationId": "nope" }] }), "order[1].operationId: there is no operation \"nope\""),
        (json!({ "match": { "path": format!("/{}", "a".repeat(1_000)) } }), "a pattern has at most 1000 characters"),
        (json!({ "match": { "client": vec!["x"; 101] } }), "match.client: at most 100 words, found 101"),
        (json!({ "match": [] }), "match: expected an object, found a list"),
    ] {
        let (status, answer) = verify(&app, body).await;
        assert_eq!(status, 400);
        assert!(answer["detail"].as_str().unwrap().contains(detail), "{answer}");
    }
    let (wait, events) = ("/_mock/requests/wait", "/_mock/events?types=requestAnswerd");
    assert!(app.post(wait, json!({ "timeout": "soon" })).await.text().contains("is not a duration"));
    assert!(app.fetch(events).await.text().contains("did you mean \\\"requestAnswered\\\"?"));
}
