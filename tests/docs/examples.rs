//! The examples in the OpenAPI document are requests in `default`, and what the simulator answers to them.
//! `DOCS=write cargo test docs` writes them. Lists of an answer are cut to their first row.

use chrono::TimeDelta;
use r1_entitlements_mock::catalogue::{Effect, OPERATIONS};
use serde_json::{Map, Value};

use super::reference::check;
use crate::{
    contract::examples::{Example, examples},
    support::{Answer, App, COMPANY, MSP},
};

/// Operations of which a company shows more than an MSP.
const OF_A_COMPANY: [&str; 10] = [
    "activateOrder",
    "getBanners",
    "getBanners_1",
    "getCompliances",
    "getEntitlements",
    "getEntitlements_1",
    "getSolutionTokenSettings",
    "getSummary",
    "getSummary_1",
    "queryOrders",
];

/// The answer to an example in a simulator of its own, in which a refresh has ended.
fn answer(operation: &str, query: &str) -> (Example, Answer) {
    let app = App::new("default");
    let begun = app.call("GET", "/mspEntitlements/summaries?refresh=true").tenant(MSP).wait().expect(202);
    app.advance(TimeDelta::seconds(2));
    let activity = begun.json()["requestId"].as_str().unwrap().to_owned();
    let example = examples(&activity).into_iter().find(|example| example.operation == operation).unwrap();
    let (method, path) = example.request.split_once(' ').unwrap();
    let call = app.call(method, &format!("{path}{query}"));
    let tenant = if OF_A_COMPANY.contains(&operation) { COMPANY } else { MSP };
    let answer = match &example.body {
        Value::Null => call.tenant(tenant).wait(),
        Value::String(form) => call.form(form.clone()).wait(),
        body => call.tenant(tenant).json(body).wait(),
    };
    assert!((200..300).contains(&answer.status), "{operation}: {}", answer.text());
    (example, answer)
}

/// A body with its lists cut to the first row.
fn cut(value: &mut Value) {
    match value {
        Value::Array(rows) => {
            rows.truncate(1);
            rows.iter_mut().for_each(cut);
        }
        Value::Object(members) => members.values_mut().for_each(cut),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_examples_of_the_document_are_what_the_simulator_answers() {
    let mut all = Map::new();
    for operation in &OPERATIONS {
        let mut shown = Map::new();
        let refresh = matches!(operation.effect, Effect::ReadOrRefresh(_)).then_some("?refresh=true");
        for query in [Some(""), refresh].into_iter().flatten() {
            let (example, answer) = answer(operation.id, query);
            if let body @ (Value::Object(_) | Value::Array(_)) = example.body {
                shown.insert("request".into(), body);
            }
            if !answer.text().is_empty() {
                let mut body = answer.json();
                cut(&mut body);
                shown.insert(answer.status.to_string(), body);
            }
        }
        all.insert(operation.id.into(), shown.into());
    }
    let text = serde_json::to_string_pretty(&Value::Object(all)).unwrap();
    check("src/api/examples.json", &format!("{text}\n"));
}
