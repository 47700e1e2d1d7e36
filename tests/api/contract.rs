//! Every 2xx body of every operation, in every scenario, for every tenant, before and after refreshes
//! and clock moves, against the contract.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use r1_entitlements_mock::{model::TenantId, scenario::Catalog, wire::contract};
use serde_json::{Value, json};

use crate::support::{Answer, App};

/// The members of the contract that have been seen so far.
#[derive(Default)]
struct RequestFacts(BTreeSet<String>);

impl RequestFacts {
    /// Looks at an answer; errors are none of its business.
    fn check(&mut self, operation: &str, answer: &Answer, occasion: &str) {
        if !(200..300).contains(&answer.status) {
            assert!((400..500).contains(&answer.status), "{occasion}: {operation}: {}", answer.text());
            return;
        }
        let schema = contract::answer(operation, answer.status)
            .unwrap_or_else(|| panic!("{operation} is not to answer {}", answer.status));
        let mistakes = contract::mistakes(&answer.json(), schema, |member| {
            self.0.insert(member);
        });
        assert!(mistakes.is_empty(), "{occasion}: {operation}:\n{}", mistakes.join("\n"));
    }

    /// The members that never came.
    fn unseen(&self) -> Vec<String> {
        contract::members().filter(|member| !self.0.contains(member)).collect()
    }
}

const READS: [&str; 8] = [
    "/assignments",
    "/assignments/summaries",
    "/banners",
    "/entitlements",
    "/entitlements/summaries",
    "/mspBanners",
    "/mspEntitlements",
    "/mspEntitlements/summaries",
];

async fn check_reads(contract: &mut RequestFacts, app: &App, tenant: &str, occasion: &str) {
    for path in READS {
        let answer = app.call("GET", path).tenant(tenant).send().await;
        contract.check(&format!("GET {path}"), &answer, &format!("{occasion}, {tenant}"));
    }
    let query = json!({ "page": 1, "pageSize": 100, "sortField": "requestId", "sortOrder": "ASC" });
    let answer = app.call("POST", "/activities/query").tenant(tenant).json(query).send().await;
    contract.check("POST /activities/query", &answer, &format!("{occasion}, {tenant}"));
}

async fn refresh(contract: &mut RequestFacts, app: &App, tenant: &str, occasion: &str) {
    for path in ["/entitlements/summaries", "/mspEntitlements/summaries"] {
        let answer = app.call("GET", &format!("{path}?refresh=true")).tenant(tenant).send().await;
        contract.check(&format!("GET {path}"), &answer, occasion);
        if answer.status == 202 {
            let id = answer.json()["requestId"].as_str().unwrap().to_owned();
            for wait in [0, 1, 5] {
                app.advance(TimeDelta::seconds(wait));
                let answer = app.call("GET", &format!("/activities/{id}")).tenant(tenant).send().await;
                contract.check("GET /activities/{activityId}", &answer, occasion);
            }
        }
    }
}

/// Makes and changes an assignment out of every pool of an MSP, as far as there are licences.
async fn write(contract: &mut RequestFacts, app: &App, tenant: &str, occasion: &str) {
    let pools = app.call("GET", "/mspEntitlements").tenant(tenant).send().await;
    if pools.status != 200 {
        return;
    }
    let (_, now) = app.sandbox.look();
    for pool in pools.json().as_array().unwrap() {
        let product = json!({
            "deviceType": pool["deviceType"], "deviceSubtype": pool["deviceSubType"], "isTrial": pool["isTrial"],
            "licenseType": if pool["deviceType"].is_null() { json!("MSP_URLF") } else { Value::Null }, "quantity": 1,
        });
        let body = json!({ "endDate": now.format("%Y-%m-%d").to_string(), "assignments": [product] });
        let made = app.call("POST", "/assignments").tenant(tenant).json(body).send().await;
        contract.check("POST /assignments", &made, occasion);
        if made.status == 201 {
            let change = json!([{ "assignmentId": made.json()["assignments"][0]["id"], "quantity": 1 }]);
            let changed = app.call("PATCH", "/assignments").tenant(tenant).json(change).send().await.expect(200);
            contract.check("PATCH /assignments", &changed, occasion);
        }
    }
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let token = app.call("POST", &format!("/oauth2/token/{tenant}")).form(form).send().await;
    contract.check("POST /oauth2/token/{tenantId}", &token, occasion);
}

/// The tenants of a scenario, a few of many.
fn tenants(app: &App) -> Vec<String> {
    let (store, _) = app.sandbox.look();
    let few = store.tenants().map(|tenant| tenant.id).take(12).chain(store.tenants().last().map(|last| last.id));
    few.collect::<BTreeSet<TenantId>>().into_iter().map(|id| id.to_string()).collect()
}

#[tokio::test]
async fn every_answer_is_as_the_contract_says_and_every_member_of_it_occurs() {
    let mut contract = RequestFacts::default();
    for name in Catalog::default().names() {
        let app = App::new(&name);
        let tenants = tenants(&app);
        let steps: &[i64] = if name == "large" { &[0, 300] } else { &[0, 3, 8, 30, 60, 200, 700, 1500] };
        for days in steps {
            app.advance(TimeDelta::days(*days));
            for tenant in &tenants {
                check_reads(&mut contract, &app, tenant, &format!("{name} {days} days on")).await;
            }
            for tenant in &tenants {
                write(&mut contract, &app, tenant, &name).await;
                refresh(&mut contract, &app, tenant, &name).await;
                check_reads(&mut contract, &app, tenant, &format!("{name} {days} days on, refreshed")).await;
            }
        }
    }
    // Errors of the licensing system's own are not simulated, and what a write made is not revoked yet.
    let never = ["Summary.errorCode", "Summary.internalMessage", "Assignment.revokedBy", "Assignment.revokedDate"];
    assert_eq!(contract.unseen(), never);
}
