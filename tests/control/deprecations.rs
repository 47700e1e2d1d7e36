//! Deprecated operations: what their answers say, how they go, and the report of who calls them.

use r1_entitlements_mock::sandbox::{
    Settings,
    deprecations::{Mode, Sunset},
};
use serde_json::{Value, json};

use crate::support::{App, COMPANY, MSP, Setup, UNLICENSED, app::frozen_with};

/// The default scenario on 2026-05-05.
fn app(sunset: Sunset) -> App {
    let start = frozen_with("2026-05-05T10:20:30Z", Settings { sunset, ..Settings::default() });
    App::with(Setup { start, ..Setup::default() })
}

#[tokio::test]
async fn every_answer_of_a_deprecated_operation_says_so_and_names_its_successor() {
    let app = app(Sunset::default());
    let answer = app.ask(COMPANY, "GET /entitlements/summaries", Value::Null).await;
    assert_eq!(answer.header("deprecation"), "@1767225600");
    assert_eq!(answer.header("sunset"), "Mon, 31 Aug 2026 00:00:00 GMT");
    insta::assert_snapshot!(answer.header("link"), @r#"</entitlements/utilizations/query>; rel="successor-version", </entitlements>; rel="successor-version", </_mock/deprecations/about#getSummary_1>; rel="deprecation"; type="text/html""#);
    // Errors say so too, and what is not deprecated does not.
    assert_eq!(
        app.ask(UNLICENSED, "GET /entitlements", Value::Null).await.check(417).header("deprecation"),
        "@1767225600"
    );
    assert_eq!(app.ask(MSP, "DELETE /assignments", json!([])).await.check(400).header("deprecation"), "@1767225600");
    assert_eq!(app.ask(MSP, "GET /assignments", Value::Null).await.check(200).header("deprecation"), "");
    assert_eq!(app.ask(COMPANY, "POST /entitlements/query", json!({})).await.check(200).header("sunset"), "");
    let page = app.ask_with("GET /_mock/deprecations/about", &[], Value::Null).await;
    assert!(page.check(200).text().contains("id=\"getSummary_1\""));
}

#[tokio::test]
async fn a_deprecated_operation_is_gone_from_the_sunset_on_if_asked_for() {
    let app = app(Sunset { mode: Mode::Gone, ..Sunset::default() });
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
    app.turn_to("2026-08-31T00:00:00Z");
    let gone = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!(gone.code(), (410, "RCG-10016".into()));
    assert_eq!(gone.json()["message"], "GET /banners was removed on 2026-08-31");
    assert!(
        gone.json()["errors"][0]["suggestion"].as_str().unwrap().starts_with("Use POST /entitlements/banners/query.")
    );
    assert_eq!(gone.header("sunset"), "Mon, 31 Aug 2026 00:00:00 GMT");
    app.ask(MSP, "DELETE /assignments", json!([])).await.check(410);
    app.ask(COMPANY, "POST /entitlements/banners/query", json!({})).await.check(200);
    app.turn_to("2026-08-30T23:59:59Z");
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
}

#[tokio::test]
async fn a_brownout_takes_single_operations_away_for_some_minutes_of_each_hour() {
    let only = ["getBanners_1".to_owned()].into();
    let app = app(Sunset { brownout: Some(chrono::TimeDelta::minutes(30)), only, ..Sunset::default() });
    let gone = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!(gone.check(410).json()["message"], "GET /banners is switched off for a trial until 10:30Z");
    app.ask(COMPANY, "GET /entitlements", Value::Null).await.check(200);
    app.turn_to("2026-05-05T10:30:00Z");
    app.ask(COMPANY, "GET /banners", Value::Null).await.check(200);
}

#[tokio::test]
async fn nothing_is_said_if_silence_is_asked_for_but_calls_are_counted() {
    let app = app(Sunset { mode: Mode::Silent, ..Sunset::default() });
    let answer = app.ask(COMPANY, "GET /banners", Value::Null).await;
    assert_eq!([answer.header("deprecation"), answer.header("sunset"), answer.header("link")], ["", "", ""]);
    assert_eq!(app.ask_with("GET /_mock/deprecations", &[], Value::Null).await.json()["calls"], 1);
}

#[tokio::test]
async fn the_report_tells_who_calls_what_through_resets_until_it_is_cleared() {
    let app = app(Sunset::default());
    let quiet = app.ask_with("GET /_mock/deprecations?format=text", &[], Value::Null).await;
    assert_eq!(quiet.text(), "No deprecated operation was called.\n");
    for agent in ["portal/1.2", "portal/1.2", "curl/8.5"] {
        app.ask_with("GET /entitlements", &[("user-agent", agent)], Value::Null).await.check(200);
    }
    app.ask_with("HEAD /banners", &[], Value::Null).await.check(200);
    app.ask_with("POST /entitlements/query", &[("user-agent", "new")], json!({})).await.check(200);
    app.ask_with("POST /_mock/reset", &[], Value::Null).await.check(204);
    let text = app.ask_with("GET /_mock/deprecations", &[("accept", "text/plain")], Value::Null).await;
    insta::assert_snapshot!(text.text(), @r#"
    4 calls of 2 deprecated operations, announced to be removed from 2026-08-31 on:

    GET /banners (getBanners_1): 1 call
      first 2026-05-05T10:20:30Z, last 2026-05-05T10:20:30Z
      use instead: POST /entitlements/banners/query
      by (none): 1

    GET /entitlements (getEntitlements_1): 3 calls
      first 2026-05-05T10:20:30Z, last 2026-05-05T10:20:30Z
      use instead: POST /entitlements/query
      by curl/8.5: 1
      by portal/1.2: 2
    "#);
    let report = app.ask_with("GET /_mock/deprecations", &[], Value::Null).await;
    insta::assert_json_snapshot!(report.json()["operations"][3], @r#"
    {
      "operationId": "getEntitlements_1",
      "operation": "GET /entitlements",
      "successors": [
        "POST /entitlements/query"
      ],
      "calls": 3,
      "gone": 0,
      "firstCall": "2026-05-05T10:20:30Z",
      "lastCall": "2026-05-05T10:20:30Z",
      "userAgents": [
        {
          "userAgent": "curl/8.5",
          "calls": 1,
          "firstCall": "2026-05-05T10:20:30Z",
          "lastCall": "2026-05-05T10:20:30Z"
        },
        {
          "userAgent": "portal/1.2",
          "calls": 2,
          "firstCall": "2026-05-05T10:20:30Z",
          "lastCall": "2026-05-05T10:20:30Z"
        }
      ]
    }
    "#);
    app.ask_with("DELETE /_mock/deprecations", &[], Value::Null).await.check(204);
    assert_eq!(app.ask_with("GET /_mock/deprecations", &[], Value::Null).await.json()["calls"], 0);
}

#[tokio::test]
async fn a_sandbox_counts_its_own_calls_and_its_links_stay_in_it() {
    let app = app(Sunset::default());
    let new = json!({ "name": "one" });
    app.ask_with("POST /_mock/sandboxes", &[("content-type", "application/json")], new).await.check(201);
    let answer = app.ask_with("GET /sandboxes/one/banners", &[], Value::Null).await;
    let link = answer.check(200).header("link");
    assert!(link.starts_with("</sandboxes/one/entitlements/banners/query>; rel=\"successor-version\""), "{link}");
    assert_eq!(app.ask_with("GET /sandboxes/one/_mock/deprecations", &[], Value::Null).await.json()["calls"], 1);
    assert_eq!(app.ask_with("GET /_mock/deprecations", &[], Value::Null).await.json()["calls"], 0);
}

#[tokio::test]
async fn the_totals_count_all_sandboxes_the_removed_ones_included() {
    let app = app(Sunset::default());
    let call = async |path: &str| app.call("GET", path).header("user-agent", "suite/1").ok().await;
    for name in ["one", "two"] {
        app.post("/_mock/sandboxes", json!({ "name": name })).await.expect(201);
        call(&format!("/sandboxes/{name}/banners")).await;
    }
    app.call("DELETE", "/_mock/sandboxes/one").send().await.expect(204);
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await.expect(201);
    call("/sandboxes/one/banners").await;
    call("/sandboxes/one/entitlements").await;
    call("/banners").await;
    let totals = app.get("/_mock/deprecations/all").await;
    let counts: Vec<_> =
        totals["sandboxes"].as_array().unwrap().iter().map(|one| (&one["sandbox"], &one["calls"])).collect();
    assert_eq!(json!([totals["calls"], counts]), json!([5, [["", 1], ["one", 3], ["two", 1]]]));
    assert_eq!(totals["sandboxes"][1]["operations"][0]["userAgents"][0]["calls"], 2, "{totals:#}");
    // A sandbox has its own, and sees the same totals.
    assert_eq!(app.get("/sandboxes/one/_mock/deprecations").await["calls"], 2);
    assert_eq!(app.get("/sandboxes/one/_mock/deprecations/all").await, totals);
    app.call("DELETE", "/_mock/deprecations/all").send().await.expect(204);
    assert_eq!(app.get("/_mock/deprecations/all").await["calls"], 0);
}

#[tokio::test]
async fn the_deprecation_is_never_later_than_the_sunset() {
    for (sunset, deprecation) in [("2026-08-31T00:00:00Z", "@1767225600"), ("2025-06-01T00:00:00Z", "@1748736000")] {
        let app = app(Sunset { date: sunset.parse().unwrap(), ..Sunset::default() });
        assert_eq!(app.fetch("/banners").await.header("deprecation"), deprecation, "{sunset}");
    }
}
