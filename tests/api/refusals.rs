//! Refused writes on /assignments: the status, the vendor's word, and that nothing has changed.

use chrono::TimeDelta;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{
    COMPANY, CUSTOMER, CUSTOMER_2, MSP, MSP_READS, NOBODY, TENANT_READS, UNLICENSED,
    app::{App, frozen},
    fixture::Fixture,
    rows,
};

/// Sends a write, expects a refusal, and sees that not a byte of any summary has changed.
#[track_caller]
fn check<'a>(
    app: &'a App,
    method: &'a str,
    body: &'a Value,
    status: u16,
    brief: &'a str,
) -> impl Future<Output = Value> {
    let place = std::panic::Location::caller();
    async move {
        let before = everything(app).await;
        let answer = app.call(method, "/assignments").json(body).send().await;
        assert_eq!(answer.brief(), (status, brief.to_owned()), "{place}: {}", answer.text());
        assert!(everything(app).await == before, "{place}: a refused write has changed something");
        answer.json()
    }
}

async fn everything(app: &App) -> Vec<String> {
    let mut all = app.everything(MSP, &MSP_READS).await;
    for tenant in [MSP, CUSTOMER] {
        all.extend(app.everything(tenant, &TENANT_READS).await);
    }
    // The ids of errors, where a scenario answers with one, are counted.
    all.into_iter().map(|text| text.split("\"requestId\"").next().unwrap_or_default().to_owned()).collect()
}

fn revoke(ids: &[i64]) -> Value {
    ids.iter().map(|id| json!({ "assignmentId": id })).collect()
}

/// An MSP that has no EXTENDED_TRIAL, with a trial assignment of the number 3.
fn without_trials() -> App {
    let pool = |id: &str, sku: &str| json!({ "id": id, "deviceType": "MSP_APSW", "sku": sku, "quantity": 100, "effectiveDate": "today-10d", "expirationDate": "today+354d" });
    let row = |id: i64, trial: bool| json!({ "id": id, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "quantity": 5, "trialAssignment": trial, "dateEffective": "today-5d", "dateExpires": "today+5d" });
    let pools = json!({ MSP: [pool("1-1", "CLD-PROF-APSW-MSP1"), pool("1-2", "CLD-R1-TMP090-MSP")] });
    let fixture = Fixture::new()
        .with("msp-entitlements.json", pools)
        .with("assignments.json", json!([row(2, false), row(3, true)]));
    App::of(fixture.load().unwrap().0, frozen())
}

#[tokio::test]
async fn trial_assignments_are_refused_without_extended_trial() {
    let app = without_trials();
    check(&app, "DELETE", &revoke(&[3]), 403, "TRIAL_ASSIGNMENT_REVOKE_NOT_ALLOW").await;
    check(&app, "DELETE", &revoke(&[2, 3]), 403, "TRIAL_ASSIGNMENT_REVOKE_NOT_ALLOW").await;
    let trial = assign(json!({ "deviceType": "MSP_APSW", "quantity": 1, "isTrial": true }));
    check(&app, "POST", &trial, 403, "TRIAL_ASSIGNMENT_NOT_ALLOW").await;
    for change in [json!({ "assignmentId": 3 }), json!({ "assignmentId": 3, "quantity": 0 })] {
        check(&app, "PATCH", &json!([change]), 403, "TRIAL_ASSIGNMENT_UPDATE_NOT_ALLOW").await;
    }
}

/// A row of POST over the coming months, for a customer.
fn assign(row: Value) -> Value {
    json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-08-31", "assignments": [row] })
}

