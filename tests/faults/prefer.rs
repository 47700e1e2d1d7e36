//! `Prefer`, the header by which clients of Prism choose an answer.

use super::helpers::app;

#[tokio::test]
async fn a_request_prefers_a_status_or_an_outcome() {
    let app = app();
    let get = |prefer: &str| app.call("GET", "/banners").header("prefer", prefer).send();
    let refused = get("code=404").await;
    assert_eq!((refused.status, refused.header("preference-applied")), (404, "code=404"));
    assert_eq!(refused.header("x-mock-fault"), "prefer");
    assert_eq!(get("code=429").await.header("retry-after"), "1");
    assert_eq!(get("return=minimal, code=\"503\"; x=1").await.status, 503);
    let html = get("example=html").await;
    assert_eq!((html.status, html.header("content-type")), (200, "text/html"));
    let usual = get("code=200").await;
    assert_eq!((usual.status, usual.header("preference-applied")), (200, "code=200"));
    let ignored = get("respond-async, wait=10").await;
    assert_eq!((ignored.status, ignored.header("preference-applied")), (200, ""));
}

#[tokio::test]
async fn an_impossible_preference_is_refused_with_what_is_possible() {
    let app = app();
    for (prefer, expected) in [
        ("code=302", "\"302\" is not a value of Prefer: code; expected a status from 200 to 299 or 400 to 599"),
        ("code=teapot", "\"teapot\" is not a value of Prefer: code"),
        ("example=truncate", "did you mean \"truncated\"?"),
    ] {
        let answer = app.call("GET", "/banners").header("prefer", prefer).send().await;
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(answer.status == 400 && detail.contains(expected), "{prefer}: {} {detail}", answer.status);
    }
}
