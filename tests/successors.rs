//! The successors, their companions and the deprecation of the older operations, through the router,
//! under a clock that stands still at 2026-05-05T10:20:30Z.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    sandbox::{
        Sandbox, Settings, StartClock,
        deprecations::{Mode, Sunset},
    },
    scenario::Catalog,
    wire::Style,
};
use serde_json::{Value, json};
use tower::ServiceExt;

const MSP: &str = "a0000000000000000000000000000001";
const CUSTOMER: &str = "ec000000000000000000000000000001";
const COMPANY: &str = "c0000000000000000000000000000001";
const UNLICENSED: &str = "d0000000000000000000000000000001";
const OWN: &str = "/tenants/self/entitlements/assignments";

struct App {
    sandbox: Arc<Sandbox>,
    router: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
    text: String,
}

impl App {
    fn new(style: Style, sunset: Sunset) -> Self {
        let clock = StartClock { at: "2026-05-05T10:20:30Z".parse().unwrap(), frozen: true };
        let settings = Settings { style, sunset, clock: Some(clock), ..Settings::default() };
        let scenario = Catalog::default().load("default").unwrap();
        let sandbox = Arc::new(Sandbox::new(scenario, settings).unwrap().0);
        Self { router: serve::router(Arc::clone(&sandbox), Vec::new()), sandbox }
    }

    fn documented() -> Self {
        Self::new(Style::Documented, Sunset::default())
    }

    fn live() -> Self {
        Self::new(Style::Live, Sunset::default())
    }

    fn put_clock_to(&self, at: &str) {
        self.sandbox.turn_clock(|clock| clock.set(at.parse().unwrap()));
    }

