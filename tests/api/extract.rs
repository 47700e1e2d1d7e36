//! Who calls, for which tenant, and with which parameters.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Answer, App, COMPANY, CUSTOMER, CUSTOMER_2, MSP, NOBODY, UNLICENSED, rows};

/// The tenant that an answer is about, by the licences in it.
async fn seen(app: &App, token: Option<&str>, tenant: Option<&str>) -> Answer {
    let mut call = app.call("GET", "/entitlements");
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if let Some(tenant) = tenant {
        call = call.tenant(tenant);
    }
    call.send().await
}

/// A token that nobody here has signed.
fn forged(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims), URL_SAFE_NO_PAD.encode("signed"))
}

#[tokio::test]
async fn open_to_all_a_caller_is_the_default_tenant_or_whom_it_says() {
    let app = App::new("default");
    let of = async |tenant| app.get_as(tenant, "/entitlements").await;
    let company = app.token(COMPANY, "r1mock").await;
    let msp = app.token(MSP, "r1mock").await;
    let dead = forged(&json!({ "tenantId": COMPANY, "exp": 1 }));
    let unknown = forged(&json!({ "tenantId": NOBODY }));
    for (token, tenant, expected) in [
        (None, None, MSP),
        (None, Some(COMPANY), COMPANY),
        (None, Some(CUSTOMER), CUSTOMER),
        (None, Some(""), MSP),
        (Some("anything"), None, MSP),
        (Some("a.b.c"), None, MSP),
        (Some("anything"), Some(COMPANY), COMPANY),
        (Some(company.as_str()), None, COMPANY),
        (Some(company.as_str()), Some(COMPANY), COMPANY),
        (Some(msp.as_str()), Some(CUSTOMER_2), CUSTOMER_2),
        (Some(msp.as_str()), Some(MSP), MSP),
        (Some(dead.as_str()), None, COMPANY),
    ] {
        let answer = seen(&app, token, tenant).await.expect(200);
        assert_eq!(answer.json(), of(expected).await, "{token:?} {tenant:?}");
    }
    for (token, tenant, code) in [
        (Some(company.as_str()), Some(MSP), (403, "RCG-10002")),
        (Some(company.as_str()), Some(NOBODY), (403, "RCG-10002")),
        (Some(msp.as_str()), Some(COMPANY), (403, "RCG-10002")),
        (Some(unknown.as_str()), None, (404, "ENTITLEMENT-10001")),
        (None, Some(NOBODY), (404, "ENTITLEMENT-10001")),
        (None, Some("nobody"), (404, "ENTITLEMENT-10001")),
        (None, Some("ÄÖ"), (404, "ENTITLEMENT-10001")),
        (None, Some(UNLICENSED), (417, "ENTITLEMENT-10003")),
    ] {
        assert_eq!(seen(&app, token, tenant).await.code(), (code.0, code.1.into()), "{token:?} {tenant:?}");
    }
}

#[tokio::test]
async fn with_auth_required_only_a_living_token_of_this_server_counts() {
    let app = App::guarded("default");
    let token = app.token(COMPANY, "r1mock").await;
    seen(&app, Some(&token), None).await.expect(200);
    let claims = json!({ "tenantId": COMPANY, "exp": 4_000_000_000_i64, "session": 0, "roleName": ["PRIME_ADMIN"] });
    let mut parts: Vec<&str> = token.split('.').collect();
    let other_claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    parts[1] = &other_claims;
    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1]);
    for bad in ["", "x", "a.b.c", &parts.join("."), &forged(&claims), &unsigned, &token[..token.len() - 2]] {
        assert_eq!(seen(&app, Some(bad), None).await.code(), (401, "RCG-10003".into()), "{bad}");
    }
    assert_eq!(seen(&app, None, None).await.code(), (401, "RCG-10003".into()));
    assert_eq!(seen(&app, None, Some(COMPANY)).await.code(), (401, "RCG-10003".into()));
    let basic = app.call("GET", "/entitlements").header("authorization", &format!("Basic {token}"));
    assert_eq!(basic.send().await.status, 401);
    let lower_case = app.call("GET", "/entitlements").header("authorization", &format!("bearer {token}"));
    assert_eq!(lower_case.send().await.status, 200);
}

