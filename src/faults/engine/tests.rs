//! The rules in force, tried on one request.

use std::{cell::OnceCell, sync::LazyLock};

use serde_json::json;

use super::*;
use crate::{
    faults::{Delay, Duration},
    journal::recorded_request::{Message, line},
};

static MESSAGE: LazyLock<Message> = LazyLock::new(|| {
    let mut headers = String::new();
    line(&mut headers, "content-type", b"application/json");
    line(&mut headers, "x-trace", b"abc-1");
    let mut message = Message::new(headers);
    let body = r#"{"assignments":[{"quantity":5}]}"#;
    message.set_body(body.into(), body.len() as u64);
    message
});

fn request(path: &str) -> RequestFacts<'_> {
    RequestFacts {
        facts: Facts {
            method: "GET",
            path,
            query: "refresh=true&type=WIFI&type=SWITCH",
            tenant: Some("00000000000000000000000000000001"),
            client: Some("one"),
            operation_id: Some("getEntitlements_1"),
            unmatched: false,
            message: &MESSAGE,
            content: OnceCell::new(),
            status: None,
        },
        tenant: Some(TenantId::from(1)),
        starts_refresh: false,
        asks_token: false,
        is_forwarded: false,
    }
}

fn status(code: u16) -> Effect {
    Effect::Status { code, retry_after: None, error_code: None, message: None }
}

/// The statuses of so many requests; 0 for those that no rule answers.
fn statuses(engine: &mut Engine, count: usize) -> Vec<u16> {
    let one = |_| {
        let mut decision = Decision::default();
        engine.decide(&mut decision, &request("/entitlements"), DateTime::UNIX_EPOCH);
        match decision.answer {
            Some(ShortCircuit::Status { code, .. }) => code,
            _ => 0,
        }
    };
    (0..count).map(one).collect()
}

fn engine(rules: impl IntoIterator<Item = Rule>) -> Engine {
    let mut engine = Engine::default();
    engine.add(rules).unwrap();
    engine
}

#[test]
fn skip_and_times_bound_how_often_a_rule_applies() {
    let rule = Rule { skip: 1, times: Some(2), ..Rule::new([status(503)]) };
    let mut engine = engine([rule]);
    assert_eq!(statuses(&mut engine, 5), [0, 503, 503, 0, 0]);
    assert_eq!(engine.get("fault-1").unwrap().1, Counts { matched: 5, applied: 2 });
}

#[test]
fn rules_are_asked_in_order_and_none_after_one_that_answers() {
    let first = Rule { times: Some(1), ..Rule::new([status(500)]) };
    let second = Rule { times: Some(1), ..Rule::new([status(429)]) };
    assert_eq!(statuses(&mut engine([first, second]), 3), [500, 429, 0]);
}

#[test]
fn equal_seeds_choose_the_same_requests_and_rewinding_repeats_them() {
    let rule = |seed| Rule { probability: 0.5, seed, ..Rule::new([status(503)]) };
    let mut one = engine([rule(1)]);
    let first = statuses(&mut one, 64);
    assert_eq!(first, statuses(&mut engine([rule(1)]), 64));
    assert_ne!(first, statuses(&mut engine([rule(2)]), 64));
    assert_ne!(first, statuses(&mut one, 64), "the next ones are drawn anew");
    one.rewind();
    assert_eq!(first, statuses(&mut one, 64));
    let applied = first.iter().filter(|code| **code == 503).count();
    assert!((20..=44).contains(&applied), "{applied} of 64");
}

#[test]
fn effects_of_several_rules_add_up_until_one_answers() {
    let delay = |ms| Rule::new([Effect::Delay(Delay::Fixed(Duration::milliseconds(ms)))]);
    let mut engine = engine([delay(10), delay(20), Rule::new([status(503)]), delay(40)]);
    let mut decision = Decision::default();
    engine.decide(&mut decision, &request("/"), DateTime::UNIX_EPOCH);
    assert_eq!((decision.delay.as_millis(), decision.rules.len()), (30, 3));
}

#[track_caller]
fn check_about(json: &serde_json::Value, expected: bool) {
    let rule = Rule { wanted: serde_json::from_value(json.clone()).unwrap(), ..Rule::new([status(500)]) };
    rule.check().unwrap();
    assert_eq!(rule.is_about(&request("/entitlements/summaries")), expected, "{json}");
}