#[tokio::test]
async fn a_refused_write_says_what_was_looked_at_and_what_was_expected() {
    let app = App::new("default");
    let body = check(&app, "DELETE", &revoke(&[4711]), 404, "ASSIGNMENT_NOT_FOUND").await;
    assert_snapshot!(rows(&body), @r#"
    success: false
    errorBrief: "ASSIGNMENT_NOT_FOUND"
    errorMessage: "assignment 4711 does not exist. Use an id of GET /assignments or of an assignments query."
    ve: {"expected":"an existing assignment","object":"assignment","objectName":"assignmentId","value":"4711"}
    assignments: []
    error: {"code":"ASSIGNMENT_NOT_FOUND","message":"assignment 4711 does not exist. Use an id of GET /assignments or of an assignments query."}
    message: "assignment 4711 does not exist. Use an id of GET /assignments or of an assignments query."
    errors:
    {"code":"ASSIGNMENT_NOT_FOUND","message":"assignment 4711 does not exist. Use an id of GET /assignments or of an assignments query."}
    requestId: "df8238bf-0c79-4b5b-8575-f531e02309b5"
    path: "/assignments"
    status: 404
    timestamp: "2026-03-10T12:00:00.000Z"
    "#);
}

#[tokio::test]
async fn revoking_is_refused_for_every_wrong_row_and_then_for_all_rows() {
    let app = App::new("default");
    check(&app, "DELETE", &revoke(&[4711]), 404, "ASSIGNMENT_NOT_FOUND").await;
    check(&app, "DELETE", &revoke(&[130_468, 130_469, 4711]), 404, "ASSIGNMENT_NOT_FOUND").await;
    check(&app, "DELETE", &revoke(&[130_466]), 409, "ASSIGNMENT_ALREADY_REVOKED").await;
    check(&app, "DELETE", &revoke(&[130_468, 130_466]), 409, "ASSIGNMENT_ALREADY_REVOKED").await;
    check(&app, "DELETE", &revoke(&[130_465]), 409, "ASSIGNMENT_IS_EXPIRED").await;
    check(&app, "DELETE", &revoke(&[130_468, 130_465]), 409, "ASSIGNMENT_IS_EXPIRED").await;
    check(&app, "DELETE", &revoke(&[130_468, 130_468]), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "DELETE", &revoke(&[]), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "DELETE", &revoke(&[i64::MAX, i64::MIN]), 404, "ASSIGNMENT_NOT_FOUND").await;
}

#[tokio::test]
async fn an_assignment_that_was_revoked_or_expired_meanwhile_has_a_reason_of_its_own() {
    let app = App::new("default");
    app.call("DELETE", "/assignments").json(revoke(&[130_472])).send().await.expect(204);
    check(&app, "DELETE", &revoke(&[130_472]), 409, "ASSIGNMENT_ALREADY_REVOKED").await;
    app.advance(TimeDelta::days(400));
    check(&app, "DELETE", &revoke(&[130_472]), 409, "ASSIGNMENT_ALREADY_REVOKED").await;
    check(&app, "DELETE", &revoke(&[130_468]), 409, "ASSIGNMENT_IS_EXPIRED").await;
}

#[tokio::test]
async fn a_malformed_array_is_refused_with_the_place_of_the_mistake() {
    let app = App::new("default");
    for (body, place) in [
        (json!({ "assignmentId": 130_468 }), "$"),
        (json!("130468"), "$"),
        (json!(null), "$"),
        (json!([130_468]), "$[0]"),
        (json!([{ "id": 130_468 }]), "$[0]"),
        (json!([[130_468]]), "$[0]"),
        (json!([{ "assignmentId": 130_468 }, []]), "$[1]"),
        (json!([{ "assignmentId": 130_468 }, { "assignmentId": "130469" }]), "$[1].assignmentId"),
        (json!([{ "assignmentId": 130_468 }, { "assignmentId": 1.5 }]), "$[1].assignmentId"),
        (json!([{ "assignmentId": 130_468 }, { "assignmentId": null }]), "$[1].assignmentId"),
        (json!([{ "assignmentId": 18_446_744_073_709_551_615_u64 }]), "$[0].assignmentId"),
    ] {
        let answer = check(&app, "DELETE", &body, 400, "INVALID_INPUT_PARAMETER").await;
        assert_eq!(answer["ve"]["objectName"], place, "{body}");
    }
}

#[tokio::test]
async fn more_rows_than_the_policy_allows_are_refused() {
    let app = App::edited("default", |scenario| scenario.policy.max_rows_per_call = 2);
    check(&app, "DELETE", &revoke(&[130_468, 130_469, 130_470]), 400, "INVALID_INPUT_PARAMETER").await;
    let rows = json!([{ "deviceType": "MSP_APSW", "quantity": 1 }, { "deviceType": "MSP_APSW", "quantity": 1 }, { "deviceType": "MSP_APSW", "quantity": 1 }]);
    let body = json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-08-31", "assignments": rows });
    check(&app, "POST", &body, 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    let body = json!([{ "assignmentId": 130_468 }, { "assignmentId": 130_469 }, { "assignmentId": 130_470 }]);
    check(&app, "PATCH", &body, 400, "INVALID_INPUT_PARAMETER").await;
    app.call("DELETE", "/assignments").json(revoke(&[130_468, 130_469])).send().await.expect(204);
}

#[tokio::test]
async fn the_default_limit_is_five_hundred_rows() {
    let app = App::new("large");
    let ids: Vec<i64> = (1_000_001..=1_000_501).collect();
    let refused = app.call("DELETE", "/assignments").json(revoke(&ids)).send().await;
    assert_eq!(refused.brief(), (400, "INVALID_INPUT_PARAMETER".into()));
    app.call("DELETE", "/assignments").json(revoke(&ids[1..])).send().await.expect(204);
}

#[tokio::test]
async fn the_assignment_of_another_msp_is_foreign_and_not_unknown() {
    let app = App::of(Fixture::new().load().unwrap().0, frozen());
    check(&app, "DELETE", &revoke(&[2]), 403, "ASSIGNMENT_NOT_REVOCABLE").await;
    check(&app, "DELETE", &revoke(&[1, 2]), 403, "ASSIGNMENT_NOT_REVOCABLE").await;
    check(&app, "DELETE", &revoke(&[1, 3]), 404, "ASSIGNMENT_NOT_FOUND").await;
    check(&app, "PATCH", &json!([{ "assignmentId": 2, "quantity": 1 }]), 403, "ASSIGNMENT_NOT_REPLACEABLE").await;
    let other = json!({ "mspEcTenantId": CUSTOMER_2, "endDate": "2026-08-31", "assignments": [{ "deviceType": "MSP_APSW", "quantity": 1 }] });
    check(&app, "POST", &other, 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    app.call("DELETE", "/assignments").json(revoke(&[1])).send().await.expect(204);
}

#[tokio::test]
async fn only_an_msp_writes_assignments() {
    let app = App::new("default");
    let post = assign(json!({ "deviceType": "MSP_APSW", "quantity": 1 }));
    let patch = json!([{ "assignmentId": 130_468, "quantity": 1 }]);
    for (method, body) in [("DELETE", &revoke(&[130_468])), ("POST", &post), ("PATCH", &patch)] {
        for (tenant, status, brief) in [
            (COMPANY, 400, "TENANT_NOT_MSP"),
            (CUSTOMER, 400, "TENANT_NOT_MSP"),
            (UNLICENSED, 400, "TENANT_NOT_MSP"),
            (NOBODY, 404, "TENANT_NOT_FOUND"),
        ] {
            let answer = app.call(method, "/assignments").tenant(tenant).json(body).send().await;
            assert_eq!(answer.brief(), (status, brief.into()), "{method} {tenant}");
        }
    }
    let app = App::new("no-entitlement-id");
    let answer = app.call("DELETE", "/assignments").tenant(MSP).json(revoke(&[1])).send().await;
    assert_eq!(answer.brief(), (417, "ENTITLEMENT_ID_NOT_FOUND".into()));
}

#[tokio::test]
async fn assigning_is_refused_beyond_what_is_there() {
    let app = App::new("default");
    let row = |device_type: &str, quantity: i64| assign(json!({ "deviceType": device_type, "quantity": quantity }));
    check(&app, "POST", &row("MSP_APSW", 100_000), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    check(&app, "POST", &row("MSP_EDGE", 1), 404, "MSP_ENTITLEMENTS_NOT_FOUND").await;
    check(&app, "POST", &row("MSP_APSW", -1), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    check(&app, "POST", &row("MSP_APSW", 2_147_483_648), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    check(&app, "POST", &row("TOASTER", 1), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    let tier =
        |tier: &str, quantity: i64| assign(json!({ "deviceType": "MSP_APSW", "skuTier": tier, "quantity": quantity }));
    check(&app, "POST", &tier("Silver", 1), 404, "MSP_ENTITLEMENTS_NOT_FOUND").await;
    check(&app, "POST", &tier("Platinum", 100_000), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    let sub_type = assign(json!({ "deviceType": "MSP_SWITCH", "deviceSubtype": "ICX99", "quantity": 1 }));
    check(&app, "POST", &sub_type, 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    check(&app, "POST", &assign(json!({ "quantity": 1 })), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    check(&app, "POST", &assign(json!({ "deviceType": "MSP_APSW" })), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    check(&app, "POST", &json!({ "endDate": "2026-08-31", "assignments": [] }), 400, "ASSIGNMENT_CREATION_BAD_INPUT")
        .await;
    let list = json!([false, CUSTOMER, "", "2026-08-31", [{ "deviceType": "MSP_APSW", "quantity": 1 }]]);
    check(&app, "POST", &list, 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    let both = json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-08-31", "assignments": [
        { "deviceType": "MSP_APSW", "quantity": 1 }, { "deviceType": "MSP_APSW", "quantity": 100_000 },
    ] });
    check(&app, "POST", &both, 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    let app = App::new("empty");
    check(&app, "POST", &row("MSP_APSW", 1), 404, "NO_MSP_ENTITLEMENTS").await;
}

#[tokio::test]
async fn two_rows_of_one_call_share_the_pool() {
    let app = App::new("default");
    let left = app.get("/mspEntitlements/summaries").await;
    let left =
        crate::support::row(&left["mspEntitlementSummaries"], "licenseType", "MSP_SLTN_TOKEN")["remainingLicenses"]
            .as_i64()
            .unwrap();
    let rows = |first: i64, second: i64| {
        json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-08-31", "assignments": [
        { "deviceType": "MSP_SLTN_TOKEN", "quantity": first }, { "deviceType": "MSP_SLTN_TOKEN", "quantity": second },
    ] })
    };
    check(&app, "POST", &rows(left, 1), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    app.call("POST", "/assignments").json(rows(left - 1, 1)).send().await.expect(201);
    check(&app, "POST", &rows(1, 0), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
}

#[tokio::test]
async fn a_period_must_end_after_it_starts_and_not_have_passed() {
    let app = App::new("default");
    let over = |start: &str, end: &str| json!({ "mspEcTenantId": CUSTOMER, "startDate": start, "endDate": end, "assignments": [{ "deviceType": "MSP_APSW", "quantity": 1 }] });
    for (start, end) in [
        ("2026-05-01", "2026-04-01"),
        ("2026-01-01", "2026-03-09"),
        ("", ""),
        ("", "soon"),
        ("sooner", "2026-05-01"),
        ("", "2026-02-30"),
        ("", "99999-01-01"),
    ] {
        check(&app, "POST", &over(start, end), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    }
    let no_end = json!({ "assignments": [{ "deviceType": "MSP_APSW", "quantity": 1 }] });
    check(&app, "POST", &no_end, 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    // The pool must hold over the whole period, not only today.
    check(&app, "POST", &over("", "2035-01-01"), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    app.call("POST", "/assignments").json(over("", "2026-03-10")).send().await.expect(201);
}

#[tokio::test]
async fn assigning_is_for_the_own_customers_only() {
    let app = App::new("default");
    let to = |tenant: &str| json!({ "mspEcTenantId": tenant, "endDate": "2026-08-31", "assignments": [{ "deviceType": "MSP_APSW", "quantity": 1 }] });
    for tenant in [COMPANY, UNLICENSED, NOBODY, "nobody", ""] {
        check(&app, "POST", &to(tenant), 400, "ASSIGNMENT_CREATION_BAD_INPUT").await;
    }
}

#[tokio::test]
async fn changing_is_refused_as_revoking_and_assigning_are() {
    let app = App::new("default");
    let change = |id: i64, with: Value| {
        let mut row = with;
        row["assignmentId"] = id.into();
        json!([{ "assignmentId": 130_469, "quantity": 60 }, row])
    };
    check(&app, "PATCH", &json!([]), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &json!({}), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &json!([[130_469, 60]]), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &change(4711, json!({})), 404, "ASSIGNMENT_NOT_FOUND").await;
    check(&app, "PATCH", &change(130_466, json!({})), 409, "ASSIGNMENT_ALREADY_REVOKED").await;
    check(&app, "PATCH", &change(130_465, json!({})), 409, "ASSIGNMENT_IS_EXPIRED").await;
    check(&app, "PATCH", &change(130_469, json!({})), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &change(130_468, json!({ "quantity": -5 })), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &change(130_468, json!({ "quantity": 100_000 })), 409, "INSUFFICIENT_MSP_ENTITLEMENTS").await;
    check(&app, "PATCH", &change(130_468, json!({ "endDate": "2026-03-09" })), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &change(130_468, json!({ "endDate": "soon" })), 400, "INVALID_INPUT_PARAMETER").await;
    check(&app, "PATCH", &change(130_468, json!({ "startDate": "2028-01-01" })), 400, "INVALID_INPUT_PARAMETER").await;
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_with_the_vendors_word() {
    let app = App::new("default");
    for body in
        ["", "   ", "[", "[{\"assignmentId\": 1}", "[{\"assignmentId\": 1}] x", "\u{feff}[]", "[{assignmentId: 1}]"]
    {
        let answer = app.call("DELETE", "/assignments").header("content-type", "application/json").body(body);
        assert_eq!(answer.send().await.brief(), (400, "INVALID_INPUT_PARAMETER".into()), "{body:?}");
        let answer = app.call("POST", "/assignments").header("content-type", "application/json").body(body);
        assert_eq!(answer.send().await.brief(), (400, "ASSIGNMENT_CREATION_BAD_INPUT".into()), "{body:?}");
    }
}

#[tokio::test]
async fn an_empty_end_is_no_date() {
    let app = App::new("default");
    check(
        &app,
        "PATCH",
        &json!([{ "assignmentId": 130_468, "quantity": 1, "endDate": "" }]),
        400,
        "INVALID_INPUT_PARAMETER",
    )
    .await;
}
