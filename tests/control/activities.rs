//! Steering activities, and the policy of refreshes.

use serde_json::{Value, json};

use crate::support::{App, COMPANY};

async fn refresh(app: &App) -> String {
    let accepted = app.fetch_as(COMPANY, "/entitlements/summaries?refresh=true").await.expect(202).json();
    accepted["requestId"].as_str().unwrap().to_owned()
}

async fn status(app: &App, id: &str) -> Value {
    app.fetch_as(COMPANY, &format!("/activities/{id}")).await.expect(200).json()["status"].clone()
}

async fn policy(app: &App, policy: Value) {
    app.send("PATCH", "/_mock/activities/policy", &[], policy.to_string()).await.expect(200);
}

#[tokio::test]
async fn progress_is_at_once_by_time_after_polls_or_by_hand() {
    let app = App::new("default");
    policy(&app, json!({ "progress": "now" })).await;
    let id = refresh(&app).await;
    assert_eq!(status(&app, &id).await, "SUCCESS");
    policy(&app, json!({ "progress": "polls", "polls": 3 })).await;
    let id = refresh(&app).await;
    assert_eq!(
        [status(&app, &id).await, status(&app, &id).await, status(&app, &id).await],
        ["INPROGRESS", "INPROGRESS", "SUCCESS"]
    );
    policy(&app, json!({ "progress": "hand" })).await;
    let id = refresh(&app).await;
    app.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "INPROGRESS");
    app.post(&format!("/_mock/activities/{id}/complete"), Value::Null).await.expect(204);
    assert_eq!(status(&app, &id).await, "SUCCESS");
    policy(&app, json!({ "progress": "time", "delay": "PT1M" })).await;
    let id = refresh(&app).await;
    app.post("/_mock/clock/advance", json!({ "by": "PT59S" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "INPROGRESS");
    app.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "SUCCESS");
}

#[tokio::test]
async fn an_activity_is_failed_with_a_code_and_a_message() {
    let app = App::new("default");
    let id = refresh(&app).await;
    let failure = json!({ "code": "ENTITLEMENT-10042", "message": "No." });
    app.post(&format!("/_mock/activities/{id}/fail"), failure).await.expect(204);
    let activity = app.fetch_as(COMPANY, &format!("/activities/{id}")).await.json();
    assert_eq!(activity["status"], "FAIL");
    let error: Value = serde_json::from_str(activity["error"].as_str().unwrap()).unwrap();
    let inner: Value = serde_json::from_str(error["errors"][0].as_str().unwrap()).unwrap();
    assert_eq!(inner, json!({ "code": "ENTITLEMENT-10042", "message": "No." }));
    app.post(&format!("/_mock/activities/{id}/complete"), Value::Null).await.expect(409);
    app.post("/_mock/activities/00000000-0000-4000-8000-000000000000/complete", Value::Null).await.expect(404);
    app.post("/_mock/activities/nobody/complete", Value::Null).await.expect(400);
}

#[tokio::test]
async fn a_held_activity_goes_on_with_the_time_that_it_had_left() {
    let app = App::new("default");
    let id = refresh(&app).await;
    app.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    app.post(&format!("/_mock/activities/{id}/hold"), Value::Null).await.expect(204);
    app.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "INPROGRESS");
    app.post(&format!("/_mock/activities/{id}/release"), Value::Null).await.expect(204);
    let listed = app.fetch("/_mock/activities").await.expect(200).json();
    assert_eq!((&listed[0]["status"], &listed[0]["due"]), (&json!("INPROGRESS"), &json!("2026-03-11T12:00:02Z")));
    app.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "SUCCESS");
}

#[tokio::test]
async fn a_late_activity_is_not_found_at_first_and_a_second_one_can_be_refused() {
    let app = App::new("default");
    policy(&app, json!({ "appearsAfter": "PT1S", "whileRunning": "refuse" })).await;
    let id = refresh(&app).await;
    app.fetch_as(COMPANY, &format!("/activities/{id}")).await.expect(404);
    app.fetch_as(COMPANY, "/entitlements/summaries?refresh=true").await.expect(423);
    app.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&app, &id).await, "INPROGRESS");
}
