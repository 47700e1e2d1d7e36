//! Every error that the document of the vendor's API names occurs, with the body that it says.

use std::collections::BTreeSet;

use r1_entitlements_mock::{
    model::WhileRunning,
    sandbox::{
        Settings,
        deprecations::{Mode, Sunset},
    },
    scenario::format::WrongCredentials,
};
use serde_json::{Value, json};

use super::{
    examples::{Example, examples},
    unseen,
};
use crate::support::{
    App, COMPANY, CUSTOMER, CUSTOMER_2, MSP, NOBODY, START, UNLICENSED,
    app::{frozen, frozen_with, scenario},
    contract::{Seen, VENDOR},
    fixture::{Fixture, OTHER_MSP},
};

const ACTIVITY: &str = "00000000-0000-4000-8000-000000000000";

/// Calls every operation with these headers, and with another body if it has one.
async fn call_all(app: &App, headers: &[(&str, &str)], other_body: impl Fn(&Example) -> Option<Vec<u8>>) {
    for example in examples(ACTIVITY) {
        let (method, path) = example.request.split_once(' ').unwrap();
        let mut call = app.call(method, path).headers(headers);
        let is_typed = headers.iter().any(|(name, _)| *name == "content-type");
        let form = example.body.as_str().map(str::to_owned);
        if !example.body.is_null() {
            let own = form.clone().unwrap_or_else(|| example.body.to_string()).into_bytes();
            call = call.body(other_body(&example).unwrap_or(own));
        }
        if !is_typed {
            let media_type = if form.is_some() { "application/x-www-form-urlencoded" } else { "application/json" };
            call = call.header("content-type", media_type);
        }
        call.send().await;
    }
}

fn as_it_is(_: &Example) -> Option<Vec<u8>> {
    None
}

/// Errors that any operation can meet.
async fn common(seen: &mut BTreeSet<Seen>) {
    let app = App::new("default");
    call_all(&app, &[("x-rks-tenantid", NOBODY)], as_it_is).await;
    call_all(&app, &[("x-rks-tenantid", UNLICENSED)], as_it_is).await;
    call_all(&app, &[("x-rks-tenantid", COMPANY)], as_it_is).await;
    call_all(&app, &[("accept", "image/png")], as_it_is).await;
    call_all(&app, &[("content-encoding", "br")], as_it_is).await;
    call_all(&app, &[("content-type", "text/xml")], as_it_is).await;
    call_all(&app, &[], |_| Some(vec![b' '; 3 * 1024 * 1024])).await;
    call_all(&app, &[], |_| Some(b"{".to_vec())).await;
    for path in ["/banners?type=x", "/entitlements?type=x", "/entitlements/summaries?refresh=x"] {
        app.fetch(path).await;
    }
    seen.extend(app.seen());

    let guarded = App::guarded("default");
    call_all(&guarded, &[("authorization", "Bearer dead")], as_it_is).await;
    let token = guarded.token(COMPANY, "r1mock").await;
    call_all(&guarded, &[("authorization", &format!("Bearer {token}")), ("x-rks-tenantid", MSP)], as_it_is).await;
    seen.extend(guarded.seen());

    let tenant = |id: &str, kind: &str, parent: Value| json!({ "id": id, "name": id, "type": kind, "parent": parent });
    let tenants = json!([
        tenant(MSP, "MSP", Value::Null),
        tenant(OTHER_MSP, "MSP", Value::Null),
        tenant(COMPANY, "REC", Value::Null),
        tenant(CUSTOMER, "MSP_EC", MSP.into()),
        tenant(CUSTOMER_2, "MSP_EC", OTHER_MSP.into()),
    ]);
    let unlicensed = App::of(Fixture::new().with("tenants.json", tenants).load().unwrap().0, frozen());
    call_all(&unlicensed, &[], as_it_is).await;
    seen.extend(unlicensed.seen());

    let sunset = Sunset { mode: Mode::Gone, date: "2020-01-01T00:00:00Z".parse().unwrap(), ..Sunset::default() };
    let gone = App::of(scenario("default"), frozen_with(START, Settings { sunset, ..Settings::default() }));
    call_all(&gone, &[], as_it_is).await;
    seen.extend(gone.seen());
}

