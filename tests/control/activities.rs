use serde_json::{Value, json};

use crate::helpers::{Mock, REC};

async fn refresh(mock: &Mock) -> String {
    let accepted = mock.get_as(REC, "/entitlements/summaries?refresh=true").await.expect(202).json();
    accepted["requestId"].as_str().unwrap().to_owned()
}

async fn status(mock: &Mock, id: &str) -> Value {
    mock.get_as(REC, &format!("/activities/{id}")).await.expect(200).json()["status"].clone()
}

async fn policy(mock: &Mock, policy: Value) {
    mock.call("PATCH", "/_mock/activities/policy", &[], policy.to_string()).await.expect(200);
}

#[tokio::test]
async fn progress_is_at_once_by_time_after_polls_or_by_hand() {
    let mock = Mock::new("default");
    policy(&mock, json!({ "progress": "now" })).await;
    let id = refresh(&mock).await;
    assert_eq!(status(&mock, &id).await, "SUCCESS");
    policy(&mock, json!({ "progress": "polls", "polls": 3 })).await;
    let id = refresh(&mock).await;
    assert_eq!(
        [status(&mock, &id).await, status(&mock, &id).await, status(&mock, &id).await],
        ["INPROGRESS", "INPROGRESS", "SUCCESS"]
    );
    policy(&mock, json!({ "progress": "hand" })).await;
    let id = refresh(&mock).await;
    mock.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "INPROGRESS");
    mock.post(&format!("/_mock/activities/{id}/complete"), Value::Null).await.expect(204);
    assert_eq!(status(&mock, &id).await, "SUCCESS");
    policy(&mock, json!({ "progress": "time", "delay": "PT1M" })).await;
    let id = refresh(&mock).await;
    mock.post("/_mock/clock/advance", json!({ "by": "PT59S" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "INPROGRESS");
    mock.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "SUCCESS");
}

#[tokio::test]
async fn an_activity_is_failed_with_a_code_and_a_message() {
    let mock = Mock::new("default");
    let id = refresh(&mock).await;
    let failure = json!({ "code": "ENTITLEMENT-10042", "message": "No." });
    mock.post(&format!("/_mock/activities/{id}/fail"), failure).await.expect(204);
    let activity = mock.get_as(REC, &format!("/activities/{id}")).await.json();
    assert_eq!(activity["status"], "FAIL");
    let error: Value = serde_json::from_str(activity["error"].as_str().unwrap()).unwrap();
    let inner: Value = serde_json::from_str(error["errors"][0].as_str().unwrap()).unwrap();
    assert_eq!(inner, json!({ "code": "ENTITLEMENT-10042", "message": "No." }));
    mock.post(&format!("/_mock/activities/{id}/complete"), Value::Null).await.expect(409);
    mock.post("/_mock/activities/00000000-0000-4000-8000-000000000000/complete", Value::Null).await.expect(404);
    mock.post("/_mock/activities/nobody/complete", Value::Null).await.expect(400);
}

#[tokio::test]
async fn a_held_activity_goes_on_with_the_time_that_it_had_left() {
    let mock = Mock::new("default");
    let id = refresh(&mock).await;
    mock.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    mock.post(&format!("/_mock/activities/{id}/hold"), Value::Null).await.expect(204);
    mock.post("/_mock/clock/advance", json!({ "by": "P1D" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "INPROGRESS");
    mock.post(&format!("/_mock/activities/{id}/release"), Value::Null).await.expect(204);
    let listed = mock.get("/_mock/activities").await.expect(200).json();
    assert_eq!((&listed[0]["status"], &listed[0]["due"]), (&json!("INPROGRESS"), &json!("2026-03-11T12:00:02Z")));
    mock.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "SUCCESS");
}

#[tokio::test]
async fn a_late_activity_is_not_found_at_first_and_a_second_one_can_be_refused() {
    let mock = Mock::new("default");
    policy(&mock, json!({ "appearsAfter": "PT1S", "whileRunning": "refuse" })).await;
    let id = refresh(&mock).await;
    mock.get_as(REC, &format!("/activities/{id}")).await.expect(404);
    mock.get_as(REC, "/entitlements/summaries?refresh=true").await.expect(423);
    mock.post("/_mock/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
    assert_eq!(status(&mock, &id).await, "INPROGRESS");
}
