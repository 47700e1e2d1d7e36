//! Around every request: methods, media types, bodies, ids, and what no request can do.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{
    COMPANY, MSP_READS, TENANT_READS,
    app::{App, edited, frozen},
    rows,
};

const VERSIONED: &str = "application/vnd.ruckus.v1+json";

#[tokio::test]
async fn a_get_is_a_head_too_without_the_body() {
    let app = App::new("default");
    for path in MSP_READS.iter().chain(&TENANT_READS) {
        let get = app.call("GET", path).send().await.expect(200);
        let head = app.call("HEAD", path).send().await.expect(200);
        assert_eq!((head.text().as_str(), head.content_type()), ("", get.content_type()), "{path}");
        assert_eq!(head.header("content-length"), get.bytes().len().to_string(), "{path}");
    }
    app.call("HEAD", "/entitlements?type=TOASTER").send().await.expect(400);
}

#[tokio::test]
async fn options_tell_what_a_path_can_do() {
    let app = App::new("default");
    for (path, allow) in [
        ("/assignments", "DELETE,GET,HEAD,OPTIONS,PATCH,POST"),
        ("/assignments/summaries", "GET,HEAD,OPTIONS"),
        ("/entitlements?type=TOASTER", "GET,HEAD,OPTIONS,PATCH"),
        ("/activities/query", "OPTIONS,POST"),
        ("/oauth2/token", "OPTIONS,POST"),
    ] {
        let answer = app.call("OPTIONS", path).send().await.expect(204);
        assert_eq!(sorted(answer.header("allow")), allow, "{path}");
        assert_eq!(answer.text(), "");
    }
    assert_eq!(app.call("OPTIONS", "/nothing").send().await.code(), (404, "RCG-10016".into()));
}

#[tokio::test]
async fn another_method_is_405_with_those_that_are_allowed() {
    let app = App::new("default");
    for (method, path, allow) in [
        ("PUT", "/assignments", "DELETE,GET,HEAD,OPTIONS,PATCH,POST"),
        ("POST", "/entitlements", "GET,HEAD,OPTIONS,PATCH"),
        ("DELETE", "/banners", "GET,HEAD,OPTIONS"),
        ("PATCH", "/mspEntitlements/summaries", "GET,HEAD,OPTIONS"),
        ("GET", "/oauth2/token", "OPTIONS,POST"),
        ("TRACE", "/assignments/summaries", "GET,HEAD,OPTIONS"),
        ("PURGE", "/mspBanners", "GET,HEAD,OPTIONS"),
    ] {
        let answer = app.call(method, path).send().await;
        assert_eq!(answer.code(), (405, "RCG-10001".into()), "{method} {path}");
        assert_eq!(sorted(answer.header("allow")), allow, "{method} {path}");
    }
    assert_snapshot!(rows(&app.call("PUT", "/assignments").send().await.json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/assignments"
    status: 405
    error: "Method Not Allowed"
    message: "method PUT is not supported here"
    requestId: "82c9c08c-e3ca-4634-8ded-b8bf70a5d1bb"
    code: "RCG-10001"
    reason: "method PUT is not supported here"
    suggestion: "Use one of the methods in the Allow header."
    errors:
    {"code":"RCG-10001","message":"method PUT is not supported here","reason":"method PUT is not supported here","suggestion":"Use one of the methods in the Allow header."}
    "#);
}

fn sorted(allow: &str) -> String {
    let mut methods: Vec<&str> = allow.split(',').map(str::trim).collect();
    methods.sort_unstable();
    methods.join(",")
}

#[tokio::test]
async fn an_unknown_path_is_the_gateways_404() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.call("GET", "/entitlement").send().await.expect(404).json()), @r#"
    timestamp: "2026-03-10T12:00:00.000Z"
    path: "/entitlement"
    status: 404
    error: "Not Found"
    message: null
    requestId: "204391a6-100001"
    errors:
    {"code":"RCG-10016","message":"The requested endpoint was not found."}
    "#);
    for path in
        ["/Entitlements", "/entitlements/", "/entitlements/1", "//entitlements", "/%65ntitlement", "/..", "/%FF"]
    {
        let answer = app.call("GET", path).send().await;
        assert_eq!(answer.code(), (404, "RCG-10016".into()), "{path}");
        assert_eq!(answer.content_type(), "application/json");
    }
}

