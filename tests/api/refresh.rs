//! `refresh=true` on both summaries: what is accepted, what happens when it is due, what can go wrong.

use chrono::TimeDelta;
use insta::assert_snapshot;
use r1_entitlements_mock::{
    model::{RefreshOutcome, RefreshPlan, WhileRunning},
    sandbox::Settings,
    support::duration::Duration,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, App, COMPANY, CUSTOMER, MSP, MSP_READS, START, TENANT_READS, UNLICENSED,
    app::{frozen_with, scenario},
    columns, rows,
};

const MSP_SUMMARIES: &str = "/mspEntitlements/summaries?refresh=true";
const SUMMARIES: &str = "/entitlements/summaries?refresh=true";

/// Starts a refresh and gives the id of its activity.
async fn refresh(app: &App, tenant: &str, path: &str) -> String {
    let answer = app.call("GET", path).tenant(tenant).send().await.expect(202);
    answer.json()["requestId"].as_str().unwrap().to_owned()
}

async fn activity(app: &App, tenant: &str, id: &str) -> Answer {
    app.call("GET", &format!("/activities/{id}")).tenant(tenant).send().await
}

async fn status(app: &App, tenant: &str, id: &str) -> Value {
    activity(app, tenant, id).await.expect(200).json()["status"].clone()
}

async fn everything(app: &App) -> Vec<String> {
    let mut all = app.everything(MSP, &MSP_READS).await;
    all.extend(app.everything(COMPANY, &TENANT_READS).await);
    all
}

#[tokio::test]
async fn a_refresh_is_accepted_with_an_id_and_the_place_of_its_activity() {
    let app = App::new("default");
    for path in [MSP_SUMMARIES, SUMMARIES] {
        let answer = app.call("GET", path).header("host", "r1.test:8080").send().await.expect(202);
        let body = answer.json();
        let id = body["requestId"].as_str().unwrap();
        assert_eq!(id.parse::<uuid::Uuid>().unwrap().to_string(), id);
        assert_eq!(body["link"], format!("http://r1.test:8080/activities/{id}"));
        assert_eq!(answer.header("location"), body["link"]);
        assert_ne!(answer.header("x-request-id"), id);
        assert_eq!(answer.content_type(), "application/json");
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["desc", "link", "requestId"]);
    }
    let forwarded = app.call("GET", SUMMARIES).header("host", "10.0.0.1").header("x-forwarded-host", "api.test");
    let answer = forwarded.header("x-forwarded-proto", "https").send().await;
    assert!(answer.header("location").starts_with("https://api.test/activities/"), "{}", answer.header("location"));
}

#[tokio::test]
async fn old_data_is_served_until_the_refresh_is_due_and_new_data_from_then_on() {
    let app = App::new("default");
    let before = everything(&app).await;
    let id = refresh(&app, MSP, MSP_SUMMARIES).await;
    app.advance(TimeDelta::milliseconds(1_999));
    assert!(everything(&app).await == before);
    assert_eq!(status(&app, MSP, &id).await, "INPROGRESS");
    app.advance(TimeDelta::milliseconds(1));
    assert!(everything(&app).await != before);
    assert_eq!(status(&app, MSP, &id).await, "SUCCESS");
}

