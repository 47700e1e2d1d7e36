//! The journal and the event stream, through the whole router, without a port.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    journal::Limits,
    sandbox::{
        Sandbox, Settings, StartClock,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
};
use serde_json::{Value, json};
use tower::ServiceExt;

const MSP: &str = "a0000000000000000000000000000001";

struct App {
    router: Router,
    sandbox: Arc<Sandbox>,
    registry: Arc<Registry>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn app() -> App {
    let scenario = Catalog::default().load("default").unwrap();
    let clock = Some(StartClock { at: "2026-01-31T12:00:00Z".parse().unwrap(), frozen: true });
    let (sandbox, _) = Sandbox::new(scenario, Settings { clock, ..Settings::default() }).unwrap();
    let sandbox = Arc::new(sandbox);
    let registry = Arc::new(Registry::new(Arc::clone(&sandbox), Catalog::default(), RegistryLimits::default()));
    App { router: serve::world_router(Arc::clone(&registry), Vec::new()), sandbox, registry }
}

impl App {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    async fn call(&self, method: &str, path: &str) -> Answer {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    async fn revoke(&self, id: u64) {
        let body = json!([{ "assignmentId": id }]).to_string();
        let request =
            Request::builder().method("DELETE").uri("/assignments").header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap()).await;
    }

    /// `seq method path` of what is listed.
    async fn listed(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("/_mock/requests{query}")).await;
        let row = |row: &Value| {
            format!("{} {} {}", row["seq"], row["method"].as_str().unwrap(), row["path"].as_str().unwrap())
        };
        page["requests"].as_array().unwrap().iter().map(row).collect()
    }

    async fn verify(&self, expected: Value) -> (StatusCode, Value) {
        let answer = self.post("/_mock/requests/verify", expected).await;
        (answer.status, answer.json())
    }
}

fn pass(explanation: &str, matched: &[u64]) -> (StatusCode, Value) {
    (StatusCode::OK, json!({ "passed": true, "explanation": explanation, "matched": matched }))
}

#[tokio::test]
async fn a_request_and_its_answer_are_recorded_and_those_of_the_control_surface_are_not() {
    let app = app();
    app.call("GET", "/entitlements/summaries?refresh=false").await;
    app.call("GET", "/_mock/health").await;
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
    let request = Request::builder()
        .method("DELETE")
        .uri("/assignments")
        .header("content-type", "application/json")
        .header("x-rks-tenantid", MSP);
    let answer = app.send(request.body(body.to_string().into()).unwrap()).await;
    let whole = app.get("/_mock/requests/1").await;
    assert_eq!(whole["request"]["body"], body);
    assert_eq!(whole["request"]["headers"]["x-rks-tenantid"], MSP);
    assert_eq!(whole["response"]["body"], answer.json());
    assert_eq!(whole["response"]["bodySize"], answer.body.len());
    assert_eq!((&whole["tenant"], &whole["operationId"]), (&json!(MSP), &json!("revokeBulkAssignment")));
    assert_eq!(whole["status"], answer.status.as_u16());
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(app.get(&format!("/_mock/requests/{id}")).await, whole);
    let gone = app.call("GET", "/_mock/requests/7").await;
    assert_eq!(gone.json()["detail"], "request 7 is not in the journal, or not any more; GET /_mock/requests lists it");
    assert_eq!(app.call("GET", "/_mock/requests/seven").await.status, 400);
}

