//! /tenants: a tenant's own record, and assignments in the newer names.

use serde_json::{Value, json};

use crate::{
    api::{documented, observed},
    support::{COMPANY, CUSTOMER, MSP, UNLICENSED},
};

/// Assignments of the caller to itself.
pub const OWN: &str = "/tenants/self/entitlements/assignments";

pub fn new(quantity: i64) -> Value {
    json!({ "effectiveDate": "2026-05-05 10:20:30Z", "expirationDate": "2026-05-31", "licenseType": "APSW", "quantity": quantity })
}

#[tokio::test]
async fn an_own_assignment_is_made_changed_and_taken_back_and_both_generations_see_it() {
    let app = documented();
    let made = app.ask(MSP, &format!("POST {OWN}"), new(5)).await;
    insta::assert_json_snapshot!(made.check(201).json(), @r#"
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
    let id = &made.json()["data"]["id"];
    let changed =
        app.ask(MSP, &format!("PATCH {OWN}/{id}"), json!({ "expirationDate": "2026-05-31", "quantity": 7 })).await;
    let changed = changed.check(200).json()["data"]["id"].clone();
    app.ask(MSP, &format!("DELETE {OWN}/{changed}"), Value::Null).await.check(204);
    let filters = json!({ "filters": { "createdBy": ["r1mock"] }, "sortField": "id" });
    let rows = app.ask(MSP, &format!("POST {OWN}/query"), filters).await.ok();
    let statuses: Vec<_> = rows["data"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, ["REVOKED", "REVOKED"]);
    let old = app.get_as(MSP, "/assignments").await;
    let old: Vec<_> = old.as_array().unwrap().iter().filter(|row| row["createdBy"] == "r1mock").collect();
    assert_eq!(old.iter().map(|row| row["quantity"].as_i64().unwrap()).collect::<Vec<_>>(), [5, 7]);
}

#[tokio::test]
async fn every_refusal_of_an_own_assignment_has_its_status_and_the_nested_shape() {
    let app = documented();
    let revoked = app.ask(MSP, &format!("POST {OWN}"), new(1)).await.json()["data"]["id"].clone();
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
        (MSP, format!("POST {OWN}"), with("skuTier", json!("Silver")), 402),
        (MSP, format!("PATCH {OWN}/130473"), json!({ "expirationDate": "2026-05-31", "quantity": 0 }), 400),
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
        assert_eq!(answer.status, status, "{operation} {body}: {}", answer.text());
        let body = answer.json();
        let keys: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["error", "message", "errors", "requestId", "path", "status", "timestamp"]);
        let keys: Vec<_> = body["error"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["code", "message", "reason", "suggestion"]);
        assert_eq!(body["errors"], json!([body["error"]]));
        assert_eq!((&body["message"], &body["status"]), (&body["error"]["message"], &json!(status)));
    }
    let incomplete = app.ask(MSP, &format!("PATCH {OWN}/130473"), json!({ "quantity": 5 })).await;
    assert!(incomplete.text().contains("expirationDate"), "{}", incomplete.text());
}

/// Documented: 400 and 500 of both assignment queries are `ErrorDto`, as those of the writes beside them.
#[tokio::test]
async fn a_refused_query_of_assignments_has_the_nested_shape_of_the_writes() {
    for app in [documented(), observed()] {
        for operation in ["POST /tenants/x/entitlements/assignments/query".to_owned(), format!("POST {OWN}/query")] {
            for (outcome, status) in [(None, 400), (Some(("x-mock-outcome", "500")), 500)] {
                let mut headers = vec![("x-rks-tenantid", MSP), ("content-type", "application/json")];
                headers.extend(outcome);
                let body = app.ask_with(&operation, &headers, json!({ "filters": 5 })).await.expect(status).json();
                assert_eq!(body["status"], status, "{operation}: {body}");
                assert!(body["error"]["message"].is_string() && body["path"].is_string(), "{operation}: {body}");
            }
        }
    }
}

#[tokio::test]
async fn a_customers_assignments_are_shown_in_the_context_of_its_msp_only() {
    let app = documented();
    let path = format!("POST /tenants/{CUSTOMER}/entitlements/assignments/query");
    let asked = json!({ "fields": ["id", "licenseType", "quantity"], "filters": { "status": ["VALID"] }, "sortField": "expirationDate", "sortOrder": "DESC" });
    let answer = app.ask(MSP, &path, asked).await;
    insta::assert_json_snapshot!(answer.json()["data"], @r#"
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
    assert_eq!(foreign.check(400).json()["errors"][0]["code"], "ENTITLEMENT-10200");
    app.ask(MSP, &format!("POST /tenants/{COMPANY}/entitlements/assignments/query"), json!({})).await.check(400);
    app.ask(MSP, "POST /tenants/x/entitlements/assignments/query", json!({})).await.check(400);
    app.ask(MSP, &path, json!({ "filters": { "status": "VALID" } })).await.check(400);
}

#[tokio::test]
async fn a_tenant_reads_its_own_record() {
    let app = documented();
    let own = app.ask(COMPANY, "GET /tenants/self", Value::Null).await;
    insta::assert_json_snapshot!(own.json(), @r#"
    {
      "entitlementId": "140360222",
      "id": "c0000000000000000000000000000001",
      "isActivated": true,
      "maintenanceState": false,
      "name": "Dunmore Logistics",
      "region": "NA",
      "status": "active",
      "tenantType": "REC"
    }
    "#);
    let unlicensed = app.ask(UNLICENSED, "GET /tenants/self", Value::Null).await;
    assert!(unlicensed.check(200).json().get("entitlementId").is_none());
}

#[tokio::test]
async fn only_the_msp_reads_a_customer_as_it_knows_it() {
    let app = documented();
    let customer = app.ask(MSP, &format!("GET /tenants/{CUSTOMER}"), Value::Null).await;
    insta::assert_json_snapshot!(customer.check(200).json(), @r#"
    {
      "is_active": "true",
      "msp_label": "northgate-managed-networks",
      "name": "Alder Street Clinics",
      "parent_tenant_id": "a0000000000000000000000000000001",
      "service_effective_date": "2025-04-20T00:00:00Z",
      "service_expiration_date": "2027-04-19T23:59:59Z",
      "tenant_id": "ec000000000000000000000000000001",
      "tenant_type": "MSP_EC"
    }
    "#);
    let observed = observed().ask(CUSTOMER, &format!("GET /tenants/{CUSTOMER}"), Value::Null).await.json();
    assert_eq!(observed["service_effective_date"], "2025-04-20 00:00:00Z");
    let company = app.ask(COMPANY, &format!("GET /tenants/{COMPANY}"), Value::Null).await.json();
    assert_eq!((&company["is_active"], &company["msp_label"]), (&json!("false"), &json!("")));
    let unlicensed = app.ask(UNLICENSED, &format!("GET /tenants/{UNLICENSED}"), Value::Null).await;
    assert!(unlicensed.check(200).json().get("service_expiration_date").is_none());
    app.ask(CUSTOMER, &format!("GET /tenants/{MSP}"), Value::Null).await.check(403);
    app.ask(COMPANY, &format!("GET /tenants/{CUSTOMER}"), Value::Null).await.check(403);
    app.ask(MSP, "GET /tenants/ffffffffffffffffffffffffffffffff", Value::Null).await.check(403);
}
