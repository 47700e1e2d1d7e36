//! POST /oauth2/token/{tenantId} and POST /oauth2/token

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use insta::assert_snapshot;
use r1_entitlements_mock::scenario::format::WrongCredentials;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, MSP, NOBODY, UNLICENSED, call::Call, fixture::Fixture, rows};

const FORM: &str = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";

/// Header and claims of a JWT.
fn read(token: &str) -> [Value; 2] {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    [parts[0], parts[1]].map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
}

fn basic<'a>(call: Call<'a>, id: &str, secret: &str) -> Call<'a> {
    call.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))))
}

#[tokio::test]
async fn a_token_is_a_signed_jwt_with_the_claims_that_the_ui_reads() {
    let app = App::new("default");
    let answer = app.call("POST", &format!("/oauth2/token/{MSP}")).form(FORM).send().await.expect(200);
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(7199)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = body["access_token"].as_str().unwrap();
    assert!(token.starts_with("eyJ"), "{token}");
    let [header, claims] = read(token);
    assert_snapshot!(header, @r#"{"typ":"JWT","alg":"HS256","kid":"r1mock-1"}"#);
    assert_snapshot!(rows(&claims), @r#"
    tenantId: "a0000000000000000000000000000001"
    tenantType: "MSP"
    acx_account_tier: "Gold"
    acx_account_vertical: "Default"
    isBetaFlag: false
    region: "NA"
    roleName: ["PRIME_ADMIN"]
    firstName: "Application"
    lastName: "r1mock"
    userName: "r1mock"
    adminId: "c42c5a1aa3824138914aea397e20116f"
    isVar: true
    swuId: "a0000000000000000000000000000001"
    pver: "acx"
    exp: 1773151199
    iat: 1773144000
    jti: "c42c5a1a-a382-4138-914a-ea397e20116f"
    session: 0
    "#);
}

#[tokio::test]
async fn a_read_only_client_gets_another_role() {
    let app = App::new("default");
    let [_, claims] = read(&app.token(COMPANY, "r1mock-readonly").await);
    assert_eq!((&claims["roleName"], &claims["tenantId"]), (&json!(["READ_ONLY"]), &json!(COMPANY)));
    assert_eq!((&claims["tenantType"], &claims["isVar"]), (&json!("REC"), &json!(false)));
}

#[tokio::test]
async fn two_tokens_of_one_client_are_two() {
    let app = App::new("default");
    assert_ne!(app.token(MSP, "r1mock").await, app.token(MSP, "r1mock").await);
}

#[tokio::test]
async fn credentials_may_come_as_basic() {
    let app = App::new("default");
    let call = app.call("POST", &format!("/oauth2/token/{COMPANY}")).form("grant_type=client_credentials");
    let body = basic(call, "r1mock", "r1mock-secret").ok().await;
    assert_eq!(read(body["access_token"].as_str().unwrap())[1]["tenantId"], COMPANY);
    for (id, secret) in [("r1mock", "wrong"), ("r1mock", ""), ("", ""), ("nobody", "r1mock-secret")] {
        let call = app.call("POST", &format!("/oauth2/token/{COMPANY}")).form("grant_type=client_credentials");
        assert_eq!(basic(call, id, secret).send().await.status, 401, "{id}:{secret}");
    }
}

#[tokio::test]
async fn without_a_tenant_in_the_path_the_default_tenant_goes_first() {
    for (scenario, tenant) in [("default", MSP), ("expiring", COMPANY)] {
        let app = App::new(scenario);
        let body = app.call("POST", "/oauth2/token").form(FORM).ok().await;
        assert_eq!(read(body["access_token"].as_str().unwrap())[1]["tenantId"], tenant, "{scenario}");
    }
}

#[tokio::test]
async fn without_a_tenant_in_the_path_the_one_that_the_header_names_goes_before_the_default_tenant() {
    let app = App::new("default");
    for (named, tenant) in [(COMPANY, COMPANY), (MSP, MSP), (CUSTOMER, MSP), (NOBODY, MSP), ("x", MSP)] {
        let call = app.call("POST", "/oauth2/token").header("x-rks-tenantid", named).form(FORM);
        let body = call.ok().await;
        assert_eq!(read(body["access_token"].as_str().unwrap())[1]["tenantId"], tenant, "{named}");
    }
}

#[tokio::test]
async fn a_bad_grant_is_400_and_wrong_credentials_are_401_as_rfc_6749_says() {
    let app = App::new("default");
    let secret = "client_id=r1mock&client_secret=r1mock-secret";
    for (tenant, form, status, error) in [
        (MSP, String::new(), 400, "invalid_request"),
        (MSP, secret.into(), 400, "invalid_request"),
        (MSP, format!("grant_type=password&{secret}"), 400, "unsupported_grant_type"),
        (MSP, "grant_type=client_credentials".into(), 401, "invalid_client"),
        (MSP, "grant_type=client_credentials&client_id=r1mock".into(), 401, "invalid_client"),
        (MSP, "grant_type=client_credentials&client_id=r1mock&client_secret=no".into(), 401, "invalid_client"),
        (CUSTOMER, FORM.into(), 401, "invalid_client"),
        (NOBODY, FORM.into(), 401, "invalid_client"),
        ("nobody", FORM.into(), 401, "invalid_client"),
    ] {
        let answer = app.call("POST", &format!("/oauth2/token/{tenant}")).form(form.clone()).send().await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{tenant} {form}");
        assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
        assert_eq!(answer.header("www-authenticate").is_empty(), status != 401);
    }
}

#[tokio::test]
async fn wrong_credentials_can_lead_to_a_login_page_as_observed() {
    let app = App::edited("default", |scenario| scenario.auth.wrong_credentials = WrongCredentials::Redirect);
    let wrong = "grant_type=client_credentials&client_id=r1mock&client_secret=no";
    let answer = app.call("POST", &format!("/oauth2/token/{MSP}")).form(wrong).send().await;
    assert_eq!((answer.status, answer.header("location")), (302, "/oauth2/authorization/idm"));
    let page = app.call("GET", answer.header("location")).send().await.expect(200);
    assert!(page.content_type().starts_with("text/html"), "{}", page.content_type());
    app.token(MSP, "r1mock").await;
}

#[tokio::test]
async fn the_lifetime_of_tokens_is_a_setting() {
    let app = App::edited("default", |scenario| scenario.auth.token_lifetime_seconds = 60);
    let body = app.call("POST", &format!("/oauth2/token/{MSP}")).form(FORM).ok().await;
    assert_eq!(body["expires_in"], 60);
    let [_, claims] = read(body["access_token"].as_str().unwrap());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
}

#[tokio::test]
async fn a_form_may_be_percent_encoded_and_carry_more() {
    let app = App::new("default");
    let form = "scope=all&grant_type=client%5Fcredentials&client_id=r1mock&client_secret=r1mock%2Dsecret&x";
    app.call("POST", &format!("/oauth2/token/{MSP}")).form(form).ok().await;
}

#[tokio::test]
async fn without_a_tenant_in_the_path_a_client_that_the_default_tenant_has_not_is_found_by_tenant_id() {
    let client = json!([{ "clientId": "c", "clientSecret": "s", "role": "ADMIN" }]);
    let tenant = |id: &str, clients: &Value| json!({ "id": id, "name": "n", "type": "REC", "entitlementId": "1", "clients": clients });
    let tenants = json!([tenant(UNLICENSED, &client), tenant(COMPANY, &client), tenant(MSP, &json!([]))]);
    let meta = json!({ "title": "t", "description": "d", "defaultTenant": MSP });
    let fixture =
        Fixture::company(&json!([]), &[], json!([])).with("tenants.json", tenants).with("scenario.json", meta);
    let form = "grant_type=client_credentials&client_id=c&client_secret=s";
    let body = fixture.app().call("POST", "/oauth2/token").form(form).ok().await;
    assert_eq!(read(body["access_token"].as_str().unwrap())[1]["tenantId"], COMPANY);
}
