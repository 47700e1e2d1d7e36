//! Every operation of the vendor's API, in every scenario and both styles, for every kind of tenant, before and after
//! refreshes and clock jumps.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use r1_entitlements_mock::{scenario::Catalog, wire::Style};
use serde_json::{Value, json};

use super::{examples::examples, tenants, unseen};
use crate::support::{
    Answer, App,
    contract::{Formats, VENDOR, reference},
};

/// An activity that there is not.
const NO_ACTIVITY: &str = "00000000-0000-4000-8000-000000000000";

/// Queries beside those of the examples: all rows, in the order and with the fields that can be asked for.
const FURTHER: [(&str, &str); 9] = [
    ("POST /entitlements/query", r#"{"pageSize":1000,"filters":{"usageType":"SELF"}}"#),
    ("POST /entitlements/query", r#"{"pageSize":1000,"filters":{"usageType":"ASSIGNED"}}"#),
    ("POST /entitlements/query", r#"{"fields":["id","sku"],"sortField":"id"}"#),
    ("POST /entitlements/banners/query", r#"{"filters":{"usageType":"ASSIGNED"}}"#),
    ("POST /entitlements/utilizations/query", r#"{"filters":{"usageType":"ASSIGNED"}}"#),
    ("POST /entitlements/compliances/query", r#"{"filters":{"complianceType":"MSP_SUMMARY"}}"#),
    ("POST /entitlements/mileageReports/query", r#"{"filters":{"licenseType":"APSW","usageType":"SELF"}}"#),
    (
        "POST /activities/query",
        r#"{"page":1,"pageSize":9,"sortField":"status","sortOrder":"DESC","fields":["status"]}"#,
    ),
    ("POST /mspecs/query", r#"{"fields":["id","name"],"pageSize":2}"#),
];

const REPORT_TYPES: [&str; 5] =
    ["application/json", "application/vnd.ruckus.v1+json", "text/json", "text/csv", "application/pdf"];

/// Refreshes in each way, and what becomes of them. The id of the last one, if any was accepted.
async fn refresh(app: &App, tenant: &str) -> Option<String> {
    let mut last = None;
    for (request, body) in [
        ("GET /entitlements/summaries?refresh=true", Value::Null),
        ("GET /mspEntitlements/summaries?refresh=true", Value::Null),
        ("PATCH /entitlements", json!({ "refreshType": "DELTA", "usageType": "ASSIGNED" })),
    ] {
        let answer = app.ask(tenant, request, body).await;
        if answer.status != 202 {
            continue;
        }
        let id = answer.json()["requestId"].as_str().unwrap().to_owned();
        for seconds in [0, 1, 5] {
            app.advance(TimeDelta::seconds(seconds));
            app.fetch_as(tenant, &format!("/activities/{id}")).await;
        }
        app.fetch_as(tenant, &format!("/api/tenant/{tenant}/activity/{id}")).await;
        last = Some(id);
    }
    last
}

/// Makes an assignment out of every pool of an MSP, as far as there are licences, changes it and revokes it.
async fn write(app: &App, tenant: &str) {
    let pools = app.fetch_as(tenant, "/mspEntitlements").await;
    if pools.status != 200 {
        return;
    }
    let today = app.sandbox.look().1.format("%Y-%m-%d").to_string();
    for pool in pools.json().as_array().unwrap() {
        let product = json!({
            "deviceType": pool["deviceType"], "deviceSubtype": pool["deviceSubType"], "isTrial": pool["isTrial"],
            "licenseType": if pool["deviceType"].is_null() { json!("MSP_URLF") } else { Value::Null }, "quantity": 1,
        });
        let body = json!({ "endDate": today, "assignments": [product] });
        let made = app.ask(tenant, "POST /assignments", body).await;
        if made.status == 201 {
            let id = &made.json()["assignments"][0]["id"];
            app.ask(tenant, "PATCH /assignments", json!([{ "assignmentId": id, "quantity": 2 }])).await;
        }
    }
    let own = "/tenants/self/entitlements/assignments";
    let new = json!({ "effectiveDate": today, "expirationDate": today, "licenseType": "APSW", "quantity": 1 });
    let made = app.ask(tenant, &format!("POST {own}"), new).await;
    if made.status == 201 {
        let path = |answer: &Answer| format!("{own}/{}", answer.json()["data"]["id"]);
        let change = json!({ "expirationDate": today, "quantity": 1 });
        let changed = app.ask(tenant, &format!("PATCH {}", path(&made)), change).await;
        // A change replaces the assignment by another one.
        app.ask(tenant, &format!("DELETE {}", path(&changed)), Value::Null).await;
    }
}

/// Every read, query and report.
async fn read(app: &App, tenant: &str, activity: &str) {
    let changes = ["createAssignments", "syncEntitlements", "createEntitlementAssignment"];
    for example in examples(activity).into_iter().filter(|example| !changes.contains(&example.operation)) {
        if example.operation.starts_with("getToken") {
            let (_, path) = example.request.split_once(' ').unwrap();
            app.call("POST", path).form(example.body.as_str().unwrap().to_owned()).send().await;
        } else {
            app.ask(tenant, &example.request, example.body).await;
        }
    }
    for (request, body) in FURTHER {
        app.ask(tenant, request, serde_json::from_str(body).unwrap()).await;
    }
    for media_type in REPORT_TYPES {
        for query in ["", "?deviceDetails=true&pageSize=2"] {
            let path = format!("/entitlements/licenseUsageReports{query}");
            app.call("GET", &path).tenant(tenant).header("accept", media_type).send().await;
        }
    }
}

async fn walk(app: &App, days: &[i64]) {
    let tenants = tenants(app);
    for days in days {
        app.advance(TimeDelta::days(*days));
        for tenant in &tenants {
            read(app, tenant, NO_ACTIVITY).await;
        }
        for tenant in &tenants {
            write(app, tenant).await;
            let activity = refresh(app, tenant).await;
            read(app, tenant, activity.as_deref().unwrap_or(NO_ACTIVITY)).await;
        }
    }
}

#[tokio::test]
async fn every_answer_in_every_scenario_and_style_is_as_documented_and_every_success_occurs() {
    let mut seen = BTreeSet::new();
    let mut names: Vec<_> = Catalog::default().names();
    names.sort();
    for name in names {
        for style in [Style::Documented, Style::Observed] {
            let app = match style {
                Style::Documented => App::new(&name).with_formats(Formats::Checked),
                Style::Observed => App::observed(&name),
            };
            let days: &[i64] = match style {
                Style::Documented if name != "large" => &[0, 200],
                Style::Documented | Style::Observed => &[40],
            };
            walk(&app, days).await;
            seen.extend(app.seen());
        }
    }
    assert_eq!(unseen(&VENDOR, &seen, |status| status < 300), [""; 0]);
}

#[test]
fn the_document_names_every_member_that_the_published_reference_has() {
    for (operation, status, schema) in reference::answers() {
        let (method, path) = operation.split_once(' ').unwrap();
        let own = VENDOR.operations.iter().find(|own| own.method == method && own.path == path).unwrap();
        let (at, _) = own.response(status).unwrap();
        let documented = VENDOR.members(&format!("{at}/content/application~1json/schema"));
        let missing: Vec<_> =
            reference::members(schema).into_iter().filter(|name| !documented.contains(name)).collect();
        assert_eq!(missing, [""; 0], "{operation} {status}");
    }
}

#[test]
fn a_member_that_the_published_reference_does_not_have_is_a_mistake() {
    let row = json!([{ "deviceType": "WIFI", "effectDays": "3", "daysLeft": 3 }]);
    assert_eq!(
        reference::mistakes("GET /banners", 200, &row),
        [
            "/0/effectDays (reference): \"3\" is not of type \"integer\"",
            "/0 (reference): Additional properties are not allowed ('daysLeft' was unexpected)"
        ]
    );
}