#[tokio::test]
async fn a_dead_session_is_401_with_the_gateways_words() {
    let app = App::guarded("default");
    assert_snapshot!(rows(&seen(&app, None, None).await.json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/entitlements"
    status: 401
    error: "Please re-login, the session has expired."
    message: "Please re-login, the session has expired."
    requestId: "204391a6-fd59-456f-bae3-d5cb176a4c7e"
    errors:
    {"code":"RCG-10003","message":"Please re-login, the session has expired."}
    "#);
}

#[tokio::test]
async fn a_token_dies_by_the_clock_of_the_sandbox() {
    let app = App::guarded("default");
    let token = app.token(COMPANY, "r1mock").await;
    app.advance(TimeDelta::seconds(7198));
    seen(&app, Some(&token), None).await.expect(200);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(seen(&app, Some(&token), None).await.code(), (401, "RCG-10003".into()));
}

#[tokio::test]
async fn tokens_die_with_the_session_of_their_tenant() {
    let app = App::guarded("default");
    let company = app.token(COMPANY, "r1mock").await;
    let msp = app.token(MSP, "r1mock").await;
    app.call("POST", "/_mock/sessions/end").json(json!({ "tenantId": COMPANY })).send().await.expect(204);
    assert_eq!(seen(&app, Some(&company), None).await.code(), (401, "RCG-10003".into()));
    seen(&app, Some(&msp), None).await.expect(200);
    let again = app.token(COMPANY, "r1mock").await;
    seen(&app, Some(&again), None).await.expect(200);
}

#[tokio::test]
async fn a_killed_token_is_dead_and_its_siblings_live() {
    let app = App::guarded("default");
    let (one, other) = (app.token(COMPANY, "r1mock").await, app.token(COMPANY, "r1mock").await);
    let payload = URL_SAFE_NO_PAD.decode(one.split('.').nth(1).unwrap()).unwrap();
    let jti = serde_json::from_slice::<Value>(&payload).unwrap()["jti"].as_str().unwrap().to_owned();
    app.sandbox.change(|store, _| store.kill_token(&jti));
    assert_eq!(seen(&app, Some(&one), None).await.status, 401);
    assert_eq!(seen(&app, Some(&other), None).await.status, 200);
}

#[tokio::test]
async fn a_token_of_one_server_is_a_token_of_its_like_after_a_reset() {
    let app = App::guarded("default");
    let token = app.token(COMPANY, "r1mock").await;
    app.sandbox.reset().unwrap();
    seen(&app, Some(&token), None).await.expect(200);
    let elsewhere = App::guarded("default");
    seen(&elsewhere, Some(&token), None).await.expect(200);
}

#[tokio::test]
async fn delegation_reaches_customers_and_the_caller_itself_only() {
    let app = App::guarded("default");
    let msp = app.token(MSP, "r1mock").await;
    for tenant in [MSP, CUSTOMER, CUSTOMER_2] {
        seen(&app, Some(&msp), Some(tenant)).await.expect(200);
    }
    for tenant in [COMPANY, UNLICENSED, NOBODY, "nobody", "ÄÖ"] {
        let answer = seen(&app, Some(&msp), Some(tenant)).await;
        assert_eq!(answer.code(), (403, "RCG-10002".into()), "{tenant}");
    }
    let company = app.token(COMPANY, "r1mock").await;
    assert_eq!(seen(&app, Some(&company), Some(CUSTOMER)).await.status, 403);
    let write =
        app.call("DELETE", "/assignments").bearer(&msp).tenant(CUSTOMER).json(json!([{ "assignmentId": 130_468 }]));
    assert_eq!(write.send().await.brief(), (400, "TENANT_NOT_MSP".into()));
}

#[tokio::test]
async fn a_read_only_client_reads_everything_and_changes_nothing() {
    for app in [App::guarded("default"), App::new("default")] {
        let token = app.token(MSP, "r1mock-readonly").await;
        let call = |method: &str, path: &str| app.call(method, path).bearer(&token);
        for path in crate::support::MSP_READS.iter().chain(&crate::support::TENANT_READS) {
            call("GET", path).send().await.expect(200);
        }
        let query = json!({ "page": 1, "pageSize": 1, "sortField": "status", "sortOrder": "ASC" });
        call("POST", "/activities/query").json(query).send().await.expect(200);
        let before = app.sandbox.look().0;
        for (method, path, body) in [
            ("GET", "/entitlements/summaries?refresh=true", Value::Null),
            ("GET", "/mspEntitlements/summaries?refresh=true", Value::Null),
            ("DELETE", "/assignments", json!([{ "assignmentId": 130_468 }])),
            ("PATCH", "/assignments", json!([{ "assignmentId": 130_468, "quantity": 1 }])),
            ("POST", "/assignments", json!({ "assignments": [] })),
        ] {
            let answer = call(method, path).json(body).send().await;
            assert_eq!(answer.code(), (403, "RCG-10002".into()), "{method} {path}");
        }
        assert_eq!(app.sandbox.look().0, before);
    }
}

#[tokio::test]
async fn an_unknown_tenant_is_404_and_one_without_entitlement_id_417() {
    let app = App::new("default");
    assert_snapshot!(rows(&seen(&app, None, Some(NOBODY)).await.expect(404).json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/entitlements"
    status: 404
    error: "Not Found"
    message: "tenant f0000000000000000000000000000009 does not exist"
    requestId: "204391a6-fd59-456f-bae3-d5cb176a4c7e"
    code: "ENTITLEMENT-10001"
    reason: "tenant f0000000000000000000000000000009 does not exist"
    suggestion: "Use a tenant of the scenario."
    errors:
    {"code":"ENTITLEMENT-10001","message":"tenant f0000000000000000000000000000009 does not exist","reason":"tenant f0000000000000000000000000000009 does not exist","suggestion":"Use a tenant of the scenario."}
    "#);
    assert_snapshot!(rows(&seen(&app, None, Some(UNLICENSED)).await.expect(417).json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/entitlements"
    status: 417
    error: "Expectation Failed"
    message: "Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active."
    requestId: "b3703ad8-9450-4022-9590-3c705d8cd627"
    code: "ENTITLEMENT-10003"
    reason: "tenant d0000000000000000000000000000001 has no entitlement ID"
    suggestion: "Activate a subscription for the tenant; in a fixture, give it an entitlementId."
    errors:
    {"code":"ENTITLEMENT-10003","message":"Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active.","reason":"tenant d0000000000000000000000000000001 has no entitlement ID","suggestion":"Activate a subscription for the tenant; in a fixture, give it an entitlementId."}
    "#);
    let live = App::observed("default");
    assert_snapshot!(rows(&seen(&live, None, Some(UNLICENSED)).await.expect(417).json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/entitlements"
    status: 417
    error: "Expectation Failed"
    message: "Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active."
    requestId: "204391a6-fd59-456f-bae3-d5cb176a4c7e"
    errors:
    {"code":"ENTITLEMENT-10003","message":"Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active.","reason":"tenant d0000000000000000000000000000001 has no entitlement ID","suggestion":"Activate a subscription for the tenant; in a fixture, give it an entitlementId."}
    "#);
}

#[tokio::test]
async fn without_entitlement_id_every_operation_on_subscriptions_is_417() {
    let app = App::new("no-entitlement-id");
    for tenant in [UNLICENSED, MSP] {
        for path in ["/entitlements", "/entitlements/summaries", "/entitlements/summaries?refresh=true"] {
            let answer = app.call("GET", path).tenant(tenant).send().await;
            assert_eq!(answer.code(), (417, "ENTITLEMENT-10003".into()), "{path}");
        }
        assert_eq!(app.get_as(tenant, "/banners").await, json!([]));
    }
    for path in crate::support::MSP_READS {
        let answer = app.call("GET", path).tenant(MSP).send().await;
        assert_eq!(answer.code(), (417, "ENTITLEMENT-10003".into()), "{path}");
    }
}

#[tokio::test]
async fn what_is_for_msps_is_refused_to_others() {
    let app = App::new("default");
    for path in crate::support::MSP_READS {
        for tenant in [COMPANY, CUSTOMER, UNLICENSED] {
            let answer = app.call("GET", path).tenant(tenant).send().await;
            assert_eq!(answer.code(), (400, "ENTITLEMENT-10002".into()), "{path} {tenant}");
            assert_eq!(answer.json()["message"], "Not a MSP");
        }
    }
}

#[tokio::test]
async fn a_value_outside_an_enum_is_400_that_names_parameter_value_and_what_is_allowed() {
    let app = App::new("default");
    for path in crate::support::TENANT_READS {
        for (query, value) in [
            ("type=TOASTER", "TOASTER"),
            ("type=wifi", "wifi"),
            ("type=%20", " "),
            ("type=%FF%00", "\u{fffd}\0"),
            ("licenseType=GOLD", "GOLD"),
            ("type=WIFI&licenseType=%E2%82%AC", "€"),
        ] {
            let answer = app.call("GET", &format!("{path}?{query}")).send().await.expect(400);
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(message.contains(&format!("has the value \"{value}\"")), "{message}");
            let about_license = query.contains("licenseType");
            let (name, word) =
                if about_license { ("licenseType", "EDGE_SECL") } else { ("type", "SLTN_PMS_INTEGRATION") };
            assert!(message.contains(&format!("'{name}'")) && message.contains(word), "{message}");
        }
    }
    let answer = app.call("GET", "/banners?licenseType=GOLD").send().await;
    assert_snapshot!(rows(&answer.json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/banners"
    status: 400
    error: "Bad Request"
    message: "parameter 'licenseType' has the value \"GOLD\", which is none of UNKNOWN, APSW, URLF, EDGE_SECS, EDGE_SECL, SLTN_TOKEN"
    requestId: "77ca0b91-0038-440b-9753-8b67a50901cc"
    code: "RCG-10001"
    reason: "parameter 'licenseType' has the value \"GOLD\", which is none of UNKNOWN, APSW, URLF, EDGE_SECS, EDGE_SECL, SLTN_TOKEN"
    suggestion: "Use one of the values listed, or leave the parameter out."
    errors:
    {"code":"RCG-10001","message":"parameter 'licenseType' has the value \"GOLD\", which is none of UNKNOWN, APSW, URLF, EDGE_SECS, EDGE_SECL, SLTN_TOKEN","reason":"parameter 'licenseType' has the value \"GOLD\", which is none of UNKNOWN, APSW, URLF, EDGE_SECS, EDGE_SECL, SLTN_TOKEN","suggestion":"Use one of the values listed, or leave the parameter out."}
    "#);
}

#[tokio::test]
async fn every_word_of_the_enums_is_taken_and_other_parameters_are_ignored() {
    let app = App::new("default");
    for word in [
        "IOT_CTRL",
        "UNASSIGNED_DEVICE_TYPE",
        "WIFI",
        "LTE",
        "SWITCH",
        "ANALYTICS",
        "RWG",
        "EDGE",
        "VIRTUAL_EDGE",
        "APSW",
        "EDGE_SECS",
        "EDGE_SECL",
        "SLTN_PIN_FOR_IDENTITY",
        "SLTN_TOKEN",
        "SLTN_PMS_INTEGRATION",
    ] {
        app.get_as(COMPANY, &format!("/entitlements?type={word}&page=1&type=TOASTER")).await;
    }
    for word in ["UNKNOWN", "APSW", "URLF", "EDGE_SECS", "EDGE_SECL", "SLTN_TOKEN"] {
        app.get_as(COMPANY, &format!("/entitlements?licenseType={word}&x=%zz&&=")).await;
    }
}

#[tokio::test]
async fn an_empty_parameter_says_nothing() {
    let app = App::new("default");
    for path in ["/entitlements", "/banners", "/entitlements/summaries"] {
        let without = app.get_as(COMPANY, path).await;
        assert_eq!(app.get_as(COMPANY, &format!("{path}?type=&licenseType=&refresh=")).await, without, "{path}");
    }
}