#[test]
fn a_rule_is_about_requests_for_which_all_criteria_hold() {
    check_about(&json!({}), true);
    check_about(&json!({"method": "get", "path": "/entitlements/**", "client": "one"}), true);
    check_about(&json!({"method": ["POST", "GET"]}), true);
    check_about(&json!({"method": "POST"}), false);
    check_about(&json!({"path": "/banners"}), false);
    check_about(&json!({"tenant": "00000000000000000000000000000001"}), true);
    check_about(&json!({"tenant": "00000000000000000000000000000002"}), false);
    check_about(&json!({"tenant": "*01"}), true);
    check_about(&json!({"client": ["two", "three"]}), false);
    check_about(&json!({"operationId": "getEntitlements*", "query": {"refresh": "true"}}), true);
    check_about(&json!({"query": {"refresh": "false"}}), false);
    check_about(&json!({"query": {"type": "SWITCH"}}), true);
    check_about(&json!({"query": {"type": null}}), false);
    check_about(&json!({"query": {"page": null}}), true);
    check_about(&json!({"headers": {"X-Trace": "abc-*"}}), true);
    check_about(&json!({"headers": {"x-trace": null}}), false);
    check_about(&json!({"body": {"/assignments/0/quantity": 5}}), true);
    check_about(&json!({"body": {"/assignments/0/quantity": 6}}), false);
    check_about(&json!({"unmatched": true}), false);
}

#[test]
fn only_what_a_rule_looks_at_has_to_be_read() {
    let reads = |json: serde_json::Value| {
        let rule = Rule { wanted: serde_json::from_value(json).unwrap(), ..Rule::new([status(500)]) };
        engine([rule]).reads()
    };
    assert_eq!(reads(json!({"path": "/banners"})), Reads::default());
    assert_eq!(reads(json!({"headers": {"a": "b"}})), Reads { headers: true, ..Reads::default() });
    assert_eq!(reads(json!({"body": {"/a": 1}})), Reads { body: true, ..Reads::default() });
}

#[test]
fn rules_are_added_all_or_none() {
    let named = |id: &str| Rule { id: Some(id.into()), ..Rule::new([status(500)]) };
    let mut engine = engine([named("a")]);
    assert_eq!(engine.add([named("b"), named("a")]), Err(Conflict::Exists("a".into())));
    assert_eq!(engine.add([named("b"), named("b")]), Err(Conflict::Exists("b".into())));
    assert_eq!(engine.rules().count(), 1);
    assert!(engine.remove("a") && !engine.remove("a") && engine.is_empty());
}

#[test]
fn the_number_and_the_size_of_rules_are_limited() {
    let mut engine = engine((0..1_000).map(|_| Rule::new([status(500)])));
    assert_eq!(engine.add([Rule::new([status(500)])]), Err(Conflict::TooMany));
    let large = |bytes: usize| {
        let body = Some(json!("x".repeat(bytes)).into());
        Rule::new([Effect::Answer { status: 200, headers: std::collections::BTreeMap::new(), body }])
    };
    let mut engine = self::engine([large(MOST_BYTES - 1_000)]);
    let size = engine.rules[0].size + large(1_000).size();
    assert_eq!(engine.add([large(1_000)]), Err(Conflict::TooLarge(size)));
    assert_eq!(engine.add([large(500)]).unwrap().len(), 1);
}

#[test]
fn a_set_that_does_not_fit_leaves_what_was_in_force() {
    let taken = Rule { id: Some("lossy.2".into()), ..Rule::new([status(500)]) };
    let mut engine = engine([taken]);
    let set = Set::named("lossy").unwrap();
    // The rule has the name of one of the set's own, so the set replaces it.
    assert_eq!(engine.put_set(set, 0, &Match::default()).unwrap().len(), 3);
    assert_eq!(engine.rules().count(), 3);
    let mut full = self::engine((0..1_000).map(|_| Rule::new([status(500)])));
    assert_eq!(full.put_set(set, 0, &Match::default()), Err(Conflict::TooMany));
    assert_eq!(full.rules().count(), 1_000);
}
