//! GET /activities/{id} and its older path, POST /activities/query

use chrono::TimeDelta;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, MSP, NOBODY, columns, rows};

async fn refresh(app: &App, tenant: &str, path: &str) -> String {
    let answer = app.call("GET", &format!("{path}?refresh=true")).tenant(tenant).send().await.expect(202);
    answer.json()["requestId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_running_activity_has_no_end_and_an_ended_one_has() {
    let app = App::new("default");
    let id = refresh(&app, MSP, "/mspEntitlements/summaries").await;
    let running = app.get(&format!("/activities/{id}")).await;
    assert_snapshot!(rows(&running), @r#"
    tenantId: "a0000000000000000000000000000001"
    requestId: "c42c5a1a-a382-4138-914a-ea397e20116f"
    status: "INPROGRESS"
    useCase: "MSP license refresh flow"
    notification: {"enabled":false,"type":"email"}
    admin: {"name":"Application r1mock","email":"","ip":"","id":"","interface":""}
    steps:
    {"id":"RefreshLicense","description":"Take over the licensing system's list","status":"INPROGRESS","progressType":"REQUEST","startDatetime":"2026-03-10T12:00:00Z"}
    product: "WIFI"
    severity: "Info"
    startDatetime: "2026-03-10T12:00:00Z"
    descriptionTemplate: "Licenses of @@tenantName are refreshed from the licensing system"
    descriptionData:
    {"name":"tenantName","value":"Northgate Managed Networks"}
    "#);
    assert!(!running.to_string().contains("endDatetime"));
    app.advance(TimeDelta::seconds(30));
    let ended = app.get(&format!("/activities/{id}")).await;
    assert_snapshot!(rows(&ended), @r#"
    tenantId: "a0000000000000000000000000000001"
    requestId: "c42c5a1a-a382-4138-914a-ea397e20116f"
    status: "SUCCESS"
    useCase: "MSP license refresh flow"
    notification: {"enabled":false,"type":"email"}
    admin: {"name":"Application r1mock","email":"","ip":"","id":"","interface":""}
    steps:
    {"id":"RefreshLicense","description":"Take over the licensing system's list","status":"SUCCESS","progressType":"REQUEST","startDatetime":"2026-03-10T12:00:00Z","endDatetime":"2026-03-10T12:00:02Z"}
    product: "WIFI"
    severity: "Info"
    startDatetime: "2026-03-10T12:00:00Z"
    endDatetime: "2026-03-10T12:00:02Z"
    descriptionTemplate: "Licenses of @@tenantName are refreshed from the licensing system"
    descriptionData:
    {"name":"tenantName","value":"Northgate Managed Networks"}
    "#);
}

#[tokio::test]
async fn observed_a_running_activity_has_a_step_that_has_succeeded() {
    let app = App::observed("default");
    let id = refresh(&app, COMPANY, "/entitlements/summaries").await;
    let running = app.get_as(COMPANY, &format!("/activities/{id}")).await;
    assert_eq!((&running["status"], &running["steps"][0]["status"]), (&json!("INPROGRESS"), &json!("SUCCESS")));
    assert_eq!(running["startDatetime"], "2026-03-10T12:00:00Z");
}

#[tokio::test]
async fn the_use_case_names_the_refresh_and_can_be_set() {
    let app = App::new("default");
    let id = refresh(&app, MSP, "/entitlements/summaries").await;
    assert_eq!(app.get(&format!("/activities/{id}")).await["useCase"], "Refresh License");
    let app = App::edited("default", |scenario| scenario.refresh.use_case.entitlements = Some("Other words".into()));
    let id = refresh(&app, MSP, "/entitlements/summaries").await;
    assert_eq!(app.get(&format!("/activities/{id}")).await["useCase"], "Other words");
}

#[tokio::test]
async fn the_older_path_answers_the_same_for_the_callers_tenants() {
    let app = App::new("default");
    let id = refresh(&app, MSP, "/mspEntitlements/summaries").await;
    let newer = app.get(&format!("/activities/{id}")).await;
    assert_eq!(app.get(&format!("/api/tenant/{MSP}/activity/{id}")).await, newer);
    assert_eq!(app.get_as(MSP, &format!("/api/tenant/{MSP}/activity/{id}")).await, newer);
    let path = format!("/api/tenant/{CUSTOMER}/activity/{id}");
    assert_eq!(app.call("GET", &path).tenant(MSP).send().await.code(), (404, "ACTIVITY-10001".into()));
    for (tenant, code) in [(COMPANY, (403, "RCG-10002")), (NOBODY, (403, "RCG-10002"))] {
        let answer = app.call("GET", &format!("/api/tenant/{tenant}/activity/{id}")).tenant(MSP).send().await;
        assert_eq!(answer.code(), (code.0, code.1.into()), "{tenant}");
    }
    let answer = app.call("GET", &format!("/api/tenant/{NOBODY}/activity/{id}")).send().await;
    assert_eq!(answer.code(), (404, "ENTITLEMENT-10001".into()));
}

#[tokio::test]
async fn an_unknown_activity_is_404_with_the_vendors_words() {
    let app = App::new("default");
    for id in ["00000000-0000-4000-8000-000000000000", "nothing", "%20", "..."] {
        let answer = app.call("GET", &format!("/activities/{id}")).send().await;
        assert_eq!(answer.code(), (404, "ACTIVITY-10001".into()));
    }
    let answer = app.call("GET", "/activities/00000000-0000-4000-8000-000000000000").send().await;
    assert_snapshot!(rows(&answer.json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/activities/00000000-0000-4000-8000-000000000000"
    status: 404
    error: "Not Found"
    message: "activity doesn't exist: 00000000-0000-4000-8000-000000000000"
    requestId: "51307108-ad41-4eea-9d75-5ca013ec4fce"
    code: "ACTIVITY-10001"
    reason: "activity doesn't exist: 00000000-0000-4000-8000-000000000000"
    suggestion: "Use the requestId of a 202; an activity can take a moment to appear."
    errors:
    {"code":"ACTIVITY-10001","message":"activity doesn't exist: 00000000-0000-4000-8000-000000000000","reason":"activity doesn't exist: 00000000-0000-4000-8000-000000000000","suggestion":"Use the requestId of a 202; an activity can take a moment to appear."}
    "#);
}

/// Four refreshes of the MSP, a minute apart; the last one runs.
async fn with_activities() -> (App, Vec<String>) {
    let app = App::new("default");
    let mut ids = Vec::new();
    for path in ["/mspEntitlements/summaries", "/entitlements/summaries"].repeat(2) {
        app.advance(TimeDelta::minutes(1));
        ids.push(refresh(&app, MSP, path).await);
    }
    refresh(&app, COMPANY, "/entitlements/summaries").await;
    (app, ids)
}

fn query(with: &Value) -> Value {
    let mut query = json!({ "page": 1, "pageSize": 10, "sortField": "startDatetime", "sortOrder": "ASC" });
    for (name, value) in with.as_object().unwrap() {
        query[name] = value.clone();
    }
    query
}

async fn found(app: &App, with: Value) -> Value {
    app.call("POST", "/activities/query").json(query(&with)).ok().await
}

#[tokio::test]
async fn activities_come_in_pages_that_count_from_one() {
    let (app, _) = with_activities().await;
    let times = |page: &Value| columns(&page["data"], &["startDatetime", "status", "useCase"]);
    let all = found(&app, json!({})).await;
    assert_snapshot!(times(&all), @"
    2026-03-10T12:01:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:02:00Z SUCCESS Refresh License
    2026-03-10T12:03:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:04:00Z INPROGRESS Refresh License
    ");
    assert_eq!((&all["totalCount"], &all["page"], &all["fields"]), (&json!(4), &json!(1), &json!([])));
    let second = found(&app, json!({ "page": 2, "pageSize": 3 })).await;
    assert_snapshot!(times(&second), @"2026-03-10T12:04:00Z INPROGRESS Refresh License");
    assert_eq!((&second["totalCount"], &second["page"]), (&json!(4), &json!(2)));
    let zeroth = found(&app, json!({ "page": 0, "pageSize": 3 })).await;
    assert_eq!((&zeroth["page"], zeroth["data"].as_array().unwrap().len()), (&json!(1), 3));
    for page in [json!(3), json!(i64::MAX)] {
        assert_eq!(found(&app, json!({ "page": page, "pageSize": 3 })).await["data"], json!([]));
    }
}

#[tokio::test]
async fn activities_are_sorted_by_any_field_in_either_direction() {
    let (app, _) = with_activities().await;
    let times = |page: &Value| columns(&page["data"], &["startDatetime", "status", "useCase"]);
    assert_snapshot!(times(&found(&app, json!({ "sortOrder": "DESC" })).await), @"
    2026-03-10T12:04:00Z INPROGRESS Refresh License
    2026-03-10T12:03:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:02:00Z SUCCESS Refresh License
    2026-03-10T12:01:00Z SUCCESS MSP license refresh flow
    ");
    assert_snapshot!(times(&found(&app, json!({ "sortField": "useCase" })).await), @"
    2026-03-10T12:01:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:03:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:02:00Z SUCCESS Refresh License
    2026-03-10T12:04:00Z INPROGRESS Refresh License
    ");
    assert_snapshot!(times(&found(&app, json!({ "sortField": "status" })).await), @"
    2026-03-10T12:04:00Z INPROGRESS Refresh License
    2026-03-10T12:01:00Z SUCCESS MSP license refresh flow
    2026-03-10T12:02:00Z SUCCESS Refresh License
    2026-03-10T12:03:00Z SUCCESS MSP license refresh flow
    ");
    assert_eq!(found(&app, json!({ "sortField": "name" })).await["totalCount"], 4);
}

#[tokio::test]
async fn activities_are_filtered_by_time_status_product_and_id() {
    let (app, ids) = with_activities().await;
    let count = async |filters: Value| found(&app, json!({ "filters": filters })).await["totalCount"].clone();
    for (filters, expected) in [
        (json!({}), 4),
        (json!({ "status": ["SUCCESS"] }), 3),
        (json!({ "status": ["INPROGRESS", "FAIL"] }), 1),
        (json!({ "status": [], "product": [], "id": [], "requestId": [] }), 4),
        (json!({ "status": null }), 4),
        (json!({ "product": ["WIFI"] }), 4),
        (json!({ "product": ["SWITCH"] }), 0),
        (json!({ "id": [ids[1]] }), 1),
        (json!({ "requestId": [ids[1], ids[2], "nothing"] }), 2),
        (json!({ "fromTime": "2026-03-10T12:02:00Z" }), 3),
        (json!({ "fromTime": "2026-03-10 12:02:01Z", "toTime": "2026-03-10T12:03:00Z" }), 1),
        (json!({ "toTime": "2026-03-09" }), 0),
        (json!({ "toTime": "2026-03-10" }), 4),
        (json!({ "unknown": ["x"], "defaultPageSize": 10 }), 4),
    ] {
        assert_eq!(count(filters.clone()).await, expected, "{filters}");
    }
}

#[tokio::test]
async fn rows_have_the_fields_that_were_asked_for_and_always_the_request_id() {
    let (app, _) = with_activities().await;
    let page = found(&app, json!({ "fields": ["status", "startDatetime", "nonsense"], "pageSize": 1 })).await;
    assert_eq!(page["fields"], json!(["status", "startDatetime"]));
    let keys: Vec<_> = page["data"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["requestId", "status", "startDatetime"]);
}

#[tokio::test]
async fn a_search_looks_in_the_given_fields() {
    let (app, _) = with_activities().await;
    for (text, fields, expected) in [
        ("MSP LICENSE", json!(["useCase"]), 2),
        ("msp license", json!(["status"]), 0),
        ("northgate", json!([]), 4),
        ("", json!(["useCase"]), 4),
    ] {
        let page = found(&app, json!({ "searchString": text, "searchTargetFields": fields })).await;
        assert_eq!(page["totalCount"], expected, "{text}");
    }
}

#[tokio::test]
async fn a_query_without_paging_is_400_and_500_in_the_observed_style() {
    for (app, status) in [(App::new("default"), 400), (App::observed("default"), 500)] {
        for name in ["page", "pageSize", "sortField", "sortOrder"] {
            let mut body = query(&json!({}));
            body.as_object_mut().unwrap().remove(name);
            let answer = app.call("POST", "/activities/query").json(body).send().await;
            assert_eq!(answer.code(), (status, "ACTIVITY-10000".into()), "{name}");
            assert!(answer.text().contains(&format!("{name} is missing")), "{}", answer.text());
        }
        let answer = app.call("POST", "/activities/query").json(json!({})).send().await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_query_of_the_wrong_types_is_400() {
    let app = App::new("default");
    for with in [
        json!({ "page": "1" }),
        json!({ "sortOrder": "UP" }),
        json!({ "filters": "SUCCESS" }),
        json!({ "filters": { "status": "SUCCESS" } }),
    ] {
        let answer = app.call("POST", "/activities/query").json(query(&with)).send().await;
        assert_eq!(answer.code(), (400, "RCG-10001".into()), "{with}");
    }
}

#[tokio::test]
async fn a_query_refuses_times_that_are_none_and_takes_the_order_in_any_case() {
    let app = App::new("default");
    let query = |more: Value| {
        let mut body = json!({ "page": 1, "pageSize": 9, "sortField": "status", "sortOrder": "desc" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.call("POST", "/activities/query").json(body).send()
    };
    for (name, time) in [("fromTime", "garbage"), ("toTime", ""), ("toTime", "2026-13-01")] {
        let body = query(json!({ "filters": { name: time } })).await.expect(400).json();
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(&format!("filters.{name}")) && message.contains("2024-01-22"), "{message}");
    }
    let page = query(json!({ "fields": ["status", "colour", "status"], "filters": { "fromTime": "2026-01-01" } }));
    assert_eq!(page.await.expect(200).json()["fields"], json!(["status"]));
    query(json!({ "sortOrder": "sideways" })).await.expect(400);
}

#[tokio::test]
async fn an_activity_has_no_devices_and_keeps_who_is_to_be_told() {
    let app = App::new("default");
    let accepted = app.ask(MSP, "PATCH /entitlements", json!({})).await;
    let activity = format!("/activities/{}", accepted.json()["requestId"].as_str().unwrap());
    let devices = app.ask(MSP, &format!("POST {activity}/devices/query"), json!({ "page": 0 })).await;
    assert_eq!(devices.check(200).json(), json!({ "fields": [], "totalCount": 0, "page": 1, "data": [] }));
    let notification = json!({ "enabled": true, "type": "sms", "endpoint": "+15550100" });
    app.ask(MSP, &format!("PUT {activity}/notifications"), notification.clone()).await.check(200);
    let answer = app.ask(MSP, &format!("GET {activity}"), Value::Null).await;
    assert_eq!(answer.json()["notification"], notification);
    app.ask(MSP, &format!("PUT {activity}/notifications"), json!({ "type": "pigeon" })).await.check(400);
    app.ask(COMPANY, &format!("PUT {activity}/notifications"), json!({})).await.check(404);
    app.ask(COMPANY, &format!("POST {activity}/devices/query"), json!({})).await.check(404);
}
