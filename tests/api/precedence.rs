//! Which of several mistakes is answered, and in which shape.

use r1_entitlements_mock::api::document;
use serde_json::{Value, json};

use crate::{
    api::{documented, observed},
    support::{
        Answer, COMPANY, CUSTOMER, MSP, UNLICENSED,
        app::{App, frozen_with, scenario},
    },
};
use r1_entitlements_mock::sandbox::{Auth, Settings};

/// Status and message.
fn told(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let brief = body["errorBrief"].as_str().or(body["message"].as_str()).unwrap();
    (answer.status, brief.split(['"', '.']).next().unwrap().trim_end().to_owned())
}

const NONSENSE: &str = "{";

#[tokio::test]
async fn the_first_check_that_fails_decides() {
    let app = App::guarded("default");
    let (reader, company) = (app.token(MSP, "r1mock-readonly").await, app.token(COMPANY, "r1mock").await);
    let msp = app.token(MSP, "r1mock").await;
    let delete = |call: &[(&str, &str)], body: &'static str| {
        app.call("DELETE", "/assignments").headers(call).header("content-type", "application/json").body(body).send()
    };
    let bearer = |token: &str| format!("Bearer {token}");
    let foreign = ("x-rks-tenantid", COMPANY);
    let own = bearer(&reader);
    assert_eq!(delete(&[("accept", "text/html")], NONSENSE).await.status, 406);
    assert_eq!(delete(&[foreign], NONSENSE).await.status, 401);
    let neither = format!("tenant {COMPANY} is neither the caller nor one of its customers");
    assert_eq!(told(&delete(&[("authorization", &own), foreign], NONSENSE).await), (403, neither));
    let to_customer = [("authorization", own.as_str()), ("x-rks-tenantid", CUSTOMER)];
    assert_eq!(told(&delete(&to_customer, NONSENSE).await), (403, "this API client may only read".into()));
    let company = bearer(&company);
    assert_eq!(told(&delete(&[("authorization", &company)], NONSENSE).await), (400, "TENANT_NOT_MSP".into()));
    let msp = [("authorization", bearer(&msp))];
    let msp = [(msp[0].0, msp[0].1.as_str())];
    let body = r#"[{"assignmentId":4711},{"assignmentId":"x"}]"#;
    assert_eq!(told(&delete(&msp, body).await), (400, "INVALID_INPUT_PARAMETER".into()));
    assert_eq!(told(&delete(&msp, r#"[{"assignmentId":4711}]"#).await), (404, "ASSIGNMENT_NOT_FOUND".into()));

    let wrong = "refresh=true&type=TOASTER";
    let get =
        async |tenant: &str, path: &str| app.call("GET", path).bearer(&app.token(tenant, "r1mock").await).send().await;
    assert_eq!(told(&get(COMPANY, "/mspEntitlements/summaries?refresh=x").await), (400, "Not a MSP".into()));
    let answer = app.call("GET", &format!("/entitlements/summaries?{wrong}")).bearer(&reader).send().await;
    assert_eq!(told(&answer), (400, "parameter 'type' has the value".into()));
    let open = App::new("no-entitlement-id");
    assert_eq!(open.fetch_as(UNLICENSED, &format!("/entitlements/summaries?{wrong}")).await.status, 417);
    let refused = open.call("DELETE", "/assignments").tenant(MSP).body(NONSENSE).send().await;
    assert_eq!(told(&refused), (417, "ENTITLEMENT_ID_NOT_FOUND".into()));
    let refused = open.call("DELETE", "/assignments").tenant(UNLICENSED).body(NONSENSE).send().await;
    assert_eq!(told(&refused), (400, "TENANT_NOT_MSP".into()));
}

#[tokio::test]
async fn the_first_row_that_is_wrong_decides() {
    let app = App::new("default");
    let (revoked, unknown) = (json!({ "assignmentId": 130_466 }), json!({ "assignmentId": 4711 }));
    let (no_pool, too_many) =
        (json!({ "deviceType": "MSP_EDGE", "quantity": 1 }), json!({ "deviceType": "MSP_APSW", "quantity": 100_000 }));
    let post = |rows: [&Value; 2]| json!({ "endDate": "2026-08-31", "assignments": rows });
    for (method, body, expected) in [
        ("DELETE", json!([revoked, unknown]), (409, "ASSIGNMENT_ALREADY_REVOKED")),
        ("DELETE", json!([unknown, revoked]), (404, "ASSIGNMENT_NOT_FOUND")),
        ("PATCH", json!([revoked, unknown]), (409, "ASSIGNMENT_ALREADY_REVOKED")),
        ("PATCH", json!([unknown, revoked]), (404, "ASSIGNMENT_NOT_FOUND")),
        ("POST", post([&no_pool, &too_many]), (404, "MSP_ENTITLEMENTS_NOT_FOUND")),
        ("POST", post([&too_many, &no_pool]), (409, "INSUFFICIENT_MSP_ENTITLEMENTS")),
    ] {
        let answer = app.call(method, "/assignments").json(&body).send().await;
        assert_eq!(answer.brief(), (expected.0, expected.1.to_owned()), "{method} {body}");
    }
}

#[tokio::test]
async fn what_fails_before_the_rules_has_the_ordinary_body() {
    let settings = Settings { auth: Auth::Required, ..Settings::default() };
    let app = App::of(scenario("default"), frozen_with(crate::support::START, settings));
    let (reader, writer) = (app.token(MSP, "r1mock-readonly").await, app.token(MSP, "r1mock").await);
    let delete = |token: &str| app.call("DELETE", "/assignments").bearer(token).body("[]");
    for (call, code) in [
        (delete("dead"), (401, "RCG-10003")),
        (delete(&reader), (403, "RCG-10002")),
        (delete(&writer).header("accept", "text/html"), (406, "RCG-10001")),
        (delete(&writer).header("content-type", "text/xml"), (415, "RCG-10001")),
    ] {
        let answer = call.send().await;
        assert_eq!(answer.code(), (code.0, code.1.to_owned()));
        assert!(answer.json().get("errorBrief").is_none(), "{}", answer.text());
    }
}

/// The harness checks every refused write of every test against this list.
#[test]
fn documented_words_without_a_case_never_come() {
    let words = document()["components"]["schemas"]["ErrorBrief"]["enum"].clone();
    let words: Vec<&str> = words.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert!(words.contains(&"ASSIGNMENT_NOT_FOUND"), "{words:?}");
    for word in [
        "ASSIGNMENT_NOT_REPLACED",
        "ASSIGNMENT_NOT_CREATED",
        "INTERNAL_SERVER_ERROR",
        "NOT_ACCEPTABLE",
        "K2A_MIGRATION",
    ] {
        assert!(!words.iter().any(|own| own.starts_with(word)), "{word} in {words:?}");
    }
}

#[tokio::test]
async fn a_failure_of_a_query_or_a_report_is_nested_by_the_reference_and_plain_in_the_observed_style() {
    let headers = [("x-rks-tenantid", MSP), ("content-type", "application/json"), ("x-mock-outcome", "500")];
    for (operation, is_nested) in [
        ("PATCH /entitlements", true),
        ("POST /entitlements/attentionNotes/query", true),
        ("POST /entitlements/banners/query", true),
        ("POST /entitlements/compliances/query", true),
        ("POST /entitlements/query", true),
        ("POST /entitlements/utilizations/query", true),
        ("POST /entitlements/availabilityReports/query", true),
        ("POST /entitlements/mileageReports/query", true),
        ("GET /entitlements/licenseUsageReports", true),
        ("GET /entitlements", false),
    ] {
        let by_reference = documented().ask_with(operation, &headers, json!({})).await.expect(500).json();
        assert_eq!(by_reference["error"].is_object(), is_nested, "{operation}: {by_reference}");
        let live = observed().ask_with(operation, &headers, json!({})).await.expect(500).json();
        assert_eq!(live["error"], "Internal Server Error", "{operation}");
    }
}
