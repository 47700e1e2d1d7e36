//! Settings and the activity policy: each PATCH merges field by field, and neither undoes the other.

use r1_entitlements_mock::{
    model::RefreshPlan,
    sandbox::{Settings, Start},
    support::duration::Duration,
};
use serde_json::{Value, json};

use crate::support::{
    App, START, Setup,
    app::{frozen_with, scenario},
};

const SETTINGS: &str = "/_mock/settings";
const POLICY: &str = "/_mock/activities/policy";

/// Started with a refresh delay of 5 s.
fn start() -> Start {
    let refresh = RefreshPlan { delay: Some(Duration::seconds(5)), ..RefreshPlan::default() };
    frozen_with(START, Settings { refresh, ..Settings::default() })
}

fn app() -> App {
    App::with(Setup { start: start(), ..Setup::default() })
}

async fn shown(app: &App, path: &str) -> Value {
    app.fetch(path).await.expect(200).json()
}

/// A document with what a patch says otherwise.
fn merged(mut document: Value, patch: &Value) -> Value {
    for (name, value) in patch.as_object().unwrap() {
        let old = document[name].take();
        document[name] = if value.is_object() { merged(old, value) } else { value.clone() };
    }
    document
}

fn policy_fields() -> Vec<Value> {
    vec![
        json!({ "progress": "now" }),
        json!({ "progress": "hand" }),
        json!({ "polls": 7 }),
        json!({ "delay": "1s" }),
        json!({ "appearsAfter": "300ms" }),
        json!({ "outcome": "fail" }),
        json!({ "error": { "code": "X-1" } }),
        json!({ "error": { "message": "No." } }),
        json!({ "whileRunning": "refuse" }),
        json!({ "useCase": { "entitlements": "Other" } }),
        json!({ "useCase": { "syncEntitlements": "Other" } }),
    ]
}

fn settings_fields() -> Vec<Value> {
    vec![
        json!({ "style": "observed" }),
        json!({ "auth": "required" }),
        json!({ "refreshDelay": "9s" }),
        json!({ "sunset": { "mode": "gone" } }),
        json!({ "sunset": { "brownout": "5m" } }),
        json!({ "sunset": { "only": ["getBanners_1"] } }),
        json!({ "journal": { "count": 7 } }),
        json!({ "journal": { "bodyBytes": 7 } }),
    ]
}

#[tokio::test]
async fn a_patch_of_any_field_counts_alone_and_leaves_all_others_as_they_are() {
    for (path, fields) in [(POLICY, policy_fields()), (SETTINGS, settings_fields())] {
        let app = app();
        let mut expected = shown(&app, path).await;
        for patch in fields {
            expected = merged(expected, &patch);
            assert_eq!(app.patch(path, patch.clone()).await.expect(200).json(), expected, "{patch}");
            assert_eq!(shown(&app, path).await, expected, "{patch}");
        }
    }
}

#[tokio::test]
async fn settings_never_undo_the_policy_nor_the_policy_the_settings_in_any_order() {
    let all = || policy_fields().into_iter().map(|patch| (POLICY, patch));
    let others = || settings_fields().into_iter().map(|patch| (SETTINGS, patch));
    let pairs = all().flat_map(|one| others().map(move |other| [one.clone(), other]));
    for [one, other] in pairs.flat_map(|[one, other]| [[one.clone(), other.clone()], [other, one]]) {
        let app = app();
        let (mut policy, mut settings) = (shown(&app, POLICY).await, shown(&app, SETTINGS).await);
        for (path, patch) in [&one, &other] {
            app.patch(path, patch.clone()).await.expect(200);
            if *path == POLICY {
                policy = merged(policy, patch);
                settings["refreshDelay"] = policy["delay"].clone();
            } else {
                settings = merged(settings, patch);
                policy["delay"] = settings["refreshDelay"].clone();
            }
        }
        assert_eq!(shown(&app, POLICY).await, policy, "{one:?}, {other:?}");
        assert_eq!(shown(&app, SETTINGS).await, settings, "{one:?}, {other:?}");
    }
}

