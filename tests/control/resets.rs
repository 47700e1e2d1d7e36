//! What a reset and a scenario load put back, what they keep, and which files they read.

use std::fs;

use r1_entitlements_mock::{
    faults::sets::Set,
    sandbox::{Auth, Settings, Start},
};
use serde_json::{Value, json};

use crate::support::{App, START, Setup, app::frozen_with, fixture::Fixture};

/// A server that was started with a clock, a fault set and settings of its own.
fn app() -> App {
    let settings = Settings { auth: Auth::Required, ..Settings::default() };
    let faults = [Set::named("slow").unwrap()].into();
    App::with(Setup { start: Start { faults, ..frozen_with(START, settings) }, ..Setup::default() })
}

const PARTS: [(&str, &str); 4] =
    [("clock", "clock"), ("faults", "faults"), ("settings", "settings"), ("settings", "activities/policy")];

/// What the parts that can be kept show.
async fn parts(app: &App) -> Vec<Value> {
    let mut shown = Vec::new();
    for (_, path) in PARTS {
        let mut part = app.fetch(&format!("/_mock/{path}")).await.expect(200).json();
        part.as_object_mut().and_then(|clock| clock.remove("next"));
        // Faults that are kept count anew.
        for rule in part.as_array_mut().into_iter().flatten() {
            rule.as_object_mut().unwrap().remove("hits");
        }
        shown.push(part);
    }
    shown
}

/// Changes everything that a reset is to put back, and sends a request of the API.
async fn change_everything(app: &App) {
    app.post("/_mock/clock/advance", json!({ "by": "P40D" })).await.expect(200);
    app.send("DELETE", "/_mock/faults", &[], "").await.expect(204);
    app.post("/_mock/faults", json!({ "id": "mine", "effects": [{ "delay": { "fixed": "1ms" } }] })).await.expect(201);
    let settings =
        json!({ "style": "observed", "auth": "open", "journal": { "count": 7 }, "sunset": { "mode": "gone" } });
    app.patch("/_mock/settings", settings).await.expect(200);
    app.patch("/_mock/activities/policy", json!({ "progress": "hand" })).await.expect(200);
    app.fetch("/banners").await;
}