#[tokio::test]
async fn secrets_are_not_in_the_journal() {
    let app = app();
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let request = Request::builder()
        .method("POST")
        .uri(format!("/oauth2/token/{MSP}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", "JSESSIONID=secret1");
    let token = app.send(request.body(form.into()).unwrap()).await.json()["access_token"].as_str().unwrap().to_owned();
    let request =
        Request::builder().uri("/entitlements?access_token=secret2").header("authorization", format!("Bearer {token}"));
    app.send(request.body(Body::empty()).unwrap()).await;

    let first = app.get("/_mock/requests/1").await;
    let expected = json!({ "grant_type": "client_credentials", "client_id": "r1mock", "client_secret": "***" });
    assert_eq!(first["request"]["body"], expected);
    assert_eq!(first["response"]["body"]["access_token"], "***");
    assert_eq!((&first["tenant"], &first["client"]), (&json!(MSP), &json!("r1mock")));
    let second = app.get("/_mock/requests/2").await;
    assert_eq!((&second["tenant"], &second["client"]), (&json!(MSP), &json!("r1mock")));
    assert_eq!(second["request"]["headers"]["authorization"], "Bearer ***");
    assert_eq!(second["query"], "access_token=***");

    let har = app.call("GET", "/_mock/requests/har").await;
    let everything = format!("{first}{second}{}", har.text());
    for secret in [token.as_str(), "r1mock-secret", "secret1", "secret2"] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn requests_are_listed_by_what_they_are_like() {
    let app = app();
    app.call("GET", "/entitlements").await;
    app.call("GET", "/mspEntitlements/summaries").await;
    app.call("GET", "/nothing/here").await;
    app.call("PUT", "/entitlements").await;
    app.revoke(999).await;
    app.send(Request::builder().uri("/entitlements").header("x-who", "me & you").body(Body::empty()).unwrap()).await;

    assert_eq!(app.listed("?method=put").await, ["4 PUT /entitlements"]);
    assert_eq!(app.listed("?path=/**/summaries").await, ["2 GET /mspEntitlements/summaries"]);
    assert_eq!(app.listed("?path=/*&method=GET").await, ["1 GET /entitlements", "6 GET /entitlements"]);
    assert_eq!(app.listed("?status=405,404&unmatched=true").await, ["3 GET /nothing/here", "4 PUT /entitlements"]);
    assert_eq!(app.listed("/unmatched").await, ["3 GET /nothing/here", "4 PUT /entitlements"]);
    assert_eq!(app.listed("?status=4xx&unmatched=false").await, ["5 DELETE /assignments"]);
    assert_eq!(app.listed("?body=/0/assignmentId=999").await, ["5 DELETE /assignments"]);
    assert_eq!(app.listed("?header=X-Who:me*").await, ["6 GET /entitlements"]);
    assert_eq!(app.listed("?operationId=getEntitlements_1").await, ["1 GET /entitlements", "6 GET /entitlements"]);
    assert_eq!(app.listed(&format!("?tenant={MSP}")).await.len(), 5, "an unknown path is of nobody");
}

#[tokio::test]
async fn a_cursor_leads_through_the_journal_and_on_to_what_comes() {
    let app = app();
    for _ in 0..3 {
        app.call("GET", "/entitlements").await;
    }
    let page = app.get("/_mock/requests?limit=2").await;
    assert_eq!(page["next"], 2);
    let page = app.get("/_mock/requests?limit=2&since=2").await;
    assert_eq!((&page["next"], page["requests"].as_array().unwrap().len()), (&json!(3), 1));
    app.call("GET", "/assignments").await;
    assert_eq!(app.listed("?since=3").await, ["4 GET /assignments"]);
    assert_eq!(app.listed("?since=2026-01-31T12:00:01Z").await, [""; 0]);
    assert_eq!(app.listed("?since=2026-01-31T12:00:00Z").await.len(), 4);
}

#[tokio::test]
async fn a_wrong_question_is_told_what_is_wrong() {
    let app = app();
    for (path, detail) in [
        ("?metod=GET", "did you mean \"method\"?"),
        ("?status=6xx", "status: \"6xx\" is no status"),
        ("?since=yesterday", "since: \"yesterday\" is neither the number of a request nor a moment"),
        ("?body=x=1", "body: \"x\" is no JSON pointer"),
        ("?limit=all", "limit: \"all\" is no number of rows"),
    ] {
        let answer = app.call("GET", &format!("/_mock/requests{path}")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains(&detail.replace('"', "\\\"")), "{path}: {}", answer.text());
    }
    for (body, detail) in [
        (json!({ "match": { "metod": "GET" } }), "did you mean \"method\"?"),
        (json!({ "match": { "status": "many" } }), "the body is wrong at match.status"),
        (json!({}), "expected either \"match\" (with \"count\") or \"order\", a list of matches"),
        (json!({ "match": {}, "count": { "exactly": 1, "atLeast": 1 } }), "\"exactly\" goes alone"),
        (json!({ "order": [] }), "at least one match"),
    ] {
        let (status, answer) = app.verify(body).await;
        assert_eq!(status, 400);
        assert!(answer["detail"].as_str().unwrap().contains(detail), "{answer}");
    }
    let (wait, events) = ("/_mock/requests/wait", "/_mock/events?types=requestAnswerd");
    assert!(app.post(wait, json!({ "timeout": "soon" })).await.text().contains("is no timeout"));
    assert!(app.call("GET", events).await.text().contains("did you mean \\\"requestAnswered\\\"?"));
}

#[tokio::test]
async fn verifying_counts_what_came() {
    let app = app();
    app.call("GET", "/entitlements").await;
    app.call("GET", "/entitlements/summaries").await;
    let wanted = json!({ "method": "GET", "path": "/entitlements/**" });
    let two = "2 of 2 requests matched; expected";
    for (count, words) in [
        (json!({ "exactly": 2 }), "exactly 2"),
        (json!({ "atLeast": 1 }), "at least 1"),
        (json!({ "atMost": 2 }), "at most 2"),
        (json!({ "atLeast": 1, "atMost": 3 }), "1 to 3"),
        (json!(null), "at least 1"),
    ] {
        let verdict = app.verify(json!({ "match": wanted, "count": count })).await;
        assert_eq!(verdict, pass(&format!("{two} {words}"), &[1, 2]));
    }
    let (status, verdict) = app.verify(json!({ "match": wanted, "count": { "exactly": 1 } })).await;
    assert_eq!(status, 409);
    assert_eq!(verdict["explanation"], "expected exactly 1, but 2 of 2 requests matched (1, 2)");
    let never = json!({ "match": { "method": "DELETE" }, "count": { "exactly": 0 } });
    assert_eq!(app.verify(never).await, pass("0 of 2 requests matched; expected exactly 0", &[]));
}

#[tokio::test]
async fn a_failed_verification_explains_the_nearest_miss_field_by_field() {
    let app = app();
    app.call("GET", "/entitlements").await;
    app.revoke(999).await;
    app.call("GET", "/assignments").await;
    let wanted = json!({ "match": {
        "method": "DELETE",
        "path": "/assignments",
        "headers": { "x-rks-tenantid": MSP, "content-type": "application/*" },
        "body": { "/0/assignmentId": 1000 },
    } });
    let (status, verdict) = app.verify(wanted).await;
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
    app.call("GET", "/assignments").await;
    app.call("GET", "/entitlements").await;
    app.revoke(999).await;
    let [list, other, revoke] = [("GET", "/assignments"), ("GET", "/entitlements"), ("DELETE", "/assignments")]
        .map(|(method, path)| json!({ "method": method, "path": path }));
    let verdict = app.verify(json!({ "order": [list, revoke] })).await;
    assert_eq!(verdict, pass("2 requests came in this order: 1, 3", &[1, 3]));
    let (status, verdict) = app.verify(json!({ "order": [revoke, other] })).await;
    assert_eq!(status, 409);
    let early = "order[1]: nothing matches after request 3; request 2 matches, but came before";
    assert_eq!(verdict["explanation"], early);
    let (_, verdict) = app.verify(json!({ "order": [list, list] })).await;
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
    app.call("GET", "/entitlements").await;
    app.call("GET", "/assignments").await;
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
    app.call("GET", "/assignments").await;
    let wanted = json!({ "match": { "path": "/assignments", "status": 500 }, "timeout": 0.01 });
    let answer = app.post("/_mock/requests/wait", wanted).await;
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.json()["explanation"],
        "waited 10ms for 1 to match, 0 did; nearest is request 1, GET /assignments: status: expected 500, found 200"
    );
    let wanted = json!({ "match": { "path": "/assignments" }, "since": 1, "timeout": 0.01 });
    assert_eq!(app.post("/_mock/requests/wait", wanted).await.status, 409);
}

#[tokio::test]
async fn the_journal_is_bounded_by_count_and_bytes_and_cuts_long_bodies() {
    let app = app();
    app.sandbox.journal.set_limits(Limits { count: 2, ..Limits::default() });
    for path in ["/a", "/b", "/c"] {
        app.call("GET", path).await;
    }
    assert_eq!(app.listed("").await, ["2 GET /b", "3 GET /c"]);
    assert_eq!(app.get("/_mock/requests").await["dropped"], 1);
    let (_, verdict) = app.verify(json!({ "match": { "path": "/a" } })).await;
    assert!(verdict["explanation"].as_str().unwrap().ends_with("; 1 older ones are no longer in the journal"));

    let long = "x".repeat(100_000);
    app.post("/assignments", json!({ "deviceType": long })).await;
    let whole = app.get("/_mock/requests/4").await;
    assert_eq!((&whole["request"]["bodyCut"], &whole["request"]["bodySize"]), (&json!(true), &json!(100_017)));
    assert_eq!(whole["request"]["body"].as_str().unwrap().len(), 64 * 1024);

    app.sandbox.journal.set_limits(Limits { count: 0, ..Limits::default() });
    app.call("GET", "/a").await;
    assert_eq!(app.listed("").await, [""; 0]);
}

#[tokio::test]
async fn a_body_that_nobody_reads_is_recorded_too() {
    let app = app();
    app.post("/nothing/here", json!({ "a": 1 })).await;
    let whole = app.get("/_mock/requests/1").await;
    assert_eq!((&whole["unmatched"], &whole["request"]["body"]), (&json!(true), &json!({ "a": 1 })));
}

#[tokio::test]
async fn an_answer_that_does_not_go_out_is_recorded_as_such() {
    let app = app();
    let request = Request::builder().uri("/entitlements").body(Body::empty()).unwrap();
    // Somebody hangs up before the body.
    drop(app.router.clone().oneshot(request).await.unwrap());
    // Somebody hangs up before the answer.
    let never = Body::new(Never);
    let unfinished = Request::builder().method("POST").uri("/assignments").body(never).unwrap();
    let hung_up = tokio::time::timeout(Duration::from_millis(10), app.router.clone().oneshot(unfinished)).await;
    assert!(hung_up.is_err());
    app.call("HEAD", "/entitlements").await;
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
    app.call("GET", "/entitlements").await;
    assert_eq!(app.call("DELETE", "/_mock/requests").await.status, 204);
    assert_eq!(app.listed("").await, [""; 0]);
    app.call("GET", "/entitlements").await;
    assert_eq!(app.listed("").await, ["2 GET /entitlements"]);
    app.sandbox.reset().unwrap();
    assert_eq!(app.listed("").await, [""; 0]);
}

#[tokio::test]
async fn each_sandbox_has_its_own_journal_and_its_own_events() {
    let app = app();
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    let mut events = stream(&app, "/sandboxes/one/_mock/events").await;
    app.call("GET", "/entitlements").await;
    app.call("GET", "/sandboxes/one/assignments").await;
    assert_eq!(app.listed("").await, ["1 GET /entitlements"]);
    let one = app.get("/sandboxes/one/_mock/requests").await;
    assert_eq!(one["requests"].as_array().unwrap().len(), 1);
    assert_eq!(one["requests"][0]["path"], "/assignments");
    assert!(next(&mut events).await.contains("/assignments"));
}

#[tokio::test]
async fn events_come_in_the_order_in_which_things_happen() {
    let app = app();
    let mut all = stream(&app, "/_mock/events").await;
    let mut some = stream(&app, "/_mock/events?types=clockTurned,requestAnswered").await;
    app.sandbox.turn_clock(|clock| clock.advance(chrono::TimeDelta::days(1)));
    app.call("GET", "/assignments?x=1").await;
    app.sandbox.reset().unwrap();
    app.call("GET", "/nothing").await;
    let clock = "event: clockTurned\nid: 1\ndata: {\"type\":\"clockTurned\",\"now\":\"2026-02-01T12:00:00Z\",\"frozen\":true}\n\n";
    assert_eq!(next(&mut all).await, clock);
    let answered = next(&mut all).await;
    assert!(
        answered.starts_with("event: requestAnswered\nid: 2\ndata: {\"type\":\"requestAnswered\",\"seq\":1,\"id\":\""),
        "{answered}"
    );
    assert!(
        answered.ends_with("\",\"method\":\"GET\",\"path\":\"/assignments?x=1\",\"status\":200}\n\n"),
        "{answered}"
    );
    assert!(next(&mut all).await.starts_with("event: stateChanged\nid: 3\n"));
    assert!(next(&mut all).await.starts_with("event: requestsCleared\nid: 4\n"));
    assert!(next(&mut all).await.contains("\"seq\":2"));

    assert_eq!(next(&mut some).await, clock);
    assert_eq!(next(&mut some).await, answered);
    assert!(next(&mut some).await.starts_with("event: requestAnswered\nid: 5\n"));
}

#[tokio::test]
async fn whatever_is_changed_by_hand_is_an_event() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    app.send(Request::patch("/_mock/settings").body(Body::from("{\"style\":\"live\"}")).unwrap()).await;
    assert!(next(&mut events).await.starts_with("event: settingsChanged"));
    app.send(Request::patch("/_mock/activities/policy").body(Body::from("{\"progress\":\"hand\"}")).unwrap()).await;
    assert!(next(&mut events).await.starts_with("event: settingsChanged"));
    app.post("/_mock/snapshots", json!({ "name": "one" })).await;
    assert!(next(&mut events).await.starts_with("event: snapshotsChanged"));
    app.call("DELETE", "/_mock/requests").await;
    assert!(next(&mut events).await.starts_with("event: requestsCleared"));
    app.call("GET", "/mspEntitlements/summaries?refresh=true").await;
    let accepted = next(&mut events).await;
    assert!(
        accepted.starts_with("event: activityChanged") && accepted.contains("\"status\":\"INPROGRESS\""),
        "{accepted}"
    );
}