/// Errors of single operations.
async fn special(seen: &mut BTreeSet<Seen>) {
    let app = App::edited("default", |scenario| scenario.refresh.while_running = Some(WhileRunning::Refuse));
    let refresh = ["GET /entitlements/summaries?refresh=true", "GET /mspEntitlements/summaries?refresh=true"];
    app.ask(MSP, refresh[0], Value::Null).await.expect(202);
    for request in refresh {
        app.ask(MSP, request, Value::Null).await.expect(423);
    }
    app.ask(MSP, "PATCH /entitlements", json!({})).await.expect(423);
    seen.extend(app.seen());

    let live = App::observed("default");
    for path in ["/entitlements/banners/query", "/entitlements/compliances/query", "/activities/query"] {
        live.ask(MSP, &format!("POST {path}"), json!({})).await.expect(500);
    }
    seen.extend(live.seen());

    let app = App::new("default");
    let own = "/tenants/self/entitlements/assignments";
    let much = json!({ "effectiveDate": "2026-03-10", "expirationDate": "2026-05-31", "licenseType": "APSW", "quantity": 99_999 });
    app.ask(MSP, &format!("POST {own}"), much.clone()).await.expect(402);
    app.ask(MSP, &format!("PATCH {own}/130473"), json!({ "expirationDate": "2026-05-31", "quantity": 99_999 })).await;
    let row = json!({ "deviceType": "MSP_APSW", "quantity": 99_999 });
    let body = json!({ "endDate": "2026-09-30", "assignments": [row] });
    app.ask(MSP, "POST /assignments", body).await.expect(409);
    for id in [130_468, 999] {
        app.ask(MSP, "PATCH /assignments", json!([{ "assignmentId": id, "quantity": 99_999 }])).await;
        for _ in 0..2 {
            app.ask(MSP, "DELETE /assignments", json!([{ "assignmentId": id }])).await;
        }
    }
    for _ in 0..2 {
        app.ask(MSP, &format!("DELETE {own}/130473"), Value::Null).await;
        app.ask(MSP, &format!("PATCH {own}/130473"), json!({ "expirationDate": "2026-05-31", "quantity": 1 })).await;
    }
    let calculator = json!({
        "effectiveDate": "2026-03-20", "operator": "MAX_PERIOD", "quantity": 1,
        "filters": { "licenseType": "APSW", "usageType": "ASSIGNED" },
    });
    for path in ["availabilityReports", "mileageReports"] {
        app.ask(COMPANY, &format!("POST /entitlements/{path}/query"), calculator.clone()).await.expect(403);
    }
    for form in ["", "grant_type=password", "grant_type=client_credentials&client_id=x&client_secret=x"] {
        for path in ["/oauth2/token".to_owned(), format!("/oauth2/token/{MSP}")] {
            app.call("POST", &path).form(form).send().await;
        }
    }
    seen.extend(app.seen());

    let redirecting = App::edited("default", |scenario| scenario.auth.wrong_credentials = WrongCredentials::Redirect);
    for path in ["/oauth2/token".to_owned(), format!("/oauth2/token/{MSP}")] {
        let form = "grant_type=client_credentials&client_id=x&client_secret=x";
        redirecting.call("POST", &path).form(form).send().await.expect(302);
    }
    redirecting.call("POST", "/oauth2/token/%FF").form("").send().await.expect(404);
    seen.extend(redirecting.seen());
}

#[test]
fn the_examples_have_one_request_of_each_operation() {
    let mut named: Vec<_> = examples(ACTIVITY).iter().map(|example| example.operation).collect();
    named.sort_unstable();
    let mut documented: Vec<_> = VENDOR.operations.iter().map(|operation| operation.id.as_str()).collect();
    documented.sort_unstable();
    assert_eq!(named, documented);
    for example in examples(ACTIVITY) {
        let (method, path) = example.request.split_once(' ').unwrap();
        assert_eq!(VENDOR.find(method, path).map(|found| found.id.as_str()), Some(example.operation));
    }
}

#[tokio::test]
async fn every_documented_error_of_every_operation_occurs_as_documented() {
    let mut seen = BTreeSet::new();
    common(&mut seen).await;
    special(&mut seen).await;
    let (failures, others): (Vec<_>, Vec<_>) =
        unseen(&VENDOR, &seen, |status| status >= 300).into_iter().partition(|unseen| unseen.ends_with(" 500"));
    assert_eq!(others, [""; 0]);
    let app = App::new("default");
    for example in examples(ACTIVITY) {
        if failures.contains(&format!("{} 500", example.operation)) {
            let headers = [("x-rks-tenantid", MSP), ("content-type", "application/json"), ("x-mock-outcome", "500")];
            let answer = app.ask_with(&example.request, &headers, example.body).await.expect(500);
            VENDOR.check_answer(example.operation, &answer);
        }
    }
}
