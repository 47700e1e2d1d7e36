//! Fixtures: every scenario loads on every day, and every kind of mistake is found and told.

use std::fs;

use r1_entitlements_mock::{
    model::Store,
    scenario::{Catalog, LoadError, Severity, schemas},
};
use serde_json::{Value, json};

use crate::support::{
    COMPANY, CUSTOMER, MSP,
    app::{App, frozen},
    at, columns,
    fixture::{Fixture, OTHER_MSP},
};

#[test]
fn every_scenario_loads_without_a_mistake_on_any_day() {
    let catalog = Catalog::default();
    for name in catalog.names() {
        // From disk they are held against the schemas; those in the binary are trusted.
        let directory = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        let (scenario, notes) = catalog.load_with_notes(&directory).unwrap();
        assert_eq!(notes, [], "{name}");
        assert_eq!(catalog.load(&name).unwrap().meta, scenario.meta);
        for now in [
            "2024-02-29T00:00:00Z",
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:00Z",
            "2026-03-29T01:30:00Z",
            "2028-02-29T23:59:59Z",
            "2031-10-31T12:00:00Z",
        ] {
            let (store, notes) = scenario.build(at(now)).unwrap();
            assert_eq!(notes.is_empty(), name != "out-of-compliance", "{name} at {now}: {notes:?}");
            assert!(store.tenants().count() > 0);
            assert_eq!(store, scenario.build(at(now)).unwrap().0, "{name}: the same moment gives the same store");
        }
    }
}

#[test]
fn the_scenarios_that_were_promised_are_there() {
    assert_eq!(
        Catalog::default().names(),
        [
            "default",
            "device-agnostic",
            "empty",
            "expired",
            "expiring",
            "grace",
            "large",
            "legacy-skus",
            "no-entitlement-id",
            "out-of-compliance",
            "refresh-fails",
            "trial-only",
        ]
    );
}

#[test]
fn the_large_scenario_is_large() {
    let store: Store = Catalog::default().load("large").unwrap().build(at(crate::support::START)).unwrap().0;
    let customers = store.tenants().filter(|tenant| tenant.parent.is_some()).count();
    assert_eq!((customers, store.assignments().count()), (100, 10_000));
}

