//! Replies that are lost after the work was done, and reads that lag behind.

use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    faults::helpers::{app, with},
    support::App,
};

const REVOKE: &str = r#"[{"assignmentId": 130468}]"#;

async fn status_of_130468(app: &App) -> Value {
    let rows = app.fetch("/assignments").await.json();
    rows.as_array().unwrap().iter().find(|row| row["id"] == 130_468).unwrap()["status"].clone()
}

#[tokio::test]
async fn a_lost_reply_leaves_the_work_done() {
    let app = app();
    assert_eq!(status_of_130468(&app).await, "VALID");
    let lost = app.send("DELETE", "/assignments", &[("x-mock-outcome", "lost")], REVOKE).await;
    assert!(lost.broke_off(), "the body breaks off: {lost:?}");
    assert_eq!(status_of_130468(&app).await, "REVOKED");
    let again = app.send("DELETE", "/assignments", &[], REVOKE).await;
    assert_eq!((again.status, again.json()["errorBrief"].as_str()), (409, Some("ASSIGNMENT_ALREADY_REVOKED")));
}

#[tokio::test]
async fn a_reply_can_be_lost_behind_the_gateway() {
    let app = with(r#"{"match": {"method": "DELETE"}, "effects": [{"loseReply": {"how": "gatewayTimeout"}}]}"#).await;
    assert_eq!(app.send("DELETE", "/assignments", &[], REVOKE).await.status, 504);
    assert_eq!(status_of_130468(&app).await, "REVOKED");
}

#[tokio::test]
async fn a_cut_before_the_start_leaves_the_work_undone() {
    let app = app();
    let cut = app.send("DELETE", "/assignments", &[("x-mock-outcome", "cut")], REVOKE).await;
    assert!(cut.broke_off(), "{cut:?}");
    assert_eq!(status_of_130468(&app).await, "VALID");
}

#[tokio::test]
async fn reads_lag_by_requests() {
    let app = with(r#"{"effects": [{"readLag": {"requests": 2}}]}"#).await;
    assert_eq!(status_of_130468(&app).await, "VALID");
    assert_eq!(app.send("DELETE", "/assignments", &[], REVOKE).await.status, 204);
    assert_eq!(status_of_130468(&app).await, "VALID");
    assert_eq!(status_of_130468(&app).await, "VALID");
    assert_eq!(status_of_130468(&app).await, "REVOKED");
}

#[tokio::test]
async fn reads_lag_by_time_and_writes_do_not() {
    let app = with(r#"{"match": {"method": "GET"}, "effects": [{"readLag": {"time": "3s"}}]}"#).await;
    assert_eq!(app.send("DELETE", "/assignments", &[], REVOKE).await.status, 204);
    assert_eq!(status_of_130468(&app).await, "VALID");
    assert_eq!(app.send("DELETE", "/assignments", &[], REVOKE).await.status, 409);
    app.advance(TimeDelta::milliseconds(2_999));
    assert_eq!(status_of_130468(&app).await, "VALID");
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!(status_of_130468(&app).await, "REVOKED");
}

#[tokio::test]
async fn a_refresh_that_ended_shows_after_the_lag() {
    let app = with(r#"{"effects": [{"readLag": {"time": "10s"}}]}"#).await;
    let before = app.fetch("/mspEntitlements").await.text();
    assert_eq!(app.fetch("/mspEntitlements/summaries?refresh=true").await.status, 202);
    app.advance(TimeDelta::seconds(11));
    assert_eq!(app.fetch("/mspEntitlements").await.text(), before, "it ended 9 s ago");
    app.advance(TimeDelta::seconds(1));
    assert_ne!(app.fetch("/mspEntitlements").await.text(), before);
}

#[tokio::test]
async fn without_the_fault_reads_are_of_the_present_again() {
    let app = with(r#"{"effects": [{"readLag": {"time": "1m"}}]}"#).await;
    app.send("DELETE", "/assignments", &[], REVOKE).await;
    assert_eq!(status_of_130468(&app).await, "VALID");
    assert_eq!(app.send("DELETE", "/_mock/faults", &[], "").await.status, 204);
    assert_eq!(status_of_130468(&app).await, "REVOKED");
}