#[tokio::test]
async fn each_refresh_takes_over_the_next_revision_of_the_licensing_system_and_the_last_one_stays() {
    let app = App::new("default");
    let mut pools = Vec::new();
    for _ in 0..5 {
        pools.push(columns(&app.get("/mspEntitlements").await, &["id", "quantity", "expirationDate"]));
        refresh(&app, MSP, MSP_SUMMARIES).await;
        app.advance(TimeDelta::seconds(2));
    }
    assert_snapshot!(pools[0], @"
    358880106-1 20 2026-02-23T23:59:59Z
    358880104-2 50 2026-03-15T23:59:59Z
    358880102-1 100 2026-04-18T23:59:59Z
    358880103-1 50 2026-05-23T23:59:59Z
    358880105-1 60 2027-10-25T23:59:59Z
    358880101-1 400 2028-02-02T23:59:59Z
    358880104-1 150 2028-08-20T23:59:59Z
    358880107-1 200 2028-11-08T23:59:59Z
    ");
    assert_snapshot!(pools[1], @"
    358880106-1 20 2026-02-23T23:59:59Z
    358880104-2 50 2026-03-15T23:59:59Z
    358880102-1 100 2026-04-18T23:59:59Z
    358880103-1 50 2026-05-23T23:59:59Z
    358880102-2 120 2027-04-18T23:59:59Z
    358880105-1 60 2027-10-25T23:59:59Z
    358880101-1 400 2028-02-02T23:59:59Z
    358880104-1 150 2028-08-20T23:59:59Z
    358880107-1 200 2028-11-08T23:59:59Z
    ");
    assert_snapshot!(pools[2], @"
    358880106-1 20 2026-02-23T23:59:59Z
    358880102-1 100 2026-04-18T23:59:59Z
    358880103-1 50 2026-05-23T23:59:59Z
    358880104-2 50 2027-03-15T23:59:59Z
    358880102-2 120 2027-04-18T23:59:59Z
    358880105-1 60 2027-10-25T23:59:59Z
    358880101-1 400 2028-02-02T23:59:59Z
    358880104-1 180 2028-08-20T23:59:59Z
    358880107-1 200 2028-11-08T23:59:59Z
    ");
    assert_snapshot!(pools[3], @"
    358880102-1 100 2026-04-18T23:59:59Z
    358880103-1 50 2026-05-23T23:59:59Z
    358880104-2 50 2027-03-15T23:59:59Z
    358880102-2 120 2027-04-18T23:59:59Z
    358880105-1 60 2027-10-25T23:59:59Z
    358880101-1 400 2028-02-02T23:59:59Z
    358880104-1 180 2028-08-20T23:59:59Z
    358880107-1 200 2028-11-08T23:59:59Z
    ");
    assert_eq!(pools[3], pools[4]);
}

#[tokio::test]
async fn banners_and_summaries_follow_a_refresh() {
    let app = App::new("expiring");
    let banners = ["deviceType", "type", "effectDays"];
    let summary = ["deviceType", "quantity", "remainingQuantity", "remainingDays"];
    let shown = async || {
        let body = app.get("/entitlements/summaries").await;
        format!("{}\n{}", columns(&body["banners"], &banners), columns(&body["summary"], &summary))
    };
    assert_snapshot!(shown().await, @"
    WIFI INITIAL 25
    SWITCH CLOSE_TO_EXPIRATION 4
    APSW INITIAL 22
    WIFI 40 6 25
    SWITCH 20 4 4
    APSW 100 12 22
    ");
    refresh(&app, COMPANY, SUMMARIES).await;
    app.advance(TimeDelta::seconds(2));
    assert_snapshot!(shown().await, @"

    WIFI 40 6 364
    SWITCH 20 4 364
    APSW 100 12 364
    ");
}

#[tokio::test]
async fn a_row_that_a_refresh_changed_says_when() {
    let app = App::new("default");
    for _ in 0..2 {
        refresh(&app, COMPANY, SUMMARIES).await;
        app.advance(TimeDelta::minutes(1));
    }
    let list = app.get_as(COMPANY, "/entitlements").await;
    assert_snapshot!(columns(&list, &["id", "quantity", "createdDate", "updatedDate"]), @"
    358889508-1 12 2022-03-06T00:00:00Z 2022-03-06T00:00:00Z
    358889503-1 25 2025-02-27T00:00:00Z 2025-02-27T00:00:00Z
    358889506-1 16 2025-03-16T00:00:00Z 2025-03-16T00:00:00Z
    358889504-1 10 2026-01-30T00:00:00Z 2026-01-30T00:00:00Z
    358889507-1 250 2025-09-25T14:20:00Z 2026-03-10T12:01:02Z
    358889510-1 80 2026-02-08T00:00:00Z 2026-02-08T00:00:00Z
    358889506-2 16 2026-03-10T12:00:02Z 2026-03-10T12:00:02Z
    358889511-1 20 2026-03-07T10:40:00Z 2026-03-07T10:40:00Z
    358889502-1 20 2025-04-25T00:00:00Z 2026-03-10T12:01:02Z
    358889501-1 150 2025-02-03T00:00:00Z 2025-02-03T00:00:00Z
    358889505-1 24 2025-08-22T00:00:00Z 2025-08-22T00:00:00Z
    ");
}

#[tokio::test]
async fn a_refresh_concerns_one_tenant_only() {
    let app = App::new("default");
    let before = app.everything(COMPANY, &TENANT_READS).await;
    let id = refresh(&app, MSP, MSP_SUMMARIES).await;
    app.advance(TimeDelta::seconds(2));
    assert_eq!(app.everything(COMPANY, &TENANT_READS).await, before);
    assert_eq!(activity(&app, COMPANY, &id).await.code(), (404, "ACTIVITY-10001".into()));
    assert_eq!(activity(&app, CUSTOMER, &id).await.code(), (404, "ACTIVITY-10001".into()));
}

#[tokio::test]
async fn a_second_refresh_while_one_runs_gets_its_own_id_and_both_end_well() {
    let app = App::new("default");
    let first = refresh(&app, MSP, MSP_SUMMARIES).await;
    app.advance(TimeDelta::seconds(1));
    let second = refresh(&app, MSP, SUMMARIES).await;
    assert_ne!(first, second);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(
        (status(&app, MSP, &first).await, status(&app, MSP, &second).await),
        (json!("SUCCESS"), json!("INPROGRESS"))
    );
    let pools = app.get("/mspEntitlements").await;
    app.advance(TimeDelta::seconds(1));
    assert_eq!(status(&app, MSP, &second).await, "SUCCESS");
    assert_eq!(app.get("/mspEntitlements").await, pools, "both take over the same revision");
}

#[tokio::test]
async fn by_policy_a_second_refresh_is_423_until_the_first_has_ended() {
    let app = App::edited("default", |scenario| scenario.refresh.while_running = Some(WhileRunning::Refuse));
    let first = refresh(&app, MSP, MSP_SUMMARIES).await;
    let answer = app.call("GET", MSP_SUMMARIES).send().await;
    assert_eq!(answer.code(), (423, "ENTITLEMENT-10004".into()));
    assert!(answer.text().contains(&first), "{}", answer.text());
    assert_eq!(app.call("GET", SUMMARIES).send().await.status, 423);
    refresh(&app, COMPANY, SUMMARIES).await;
    app.advance(TimeDelta::seconds(2));
    refresh(&app, MSP, MSP_SUMMARIES).await;
}

#[tokio::test]
async fn a_failed_refresh_leaves_the_data_and_gives_the_reason_as_json_within_json() {
    let app = App::new("refresh-fails");
    let before = everything(&app).await;
    let id = refresh(&app, COMPANY, SUMMARIES).await;
    app.advance(TimeDelta::seconds(2));
    let body = activity(&app, COMPANY, &id).await.expect(200).json();
    assert_snapshot!(rows(&body), @r#"
    tenantId: "c0000000000000000000000000000001"
    requestId: "c42c5a1a-a382-4138-914a-ea397e20116f"
    status: "FAIL"
    useCase: "Refresh License"
    notification: {"enabled":false,"type":"email"}
    admin: {"name":"Application r1mock","email":"","ip":"","id":"","interface":""}
    steps:
    {"id":"RefreshLicense","description":"Take over the licensing system's list","status":"FAIL","progressType":"REQUEST","startDatetime":"2026-03-10T12:00:00Z","endDatetime":"2026-03-10T12:00:02Z"}
    product: "WIFI"
    severity: "Info"
    startDatetime: "2026-03-10T12:00:00Z"
    endDatetime: "2026-03-10T12:00:02Z"
    descriptionTemplate: "Licenses of @@tenantName are refreshed from the licensing system"
    descriptionData:
    {"name":"tenantName","value":"Dunmore Logistics"}
    error: "{\"requestId\":\"c42c5a1a-a382-4138-914a-ea397e20116f\",\"errors\":[\"{\\\"code\\\":\\\"ENTITLEMENT-10007\\\",\\\"message\\\":\\\"The licensing system is closed for maintenance. Try again later.\\\"}\"]}"
    "#);
    let error: Value = serde_json::from_str(body["error"].as_str().unwrap()).unwrap();
    assert_eq!(error["requestId"], id);
    let inner: Value = serde_json::from_str(error["errors"][0].as_str().unwrap()).unwrap();
    assert_eq!(inner["code"], "ENTITLEMENT-10007");
    assert!(everything(&app).await == before);
}

#[tokio::test]
async fn a_refresh_can_hang_for_ever() {
    let app = App::edited("default", |scenario| scenario.refresh.outcome = Some(RefreshOutcome::Hang));
    let before = everything(&app).await;
    let id = refresh(&app, MSP, MSP_SUMMARIES).await;
    app.advance(TimeDelta::seconds(2));
    assert!(everything(&app).await == before);
    app.advance(TimeDelta::days(3_650));
    let body = activity(&app, MSP, &id).await.expect(200).json();
    assert_eq!(body["status"], "INPROGRESS");
    assert!(body.get("endDatetime").is_none());
}

#[tokio::test]
async fn an_activity_can_be_late_to_appear() {
    let app = App::edited("default", |scenario| scenario.refresh.appears_after = Some(Duration::milliseconds(700)));
    let id = refresh(&app, MSP, MSP_SUMMARIES).await;
    let query = json!({ "page": 1, "pageSize": 10, "sortField": "startDatetime", "sortOrder": "ASC" });
    let found = async || app.call("POST", "/activities/query").json(&query).ok().await["totalCount"].clone();
    app.advance(TimeDelta::milliseconds(699));
    let answer = activity(&app, MSP, &id).await;
    assert_eq!(answer.code(), (404, "ACTIVITY-10001".into()));
    assert_eq!(answer.json()["errors"][0]["message"], format!("activity doesn't exist: {id}"));
    assert_eq!(found().await, 0);
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!(status(&app, MSP, &id).await, "INPROGRESS");
    assert_eq!(found().await, 1);
}

#[tokio::test]
async fn the_delay_is_the_scenarios_unless_the_command_line_says_otherwise() {
    let plan = RefreshPlan { delay: Some(Duration::milliseconds(50)), ..RefreshPlan::default() };
    let app = App::of(scenario("default"), frozen_with(START, Settings { refresh: plan, ..Settings::default() }));
    for _ in 0..2 {
        let id = refresh(&app, MSP, MSP_SUMMARIES).await;
        app.advance(TimeDelta::milliseconds(49));
        assert_eq!(status(&app, MSP, &id).await, "INPROGRESS");
        app.advance(TimeDelta::milliseconds(1));
        assert_eq!(status(&app, MSP, &id).await, "SUCCESS");
        app.sandbox.reset().unwrap();
    }
}

#[tokio::test]
async fn only_a_true_value_starts_a_refresh_and_a_head_request_never_does() {
    let app = App::new("default");
    app.call("GET", "/mspEntitlements/summaries?refresh=false").send().await.expect(200);
    let other = App::new("default");
    for value in ["True", "1", "yes", "ON", "%20true"] {
        other.call("GET", &format!("/mspEntitlements/summaries?refresh={value}")).send().await.expect(202);
    }
    for value in ["False", "0", "no", "OFF", "", "false&refresh=true"] {
        app.call("GET", &format!("/mspEntitlements/summaries?refresh={value}")).send().await.expect(200);
    }
    for value in ["maybe", "2", "truth"] {
        for path in ["/entitlements/summaries", "/mspEntitlements/summaries"] {
            let answer = app.call("GET", &format!("{path}?refresh={value}")).send().await.expect(400);
            let body = answer.json();
            let message = body["message"].as_str().unwrap();
            assert!(message.contains("'refresh'") && message.contains(&format!("\"{value}\"")), "{message}");
            assert!(message.contains("true, false"), "{message}");
        }
    }
    let head = app.call("HEAD", MSP_SUMMARIES).send().await.expect(200);
    assert_eq!((head.text().as_str(), head.content_type()), ("", "application/json"));
    let query = json!({ "page": 1, "pageSize": 10, "sortField": "status", "sortOrder": "ASC" });
    assert_eq!(app.call("POST", "/activities/query").json(query).ok().await["totalCount"], 0);
}

#[tokio::test]
async fn a_refresh_is_refused_where_its_summary_is() {
    let app = App::new("default");
    for (tenant, path, code) in [
        (UNLICENSED, SUMMARIES, (417, "ENTITLEMENT-10003")),
        (COMPANY, MSP_SUMMARIES, (400, "ENTITLEMENT-10002")),
        (CUSTOMER, MSP_SUMMARIES, (400, "ENTITLEMENT-10002")),
    ] {
        let answer = app.call("GET", path).tenant(tenant).send().await;
        assert_eq!(answer.code(), (code.0, code.1.into()), "{tenant} {path}");
    }
}
