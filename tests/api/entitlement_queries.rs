//! POST /entitlements/query, PATCH /entitlements, and what all queries have in common.

use serde_json::{Value, json};

use crate::{
    api::{
        column, documented, observed,
        tenants::{OWN, new},
    },
    support::{App, COMPANY, CUSTOMER, MSP, UNLICENSED, fixture::Fixture},
};

fn query(filters: &Value) -> Value {
    json!({ "filters": filters, "fields": ["id"], "pageSize": 100 })
}

async fn ids(app: &App, tenant: &str, filters: Value) -> Vec<String> {
    let ids = column(app, tenant, "POST /entitlements/query", query(&filters), "id").await;
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_sync_is_accepted_keeps_old_data_and_takes_over_the_next_revision() {
    let app = documented();
    let before = ids(&app, COMPANY, json!({})).await;
    for refresh_type in ["FULL", "DELTA", "PAGINATED"] {
        let body = json!({ "refreshType": refresh_type, "usageType": "SELF" });
        let accepted = app.ask(COMPANY, "PATCH /entitlements", body).await;
        accepted.check(202);
        assert_eq!(accepted.header("location"), accepted.json()["link"]);
        let activity = format!("GET /activities/{}", accepted.json()["requestId"].as_str().unwrap());
        let activity = app.ask(COMPANY, &activity, Value::Null).await;
        assert_eq!(activity.json()["status"], "INPROGRESS");
        assert_eq!(activity.json()["useCase"], "MSP license refresh flow");
    }
    assert_eq!(ids(&app, COMPANY, json!({})).await, before);
    app.turn_to("2026-05-05T10:20:32Z");
    assert_eq!(ids(&app, COMPANY, json!({})).await.len(), before.len() + 1);
}

#[tokio::test]
async fn a_sync_is_refused_for_a_bad_body_an_unlicensed_an_unknown_and_a_foreign_tenant() {
    let app = documented();
    app.ask(COMPANY, "PATCH /entitlements", json!({ "refreshType": "SOME" })).await.check(400);
    app.ask(COMPANY, "PATCH /entitlements", Value::Null).await.check(400);
    let unlicensed = app.ask(UNLICENSED, "PATCH /entitlements", json!({})).await;
    assert_eq!(unlicensed.check(417).json()["code"], "ENTITLEMENT-10003");
    app.ask(&"f".repeat(32), "PATCH /entitlements", json!({})).await.check(404);
}

#[tokio::test]
async fn a_read_only_client_may_query_and_not_write() {
    let app = documented();
    let bearer = format!("Bearer {}", app.token(MSP, "r1mock-readonly").await);
    let headers = [("authorization", bearer.as_str())];
    app.ask_with(&format!("POST {OWN}/query"), &headers, json!({})).await.check(200);
    app.ask_with("PATCH /entitlements", &headers, json!({})).await.check(403);
    let created = app.ask_with(&format!("POST {OWN}"), &headers, new(1)).await;
    assert_eq!(created.check(403).json()["error"]["message"], "this API client may only read");
    let foreign = [("authorization", bearer.as_str()), ("x-rks-tenantid", COMPANY)];
    app.ask_with("POST /entitlements/attentionNotes/query", &foreign, json!({})).await.check(403);
}

#[tokio::test]
async fn entitlements_are_paged_from_one_with_twenty_rows_by_default() {
    let app = documented();
    let answer = app.ask(COMPANY, "POST /entitlements/query", json!({ "page": 0, "total": 7, "fields": [] })).await;
    assert_eq!([&answer.json()["page"], &answer.json()["pageSize"], &answer.json()["totalCount"]], [1, 20, 10]);
    let page = json!({ "page": 2, "pageSize": 3, "fields": ["sku", "id", "nothing"], "sortField": "id" });
    let answer = app.ask(COMPANY, "POST /entitlements/query", page).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "fields": [
        "sku",
        "id"
      ],
      "totalCount": 10,
      "page": 2,
      "pageSize": 3,
      "data": [
        {
          "id": "358889504-1",
          "sku": "CLD-R1-TMP090-REC"
        },
        {
          "id": "358889505-1",
          "sku": "CLD-S76M-3001"
        },
        {
          "id": "358889506-1",
          "sku": "CLD-S71M-1001"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn the_count_comes_without_rows_if_content_is_excluded() {
    let app = documented();
    for path in ["/entitlements/query", "/entitlements/attentionNotes/query"] {
        let answer = app.ask(COMPANY, &format!("POST {path}?excludeContent=true"), json!({})).await;
        assert_eq!(answer.check(200).json()["data"], json!([]));
        assert!(answer.json()["totalCount"].as_i64().unwrap() > 0);
        app.ask(COMPANY, &format!("POST {path}?excludeContent=maybe"), json!({})).await.check(400);
    }
}

#[tokio::test]
async fn rows_are_sorted_by_every_field_that_they_have_in_both_styles() {
    for app in [documented(), observed()] {
        for (tenant, usage) in [(COMPANY, "SELF"), (MSP, "ASSIGNED")] {
            let filters = json!({ "usageType": usage });
            let all = app.ask(tenant, "POST /entitlements/query", json!({ "filters": filters })).await;
            for field in all.json()["data"][0].as_object().unwrap().keys() {
                let sorted =
                    |order| json!({ "filters": filters, "fields": ["id"], "sortField": field, "sortOrder": order });
                let up = column(&app, tenant, "POST /entitlements/query", sorted("ASC"), "id").await;
                let down = column(&app, tenant, "POST /entitlements/query", sorted("desc"), "id").await;
                assert_eq!((up.len(), down.len()), (all.json()["data"].as_array().unwrap().len(), up.len()), "{field}");
            }
        }
        let by = |field: &str| json!({ "fields": ["id"], "sortField": field, "sortOrder": "DESC", "pageSize": 2 });
        let latest = column(&app, COMPANY, "POST /entitlements/query", by("expirationDate"), "id").await;
        assert_eq!(latest, ["358889505-1", "358889501-1"]);
        let most = column(&app, COMPANY, "POST /entitlements/query", by("quantity"), "id").await;
        assert_eq!(most, ["358889507-1", "358889501-1"]);
        let unsorted = column(&app, COMPANY, "POST /entitlements/query", by("name"), "id").await;
        assert_eq!(unsorted, ["358889508-1", "358889503-1"]);
    }
}

#[tokio::test]
async fn every_filter_leaves_out_what_does_not_match_and_an_empty_list_leaves_out_nothing() {
    let app = documented();
    for (filters, expected) in [
        (json!({ "licenseType": [], "status": [], "sku": [], "skuTier": [], "unknown": 1 }), 10),
        (json!({ "status": ["EXPIRED"] }), 2),
        (json!({ "status": ["VALID", "FUTURE"] }), 8),
        (json!({ "isTrial": true }), 1),
        (json!({ "isTrial": false }), 9),
        (json!({ "licenseType": ["UNKNOWN"] }), 1),
        (json!({ "licenseType": ["APSW", "UNKNOWN"] }), 10),
        (json!({ "skuTier": ["platinum"] }), 3),
        (json!({ "sku": ["^CLD-RKWF", "REC$"] }), 4),
        (json!({ "sku": ["[A-Z]+-[A-Z]+-[A-Z]+-[A-Z]+[0-9]$"] }), 2),
        (json!({ "isAssignedLicense": true }), 0),
        (json!({ "isAssignedLicense": false }), 10),
        (json!({ "renewable": true }), 7),
        (json!({ "renewable": false }), 10),
        (json!({ "expirationDateRange": { "nextExpiringDays": 5 } }), 1),
        (json!({ "expirationDateRange": { "lastExpiredDays": 12 } }), 1),
        (json!({ "expirationDateRange": { "nextExpiringDays": 50, "lastExpiredDays": 400 } }), 5),
        (json!({ "expirationDateRange": {} }), 10),
    ] {
        assert_eq!(ids(&app, COMPANY, filters.clone()).await.len(), expected, "{filters}");
    }
    assert_eq!(ids(&app, CUSTOMER, json!({ "isAssignedLicense": true })).await.len(), 3);
    assert_eq!(ids(&app, MSP, json!({ "usageType": "ASSIGNED" })).await.len(), 8);
    assert_eq!(ids(&app, MSP, json!({ "usageType": "ASSIGNED", "isTrial": true })).await, ["358880103-1"]);
    assert_eq!(ids(&app, COMPANY, json!({ "usageType": "ASSIGNED" })).await.len(), 0);
}

#[tokio::test]
async fn a_filter_of_the_wrong_type_or_a_broken_pattern_is_refused_with_its_place() {
    let app = documented();
    let bare = app.ask(COMPANY, "POST /entitlements/query", json!({ "filters": { "status": "VALID" } })).await;
    assert!(bare.check(400).json()["message"].as_str().unwrap().contains("$.filters.status"));
    let broken = app.ask(COMPANY, "POST /entitlements/query", json!({ "filters": { "sku": ["["] } })).await;
    assert!(broken.check(400).json()["message"].as_str().unwrap().contains("$.filters.sku[0]"));
}

#[tokio::test]
async fn licensed_queries_are_refused_without_an_entitlement_id() {
    let app = documented();
    for path in ["/entitlements/query", "/entitlements/utilizations/query"] {
        app.ask(UNLICENSED, &format!("POST {path}"), json!({})).await.check(417);
        app.ask(&"f".repeat(32), &format!("POST {path}"), json!({})).await.check(404);
    }
    for path in ["/entitlements/banners/query", "/entitlements/compliances/query", "/entitlements/attentionNotes/query"]
    {
        app.ask(UNLICENSED, &format!("POST {path}"), json!({ "filters": {} })).await.check(200);
    }
}

#[tokio::test]
async fn a_query_without_a_body_asks_for_everything() {
    let app = documented();
    for path in [
        "/entitlements/query",
        "/entitlements/utilizations/query",
        "/entitlements/banners/query",
        "/entitlements/compliances/query",
        "/entitlements/attentionNotes/query",
        "/mspecs/query",
    ] {
        let none = app.ask(MSP, &format!("POST {path}"), Value::Null).await.check(200).text().clone();
        assert_eq!(none, app.ask(MSP, &format!("POST {path}"), json!({})).await.text(), "{path}");
    }
}

#[tokio::test]
async fn a_query_for_unknown_fields_alone_shows_whole_rows_and_names_no_fields() {
    let app = documented();
    let whole = app.ask(COMPANY, "POST /entitlements/query", json!({})).await.ok();
    let body = json!({ "fields": ["nothing", "colour"] });
    let page = app.ask(COMPANY, "POST /entitlements/query", body).await.ok();
    assert_eq!((page.get("fields"), &page["data"]), (None, &whole["data"]));
    let twice = json!({ "fields": ["id", "nothing", "id"], "pageSize": 1 });
    let page = app.ask(COMPANY, "POST /entitlements/query", twice).await.ok();
    assert_eq!(page["fields"], json!(["id"]));
}

#[tokio::test]
async fn another_sort_order_is_ascending() {
    let app = documented();
    let sorted = |order: &str| json!({ "fields": ["id"], "sortField": "quantity", "sortOrder": order, "pageSize": 2 });
    for (order, expected) in [
        ("ASC", ["358889504-1", "358889508-1"]),
        ("sideways", ["358889504-1", "358889508-1"]),
        ("Desc", ["358889507-1", "358889501-1"]),
    ] {
        assert_eq!(column(&app, COMPANY, "POST /entitlements/query", sorted(order), "id").await, expected, "{order}");
    }
}

#[tokio::test]
async fn a_renewable_row_is_bought_paid_started_and_at_most_in_grace() {
    let row = |id: &str, sku: &str, start: &str, end: &str| json!({ "id": id, "deviceType": "WIFI", "sku": sku, "quantity": 1, "effectiveDate": start, "expirationDate": end });
    let rows = json!([
        row("1-1", "S", "today-99d", "today+9d"),
        row("1-2", "CLD-R1-TMP090-REC", "today-80d", "today+9d"),
        row("1-3", "S", "today+1d", "today+99d"),
        row("1-4", "S", "today-99d", "today-60d"),
        row("1-5", "S", "today-99d", "today-61d"),
    ]);
    let fixture = Fixture::new().with("entitlements.json", json!({ COMPANY: rows }));
    let app = fixture.app();
    assert_eq!(ids(&app, COMPANY, json!({ "renewable": true })).await, ["1-4", "1-1"]);
    assert_eq!(ids(&app, CUSTOMER, json!({})).await, ["900000001-1"]);
    assert_eq!(ids(&app, CUSTOMER, json!({ "renewable": true })).await, [""; 0]);
}
