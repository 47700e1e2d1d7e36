//! The console through the real router: what it is made of, who gets it, and that what it reads agrees
//! with the vendor's surface. How it behaves in a browser is tested in tests/clients/console.

use std::{collections::BTreeSet, sync::Arc};

use axum::body::Body;
use r1_entitlements_mock::embed::Service;
use serde_json::Value;

use crate::support::{Answer, App, COMPANY, MSP};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn get(app: &App, path: &str, accept: &str) -> Answer {
    app.send("GET", path, &[("accept", accept)], Body::empty()).await
}

/// Files of the page that a file names: by `src`, `href`, `import`.
fn named(text: &str) -> BTreeSet<String> {
    let quoted = |before: &str, quote: char| {
        let parts = text.split(before).skip(1);
        parts.filter_map(move |rest| rest.split(quote).next()).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all: BTreeSet<String> = quoted("src=\"", '"').into_iter().chain(quoted("href=\"", '"')).collect();
    all.extend(quoted("from '", '\''));
    all.retain(|name| {
        let file = name.rsplit('/').next().unwrap();
        file.contains('.') && !name.starts_with("../") && !name.starts_with('#')
    });
    all
}

#[tokio::test]
async fn browsers_get_the_page_and_all_others_an_index() {
    let app = App::new("default");
    let page = get(&app, "/", BROWSER).await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("vary"), "accept");
    for accept in ["application/json", "*/*", "text/html;q=0"] {
        let index = get(&app, "/", accept).await.expect(200);
        assert_eq!(index.header("content-type"), "application/json", "{accept}");
        assert_eq!(index.json()["scenario"]["name"], "default");
        assert_eq!(index.json()["version"], env!("CARGO_PKG_VERSION"));
    }
}

#[tokio::test]
async fn the_index_leads_somewhere() {
    let app = App::new("default");
    app.sandbox("one", "expiring").await;
    for (prefix, scenario) in [("", "default"), ("/sandboxes/one", "expiring")] {
        let index = app.fetch(&format!("{prefix}/_mock")).await.expect(200).json();
        assert_eq!(index["scenario"]["name"], scenario);
        for name in ["openapi", "docs", "console", "mock", "health", "scenarios", "sandboxes", "clock"] {
            let link = index["links"][name].as_str().unwrap();
            assert!(link.starts_with(prefix), "{link}");
            app.fetch(link).await.expect(200);
        }
    }
}

