//! GET /_mock/events.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::json;

use crate::{
    journal::{app, listed},
    support::App,
};

#[tokio::test]
async fn each_sandbox_has_its_own_journal_and_its_own_events() {
    let app = app();
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    let mut events = stream(&app, "/sandboxes/one/_mock/events").await;
    app.fetch("/entitlements").await;
    app.fetch("/sandboxes/one/assignments").await;
    assert_eq!(listed(&app, "").await, ["1 GET /entitlements"]);
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
    app.fetch("/assignments?x=1").await;
    app.sandbox.reset().unwrap();
    app.fetch("/nothing").await;
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
    assert!(next(&mut all).await.starts_with("event: settingsChanged\nid: 4\n"));
    let turned_back = next(&mut all).await;
    assert!(turned_back.starts_with("event: clockTurned\nid: 5\n"), "{turned_back}");
    assert!(next(&mut all).await.starts_with("event: requestsCleared\nid: 6\n"));
    assert!(next(&mut all).await.contains("\"seq\":2"));

    assert_eq!(next(&mut some).await, clock);
    assert_eq!(next(&mut some).await, answered);
    assert_eq!(next(&mut some).await, turned_back);
    assert!(next(&mut some).await.starts_with("event: requestAnswered\nid: 7\n"));
}

#[tokio::test]
async fn whatever_is_changed_by_hand_is_an_event() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    app.patch("/_mock/settings", json!({ "style": "observed" })).await;
    assert!(next(&mut events).await.starts_with("event: settingsChanged"));
    app.patch("/_mock/activities/policy", json!({ "progress": "hand" })).await;
    assert!(next(&mut events).await.starts_with("event: settingsChanged"));
    app.post("/_mock/snapshots", json!({ "name": "one" })).await;
    assert!(next(&mut events).await.starts_with("event: snapshotsChanged"));
    app.call("DELETE", "/_mock/requests").send().await;
    assert!(next(&mut events).await.starts_with("event: requestsCleared"));
    app.fetch("/mspEntitlements/summaries?refresh=true").await;
    let accepted = next(&mut events).await;
    assert!(
        accepted.starts_with("event: activityChanged") && accepted.contains("\"status\":\"INPROGRESS\""),
        "{accepted}"
    );
}

#[tokio::test]
async fn an_event_of_a_request_names_the_faults_that_applied_and_so_does_the_journal() {
    let app = app();
    app.post("/_mock/faults", json!({ "id": "mine", "effects": [{ "loseReply": { "how": "gatewayTimeout" } }] })).await;
    let mut events = stream(&app, "/_mock/events?types=requestAnswered").await;
    app.fetch("/banners").await;
    let event = next(&mut events).await;
    assert!(event.contains("\"faults\":[\"mine\"]"), "{event}");
    assert_eq!(app.get("/_mock/requests").await["requests"][0]["faults"], json!(["mine"]));
}

#[tokio::test]
async fn a_reader_that_reconnects_learns_that_it_missed_some() {
    let app = app();
    let mut events = app.call("GET", "/_mock/events").header("last-event-id", "7").respond().await.into_body();
    assert_eq!(next(&mut events).await, "event: missed\ndata: {\"type\":\"missed\"}\n\n");
}

#[tokio::test]
async fn a_sandbox_that_is_listened_to_is_not_idle_and_its_end_is_the_end_of_streams_and_waits() {
    let app = app();
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    let mut events = stream(&app, "/sandboxes/one/_mock/events").await;
    let waiting =
        app.post("/sandboxes/one/_mock/requests/wait", json!({ "match": { "path": "/never" }, "timeout": "60s" }));
    let removing = app.call("DELETE", "/_mock/sandboxes/one").send();
    let (waited, removed) = tokio::join!(waiting, removing);
    assert_eq!((waited.status, removed.status), (404, 204));
    assert!(waited.text().contains("removed"), "{}", waited.text());
    assert!(next(&mut events).await.starts_with("event: sandboxRemoved"));
    assert!(events.frame().await.is_none());
}

#[tokio::test]
async fn a_slow_reader_of_events_gets_the_number_that_it_missed() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    for _ in 0..300 {
        app.fetch("/nothing").await;
    }
    let missed = next(&mut events).await;
    assert_eq!(missed, "event: missed\nid: 44\ndata: {\"type\":\"missed\",\"count\":44}\n\n");
    assert!(next(&mut events).await.starts_with("event: requestAnswered\nid: 45\n"));
}

#[tokio::test]
async fn streams_and_waits_end_when_the_server_stops() {
    let app = app();
    let mut events = stream(&app, "/_mock/events").await;
    let waiting = app.post("/_mock/requests/wait", json!({ "match": { "path": "/never" }, "timeout": "60s" }));
    let stopping = async { app.registry.stop.stop() };
    let (waited, ()) = tokio::join!(waiting, stopping);
    assert_eq!(waited.status, 503);
    assert!(events.frame().await.is_none());
}

async fn stream(app: &App, path: &str) -> Body {
    let response = app.call("GET", path).respond().await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body()
}

async fn next(events: &mut Body) -> String {
    let frame = tokio::time::timeout(Duration::from_secs(5), events.frame()).await.expect("an event within 5 s");
    String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap()
}