#[tokio::test]
async fn an_event_of_a_request_tells_which_faults_struck_it_and_so_does_the_journal() {
    let app = app();
    app.post("/_mock/faults", json!({ "id": "mine", "effects": [{ "loseReply": { "how": "gatewayTimeout" } }] })).await;
    let mut events = stream(&app, "/_mock/events?types=requestAnswered").await;
    app.call("GET", "/banners").await;
    let event = next(&mut events).await;
    assert!(event.contains("\"faults\":[\"mine\"]"), "{event}");
    assert_eq!(app.get("/_mock/requests").await["requests"][0]["faults"], json!(["mine"]));
}

#[tokio::test]
async fn a_reader_that_comes_back_is_told_that_it_missed_some() {
    let app = app();
    let request = Request::get("/_mock/events").header("last-event-id", "7").body(Body::empty()).unwrap();
    let mut events = app.router.clone().oneshot(request).await.unwrap().into_body();
    assert_eq!(next(&mut events).await, "event: missed\ndata: {\"type\":\"missed\"}\n\n");
}

#[tokio::test]
async fn a_sandbox_that_is_listened_to_is_not_idle_and_its_end_is_the_end_of_streams_and_waits() {
    let app = app();
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    let mut events = stream(&app, "/sandboxes/one/_mock/events").await;
    let waiting =
        app.post("/sandboxes/one/_mock/requests/wait", json!({ "match": { "path": "/never" }, "timeout": 60 }));
    let removing = app.call("DELETE", "/_mock/sandboxes/one");
    let (waited, removed) = tokio::join!(waiting, removing);
    assert_eq!((waited.status, removed.status), (404.try_into().unwrap(), 204.try_into().unwrap()));
    assert!(waited.text().contains("removed"), "{}", waited.text());
    assert!(next(&mut events).await.starts_with("event: sandboxRemoved"));
    assert!(events.frame().await.is_none());
}

