//! What is found out about a request before its handler runs, and read alike by everything after it.

use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, MSP, NOBODY};

#[tokio::test]
async fn the_journal_names_the_tenant_that_the_answer_was_for() {
    let app = App::new("default");
    let token = app.token(COMPANY, "r1mock").await;
    for (authorization, tenant) in [(format!("Token {token}"), MSP), (format!("Bearer {token}"), COMPANY)] {
        let own = app.call("GET", "/tenants/self").header("authorization", &authorization).ok().await;
        assert_eq!(own["id"], tenant, "{authorization}");
        let recorded = app.get("/_mock/requests?path=/tenants/self").await;
        let last = recorded["requests"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["tenant"], tenant, "{authorization}");
    }
}

#[tokio::test]
async fn a_repeated_parameter_has_its_first_value_for_faults_too() {
    let app = App::new("default");
    let rule = json!({ "times": 1, "effects": [{ "activity": { "outcome": "fail" } }] });
    app.call("POST", "/_mock/faults").json(rule).send().await.expect(201);
    app.call("GET", "/entitlements/summaries?refresh=false&refresh=true").send().await.expect(200);
    let hits = app.get("/_mock/faults").await[0]["hits"].clone();
    assert_eq!(hits["applied"], 0, "{hits}");
    app.call("GET", "/entitlements/summaries?refresh=true&refresh=false").send().await.expect(202);
    assert_eq!(app.get("/_mock/faults").await[0]["hits"]["applied"], 1);
}

#[tokio::test]
async fn a_path_with_needless_escapes_is_the_same_path() {
    let app = App::new("default");
    let plain = app.get("/mspBanners").await;
    assert_eq!(app.get("/%6dspBanners").await, plain);
    app.call("GET", "/msp%2FBanners").send().await.expect(404);
}

#[tokio::test]
async fn options_answers_what_the_catalogue_allows_and_costs_no_detour() {
    let app = App::new("default");
    let answer = app.call("OPTIONS", "/entitlements").send().await.expect(204);
    assert_eq!((answer.header("allow"), answer.text().as_str()), ("GET,HEAD,PATCH,OPTIONS", ""));
    app.call("OPTIONS", "/nothing").send().await.expect(404);
    let refused = app.call("PUT", "/entitlements").send().await.expect(405);
    assert_eq!(refused.header("allow"), "GET,HEAD,PATCH,OPTIONS");
}

#[tokio::test]
async fn an_encoded_body_is_415_that_names_the_coding() {
    let app = App::new("default");
    for (path, method) in [("/assignments", "DELETE"), ("/entitlements/query", "POST"), ("/oauth2/token", "POST")] {
        let gzip = app.call(method, path).header("content-encoding", "gzip").body(&b"\x1f\x8b\x08"[..]);
        let answer = gzip.header("content-type", "application/json").send().await.expect(415);
        assert!(answer.text().contains("content-encoding \\\"gzip\\\" is not supported"), "{}", answer.text());
        assert_eq!(answer.header("accept-encoding"), "identity");
    }
    let identity = app.call("POST", "/entitlements/query").header("content-encoding", "identity");
    identity.json(json!({})).send().await.expect(200);
}

#[tokio::test]
async fn a_byte_order_mark_is_skipped_and_utf_16_is_named() {
    let app = App::new("default");
    let query =
        |body: Vec<u8>| app.call("POST", "/entitlements/query").header("content-type", "application/json").body(body);
    query(b"\xef\xbb\xbf{}".to_vec()).send().await.expect(200);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let answer = query(utf_16).send().await.expect(400);
    assert!(answer.text().contains("UTF-16"), "{}", answer.text());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400_and_no_413() {
    let app = App::new("default");
    for (method, path) in [("DELETE", "/assignments"), ("POST", "/oauth2/token"), ("POST", "/entitlements/query")] {
        let frames = [Ok("[{\"assign"), Err(std::io::Error::other("the connection was closed"))];
        let body = axum::body::Body::from_stream(futures_util::stream::iter(frames));
        let answer = app.call(method, path).header("content-type", "application/json").body(body).send().await;
        let answer = answer.expect(400);
        assert!(answer.text().contains("ended before it was complete"), "{}", answer.text());
    }
}

#[tokio::test]
async fn links_and_the_base_url_of_a_sandbox_follow_the_same_forwarded_headers() {
    let app = App::new("default");
    let forwarded = |method, path| {
        let call = app.call(method, path).header("host", "localhost:8080");
        call.header("x-forwarded-host", "mock.example.test").header("x-forwarded-proto", "https")
    };
    let accepted = forwarded("GET", "/entitlements/summaries?refresh=true").send().await.expect(202);
    assert!(accepted.header("location").starts_with("https://mock.example.test/activities/"));
    let made = forwarded("POST", "/_mock/sandboxes").json(json!({ "name": "p" })).send().await.expect(201).json();
    assert_eq!(made["baseUrl"], "https://mock.example.test/sandboxes/p");
}

#[tokio::test]
async fn basic_credentials_may_be_form_encoded_or_not() {
    let app = App::new("default");
    let grant = "grant_type=client_credentials";
    for credentials in ["r1mock:r1mock-secret", "r1mock:r1mock%2Dsecret"] {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        app.call("POST", "/oauth2/token").header("authorization", &basic).form(grant).send().await.expect(200);
    }
}

#[tokio::test]
async fn the_tenant_of_the_page_that_called_counts_if_nothing_else_names_one_and_a_setting_says_so() {
    let app = App::new("default");
    let page = format!("http://localhost:3000/{COMPANY}/t/administration/subscriptions");
    let tenant = async |headers: &[(&str, &str)]| {
        let headers = [&[("referer", page.as_str())], headers].concat();
        app.ask_with("GET /tenants/self", &headers, Value::Null).await.expect(200).json()["id"].clone()
    };
    assert_eq!(tenant(&[]).await, MSP, "the default tenant");
    let change = json!({ "tenantFromReferer": true });
    app.call("PATCH", "/_mock/settings").json(change).ok().await;
    assert_eq!(tenant(&[]).await, COMPANY);
    assert_eq!(tenant(&[("x-rks-tenantid", CUSTOMER)]).await, CUSTOMER);
    let token = format!("Bearer {}", app.token(MSP, "r1mock").await);
    assert_eq!(tenant(&[("authorization", &token)]).await, MSP);
    let unknown = format!("http://localhost:3000/t/{NOBODY}");
    app.ask_with("GET /tenants/self", &[("referer", &unknown)], Value::Null).await.expect(404);
}