#[tokio::test]
async fn pages_may_only_use_what_this_server_sends() {
    let app = App::new("default");
    for path in [
        "/",
        "/_mock/console/docs.html",
        "/_mock/console/app.js",
        "/_mock/console/style.css",
        "/_mock/deprecations/about",
    ] {
        let answer = get(&app, path, BROWSER).await.expect(200);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        for forbidden in ["https://", "<script>", "onclick=\"", "style=\""] {
            assert!(!answer.text().contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn every_file_that_is_named_is_there() {
    let app = App::new("default");
    let mut todo: Vec<String> = vec!["/".into(), "/_mock/console/docs.html".into()];
    let mut seen = BTreeSet::new();
    while let Some(path) = todo.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = get(&app, &path, BROWSER).await.expect(200);
        assert!(!answer.text().is_empty(), "{path} is empty");
        let expected = match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("json") => "application/json",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(answer.header("content-type"), expected, "{path}");
        let folder = &path[..=path.rfind('/').unwrap()];
        for name in named(&answer.text()) {
            assert!(!name.starts_with('/'), "{path} names {name}: it would not be found under a sandbox's prefix");
            todo.push(format!("{folder}{}", name.trim_start_matches("./")));
        }
    }
    assert!(seen.len() >= 10, "{seen:?}");
    app.fetch("/_mock/console/nothing.js").await.expect(404);
}

#[tokio::test]
async fn what_a_browser_has_already_is_not_sent_again() {
    let app = App::new("default");
    let first = app.fetch("/_mock/console/style.css").await.expect(200);
    assert_eq!(first.header("cache-control"), "no-cache");
    let tag = first.header("etag");
    let again = app.send("GET", "/_mock/console/style.css", &[("if-none-match", tag)], Body::empty()).await;
    assert!(again.expect(304).text().is_empty());
    app.send("GET", "/_mock/console/style.css", &[("if-none-match", "\"other\"")], Body::empty()).await.expect(200);
}

#[tokio::test]
async fn it_works_under_the_prefix_of_a_sandbox() {
    let app = App::new("default");
    app.sandbox("one", "expiring").await;
    let bare = get(&app, "/sandboxes/one", BROWSER).await.expect(308);
    assert_eq!(bare.header("location"), "one/", "relative addresses need the slash");
    let linked = get(&app, "/sandboxes/one?tenant=x", BROWSER).await.expect(308);
    assert_eq!(linked.header("location"), "one/?tenant=x", "a link to a tenant keeps it");
    let page = get(&app, "/sandboxes/one/", BROWSER).await.expect(200);
    for name in named(&page.text()) {
        app.fetch(&format!("/sandboxes/one/{name}")).await.expect(200);
    }
    let overview = app.fetch("/sandboxes/one/_mock/console/overview").await.expect(200).json();
    assert_eq!((&overview["sandbox"], &overview["scenario"]), (&"one".into(), &"expiring".into()));
}

#[tokio::test]
async fn the_page_stands_at_one_address() {
    let app = App::new("default");
    for (path, to) in [("/_mock/console", "../"), ("/_mock/console/index.html", "../../")] {
        assert_eq!(get(&app, path, BROWSER).await.expect(307).header("location"), to);
    }
    app.send("POST", "/", &[], Body::empty()).await.expect(405);
}

#[tokio::test]
async fn what_it_shows_of_a_tenant_is_what_the_operations_answer() {
    let app = App::new("default");
    let full = app.fetch(&format!("/_mock/console/tenants/{MSP}")).await.expect(200).json();
    for (part, path) in [
        ("summaries", "/entitlements/summaries"),
        ("mspSummaries", "/mspEntitlements/summaries"),
        ("assignmentSummaries", "/assignments/summaries"),
        ("assignments", "/assignments"),
    ] {
        assert_eq!(full[part], app.fetch_as(MSP, path).await.expect(200).json(), "{path}");
    }
    let full = app.fetch(&format!("/_mock/console/tenants/{COMPANY}")).await.expect(200).json();
    assert_eq!(full["summaries"], app.fetch_as(COMPANY, "/entitlements/summaries").await.expect(200).json());
    assert_eq!(full["mspSummaries"], Value::Null);
    app.fetch("/_mock/console/tenants/nobody").await.expect(404);
}

#[tokio::test]
async fn its_bars_are_the_sums_of_the_summaries() {
    let app = App::new("default");
    let overview = app.fetch("/_mock/console/overview").await.expect(200).json();
    let row = |id: &str| {
        let rows = overview["tenants"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        (row["total"].as_i64().unwrap(), row["used"].as_i64().unwrap())
    };
    let sum = |rows: &Value, names: &[&str]| -> i64 {
        let rows = rows.as_array().unwrap().iter();
        rows.flat_map(|row| names.iter().map(|name| row[*name].as_i64().unwrap())).sum()
    };
    let rec = app.fetch_as(COMPANY, "/entitlements/summaries").await.json()["summary"].clone();
    assert_eq!(row(COMPANY), (sum(&rec, &["quantity"]), sum(&rec, &["deviceCount"])));
    let pools = app.fetch_as(MSP, "/mspEntitlements/summaries").await.json()["mspEntitlementSummaries"].clone();
    let handed = app.fetch_as(MSP, "/assignments/summaries").await.json();
    let expected = (sum(&pools, &["quantity", "courtesyQuantity"]), sum(&handed, &["quantity", "myAssignments"]));
    assert_eq!(row(MSP), expected);
}

#[tokio::test]
async fn looking_at_the_console_changes_nothing() {
    let app = App::new("default");
    let first = |answer: Answer| answer.header("x-request-id").to_owned();
    let expected = first(app.fetch_as(COMPANY, "/banners").await);
    app.post("/_mock/reset", Value::Null).await.expect(204);
    for path in ["/_mock/console/overview".to_owned(), format!("/_mock/console/tenants/{MSP}"), "/".to_owned()] {
        get(&app, &path, BROWSER).await.expect(200);
    }
    assert_eq!(first(app.fetch_as(COMPANY, "/banners").await), expected, "no request was counted");
}

#[tokio::test]
async fn tokens_are_given_only_where_callers_must_prove_who_they_are() {
    let app = App::new("default");
    let path = format!("/_mock/console/tenants/{COMPANY}");
    assert_eq!(app.fetch(&path).await.json()["token"], Value::Null);
    let required = Body::from(r#"{"auth":"required"}"#);
    app.send("PATCH", "/_mock/settings", &[], required).await.expect(200);
    app.fetch_as(COMPANY, "/banners").await.expect(401);
    let token = app.fetch(&path).await.json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    app.send("GET", "/banners", &[("authorization", &bearer)], Body::empty()).await.expect(200);
    let customer = app.fetch("/_mock/console/tenants/ec000000000000000000000000000001").await.json();
    assert!(customer["token"].is_string(), "a customer's calls are made with its MSP's token");
}

#[tokio::test]
async fn of_many_sandboxes_a_page_gets_the_first_and_those_that_it_filters() {
    let app = App::new("default");
    let none = app.fetch("/_mock/console/sandboxes").await.expect(200).json();
    assert_eq!((&none["total"], &none["sandboxes"]), (&0.into(), &serde_json::json!([])));
    for n in 0..60 {
        app.sandbox(&format!("t{n}"), if n == 7 { "expiring" } else { "default" }).await;
    }
    // The same from wherever it is asked.
    for prefix in ["", "/sandboxes/t1"] {
        let first = app.fetch(&format!("{prefix}/_mock/console/sandboxes")).await.expect(200).json();
        assert_eq!((&first["total"], &first["found"]), (&60.into(), &60.into()));
        assert_eq!(first["sandboxes"].as_array().unwrap().len(), 50);
        assert_eq!(first["sandboxes"][0], serde_json::json!({ "name": "t0", "scenario": "default" }));
    }
    for (filter, found) in [("T5", 11), ("expir", 1), ("nothing", 0)] {
        let some = app.fetch(&format!("/_mock/console/sandboxes?filter={filter}")).await.expect(200).json();
        assert_eq!((&some["total"], &some["found"]), (&60.into(), &found.into()), "{filter}");
    }
}

#[tokio::test]
async fn the_page_about_deprecated_operations_is_whole_without_a_control_surface() {
    let app = App::new("default");
    let router = Service::of(Arc::clone(&app.sandbox)).control(None).build().into_router();
    let alone = App { router, ..app.clone() };
    let page = get(&alone, "/_mock/deprecations/about", BROWSER).await.expect(200);
    assert!(page.text().contains("# Moving off the deprecated operations"), "it has the migration guide");
    for name in ["style.css", "icon.svg", "guide.js", "dom.js"] {
        assert!(page.text().contains(&format!("../console/{name}")) || name == "dom.js", "{name}");
        get(&alone, &format!("/_mock/console/{name}"), BROWSER).await.expect(200);
    }
    get(&alone, "/_mock/console/app.js", BROWSER).await.expect(404);
    assert!(!page.text().contains("docs.html"), "it does not lead to what is not there");
    let with_console = get(&app, "/_mock/deprecations/about", BROWSER).await.expect(200);
    assert!(with_console.text().contains("../console/docs.html"));
}

#[tokio::test]
async fn the_document_of_the_docs_page_leaves_no_trace_in_the_journal() {
    let app = App::new("default");
    let document = app.fetch("/_mock/console/openapi.json").await.expect(200).json();
    assert_eq!(app.fetch("/_mock/requests").await.json()["requests"], serde_json::json!([]));
    assert_eq!(app.fetch("/openapi.json").await.expect(200).json(), document);
}

#[tokio::test]
async fn rows_of_a_tenant_can_be_sent_back_as_they_are() {
    let app = App::new("default");
    for (tenant, kind, path) in
        [(COMPANY, "entitlements", "entitlements"), (MSP, "mspEntitlements", "msp-entitlements")]
    {
        let read = async || app.fetch(&format!("/_mock/console/tenants/{tenant}/rows")).await.expect(200).json();
        let before = read().await;
        for row in before[kind].as_array().unwrap() {
            let body = Body::from(row.to_string());
            app.send("PUT", &format!("/_mock/state/{path}/{tenant}"), &[], body).await.expect(204);
        }
        let body = Body::from(before["devices"].to_string());
        app.send("PUT", &format!("/_mock/state/devices/{tenant}"), &[], body).await.expect(204);
        assert!(!before[kind].as_array().unwrap().is_empty());
        assert_eq!(read().await, before);
    }
    app.fetch("/_mock/console/tenants/nobody/rows").await.expect(404);
}
