//! The document of the control surface, against the surface itself.

use std::collections::BTreeSet;

use r1_entitlements_mock::control;
use serde_json::Value;

use crate::support::App;

/// Method, path and the operation itself.
fn operations() -> Vec<(String, String, Value)> {
    let document = control::document();
    let paths = document["paths"].as_object().unwrap().clone();
    let methods = |(path, item): (String, Value)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    };
    paths.into_iter().flat_map(methods).collect()
}

#[tokio::test]
async fn every_documented_operation_is_there_and_says_what_no_looks_like() {
    let app = App::new("default");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{id}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{id}");
        assert!(answers["default"]["content"]["application/problem+json"].is_object(), "{id}");
        if path == "/_mock/events" || path == "/_mock/requests/wait" {
            continue;
        }
        let named = path.replace("{id}", "1").replace("{name}", "x").replace("{tenant}", "x");
        let answer = app.send(&method, &named, &[], "").await;
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(!answer.text().contains("the control surface has no path"), "{method} {path}: {}", answer.text());
    }
    assert!(ids.len() > 60, "{ids:?}");
}

#[tokio::test]
async fn the_document_is_served_and_all_that_it_refers_to_is_in_it() {
    let served = App::new("default").fetch("/_mock/openapi.json").await.expect(200).json();
    assert_eq!(served, control::document());
    let text = served.to_string();
    let referred = text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap());
    for name in referred {
        assert!(served["components"]["schemas"].get(name).is_some(), "{name} is nowhere");
    }
}

#[tokio::test]
async fn both_documents_are_not_sent_again_to_a_caller_that_has_them() {
    let app = App::new("default");
    for path in ["/openapi.json", "/_mock/openapi.json"] {
        let tag = app.fetch(path).await.expect(200).header("etag").to_owned();
        let weak = format!("\"other\", W/{tag}");
        for known in [tag.as_str(), weak.as_str(), "*"] {
            let same = app.call("GET", path).header("if-none-match", known).send().await.expect(304);
            assert_eq!((same.header("etag"), same.text().as_str()), (tag.as_str(), ""), "{path} {known}");
        }
        app.call("GET", path).header("if-none-match", "\"other\"").send().await.expect(200);
    }
}

/// A merge patch may say null for every member, at each depth; the same type in a fault may not.
#[test]
fn null_is_documented_in_a_patch_of_the_policy_and_not_elsewhere() {
    let document = control::document();
    let schemas = &document["components"]["schemas"];
    let null = serde_json::json!({ "type": "null" });
    for (schema, member) in [("ActivityPolicyPatch", "delay"), ("ActivityErrorPatch", "code")] {
        assert_eq!(schemas[schema]["properties"][member]["oneOf"][1], null, "{schema}");
    }
    assert_eq!(schemas["ActivityPolicyChange"]["properties"]["delay"]["type"], "string");
}