#[test]
fn the_schemas_for_editors_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let path = format!("{}/fixtures/schema/{name}", env!("CARGO_MANIFEST_DIR"));
        let written = fs::read_to_string(&path).unwrap_or_default();
        let made = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        assert!(
            written == made,
            "{path} is out of date; run `cargo run -- check default --write-schemas fixtures/schema`"
        );
    }
    let files = fs::read_dir(format!("{}/fixtures/schema", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(files.count(), schemas().len());
}

/// The one finding of a fixture: `file at path: message`.
#[track_caller]
pub(super) fn check(fixture: &Fixture, expected: &str) {
    let found = findings(fixture);
    assert_eq!(found.join("\n"), expected);
}

/// Loads a fixture and builds it, and gives all that was found.
pub(super) fn findings(fixture: &Fixture) -> Vec<String> {
    let (loaded, mut notes) = match fixture.load() {
        Ok(loaded) => loaded,
        Err(LoadError::Broken { findings, .. }) => return findings.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    };
    match loaded.build(at(crate::support::START)) {
        Ok((_, more)) => {
            notes.extend(more);
            assert!(notes.iter().all(|note| note.severity == Severity::Note));
            notes.iter().map(ToString::to_string).collect()
        }
        Err(LoadError::Broken { findings, .. }) => findings.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

fn meta(with: Value) -> Fixture {
    let mut meta = json!({ "title": "t", "description": "d", "defaultTenant": MSP });
    for (name, value) in with.as_object().unwrap() {
        meta[name] = value.clone();
    }
    Fixture::new().with("scenario.json", meta)
}

pub(super) fn assignment(with: Value) -> Fixture {
    let mut row = json!({ "id": 1, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "quantity": 1, "dateEffective": "today", "dateExpires": "today+1d" });
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    Fixture::new().with("assignments.json", json!([row]))
}

fn purchase(with: Value) -> Value {
    let mut row = json!({ "id": "1-1", "deviceType": "WIFI", "sku": "S", "quantity": 1, "effectiveDate": "today", "expirationDate": "today+1d" });
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

pub(super) fn purchases(with: Value) -> Fixture {
    Fixture::new().with("entitlements.json", json!({ COMPANY: [purchase(with)] }))
}

#[test]
fn a_whole_fixture_has_no_findings() {
    check(&Fixture::new(), "");
}

#[test]
fn mistakes_in_the_shape_of_a_file_are_reported_with_their_place() {
    check(&Fixture::new().without("tenants.json"), "error: tenants.json at $: is missing");
    check(
        &Fixture::new().with("tenant.json", json!([])),
        "error: tenant.json at $: is no file of a scenario; did you mean \"tenants.json\"?; there are scenario.json, tenants.json, entitlements.json, msp-entitlements.json, assignments.json, licensing.json, activities.json, attention-notes.json, overrides.json",
    );
    check(
        &Fixture::new().with_text("assignments.json", "[\n  {\"id\": 1,}\n]"),
        "error: assignments.json at line 2, column 12: is not JSON: trailing comma at line 2 column 12",
    );
    check(
        &Fixture::new().with("assignments.json", json!({})),
        "error: assignments.json at $: expected a list, found an object",
    );
    check(
        &meta(json!({ "policy": { "initalDays": 3 } })),
        "error: scenario.json at $.policy.initalDays: unknown key \"initalDays\"; did you mean \"initialDays\"?",
    );
    check(&assignment(json!({ "quantity": null })), "error: assignments.json at $[0]: \"quantity\" is missing");
    check(
        &assignment(json!({ "quantity": "1" })),
        "error: assignments.json at $[0].quantity: expected a whole number, found a string",
    );
    check(
        &assignment(json!({ "quantity": 1.5 })),
        "error: assignments.json at $[0].quantity: 1.5 is not a whole number in range",
    );
    check(
        &assignment(json!({ "quantity": 0 })),
        "error: assignments.json at $[0].quantity: 0 is not within 1 and 10000000",
    );
    check(
        &assignment(json!({ "deviceType": "MSP_WIFY" })),
        "error: assignments.json at $[0].deviceType: \"MSP_WIFY\" is none of MSP_WIFI, MSP_SWITCH, MSP_EDGE, MSP_APSW, MSP_SLTN_TOKEN; did you mean \"MSP_WIFI\"?",
    );
    check(
        &assignment(json!({ "dateExpires": "tomorrow" })),
        "error: assignments.json at $[0].dateExpires: \"tomorrow\" is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or one relative to the clock such as today-90d, today+1y or now+36h",
    );
    check(
        &assignment(json!({ "mspTenantId": "A0" })),
        "error: assignments.json at $[0].mspTenantId: \"A0\" is not a tenant: 32 lower-case hexadecimal digits without dashes",
    );
    check(
        &meta(json!({ "refresh": { "delay": "soon" } })),
        "error: scenario.json at $.refresh.delay: \"soon\" is not a duration: expected one such as \"2s\", \"500ms\", \"1h 30m\", \"PT1.5S\" or \"P60D\"",
    );
    check(
        &meta(json!({ "refresh": { "delay": 2 } })),
        "error: scenario.json at $.refresh.delay: \"2\" has no unit: write \"2s\" or \"PT2S\"",
    );
    check(
        &Fixture::new().with("entitlements.json", json!({ "x": [] })),
        "error: entitlements.json at $.x: \"x\" is not a tenant: expected 32 lower-case hexadecimal digits without dashes, such as a0000000000000000000000000000001",
    );
    check(
        &Fixture::new().with("overrides.json", json!([{ "operation": "banners", "body": [] }])),
        "error: overrides.json at $[0].operation: \"banners\" is not a method and a path such as \"GET /banners\"",
    );
}

#[test]
fn references_that_lead_nowhere_are_reported() {
    check(
        &meta(json!({ "defaultTenant": "b".repeat(32) })),
        "error: scenario.json at $.defaultTenant: no tenant of tenants.json has this id",
    );
    check(
        &meta(json!({ "generate": { "msp": COMPANY, "customers": 1, "assignments": 1 } })),
        "error: scenario.json at $.generate.msp: no MSP of tenants.json has this id",
    );
    check(
        &assignment(json!({ "mspTenantId": COMPANY, "mspEcTenantId": COMPANY })),
        "error: assignments.json at $[0].mspTenantId: no MSP of tenants.json has this id",
    );
    check(
        &assignment(json!({ "mspEcTenantId": COMPANY })),
        "error: assignments.json at $[0].mspEcTenantId: is neither the MSP nor a customer of it",
    );
    check(
        &assignment(json!({ "mspTenantId": OTHER_MSP })),
        "error: assignments.json at $[0].mspEcTenantId: is neither the MSP nor a customer of it",
    );
    check(
        &Fixture::new().with("entitlements.json", json!({ "b".repeat(32): [purchase(json!({}))] })),
        &format!("error: entitlements.json at $.{}: no tenant of tenants.json has this id", "b".repeat(32)),
    );
    check(
        &Fixture::new().with("msp-entitlements.json", json!({ COMPANY: [] })).without("assignments.json"),
        &format!("error: msp-entitlements.json at $.{COMPANY}: no MSP of tenants.json has this id"),
    );
    let tenants = json!([
        { "id": MSP, "name": "a", "type": "MSP" },
        { "id": MSP, "name": "b", "type": "MSP" },
        { "id": CUSTOMER, "name": "c", "type": "MSP_EC", "parent": COMPANY },
        { "id": COMPANY, "name": "d", "type": "REC", "devices": [{ "deviceType": "WIFI", "count": 1, "installedDate": "today", "removedDate": "today" }] },
    ]);
    let fixture =
        Fixture::new().with("tenants.json", tenants).without("assignments.json").without("msp-entitlements.json");
    check(
        &fixture,
        "error: tenants.json at $[1].id: another tenant has this id\n\
         error: tenants.json at $[3].devices[0].removedDate: is not after installedDate\n\
         error: tenants.json at $[2].parent: no MSP of tenants.json has this id",
    );
}

#[test]
fn rows_that_contradict_themselves_or_each_other_are_reported() {
    check(
        &purchases(json!({ "effectiveDate": "2026-02-01", "expirationDate": "2026-01-31" })),
        &format!(
            "error: entitlements.json at $.{COMPANY}[0]: the period ends (2026-01-31 23:59:59 UTC) before it starts (2026-02-01 00:00:00 UTC)"
        ),
    );
    check(
        &Fixture::new().with("entitlements.json", json!({ COMPANY: [purchase(json!({})), purchase(json!({}))] })),
        &format!("error: entitlements.json at $.{COMPANY}[1].id: another purchase has the id \"1-1\""),
    );
    let row = json!({ "id": 1, "mspTenantId": MSP, "mspEcTenantId": CUSTOMER, "deviceType": "MSP_APSW", "quantity": 1, "dateEffective": "today", "dateExpires": "today+1d" });
    check(
        &Fixture::new().with("assignments.json", json!([row, row])),
        "error: assignments.json at $[1].id: another assignment has this id",
    );
    for with in
        [json!({ "deviceSubType": "ICX76" }), json!({ "licenseType": "MSP_WIFI" }), json!({ "deviceType": null })]
    {
        check(
            &assignment(with),
            "error: assignments.json at $[0]: deviceType, deviceSubType and licenseType name no product together; give licenseType, or a deviceType with one of its variants",
        );
    }
    check(
        &meta(json!({ "clock": { "start": "2450-01-01" } })),
        "error: scenario.json at $.clock.start: 2450-01-01 00:00:00 UTC is not between 1970-01-01 00:00:00 UTC and 2400-01-01 00:00:00 UTC",
    );
    check(
        &meta(json!({ "refresh": { "appearsAfter": "1s", "delay": "4000days" } })),
        "error: scenario.json at $.refresh.delay: 4000d is longer than 3650 days",
    );
}

#[test]
fn revisions_of_the_licensing_system_must_fit_what_is_there() {
    let licensing = |revisions: Value| Fixture::new().with("licensing.json", revisions);
    check(
        &licensing(
            json!({ MSP: [{ "remove": ["9-9"] }, { "remove": ["358880001-1"] }, { "remove": ["358880001-1"] }] }),
        ),
        &format!(
            "error: licensing.json at $.{MSP}[0].remove[0]: no purchase or pool of this id is there to remove\n\
             error: licensing.json at $.{MSP}[2].remove[0]: no purchase or pool of this id is there to remove"
        ),
    );
    check(
        &licensing(
            json!({ MSP: [{ "change": [{ "id": "9-9", "quantity": 1 }, { "id": "358880001-1", "expirationDate": "today-200d" }] }] }),
        ),
        &format!(
            "error: licensing.json at $.{MSP}[0].change[0]: no purchase or pool of this id is there to change\n\
             error: licensing.json at $.{MSP}[0].change[1]: the period ends (2025-08-22 23:59:59 UTC) before it starts (2025-11-30 00:00:00 UTC)"
        ),
    );
    let pool = json!({ "id": "3-1", "deviceType": "MSP_APSW", "sku": "S", "quantity": 1, "effectiveDate": "today", "expirationDate": "today" });
    check(
        &licensing(json!({ COMPANY: [{ "putMspEntitlements": [pool] }] })),
        &format!("error: licensing.json at $.{COMPANY}[0].putMspEntitlements[0]: this tenant is no MSP"),
    );
    check(
        &licensing(json!({ "b".repeat(32): [] })),
        &format!("error: licensing.json at $.{}: no tenant of tenants.json has this id", "b".repeat(32)),
    );
}

#[test]
fn all_mistakes_are_reported_at_once_whichever_file_they_are_in() {
    let fixture = assignment(json!({ "quantiy": 1, "quantity": 0, "dateExpires": "never" }))
        .with("scenario.json", json!({ "title": 1, "defaultTenant": MSP }))
        .with("entitlements.json", json!({ COMPANY: [purchase(json!({ "deviceType": "WIFIX" }))] }));
    assert_eq!(findings(&fixture).len(), 6, "{:#?}", findings(&fixture));
}

#[test]
fn an_overdrawn_pool_is_a_note() {
    check(
        &assignment(json!({ "quantity": 150 })),
        &format!(
            "note: assignments.json at $: MSP {MSP} has assigned 150 MSP_APSW licenses and holds 100: 50 too many"
        ),
    );
}

#[tokio::test]
async fn captured_rows_can_be_pasted_in_as_they_are() {
    for app in [App::new("default"), App::observed("default")] {
        let mut entitlements = app.get_as(COMPANY, "/entitlements").await;
        entitlements[0]["licenseDesc"] = Value::Null;
        let pools = app.get("/mspEntitlements").await;
        let assignments: Value = app.get("/assignments").await;
        let fixture = Fixture::new()
            .with("tenants.json", serde_json::from_str(include_str!("../../fixtures/default/tenants.json")).unwrap())
            .with("scenario.json", serde_json::from_str(include_str!("../../fixtures/default/scenario.json")).unwrap())
            .with("entitlements.json", json!({ COMPANY: entitlements }))
            .with("msp-entitlements.json", json!({ MSP: pools }))
            .with("assignments.json", assignments);
        let (scenario, notes) = fixture.load().unwrap();
        assert!(notes.iter().all(|note| note.severity == Severity::Note), "{notes:?}");
        assert!(notes.iter().any(|note| note.message.contains("graceEndDate, historical")), "{notes:?}");
        let pasted = App::of(scenario, frozen());
        let original = App::new("default");
        let lists = [original.get_as(COMPANY, "/entitlements").await, pasted.get_as(COMPANY, "/entitlements").await];
        let ids = lists.map(|list| columns(&list, &["id", "expirationDate", "quantity", "tempLicense", "createdDate"]));
        assert_eq!(ids[0], ids[1]);
        assert_eq!(original.get_as(COMPANY, "/banners").await, pasted.get_as(COMPANY, "/banners").await);
        for path in ["/mspEntitlements/summaries", "/assignments/summaries", "/mspBanners"] {
            assert_eq!(original.get(path).await, pasted.get(path).await, "{path}");
        }
    }
}

#[test]
fn a_name_that_there_is_not_is_answered_with_the_nearest_one() {
    let error = Catalog::default().load("defualt").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no scenario \"defualt\"; did you mean \"default\"?; there are default, "),
        "{error}"
    );
    for name in ["", ".", "schema", "/nowhere", "nowhere/default", "default/scenario.json"] {
        assert!(Catalog::default().load(name).is_err(), "{name}");
    }
}

#[test]
fn a_directory_of_scenarios_goes_before_the_binary() {
    let inner = Fixture::new().write();
    let name = inner.path.file_name().unwrap().to_str().unwrap().to_owned();
    let catalog = Catalog::new(Some(inner.path.parent().unwrap().into())).unwrap();
    assert!(catalog.names().contains(&name) && catalog.names().contains(&"default".to_owned()));
    assert_eq!(catalog.load(&name).unwrap().meta.title, "t");
}