    async fn send(&self, operation: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let (method, path) = operation.split_once(' ').unwrap();
        let request = headers.iter().fold(Request::builder().method(method).uri(path), |r, (k, v)| r.header(*k, *v));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    /// As a tenant.
    async fn ask(&self, tenant: &str, operation: &str, body: Value) -> Answer {
        let body = Some(body).filter(|body| !body.is_null());
        self.send(operation, &[("x-rks-tenantid", tenant), ("content-type", "application/json")], body).await
    }

    /// A field of the rows of a query.
    async fn column(&self, tenant: &str, operation: &str, body: Value, field: &str) -> Vec<Value> {
        let answer = self.ask(tenant, operation, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.body["data"].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
    }
}

impl Answer {
    #[track_caller]
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn check(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

fn query(filters: &Value) -> Value {
    json!({ "filters": filters, "fields": ["id"], "pageSize": 100 })
}

async fn ids(app: &App, tenant: &str, filters: Value) -> Vec<String> {
    let ids = app.column(tenant, "POST /entitlements/query", query(&filters), "id").await;
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_sync_is_accepted_keeps_old_data_and_takes_over_the_next_revision() {
    let app = App::documented();
    let before = ids(&app, COMPANY, json!({})).await;
    for refresh_type in ["FULL", "DELTA", "PAGINATED"] {
        let body = json!({ "refreshType": refresh_type, "usageType": "SELF" });
        let accepted = app.ask(COMPANY, "PATCH /entitlements", body).await;
        accepted.check(202);
        assert_eq!(accepted.header("location"), accepted.body["link"]);
        let activity = format!("GET /activities/{}", accepted.body["requestId"].as_str().unwrap());
        let activity = app.ask(COMPANY, &activity, Value::Null).await;
        assert_eq!(activity.body["status"], "INPROGRESS");
        assert_eq!(activity.body["useCase"], "MSP license refresh flow");
    }
    assert_eq!(ids(&app, COMPANY, json!({})).await, before);
    app.put_clock_to("2026-05-05T10:20:32Z");
    assert_eq!(ids(&app, COMPANY, json!({})).await.len(), before.len() + 1);
}

#[tokio::test]
async fn a_sync_is_refused_for_a_bad_body_an_unlicensed_an_unknown_and_a_foreign_tenant() {
    let app = App::documented();
    app.ask(COMPANY, "PATCH /entitlements", json!({ "refreshType": "SOME" })).await.check(400);
    app.ask(COMPANY, "PATCH /entitlements", Value::Null).await.check(400);
    let unlicensed = app.ask(UNLICENSED, "PATCH /entitlements", json!({})).await;
    assert_eq!(unlicensed.check(417).body["code"], "ENTITLEMENT-10003");
    app.ask(&"f".repeat(32), "PATCH /entitlements", json!({})).await.check(404);
}

#[tokio::test]
async fn a_read_only_client_may_query_and_not_write() {
    let app = App::documented();
    let form = "grant_type=client_credentials&client_id=r1mock-readonly&client_secret=r1mock-secret";
    let request = Request::post(format!("/oauth2/token/{MSP}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let token = app.router.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let token: Value = serde_json::from_slice(&token).unwrap();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    app.send(&format!("POST {OWN}/query"), &headers, Some(json!({}))).await.check(200);
    app.send("PATCH /entitlements", &headers, Some(json!({}))).await.check(403);
    let created = app.send(&format!("POST {OWN}"), &headers, Some(new(1))).await;
    assert_eq!(created.check(403).body["error"]["message"], "this API client may only read");
    let foreign = [("authorization", bearer.as_str()), ("x-rks-tenantid", COMPANY)];
    app.send("POST /entitlements/attentionNotes/query", &foreign, Some(json!({}))).await.check(403);
}

#[tokio::test]
async fn entitlements_are_paged_from_one_with_twenty_rows_by_default() {
    let app = App::documented();
    let answer = app.ask(COMPANY, "POST /entitlements/query", json!({ "page": 0, "total": 7, "fields": [] })).await;
    assert_eq!([&answer.body["page"], &answer.body["pageSize"], &answer.body["totalCount"]], [1, 20, 10]);
    let page = json!({ "page": 2, "pageSize": 3, "fields": ["sku", "id", "nothing"], "sortField": "id" });
    let answer = app.ask(COMPANY, "POST /entitlements/query", page).await;
    insta::assert_json_snapshot!(answer.body, @r#"
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
    let app = App::documented();
    for path in ["/entitlements/query", "/entitlements/attentionNotes/query"] {
        let answer = app.ask(COMPANY, &format!("POST {path}?excludeContent=true"), json!({})).await;
        assert_eq!(answer.check(200).body["data"], json!([]));
        assert!(answer.body["totalCount"].as_i64().unwrap() > 0);
        app.ask(COMPANY, &format!("POST {path}?excludeContent=maybe"), json!({})).await.check(400);
    }
}

#[tokio::test]
async fn rows_are_sorted_by_every_field_that_they_have_in_both_styles() {
    for app in [App::documented(), App::live()] {
        for (tenant, usage) in [(COMPANY, "SELF"), (MSP, "ASSIGNED")] {
            let filters = json!({ "usageType": usage });
            let all = app.ask(tenant, "POST /entitlements/query", json!({ "filters": filters })).await;
            for field in all.body["data"][0].as_object().unwrap().keys() {
                let sorted =
                    |order| json!({ "filters": filters, "fields": ["id"], "sortField": field, "sortOrder": order });
                let up = app.column(tenant, "POST /entitlements/query", sorted("ASC"), "id").await;
                let down = app.column(tenant, "POST /entitlements/query", sorted("desc"), "id").await;
                assert_eq!((up.len(), down.len()), (all.body["data"].as_array().unwrap().len(), up.len()), "{field}");
            }
        }
        let by = |field: &str| json!({ "fields": ["id"], "sortField": field, "sortOrder": "DESC", "pageSize": 2 });
        let latest = app.column(COMPANY, "POST /entitlements/query", by("expirationDate"), "id").await;
        assert_eq!(latest, ["358889505-1", "358889501-1"]);
        let most = app.column(COMPANY, "POST /entitlements/query", by("quantity"), "id").await;
        assert_eq!(most, ["358889507-1", "358889501-1"]);
        let unsorted = app.column(COMPANY, "POST /entitlements/query", by("name"), "id").await;
        assert_eq!(unsorted, ["358889508-1", "358889503-1"]);
    }
}

#[tokio::test]
async fn every_filter_leaves_out_what_does_not_match_and_an_empty_list_leaves_out_nothing() {
    let app = App::documented();
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
async fn a_filter_of_the_wrong_type_or_a_broken_pattern_is_told_with_its_place() {
    let app = App::documented();
    let bare = app.ask(COMPANY, "POST /entitlements/query", json!({ "filters": { "status": "VALID" } })).await;
    assert!(bare.check(400).body["message"].as_str().unwrap().contains("$.filters.status"));
    let broken = app.ask(COMPANY, "POST /entitlements/query", json!({ "filters": { "sku": ["["] } })).await;
    assert!(broken.check(400).body["message"].as_str().unwrap().contains("$.filters.sku[0]"));
}

#[tokio::test]
async fn licensed_queries_are_refused_without_an_entitlement_id() {
    let app = App::documented();
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
async fn banners_come_in_the_newer_names_for_own_use_and_for_pools() {
    let app = App::documented();
    let own =
        app.ask(COMPANY, "POST /entitlements/banners/query", json!({ "filters": { "licenseType": ["APSW"] } })).await;
    insta::assert_json_snapshot!(own.body["data"][0], @r#"
    {
      "effectDate": "2026-06-19T23:59:59Z",
      "effectiveDays": 44,
      "licenseCount": 30,
      "licenseType": "APSW",
      "message": "WIFI licenses expire within weeks.",
      "multipleLicense": true,
      "type": "INITIAL",
      "usageType": "SELF"
    }
    "#);
    let of_pools =
        app.ask(MSP, "POST /entitlements/banners/query", json!({ "filters": { "usageType": "ASSIGNED" } })).await;
    insta::assert_json_snapshot!(of_pools.body["data"][0], @r#"
    {
      "effectDate": "2026-05-10T23:59:59Z",
      "effectiveDays": 4,
      "licenseCount": 50,
      "licenseType": "APSW",
      "message": "MSP_WIFI licenses expire within days.",
      "multipleLicense": false,
      "type": "CLOSE_TO_EXPIRATION",
      "usageType": "ASSIGNED"
    }
    "#);
}

#[tokio::test]
async fn utilizations_sum_own_use_and_what_is_handed_out() {
    let app = App::documented();
    let own = app.ask(CUSTOMER, "POST /entitlements/utilizations/query", json!({})).await;
    insta::assert_json_snapshot!(own.body, @r#"
    {
      "data": [
        {
          "assignedQuantity": 160,
          "courtesyQuantity": 0,
          "isTrial": false,
          "licenseType": "APSW",
          "purchasedQuantity": 0,
          "quantity": 160,
          "remainingLicenses": 18,
          "remainingQuantity": 18,
          "usageType": "SELF",
          "usedQuantity": 142,
          "usedQuantityForOwnAssignment": 0
        },
        {
          "assignedQuantity": 60,
          "courtesyQuantity": 0,
          "isTrial": false,
          "licenseType": "SLTN_TOKEN",
          "purchasedQuantity": 0,
          "quantity": 60,
          "remainingLicenses": 19,
          "remainingQuantity": 19,
          "usageType": "SELF",
          "usedQuantity": 41,
          "usedQuantityForOwnAssignment": 0
        }
      ]
    }
    "#);
    let filters = json!({ "filters": { "usageType": "ASSIGNED", "licenseType": ["APSW"], "isTrial": false } });
    let assigned = app.ask(MSP, "POST /entitlements/utilizations/query", filters).await;
    insta::assert_json_snapshot!(assigned.body, @r#"
    {
      "data": [
        {
          "assignedQuantity": 349,
          "courtesyQuantity": 23,
          "isTrial": false,
          "licenseType": "APSW",
          "purchasedQuantity": 760,
          "quantity": 783,
          "remainingLicenses": 374,
          "remainingQuantity": 374,
          "usageType": "ASSIGNED",
          "usedQuantity": 409,
          "usedQuantityForOwnAssignment": 60
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn compliances_are_given_for_a_tenant_and_for_an_msps_customers() {
    let app = App::documented();
    let asked = |kind| json!({ "filters": { "complianceType": kind, "licenseType": ["APSW"] } });
    let own = app.ask(MSP, "POST /entitlements/compliances/query", asked("SELF")).await;
    insta::assert_json_snapshot!(own.body, @r#"
    {
      "compliances": [
        {
          "licenseType": "APSW",
          "self": {
            "availableLicenseCountForMyAccount": 10,
            "availablePaidLicenseCountForMspEcs": 374,
            "availableTrialLicenseCountForMspEcs": 0,
            "complianceType": "SELF",
            "consolidatedSkuEnabled": false,
            "deviceCompliances": [
              {
                "deviceType": "WIFI",
                "installedDeviceCount": 12,
                "usedLicenseCount": 12
              },
              {
                "deviceType": "SWITCH",
                "installedDeviceCount": 0,
                "usedLicenseCount": 0
              },
              {
                "deviceType": "APSW",
                "installedDeviceCount": 38,
                "usedLicenseCount": 38
              }
            ],
            "extendedTrialEnabled": false,
            "licenseGap": 10,
            "licenseType": "APSW",
            "licensesUsed": 50,
            "nextPaidExpirationDate": "2026-10-16",
            "nextTotalPaidExpiringLicenseCount": 60,
            "nextTotalTrialExpiringLicenseCount": 0,
            "paidLicenseGapForMspEcs": 374,
            "tenantId": "a0000000000000000000000000000001",
            "tenantName": "Northgate Managed Networks",
            "totalActivePaidAssignedLicenseCount": 409,
            "totalActivePaidLicenseCount": 60,
            "totalActiveTrialAssignedLicenseCount": 20,
            "totalActiveTrialLicenseCount": 0,
            "totalMspEcPaidAssignedLicenseCount": 349,
            "totalMspEcTrialAssignedLicenseCount": 20,
            "trialLicenseGapForMspEcs": 30
          }
        }
      ]
    }
    "#);
    let summary = app.ask(MSP, "POST /entitlements/compliances/query", asked("MSP_SUMMARY")).await;
    let customers = &summary.body["compliances"][0]["mspEcSummary"];
    // The gap of the customers is what is left of both pools: 374 paid and 30 trial licences.
    assert_eq!([&customers["complianceType"], &customers["licenseGap"]], [&json!("MSP_SUMMARY"), &json!(404)]);
    let company = app.ask(COMPANY, "POST /entitlements/compliances/query", asked("MSP_SUMMARY")).await;
    assert!(company.body["compliances"][0].get("mspEcSummary").is_none());
}

#[tokio::test]
async fn missing_filters_fail_live_and_are_optional_by_the_reference() {
    for path in ["/entitlements/banners/query", "/entitlements/compliances/query"] {
        let failed = App::live().ask(COMPANY, &format!("POST {path}"), json!({})).await;
        assert_eq!(failed.check(500).body["errors"][0]["code"], "ENTITLEMENT-10000");
        App::documented().ask(COMPANY, &format!("POST {path}"), json!({})).await.check(200);
    }
    let empty = App::live().ask(COMPANY, "POST /entitlements/compliances/query", json!({ "filters": {} })).await;
    assert_eq!(empty.check(200).body, json!({ "compliances": [null] }));
    let typed = json!({ "filters": { "complianceType": "SELF" } });
    let typed = App::live().ask(COMPANY, "POST /entitlements/compliances/query", typed).await;
    assert_eq!(typed.body["compliances"][0]["self"]["tenantName"], "Dunmore Logistics");
}

#[tokio::test]
async fn attention_notes_are_filtered_sorted_and_reduced_to_fields() {
    let app = App::documented();
    let notes = |filters: Value| json!({ "filters": filters, "sortField": "startDate", "sortOrder": "DESC" });
    for (tenant, filters, expected) in [
        (MSP, json!({}), &["note-0002", "note-0004", "note-0001", "note-0003"][..]),
        (MSP, json!({ "status": ["VALID", "FUTURE"] }), &["note-0002", "note-0001"]),
        (MSP, json!({ "enabled": false }), &["note-0004"]),
        (MSP, json!({ "tenantType": ["REC"] }), &["note-0003"]),
        (MSP, json!({ "type": ["STOP_COURTESY"], "licenseCheck": true }), &["note-0001"]),
        (COMPANY, json!({ "type": ["STOP_COURTESY"], "licenseCheck": true }), &[]),
    ] {
        let ids = app.column(tenant, "POST /entitlements/attentionNotes/query", notes(filters.clone()), "id").await;
        assert_eq!(ids, expected, "{filters}");
    }
    let fields = json!({ "fields": ["summary", "status"], "pageSize": 1 });
    let answer = app.ask(MSP, "POST /entitlements/attentionNotes/query", fields).await;
    assert_eq!(answer.body["data"], json!([{ "status": "EXPIRED", "summary": "Renew in time" }]));
}

fn new(quantity: i64) -> Value {
    json!({ "effectiveDate": "2026-05-05 10:20:30Z", "expirationDate": "2026-05-31", "licenseType": "APSW", "quantity": quantity })
}

#[tokio::test]
async fn an_own_assignment_is_made_changed_and_taken_back_and_both_generations_see_it() {
    let app = App::documented();
    let made = app.ask(MSP, &format!("POST {OWN}"), new(5)).await;
    insta::assert_json_snapshot!(made.check(201).body, @r#"
    {
      "data": {
        "createdBy": "r1mock",
        "createdDate": "2026-05-05T10:20:30Z",
        "effectiveDate": "2026-05-05T10:20:30Z",
        "expirationDate": "2026-05-31T23:59:59Z",
        "id": 130481,
        "isTrial": false,
        "licenseType": "APSW",
        "quantity": 5,
        "status": "VALID"
      },
      "message": "The assignment is on record.",
      "status": "success"
    }
    "#);
    let id = &made.body["data"]["id"];
    let changed =
        app.ask(MSP, &format!("PATCH {OWN}/{id}"), json!({ "expirationDate": "2026-05-31", "quantity": 7 })).await;
    let changed = changed.check(200).body["data"]["id"].clone();
    app.ask(MSP, &format!("DELETE {OWN}/{changed}"), Value::Null).await.check(204);
    let filters = json!({ "filters": { "createdBy": ["r1mock"] }, "sortField": "id" });
    let rows = app.ask(MSP, &format!("POST {OWN}/query"), filters).await;
    let statuses: Vec<_> = rows.body["data"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, ["REVOKED", "REVOKED"]);
    let old = app.ask(MSP, "GET /assignments", Value::Null).await;
    let old: Vec<_> = old.body.as_array().unwrap().iter().filter(|row| row["createdBy"] == "r1mock").collect();
    assert_eq!(old.iter().map(|row| row["quantity"].as_i64().unwrap()).collect::<Vec<_>>(), [5, 7]);
}

#[tokio::test]
async fn every_refusal_of_an_own_assignment_has_its_status_and_the_nested_shape() {
    let app = App::documented();
    let revoked = app.ask(MSP, &format!("POST {OWN}"), new(1)).await.body["data"]["id"].clone();
    app.ask(MSP, &format!("DELETE {OWN}/{revoked}"), Value::Null).await.check(204);
    let one = |id: &Value| format!("{OWN}/{id}");
    let with = |name: &str, value: Value| {
        let mut body = new(1);
        body[name] = value;
        body
    };
    let customers = json!(130_469);
    let change = |quantity: i64| json!({ "expirationDate": "2026-05-31", "quantity": quantity });
    for (tenant, operation, body, status) in [
        (MSP, format!("POST {OWN}"), new(100_000), 402),
        (MSP, format!("POST {OWN}"), with("licenseType", json!("URLF")), 402),
        (MSP, format!("POST {OWN}"), with("licenseType", json!("LASER")), 400),
        (MSP, format!("POST {OWN}"), with("expirationDate", json!("soon")), 400),
        (MSP, format!("POST {OWN}"), with("expirationDate", json!("2026-05-01")), 400),
        (MSP, format!("POST {OWN}"), new(0), 400),
        (MSP, format!("POST {OWN}"), new(-1), 400),
        (MSP, format!("POST {OWN}"), json!({ "quantity": 1 }), 400),
        (MSP, format!("POST {OWN}"), with("trial", json!(true)), 403),
        (COMPANY, format!("POST {OWN}"), new(1), 400),
        (UNLICENSED, format!("POST {OWN}"), new(1), 400),
        (MSP, format!("PATCH {OWN}/130473"), json!({}), 400),
        (MSP, format!("PATCH {OWN}/130473"), json!({ "quantity": 5 }), 400),
        (MSP, format!("PATCH {OWN}/130473"), json!({ "expirationDate": "2026-05-31" }), 400),
        (MSP, format!("PATCH {OWN}/130473"), json!({ "expirationDate": "", "quantity": 1 }), 400),
        (MSP, format!("PATCH {OWN}/130473"), change(100_000), 402),
        (MSP, format!("PATCH {OWN}/x"), change(1), 400),
        (MSP, format!("PATCH {}", one(&revoked)), change(1), 409),
        (MSP, format!("PATCH {}", one(&customers)), change(1), 404),
        (MSP, format!("DELETE {}", one(&revoked)), Value::Null, 409),
        (MSP, format!("DELETE {}", one(&customers)), Value::Null, 404),
        (MSP, format!("DELETE {OWN}/999999"), Value::Null, 404),
    ] {
        let answer = app.ask(tenant, &operation, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{operation} {body}: {}", answer.text);
        let keys: Vec<_> = answer.body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["error", "message", "errors", "requestId", "path", "status", "timestamp"]);
        let keys: Vec<_> = answer.body["error"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["code", "message", "reason", "suggestion"]);
        assert_eq!(answer.body["errors"], json!([answer.body["error"]]));
        assert_eq!(
            (&answer.body["message"], &answer.body["status"]),
            (&answer.body["error"]["message"], &json!(status))
        );
    }
    let incomplete = app.ask(MSP, &format!("PATCH {OWN}/130473"), json!({ "quantity": 5 })).await;
    assert!(incomplete.text.contains("expirationDate"), "{}", incomplete.text);
}

#[tokio::test]
async fn a_refused_query_of_assignments_has_the_ordinary_shape() {
    let app = App::documented();
    for operation in ["POST /tenants/x/entitlements/assignments/query".to_owned(), format!("POST {OWN}/query")] {
        let body = app.ask(MSP, &operation, json!({ "filters": 5 })).await.check(400).body.clone();
        assert_eq!(body["error"], "Bad Request", "{operation}");
        assert!(body["errors"][0]["message"].is_string() && body["path"].is_string(), "{operation}");
    }
}

#[tokio::test]
async fn errors_have_the_media_type_that_is_accepted() {
    const V1: &str = "application/vnd.ruckus.v1+json";
    const V1_1: &str = "application/vnd.ruckus.v1.1+json";
    const PLAIN: &str = "application/json";
    let app = App::live();
    let banners = "POST /entitlements/banners/query";
    let foreign = ("x-rks-tenantid", "00000000000000000000000000000009");
    for (operation, headers, status, media_type) in [
        (banners, vec![("accept", V1)], 500, V1),
        (banners, vec![("accept", V1_1)], 500, V1_1),
        (banners, vec![("accept", "*/*")], 500, PLAIN),
        (banners, vec![], 500, PLAIN),
        (banners, vec![("accept", V1), foreign], 404, V1),
        (banners, vec![("accept", V1), ("x-mock-outcome", "503")], 503, V1),
        (banners, vec![("accept", "text/html")], 406, PLAIN),
        ("GET /entitlements?type=x", vec![("accept", V1)], 400, V1),
        (
            "POST /entitlements/availabilityReports/query",
            vec![("accept", "application/vnd.ruckus.v2+json")],
            400,
            "application/vnd.ruckus.v2+json",
        ),
        ("GET /nothing", vec![("accept", V1)], 404, PLAIN),
    ] {
        let answer = app.send(operation, &headers, Some(json!({}))).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (status, &media_type.parse().unwrap()),
            "{operation} {headers:?}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_query_without_a_body_asks_for_everything() {
    let app = App::documented();
    for path in [
        "/entitlements/query",
        "/entitlements/utilizations/query",
        "/entitlements/banners/query",
        "/entitlements/compliances/query",
        "/entitlements/attentionNotes/query",
        "/mspecs/query",
    ] {
        let none = app.ask(MSP, &format!("POST {path}"), Value::Null).await.check(200).text.clone();
        assert_eq!(none, app.ask(MSP, &format!("POST {path}"), json!({})).await.text, "{path}");
    }
}

#[tokio::test]
async fn a_customers_assignments_are_shown_in_the_context_of_its_msp_only() {
    let app = App::documented();
    let path = format!("POST /tenants/{CUSTOMER}/entitlements/assignments/query");
    let asked = json!({ "fields": ["id", "licenseType", "quantity"], "filters": { "status": ["VALID"] }, "sortField": "expirationDate", "sortOrder": "DESC" });
    let answer = app.ask(MSP, &path, asked).await;
    insta::assert_json_snapshot!(answer.body["data"], @r#"
    [
      {
        "id": 130468,
        "licenseType": "APSW",
        "quantity": 120
      },
      {
        "id": 130471,
        "licenseType": "APSW",
        "quantity": 40
      },
      {
        "id": 130475,
        "licenseType": "SLTN_TOKEN",
        "quantity": 60
      }
    ]
    "#);
    let foreign = app.ask(CUSTOMER, &path, json!({})).await;
    assert_eq!(foreign.check(400).body["errors"][0]["code"], "ENTITLEMENT-10200");
    app.ask(MSP, &format!("POST /tenants/{COMPANY}/entitlements/assignments/query"), json!({})).await.check(400);
    app.ask(MSP, "POST /tenants/x/entitlements/assignments/query", json!({})).await.check(400);
    app.ask(MSP, &path, json!({ "filters": { "status": "VALID" } })).await.check(400);
}

#[tokio::test]
async fn an_activity_has_no_devices_and_keeps_who_is_to_be_told() {
    let app = App::documented();
    let accepted = app.ask(MSP, "PATCH /entitlements", json!({})).await;
    let activity = format!("/activities/{}", accepted.body["requestId"].as_str().unwrap());
    let devices = app.ask(MSP, &format!("POST {activity}/devices/query"), json!({ "page": 0 })).await;
    assert_eq!(devices.check(200).body, json!({ "fields": [], "totalCount": 0, "page": 1, "data": [] }));
    let notification = json!({ "enabled": true, "type": "sms", "endpoint": "+15550100" });
    app.ask(MSP, &format!("PUT {activity}/notifications"), notification.clone()).await.check(200);
    let answer = app.ask(MSP, &format!("GET {activity}"), Value::Null).await;
    assert_eq!(answer.body["notification"], notification);
    app.ask(MSP, &format!("PUT {activity}/notifications"), json!({ "type": "pigeon" })).await.check(400);
    app.ask(COMPANY, &format!("PUT {activity}/notifications"), json!({})).await.check(404);
    app.ask(COMPANY, &format!("POST {activity}/devices/query"), json!({})).await.check(404);
}

#[tokio::test]
async fn answers_come_in_the_media_type_asked_for_where_there_is_such_a_version() {
    let app = App::documented();
    for (path, media_type, status) in [
        ("/entitlements/query", "application/vnd.ruckus.v1+json", 200),
        ("/entitlements/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/banners/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/utilizations/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/compliances/query", "application/vnd.ruckus.v1+json", 200),
        ("/entitlements/compliances/query", "application/vnd.ruckus.v1.1+json", 406),
        ("/entitlements/query", "text/html", 406),
    ] {
        let headers = [("accept", media_type), ("content-type", media_type), ("x-rks-tenantid", COMPANY)];
        let answer = app.send(&format!("POST {path}"), &headers, Some(json!({ "filters": {} }))).await;
        answer.check(status);
        if status == 200 {
            assert_eq!(answer.header("content-type"), media_type);
        }
    }
}

#[tokio::test]
async fn the_companions_tell_of_the_same_tenants() {
    let app = App::documented();
    let own = app.ask(COMPANY, "GET /tenants/self", Value::Null).await;
    insta::assert_json_snapshot!(own.body, @r#"
    {
      "entitlementId": "140360222",
      "id": "c0000000000000000000000000000001",
      "isActivated": true,
      "maintenanceState": false,
      "name": "Dunmore Logistics",
      "region": "US",
      "status": "active",
      "tenantType": "REC"
    }
    "#);
    let unlicensed = app.ask(UNLICENSED, "GET /tenants/self", Value::Null).await;
    assert!(unlicensed.check(200).body.get("entitlementId").is_none());
    let customers = app.ask(MSP, "GET /mspCustomers", Value::Null).await;
    assert_eq!(customers.check(200).body[0]["tenant_id"], CUSTOMER);
    app.ask(COMPANY, "GET /mspCustomers", Value::Null).await.check(400);
    let asked = json!({ "fields": ["id", "name"], "filters": { "tenantType": ["MSP_EC"] }, "sortField": "name", "sortOrder": "DESC", "pageSize": 1 });
    let ecs = app.ask(MSP, "POST /mspecs/query", asked).await;
    insta::assert_json_snapshot!(ecs.body, @r#"
    {
      "fields": [
        "id",
        "name"
      ],
      "totalCount": 3,
      "page": 1,
      "pageSize": 1,
      "data": [
        {
          "id": "ec000000000000000000000000000003",
          "name": "Cedar Hill Schools"
        }
      ]
    }
    "#);
    let settings = app.ask(MSP, "GET /entitlements/settings", Value::Null).await;
    assert_eq!(settings.check(200).body[0]["featureType"], "SLTN_PIN_FOR_IDENTITY");
    let orders = app.ask(COMPANY, "POST /entitlements/orders/query", json!({})).await;
    assert_eq!(orders.check(200).body["data"][0]["orderId"], "ALM-ACT-310052");
    assert_eq!(orders.body["data"][0]["remainingQuantity"], 40);
}

#[tokio::test]
async fn every_answer_of_a_deprecated_operation_says_so_and_names_its_successor() {
    let app = App::documented();
    let answer = app.ask(COMPANY, "GET /entitlements/summaries", Value::Null).await;
    assert_eq!(answer.header("deprecation"), "@1767225600");
    assert_eq!(answer.header("sunset"), "Mon, 31 Aug 2026 00:00:00 GMT");
    insta::assert_snapshot!(answer.header("link"), @r#"</entitlements/utilizations/query>; rel="successor-version", </entitlements>; rel="successor-version", </_mock/deprecations/about#getSummary_1>; rel="deprecation"; type="text/html""#);
    // Errors say so too, and what is not deprecated does not.
    assert_eq!(
        app.ask(UNLICENSED, "GET /entitlements", Value::Null).await.check(417).header("deprecation"),
        "@1767225600"
    );
    assert_eq!(app.ask(MSP, "DELETE /assignments", json!([])).await.check(400).header("deprecation"), "@1767225600");
    assert_eq!(app.ask(MSP, "GET /assignments", Value::Null).await.check(200).header("deprecation"), "");
    assert_eq!(app.ask(COMPANY, "POST /entitlements/query", json!({})).await.check(200).header("sunset"), "");
    let page = app.send("GET /_mock/deprecations/about", &[], None).await;
    assert!(page.check(200).text.contains("id=\"getSummary_1\""));
}

#[tokio::test]
async fn a_deprecated_operation_is_gone_from_the_sunset_on_if_asked_for() {
    let app = App::new(Style::Documented, Sunset { mode: Mode::Gone, ..Sunset::default() });
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
    app.put_clock_to("2026-08-31T00:00:00Z");
    let gone = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!(gone.check(410).body["message"], "GET /banners was removed on 2026-08-31");
    assert!(
        gone.body["errors"][0]["suggestion"].as_str().unwrap().starts_with("Use POST /entitlements/banners/query.")
    );
    assert_eq!(gone.header("sunset"), "Mon, 31 Aug 2026 00:00:00 GMT");
    app.ask(MSP, "DELETE /assignments", json!([])).await.check(410);
    app.ask(COMPANY, "POST /entitlements/banners/query", json!({})).await.check(200);
    app.put_clock_to("2026-08-30T23:59:59Z");
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
}

#[tokio::test]
async fn a_brownout_takes_single_operations_away_for_some_minutes_of_each_hour() {
    let only = ["getBanners_1".to_owned()].into();
    let app = App::new(
        Style::Documented,
        Sunset { brownout: Some(chrono::TimeDelta::minutes(30)), only, ..Sunset::default() },
    );
    let gone = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!(gone.check(410).body["message"], "GET /banners is switched off for a trial until 10:30Z");
    app.ask(COMPANY, "GET /entitlements", Value::Null).await.check(200);
    app.put_clock_to("2026-05-05T10:30:00Z");
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
}

#[tokio::test]
async fn nothing_is_said_if_silence_is_asked_for_but_calls_are_counted() {
    let app = App::new(Style::Documented, Sunset { mode: Mode::Silent, ..Sunset::default() });
    let answer = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!([answer.header("deprecation"), answer.header("sunset"), answer.header("link")], ["", "", ""]);
    assert_eq!(app.send("GET /_mock/deprecations", &[], None).await.body["calls"], 1);
}

#[tokio::test]
async fn the_report_tells_who_calls_what_through_resets_until_it_is_cleared() {
    let app = App::documented();
    let quiet = app.send("GET /_mock/deprecations?format=text", &[], None).await;
    assert_eq!(quiet.text, "No deprecated operation was called.\n");
    for agent in ["portal/1.2", "portal/1.2", "curl/8.5"] {
        app.send("GET /entitlements", &[("user-agent", agent)], None).await.check(200);
    }
    app.send("HEAD /banners", &[], None).await.check(200);
    app.send("POST /entitlements/query", &[("user-agent", "new")], Some(json!({}))).await.check(200);
    app.send("POST /_mock/reset", &[], None).await.check(204);
    let text = app.send("GET /_mock/deprecations", &[("accept", "text/plain")], None).await;
    insta::assert_snapshot!(text.text, @r#"
    4 calls of 2 deprecated operations, announced to be removed from 2026-08-31 on:

    GET /banners (getBanners_1): 1 call
      first 2026-05-05T10:20:30Z, last 2026-05-05T10:20:30Z
      use instead: POST /entitlements/banners/query
      by (none): 1

    GET /entitlements (getEntitlements_1): 3 calls
      first 2026-05-05T10:20:30Z, last 2026-05-05T10:20:30Z
      use instead: POST /entitlements/query
      by curl/8.5: 1
      by portal/1.2: 2
    "#);
    let report = app.send("GET /_mock/deprecations", &[], None).await;
    insta::assert_json_snapshot!(report.body["operations"][3], @r#"
    {
      "operationId": "getEntitlements_1",
      "operation": "GET /entitlements",
      "successors": [
        "POST /entitlements/query"
      ],
      "calls": 3,
      "gone": 0,
      "firstCall": "2026-05-05T10:20:30Z",
      "lastCall": "2026-05-05T10:20:30Z",
      "userAgents": [
        {
          "userAgent": "curl/8.5",
          "calls": 1,
          "firstCall": "2026-05-05T10:20:30Z",
          "lastCall": "2026-05-05T10:20:30Z"
        },
        {
          "userAgent": "portal/1.2",
          "calls": 2,
          "firstCall": "2026-05-05T10:20:30Z",
          "lastCall": "2026-05-05T10:20:30Z"
        }
      ]
    }
    "#);
    app.send("DELETE /_mock/deprecations", &[], None).await.check(204);
    assert_eq!(app.send("GET /_mock/deprecations", &[], None).await.body["calls"], 0);
}

#[tokio::test]
async fn a_sandbox_counts_its_own_calls_and_its_links_stay_in_it() {
    let app = App::documented();
    let new = Some(json!({ "name": "one" }));
    app.send("POST /_mock/sandboxes", &[("content-type", "application/json")], new).await.check(201);
    let answer = app.send("GET /sandboxes/one/banners", &[], None).await;
    let link = answer.check(200).header("link");
    assert!(link.starts_with("</sandboxes/one/entitlements/banners/query>; rel=\"successor-version\""), "{link}");
    assert_eq!(app.send("GET /sandboxes/one/_mock/deprecations", &[], None).await.body["calls"], 1);
    assert_eq!(app.send("GET /_mock/deprecations", &[], None).await.body["calls"], 0);
}