#[tokio::test]
async fn a_slow_reader_of_events_is_told_how_many_it_missed() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    for _ in 0..300 {
        app.call("GET", "/nothing").await;
    }
    let missed = next(&mut events).await;
    assert_eq!(missed, "event: missed\nid: 44\ndata: {\"type\":\"missed\",\"count\":44}\n\n");
    assert!(next(&mut events).await.starts_with("event: requestAnswered\nid: 45\n"));
}

#[tokio::test]
async fn streams_and_waits_end_when_the_server_stops() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    let waiting = app.post("/_mock/requests/wait", json!({ "match": { "path": "/never" }, "timeout": 60 }));
    let stopping = async { app.registry.stop.stop() };
    let (waited, ()) = tokio::join!(waiting, stopping);
    assert_eq!(waited.status, 503);
    assert!(events.frame().await.is_none());
}

#[tokio::test]
async fn the_archive_is_as_har_says() {
    let app = app();
    let request = Request::builder().uri("/entitlements?type=AP&refresh=false").header("host", "here:8080");
    app.send(request.body(Body::empty()).unwrap()).await;
    app.revoke(999).await;
    let answer = app.call("GET", "/_mock/requests/har?limit=2").await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"requests.har\"");
    let log = &answer.json()["log"];
    assert_eq!(log["version"], "1.2");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    // What HAR 1.2 says must be there.
    for entry in entries {
        for (pointer, kind) in [
            ("/startedDateTime", "text"),
            ("/time", "number"),
            ("/request/method", "text"),
            ("/request/url", "text"),
            ("/request/httpVersion", "text"),
            ("/request/cookies", "list"),
            ("/request/headers", "list"),
            ("/request/queryString", "list"),
            ("/request/headersSize", "number"),
            ("/request/bodySize", "number"),
            ("/response/status", "number"),
            ("/response/statusText", "text"),
            ("/response/httpVersion", "text"),
            ("/response/cookies", "list"),
            ("/response/headers", "list"),
            ("/response/content/size", "number"),
            ("/response/content/mimeType", "text"),
            ("/response/redirectURL", "text"),
            ("/response/headersSize", "number"),
            ("/response/bodySize", "number"),
            ("/cache", "object"),
            ("/timings/send", "number"),
            ("/timings/wait", "number"),
            ("/timings/receive", "number"),
        ] {
            let found = match entry.pointer(pointer) {
                Some(Value::String(_)) => "text",
                Some(Value::Number(_)) => "number",
                Some(Value::Array(_)) => "list",
                Some(Value::Object(_)) => "object",
                _ => "nothing",
            };
            assert_eq!(found, kind, "{pointer}");
        }
    }
    assert_eq!(entries[0]["request"]["url"], "http://here:8080/entitlements?type=AP&refresh=false");
    assert_eq!(entries[0]["request"]["queryString"][0], json!({ "name": "type", "value": "AP" }));
    assert_eq!(entries[0]["startedDateTime"], "2026-01-31T12:00:00.000Z");
    assert_eq!(entries[1]["request"]["postData"]["text"], "[{\"assignmentId\":999}]");
}

