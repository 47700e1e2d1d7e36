//! What faults may cost: their number, their size, and the time that matching takes.

use serde_json::json;

use super::helpers::app;

#[tokio::test]
async fn the_faults_of_a_sandbox_have_a_most_number_and_size() {
    let app = app();
    let rule = json!({ "effects": [{ "cut": {} }], "times": 0 });
    let many = json!(vec![&rule; 1_000]).to_string();
    assert_eq!(app.send("PUT", "/_mock/faults", &[], many).await.status, 200);
    let more = app.send("POST", "/_mock/faults", &[], rule.to_string()).await;
    assert_eq!((more.status, more.text().contains("at most 1000 faults")), (409, true), "{}", more.text());
    let large = json!({ "effects": [{ "answer": { "body": "x".repeat(5 * 1024 * 1024) } }] }).to_string();
    assert_eq!(app.send("PUT", "/_mock/faults", &[], large.clone()).await.status, 200);
    let larger = app.send("POST", "/_mock/faults", &[], large.clone()).await;
    assert_eq!((larger.status, larger.text().contains("at most 8388608 bytes together")), (409, true));
    assert_eq!(app.fetch("/_mock/faults").await.json().as_array().unwrap().len(), 1);
    let too_large = format!("{large}{}", " ".repeat(16 * 1024 * 1024));
    assert_eq!(app.send("POST", "/_mock/faults", &[], too_large).await.status, 413);
}

#[tokio::test]
async fn an_error_does_not_repeat_all_that_was_sent() {
    let app = app();
    let long = "x".repeat(1_000_000);
    for body in [
        json!({ "effects": [], (long.clone()): 1 }),
        json!({ "match": { "path": &long }, "effects": [{ "cut": {} }] }),
        json!({ "match": { "tenant": &long }, "effects": [{ "cut": {} }] }),
        json!({ "id": &long, "effects": [{ "cut": {} }] }),
        json!({ "effects": [{ (long.clone()): {} }] }),
        json!({ "effects": [{ "contentType": { "value": format!("é{long}") } }] }),
        json!({ "effects": [{ "delay": { "fixed": &long } }] }),
    ] {
        let answer = app.send("POST", "/_mock/faults", &[], body.to_string()).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().len() < 2_000, "{}", answer.text());
    }
}

/// Without a bound on the work, this takes minutes.
#[tokio::test]
async fn a_thousand_patterns_that_nearly_match_a_long_path_cost_little() {
    let app = app();
    let rule = |n: usize| match n % 3 {
        0 => json!({ "match": { "path": format!("/*{}b", "a".repeat(990)) }, "effects": [{ "cut": {} }] }),
        1 => json!({ "match": { "path": format!("/**{}/b/**", "/a".repeat(490)) }, "effects": [{ "cut": {} }] }),
        _ => json!({ "match": { "query": { "q": "*a".repeat(499) + "b" } }, "effects": [{ "cut": {} }] }),
    };
    let rules = json!((0..1_000).map(rule).collect::<Vec<_>>()).to_string();
    assert_eq!(app.send("PUT", "/_mock/faults", &[], rules).await.status, 200);
    let path = format!("/{}?q={}", "a".repeat(30_000), "a".repeat(30_000));
    assert_eq!(app.fetch(&path).await.status, 404);
    assert_eq!(app.fetch(&format!("{}?q=a", "/a".repeat(15_000))).await.status, 404);
}