#[tokio::test]
async fn a_path_or_header_that_is_no_text_is_answered_with_an_error_body() {
    let app = App::new("default");
    for path in ["/activities/%FF%FE", "/api/tenant/%FF/activity/1", "/api/tenant/1/activity/%C3"] {
        let answer = app.call("GET", path).send().await;
        assert_eq!(answer.content_type(), "application/json", "{path}: {}", answer.text());
        assert!([400, 404].contains(&answer.status), "{path}");
        assert!(answer.json()["errors"][0]["code"].is_string(), "{path}");
    }
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let answer = app.call("POST", "/oauth2/token/%FF").form(form).send().await;
    assert_eq!(answer.content_type(), "application/json", "{}", answer.text());
}

#[tokio::test]
async fn answers_come_in_the_media_type_that_is_accepted() {
    let app = App::new("default");
    for (accept, expected) in [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        (VERSIONED, VERSIONED),
        ("APPLICATION/VND.RUCKUS.V1+JSON", VERSIONED),
        ("application/json;q=0.5, application/vnd.ruckus.v1+json", VERSIONED),
        ("text/html, application/vnd.ruckus.v1+json;q=0.1", VERSIONED),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/vnd.ruckus.v1+json, application/json", "application/json"),
    ] {
        let mut call = app.call("GET", "/entitlements");
        if !accept.is_empty() {
            call = call.header("accept", accept);
        }
        let answer = call.send().await.expect(200);
        assert_eq!(answer.content_type(), expected, "{accept}");
        assert!(answer.header("vary").contains("accept"), "{}", answer.header("vary"));
        assert!(answer.json().is_array());
    }
}

#[tokio::test]
async fn what_cannot_be_produced_is_406_before_anything_happens() {
    let app = App::new("default");
    let before = app.sandbox.look().0;
    for (method, path) in
        [("GET", "/entitlements"), ("GET", "/entitlements/summaries?refresh=true"), ("DELETE", "/assignments")]
    {
        for accept in
            ["text/html", "application/xml", "application/vnd.ruckus.v2+json", "application/json;q=0", "nonsense"]
        {
            let call = app.call(method, path).header("accept", accept).json(json!([{ "assignmentId": 130_468 }]));
            let answer = call.send().await;
            assert_eq!(answer.code(), (406, "RCG-10001".into()), "{method} {path} {accept}");
        }
    }
    assert_eq!(app.sandbox.look().0, before);
}