/// Takes the line apart as a shell would, and does what curl would do.
#[tokio::test]
async fn a_curl_line_does_the_same_again() {
    let app = app();
    let body = "{\"assignmentId\": 999, \"note\": \"it's $HOME\"}";
    let request = Request::builder()
        .method("DELETE")
        .uri("/sandboxes/one/assignments?x=a%20b")
        .header("host", "here:8080")
        .header("content-type", "application/json")
        .header("x-rks-tenantid", MSP);
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    app.send(request.body(body.into()).unwrap()).await;
    let line = app.call("GET", "/sandboxes/one/_mock/requests/1/curl").await;
    assert_eq!(
        line.text(),
        format!(
            "curl -sS -g --path-as-is -X DELETE -H 'content-type: application/json' -H 'x-rks-tenantid: {MSP}' \
             --data-raw '{}' 'http://here:8080/sandboxes/one/assignments?x=a%20b'\n",
            body.replace('\'', "'\\''")
        )
    );
    // The shell's own idea of the words, where there is a shell.
    let shell = std::process::Command::new("sh")
        .arg("-c")
        .arg(line.text().replacen("curl", "printf '%s\\n'", 1))
        .output()
        .unwrap();
    let words = String::from_utf8(shell.stdout).unwrap();
    let words: Vec<&str> = words.lines().collect();
    let mut request = Request::builder().method(words[4]).uri(words[11].strip_prefix("http://here:8080").unwrap());
    for header in [words[6], words[8]] {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    app.send(request.header("host", "here:8080").body(words[10].to_owned().into()).unwrap()).await;
    let [first, second] = [1, 2].map(|seq| app.sandbox_one(seq));
    assert_eq!(first, second);
}

impl App {
    /// What makes two requests of the sandbox `one` the same.
    fn sandbox_one(&self, seq: u64) -> (String, String, Vec<u8>, u16) {
        let exchange = self.registry.sandbox("one").unwrap().journal.numbered(seq).unwrap();
        let mut headers: Vec<String> =
            exchange.request.headers().map(|(name, value)| format!("{name}: {value}")).collect();
        headers.sort();
        (exchange.url(), headers.join("\n"), exchange.request.body.to_vec(), exchange.status)
    }
}

async fn stream(app: &App, path: &str) -> Body {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body()
}

async fn next(events: &mut Body) -> String {
    let frame = tokio::time::timeout(Duration::from_secs(5), events.frame()).await.expect("an event within 5 s");
    String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap()
}
