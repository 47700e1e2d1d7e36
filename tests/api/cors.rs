//! Browsers: preflights, credentials, private networks, foreign origins.

use serde_json::json;

use crate::support::{App, Setup, UNLICENSED};

const UI: &str = "http://localhost:3000";
const HEADERS: &str = "authorization,content-type,accept,x-rks-tenantid,build-in-error-modal";

#[tokio::test]
async fn a_preflight_of_a_local_page_is_granted_with_credentials() {
    let app = App::new("default");
    for method in ["GET", "POST", "PATCH", "DELETE"] {
        let call = app.call("OPTIONS", "/assignments").header("origin", UI);
        let call =
            call.header("access-control-request-method", method).header("access-control-request-headers", HEADERS);
        let answer = call.header("access-control-request-private-network", "true").send().await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), UI);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.header("access-control-allow-headers"), HEADERS);
        assert_eq!(answer.header("access-control-allow-private-network"), "true");
        assert!(answer.header("access-control-allow-methods").split(',').any(|allowed| allowed == method));
        assert!(answer.header("vary").contains("origin"), "{}", answer.header("vary"));
    }
}

#[tokio::test]
async fn an_answer_to_a_local_page_may_be_read_with_its_headers() {
    let app = App::new("default");
    for origin in [UI, "http://127.0.0.1:5173", "https://app.localhost", "http://[::1]:8080"] {
        let answer = app.call("GET", "/banners").header("origin", origin).send().await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        let exposed = answer.header("access-control-expose-headers");
        for name in ["login-token", "location", "x-request-id"] {
            assert!(exposed.split(',').any(|own| own == name), "{name} in {exposed}");
        }
    }
}

#[tokio::test]
async fn errors_can_be_read_by_a_page_too() {
    let app = App::guarded("default");
    for (call, status) in [
        (app.call("GET", "/banners"), 401),
        (app.call("GET", "/nothing"), 404),
        (app.call("PUT", "/banners"), 405),
        (app.call("DELETE", "/assignments").json(json!([])), 401),
    ] {
        let answer = call.header("origin", UI).send().await.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), UI, "{status}");
    }
    let app = App::new("default");
    let answer = app.call("GET", "/entitlements").header("origin", UI).tenant(UNLICENSED).send().await.expect(417);
    assert_eq!(answer.header("access-control-allow-origin"), UI);
}

#[tokio::test]
async fn a_page_from_elsewhere_is_granted_nothing() {
    let app = App::new("default");
    for origin in ["http://evil.example", "http://localhost.evil.example", "null", "http://192.168.1.2:3000"] {
        let preflight = app.call("OPTIONS", "/assignments").header("origin", origin);
        let preflight = preflight.header("access-control-request-method", "DELETE").send().await;
        assert_eq!(preflight.header("access-control-allow-origin"), "", "{origin}");
        let answer = app.call("GET", "/banners").header("origin", origin).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test]
async fn an_origin_that_was_configured_is_granted_exactly() {
    let app = App::with(Setup { cors_origins: vec!["https://ui.test".parse().unwrap()], ..Setup::default() });
    for (origin, allowed) in [("https://ui.test", true), ("https://ui.test:8443", false), ("http://ui.test", false)] {
        let answer = app.call("GET", "/banners").header("origin", origin).send().await;
        assert_eq!(answer.header("access-control-allow-origin") == origin, allowed, "{origin}");
    }
}

#[tokio::test]
async fn no_answer_has_a_login_token() {
    let app = App::guarded("default");
    let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
    let token = app.call("POST", "/oauth2/token").header("origin", UI).form(form).send().await.expect(200);
    let read = app.call("GET", "/banners").header("origin", UI).bearer(token.json()["access_token"].as_str().unwrap());
    for answer in [read.send().await.expect(200), app.fetch("/banners").await.expect(401), token] {
        assert_eq!(answer.header("login-token"), "");
    }
}