/// How many requests of the API the journal has.
async fn recorded(app: &App) -> usize {
    app.fetch("/_mock/requests?path=/banners").await.expect(200).json()["requests"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_reset_and_a_load_put_everything_back_to_the_start_of_the_server() {
    for path in ["/_mock/reset", "/_mock/scenarios/default/load", "/_mock/scenarios/expiring/load"] {
        let app = app();
        let before = parts(&app).await;
        change_everything(&app).await;
        let changed = parts(&app).await;
        assert!(before.iter().zip(&changed).all(|(before, changed)| before != changed), "{changed:?}");
        assert_eq!(recorded(&app).await, 1);
        app.post(path, Value::Null).await.expect(204);
        assert_eq!(parts(&app).await, before, "{path}");
        assert_eq!(recorded(&app).await, 0, "{path}");
        let calls = app.fetch("/_mock/deprecations").await.expect(200).json()["calls"].clone();
        assert_eq!(calls, 1, "the calls of deprecated operations stay on record");
    }
}

#[tokio::test]
async fn what_a_reset_and_a_load_are_to_keep_stays() {
    for path in ["/_mock/reset", "/_mock/scenarios/expiring/load"] {
        for kept in ["clock", "faults", "settings", "journal"] {
            let app = app();
            let before = parts(&app).await;
            change_everything(&app).await;
            let changed = parts(&app).await;
            app.post(path, json!({ "keep": [kept] })).await.expect(204);
            let (now, requests) = (parts(&app).await, recorded(&app).await);
            for ((of, part), ((before, changed), now)) in PARTS.iter().zip(before.iter().zip(&changed).zip(&now)) {
                assert_eq!(now, if *of == kept { changed } else { before }, "{path}, {kept}: {part}");
            }
            assert_eq!(requests, usize::from(kept == "journal"), "{path}, {kept}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    let app = app();
    for (body, part) in [
        (
            json!({ "keep": ["clok"] }),
            "unknown variant `clok`, expected one of `clock`, `faults`, `settings`, `journal`; did you mean",
        ),
        (json!({ "keep": null }), "keep: invalid type: null"),
        (json!({ "kept": ["clock"] }), "unknown field `kept`"),
    ] {
        for path in ["/_mock/reset", "/_mock/scenarios/default/load"] {
            let refused = app.post(path, body.clone()).await.expect(400);
            assert!(refused.text().contains(part), "{}", refused.text());
        }
    }
}

#[tokio::test]
async fn a_reset_after_an_import_goes_back_to_the_imported_state() {
    let app = app();
    let mut state = app.fetch("/_mock/state").await.expect(200).json();
    state["scenario.json"]["clock"] = json!({ "start": "2027-05-05T00:00:00.250Z", "frozen": true });
    app.put("/_mock/state", state).await.expect(204);
    let before = app.fetch("/_mock/state").await.expect(200).text().clone();
    app.post("/_mock/clock/advance", json!({ "by": "P40D" })).await.expect(200);
    app.post("/_mock/reset", Value::Null).await.expect(204);
    assert_eq!(app.fetch("/_mock/state").await.expect(200).text(), before);
    app.post("/_mock/scenarios/default/load", Value::Null).await.expect(204);
    assert_eq!(app.fetch("/_mock/clock").await.expect(200).json()["now"], START, "a load forgets the import");
}

#[tokio::test]
async fn a_scenario_is_loaded_as_its_files_are_now_and_refused_if_they_are_broken() {
    let files = Fixture::new().write();
    let app = App::with(Setup { catalog: files.catalog(), ..Setup::default() });
    let load = format!("/_mock/scenarios/{}/load", files.name());
    let pools = async || app.fetch("/mspEntitlements").await.expect(200).json()[0]["quantity"].clone();
    app.post(&load, Value::Null).await.expect(204);
    assert_eq!(pools().await, 100);

    let file = files.path.join("msp-entitlements.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"quantity\":100", "\"quantity\":155")).unwrap();
    app.post("/_mock/reset", Value::Null).await.expect(204);
    assert_eq!(pools().await, 100, "a reset goes back to what was loaded");
    app.post(&load, Value::Null).await.expect(204);
    assert_eq!(pools().await, 155);
    app.post("/_mock/sandboxes", json!({ "name": "one", "scenario": files.name() })).await.expect(201);
    let one = app.registry.existing("one").unwrap();
    assert!(std::sync::Arc::ptr_eq(&one.scenario(), &app.sandbox.scenario()), "equal files are kept once");

    fs::write(&file, "{broken").unwrap();
    let refused = app.post(&load, Value::Null).await.expect(422);
    assert!(refused.text().contains("msp-entitlements.json"), "{}", refused.text());
    assert_eq!(pools().await, 155, "the old state stays");
    app.post("/_mock/sandboxes", json!({ "scenario": files.name() })).await.expect(422);
    let listed = app.fetch("/_mock/scenarios").await.expect(200).json()["scenarios"].clone();
    let broken = listed.as_array().unwrap().iter().find(|row| row["name"] == files.name()).unwrap();
    assert!(broken["problem"].is_string(), "{broken}");
}

#[tokio::test]
async fn no_name_of_a_scenario_leads_to_a_directory() {
    let files = Fixture::new().write();
    let path = files.path.to_str().unwrap();
    // The catalog has the directory's neighbours, and the server was not started with it.
    let app = App::new("default");
    for name in ["/", "/etc", "..", ".", "../fixtures/default", "fixtures/default", "src", path] {
        let in_path = name.replace('/', "%2F").replace("..", "%2E%2E");
        let texts = [
            app.post(&format!("/_mock/scenarios/{in_path}/load"), Value::Null).await.expect(404).text().clone(),
            app.post("/_mock/sandboxes", json!({ "scenario": name })).await.expect(404).text().clone(),
        ];
        for text in texts {
            assert!(!text.contains(".json"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_directory_that_the_server_was_started_with_can_be_loaded_again() {
    let files = Fixture::new().write();
    let path = files.path.to_str().unwrap();
    let app = App::with(Setup { scenario: crate::support::app::scenario(path), ..Setup::default() });
    app.post("/_mock/scenarios/default/load", Value::Null).await.expect(204);
    let listed = app.fetch("/_mock/scenarios").await.expect(200).json()["scenarios"].clone();
    assert!(listed.as_array().unwrap().iter().any(|row| row["name"] == path), "{listed}");
    app.post(&format!("/_mock/scenarios/{}/load", path.replace('/', "%2F")), Value::Null).await.expect(204);
    assert_eq!(app.fetch("/mspEntitlements").await.expect(200).json()[0]["quantity"], 100);
}