#[tokio::test]
async fn a_content_type_without_a_body_is_no_mistake() {
    let app = App::new("default");
    for path in MSP_READS.iter().chain(&TENANT_READS) {
        for content_type in ["application/json", "text/plain", "nonsense"] {
            app.call("GET", path).header("content-type", content_type).send().await.expect(200);
        }
        app.call("GET", path).json(json!({ "ignored": true })).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_body_is_json_by_name_or_has_no_name() {
    let app = App::new("default");
    let delete = |content_type: &'static str| app.call("DELETE", "/assignments").header("content-type", content_type);
    let body = r#"[{"assignmentId":4711}]"#;
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON", VERSIONED] {
        assert_eq!(delete(content_type).body(body).send().await.brief().1, "ASSIGNMENT_NOT_FOUND", "{content_type}");
    }
    assert_eq!(app.call("DELETE", "/assignments").body(body).send().await.brief().1, "ASSIGNMENT_NOT_FOUND");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "json"] {
        let answer = delete(content_type).body(body).send().await;
        assert_eq!(answer.code(), (415, "RCG-10001".into()), "{content_type}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_and_one_at_it_is_read() {
    let app = App::new("default");
    let padded = |size: usize| {
        let body = r#"[{"assignmentId":4711}]"#;
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    let limit = 1024 * 1024;
    let delete = |size| app.call("DELETE", "/assignments").body(padded(size));
    assert_eq!(delete(limit).send().await.brief(), (404, "ASSIGNMENT_NOT_FOUND".into()));
    assert_eq!(delete(limit + 1).send().await.brief(), (413, "INVALID_INPUT_PARAMETER".into()));
    let query = app.call("POST", "/activities/query").body(padded(limit + 1)).send().await;
    assert_eq!(query.code(), (413, "RCG-10001".into()));
    let token = app.call("POST", "/oauth2/token").form("x=".repeat(limit)).send().await.expect(413);
    assert_eq!(token.content_type(), "application/json", "{}", token.text());
}

#[tokio::test]
async fn a_list_is_never_taken_for_an_object() {
    let app = App::new("default");
    for (path, body, place) in [
        ("/entitlements/query", "[null,null,null,1,null,null,null]", "$"),
        ("/entitlements/query", r#"{"filters":[null,null,null,null,null,null,null,null,null]}"#, "$.filters"),
        ("/entitlements/query", r#"{"filters":{"expirationDateRange":[1,2]}}"#, "$.filters.expirationDateRange"),
        ("/entitlements/utilizations/query", r#"[{"filters":{"licenseType":["NOPE"]}}]"#, "$"),
        ("/entitlements/compliances/query", r#"[{"filters":{}}]"#, "$"),
    ] {
        let refused = app.call("POST", path).body(body).send().await.expect(400).text();
        let expected = format!("{place}: expected an object, found a list");
        assert!(refused.contains(&expected), "{path} {body}: {refused}");
    }
}

#[tokio::test]
async fn a_query_has_at_most_100_sku_patterns_of_200_characters() {
    let app = App::new("default");
    let query =
        |skus: Vec<String>| app.call("POST", "/entitlements/query").json(json!({ "filters": { "sku": skus } })).send();
    query((0..100).map(|n| format!("^CLD-{n}")).collect()).await.expect(200);
    let refused = query(vec!["a".into(); 101]).await.expect(400).text();
    assert!(refused.contains("filters.sku: expected at most 100 patterns, found 101 of them"), "{refused}");
    let refused = query(vec!["a".repeat(201)]).await.expect(400).text();
    assert!(refused.contains("expected a pattern of at most 200 characters, found 201 characters"), "{refused}");
}

#[tokio::test]
async fn no_body_brings_the_server_down() {
    let app = App::new("default");
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let mut bodies: Vec<Vec<u8>> = vec![
        nested("[", "]").into(),
        nested("{\"a\":", "}").into(),
        format!("[{{\"assignmentId\":1,\"x\":{}}}]", nested("[", "]")).into(),
        b"\xff\xfe[]".to_vec(),
        b"[{\"assignmentId\":1,\"\xff\":2}]".to_vec(),
        b"\0".to_vec(),
        br#"[{"assignmentId":1e400}]"#.to_vec(),
        br#"[{"assignmentId":-0}]"#.to_vec(),
        br#"[{"assignmentId":9223372036854775807},{"assignmentId":-9223372036854775808}]"#.to_vec(),
        format!("[{{\"assignmentId\":{}}}]", "9".repeat(10_000)).into(),
        br#"{"assignments":[{"deviceType":"MSP_APSW","quantity":2147483647}],"endDate":"2500-12-31"}"#.to_vec(),
        br#"{"assignments":[{"deviceType":"MSP_APSW","quantity":1e9}],"endDate":"+262142-12-31"}"#.to_vec(),
        br#"{"page":9223372036854775807,"pageSize":9223372036854775807,"sortField":"","sortOrder":"ASC"}"#.to_vec(),
        br#"{"page":-9223372036854775808,"pageSize":-1,"sortField":"x","sortOrder":"DESC"}"#.to_vec(),
    ];
    bodies.push(vec![b'['; 1024 * 1024]);
    for body in bodies {
        for (method, path) in [
            ("DELETE", "/assignments"),
            ("POST", "/assignments"),
            ("PATCH", "/assignments"),
            ("POST", "/activities/query"),
        ] {
            let answer = app.call(method, path).body(body.clone()).send().await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert!(answer.status < 500, "{method} {path} {shown}: {}", answer.text());
            assert!(answer.json().is_object(), "{method} {path} {shown}");
        }
    }
    app.get("/assignments/summaries").await;
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_date_of_the_sandboxs_clock() {
    let app = App::new("default");
    for path in ["/entitlements", "/nothing", "/entitlements?type=TOASTER", "/openapi.json"] {
        let answer = app.call("GET", path).send().await;
        assert_eq!(answer.header("date"), "Tue, 10 Mar 2026 12:00:00 GMT", "{path}");
        answer.header("x-request-id").parse::<uuid::Uuid>().unwrap();
        let id = if answer.status == 400 { answer.json()["requestId"].clone() } else { Value::Null };
        assert!(id.is_null() || id == answer.header("x-request-id"));
    }
    let ids = [app.call("GET", "/banners").send().await, app.call("GET", "/banners").send().await];
    assert_ne!(ids[0].header("x-request-id"), ids[1].header("x-request-id"));
}

#[tokio::test]
async fn a_clock_at_the_edge_of_time_is_no_reason_to_fail() {
    for moment in ["1900-01-01T00:00:00Z", "2499-12-31T23:59:59Z"] {
        let app = App::of(edited("default", |_| {}), frozen());
        app.turn_to(moment);
        for path in MSP_READS.iter().chain(&TENANT_READS) {
            app.get(path).await;
            if TENANT_READS.contains(path) {
                app.get_as(COMPANY, path).await;
            }
        }
    }
}

#[tokio::test]
async fn health_is_not_part_of_the_vendors_surface() {
    let app = App::guarded("default");
    assert_eq!(app.get("/_mock/health").await["status"], "UP");
    assert_eq!(app.get("/_mock/ready").await["status"], "READY");
    assert_eq!(app.call("GET", "/banners").send().await.status, 401);
}