#[tokio::test]
async fn null_goes_back_to_what_the_scenario_says_where_it_says_something() {
    let app = App::with(Setup { scenario: scenario("refresh-fails"), start: start(), ..Setup::default() });
    let patch = json!({ "outcome": "hang", "error": { "code": "X-1", "message": "No." }, "polls": 9, "delay": "1h" });
    app.patch(POLICY, patch).await.expect(200);
    let cleared = app.patch(POLICY, json!({ "outcome": null, "error": { "code": null }, "polls": null })).await;
    let cleared = cleared.expect(200).json();
    assert_eq!(
        (&cleared["outcome"], &cleared["error"], &cleared["polls"], &cleared["delay"]),
        (&json!("fail"), &json!({ "code": "ENTITLEMENT-10007", "message": "No." }), &json!(3), &json!("1h"))
    );
    assert_eq!(
        app.patch(POLICY, json!({ "error": null })).await.expect(200).json()["error"]["message"],
        json!("The licensing system is closed for maintenance. Try again later.")
    );
    // The delay of the start is a setting too.
    assert_eq!(app.patch(SETTINGS, json!({ "refreshDelay": null })).await.expect(200).json()["refreshDelay"], "2s");
    let sunset = json!({ "sunset": { "brownout": "5m", "only": ["getBanners_1"] } });
    app.patch(SETTINGS, sunset).await.expect(200);
    let sunset = json!({ "sunset": { "brownout": null, "only": null } });
    let sunset = app.patch(SETTINGS, sunset).await.expect(200).json()["sunset"].clone();
    assert_eq!((&sunset["brownout"], &sunset["only"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn null_is_refused_where_there_is_nothing_to_clear() {
    let app = app();
    let before = [shown(&app, SETTINGS).await, shown(&app, POLICY).await, shown(&app, "/_mock/clock").await];
    for (method, path, body, part) in [
        ("PATCH", SETTINGS, json!(null), "invalid type: null"),
        ("PATCH", POLICY, json!(null), "invalid type: null"),
        ("PATCH", SETTINGS, json!({ "style": null }), "wrong at style: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "auth": null }), "wrong at auth: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "journal": null }), "wrong at journal: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "journal": { "count": null } }), "wrong at journal.count: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "sunset": { "mode": null } }), "wrong at sunset.mode: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "sunset": { "date": null } }), "wrong at sunset.date: invalid type: null"),
        ("PATCH", SETTINGS, json!({ "stile": null }), "unknown field `stile`"),
        ("PATCH", POLICY, json!({ "outcom": null }), "unknown field `outcom`"),
        ("PATCH", POLICY, json!({ "error": { "text": null } }), "unknown field `text`"),
        ("PATCH", POLICY, json!({ "error": "No." }), "wrong at error: invalid type: string"),
        ("PATCH", POLICY, json!({ "polls": 0 }), "polls: 0 is no number of times"),
        ("PATCH", POLICY, json!({ "delay": "3651d" }), "delay: 3651d is longer than 3650 days"),
        ("PATCH", SETTINGS, json!({ "refreshDelay": "3651d" }), "refreshDelay: 3651d is longer than 3650 days"),
        (
            "PATCH",
            POLICY,
            json!({ "progress": "soon" }),
            "unknown variant `soon`, expected one of `now`, `time`, `polls`, `hand`",
        ),
        ("PUT", "/_mock/clock", json!({ "now": null }), "wrong at now: invalid type: null"),
        ("PUT", "/_mock/clock", json!({ "frozen": null }), "wrong at frozen: invalid type: null"),
        ("POST", "/_mock/clock/freeze", json!({ "at": null }), "wrong at at: invalid type: null"),
        ("POST", "/_mock/clock/advance", json!({ "by": null, "to": "2027-01-01" }), "wrong at by: invalid type: null"),
        ("POST", "/_mock/sandboxes", json!({ "name": null }), "wrong at name: invalid type: null"),
    ] {
        let refused = app.send(method, path, &[], body.to_string()).await.expect(400);
        assert!(refused.text().contains(part), "{body}: {}", refused.text());
    }
    let after = [shown(&app, SETTINGS).await, shown(&app, POLICY).await, shown(&app, "/_mock/clock").await];
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_the_server_was_started_with_holds_in_each_scenario_field_by_field() {
    let app = app();
    app.post("/_mock/scenarios/refresh-fails/load", Value::Null).await.expect(204);
    let policy = shown(&app, POLICY).await;
    assert_eq!((&policy["delay"], &policy["outcome"]), (&json!("5s"), &json!("fail")));
    app.patch(POLICY, json!({ "polls": 9, "progress": "polls" })).await.expect(200);
    app.post("/_mock/scenarios/default/load", json!({ "keep": ["settings"] })).await.expect(204);
    let policy = shown(&app, POLICY).await;
    assert_eq!((&policy["delay"], &policy["outcome"], &policy["polls"]), (&json!("5s"), &json!("success"), &json!(9)));
}

#[tokio::test]
async fn a_snapshot_and_an_imported_state_bring_how_refreshes_go_in_them() {
    let app = app();
    app.patch(POLICY, json!({ "progress": "hand", "delay": "7s" })).await.expect(200);
    let policy = shown(&app, POLICY).await;
    app.post("/_mock/snapshots", json!({ "name": "one" })).await.expect(201);
    let state = shown(&app, "/_mock/state").await;
    for (method, path, body) in [("POST", "/_mock/snapshots/one/load", Value::Null), ("PUT", "/_mock/state", state)] {
        app.patch(POLICY, json!({ "progress": "now", "delay": "8s", "outcome": "hang" })).await.expect(200);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        app.send(method, path, &[], body).await.expect(204);
        assert_eq!(shown(&app, POLICY).await, policy, "{path}");
        assert_eq!(shown(&app, SETTINGS).await["refreshDelay"], "7s", "{path}");
    }
    // A state that says nothing of refreshes leaves them to the settings of the server.
    let mut state = shown(&app, "/_mock/state").await;
    state["scenario.json"].as_object_mut().unwrap().remove("refresh");
    app.post("/_mock/reset", Value::Null).await.expect(204);
    app.post("/_mock/scenarios/default/load", Value::Null).await.expect(204);
    app.put("/_mock/state", state).await.expect(204);
    assert_eq!(shown(&app, POLICY).await["delay"], "5s");
}
