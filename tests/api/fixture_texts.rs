//! Files of scenarios as people write and paste them: keys that stand twice, encodings, captured rows, words that the
//! vendor does not have.

use serde_json::{Value, json};

use super::scenarios::{assignment, check, findings, purchases};
use crate::support::{App, COMPANY, CUSTOMER, MSP, START, app::frozen_with, fixture::Fixture};
use r1_entitlements_mock::{sandbox::Settings, wire::Style};

const TWICE: &str = "the key is there twice, and only one of its values would count";

#[test]
fn a_key_that_stands_twice_is_an_error_with_its_place() {
    let pool = r#"{"id":"1-1","deviceType":"MSP_APSW","sku":"S","quantity":100,"quantity":7,"effectiveDate":"today","expirationDate":"today+9d"}"#;
    for (file, text, path) in [
        ("msp-entitlements.json", format!(r#"{{"{MSP}":[{pool}]}}"#), format!("$.{MSP}[0].quantity")),
        ("msp-entitlements.json", format!(r#"{{"{MSP}":[],"{MSP}":[]}}"#), format!("$.{MSP}")),
        (
            "scenario.json",
            format!(r#"{{"title":"t","title":"u","description":"d","defaultTenant":"{MSP}"}}"#),
            "$.title".into(),
        ),
    ] {
        check(&Fixture::new().with_text(file, text), &format!("error: {file} at {path}: {TWICE}"));
    }
}

#[tokio::test]
async fn a_state_or_a_row_with_a_key_twice_is_refused() {
    let app = App::new("default");
    let files = r#"{"scenario.json":{},"msp-entitlements.json":{},"msp-entitlements.json":{}}"#;
    let row = r#"{"id":"1-1","quantity":1,"quantity":2}"#;
    for (path, body, place) in [
        ("/_mock/state".to_owned(), files, "$.msp-entitlements.json"),
        (format!("/_mock/state/msp-entitlements/{MSP}"), row, "$.quantity"),
        ("/_mock/state".to_owned(), r#"{"tenants.json":[{"id":"a","id":"b"}]}"#, "$.tenants.json[0].id"),
    ] {
        let answer =
            app.call("PUT", &path).header("content-type", "application/json").body(body).send().await.expect(400);
        assert!(answer.text().contains(&format!("at {place}: {TWICE}")), "{}", answer.text());
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_another_encoding_is_named() {
    let tenants = json!({ COMPANY: [] }).to_string();
    assert_eq!(findings(&Fixture::new().with_text("entitlements.json", format!("\u{feff}{tenants}"))), [""; 0]);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(tenants.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check(
        &Fixture::new().with_bytes("entitlements.json", utf_16),
        "error: entitlements.json at $: is UTF-16; save it as UTF-8",
    );
}

#[test]
fn captured_rows_may_repeat_themselves() {
    let pool = json!({ "id": "1-1", "deviceType": "MSP_WIFI", "deviceSubType": "MSP_WIFI", "name": "n", "sku": "S", "quantity": 1, "effectiveDate": "today", "expirationDate": "today+9d" });
    let fixture = Fixture::new().with("msp-entitlements.json", json!({ MSP: [pool] }));
    check(
        &fixture.without("assignments.json"),
        &format!(
            "note: msp-entitlements.json at $.{MSP}[0]: name ignored: the simulator computes it\n\
             note: msp-entitlements.json at $.{MSP}[0]: deviceSubType ignored: it repeats the device type"
        ),
    );
    check(
        &assignment(json!({ "licenseType": "APSW" })),
        "note: assignments.json at $[0]: licenseType ignored: the device type says what it is",
    );
    let path = format!("entitlements.json at $.{COMPANY}[0]");
    check(&purchases(json!({ "name": "n" })), &format!("note: {path}: name ignored: the simulator computes it"));
}

#[tokio::test]
async fn a_purchase_and_a_pool_may_have_the_same_id_and_a_refresh_changes_both() {
    let row = |of: &str| json!({ "id": "1-1", "deviceType": of, "sku": "S", "quantity": 5, "effectiveDate": "today-1d", "expirationDate": "today+9d" });
    let app = Fixture::new()
        .with("entitlements.json", json!({ MSP: [row("APSW")] }))
        .with("msp-entitlements.json", json!({ MSP: [row("MSP_APSW")] }))
        .with("licensing.json", json!({ MSP: [{ "change": [{ "id": "1-1", "quantity": 8 }] }, { "remove": ["1-1"] }] }))
        .without("assignments.json")
        .app();
    for expected in [json!([8, 8]), json!([null, null])] {
        app.call("GET", "/entitlements/summaries?refresh=true").send().await.expect(202);
        app.advance(chrono::TimeDelta::seconds(2));
        let shown = [app.get("/entitlements").await, app.get("/mspEntitlements").await];
        assert_eq!(json!(shown.map(|rows| rows[0]["quantity"].clone())), expected);
    }
}

#[tokio::test]
async fn a_captured_moment_keeps_its_milliseconds() {
    let live = frozen_with(START, Settings { style: Style::Observed, ..Settings::default() });
    let fixture = assignment(json!({ "dateAssignmentCreated": "2022-12-13 19:00:08.043Z" }));
    let app = App::of(fixture.load().unwrap().0, live);
    assert_eq!(app.get("/assignments").await[0]["dateAssignmentCreated"], "2022-12-13 19:00:08.043Z");
}

#[test]
fn a_date_with_the_wrong_weekday_says_so() {
    check(
        &purchases(json!({ "effectiveDate": "Tue Dec 06 00:00:00 UTC 2020" })),
        &format!(
            "error: entitlements.json at $.{COMPANY}[0].effectiveDate: \"Tue Dec 06 00:00:00 UTC 2020\" is no date: that day is a Sunday"
        ),
    );
}

#[test]
fn an_unknown_key_with_no_near_one_gets_the_list_and_an_object_its_keys() {
    let found = findings(&purchases(json!({ "startDate": "today" })));
    assert!(found[0].ends_with(".startDate: unknown key \"startDate\"; there are id, deviceType, deviceSubType, licenseType, sku, skuTier, quantity, effectiveDate, expirationDate, createdDate, updatedDate, tempLicense, licenseName, licenseDesc, externalId, parentId, alm, almActivationId, almSoEntQuantity"), "{found:?}");
    let meta = json!({ "title": "t", "description": "d", "defaultTenant": MSP, "policy": { "graceDays": 60 } });
    check(
        &Fixture::new().with("scenario.json", meta),
        "error: scenario.json at $.policy.graceDays: expected an object with paid, trial, analytics, found a number",
    );
}

#[test]
fn a_whole_number_may_be_written_as_a_floating_point() {
    assert_eq!(findings(&purchases(json!({ "quantity": 100.0 }))), [""; 0]);
    let path = format!("entitlements.json at $.{COMPANY}[0].quantity");
    check(&purchases(json!({ "quantity": 1.5 })), &format!("error: {path}: 1.5 is not a whole number in range"));
}

#[test]
fn a_tier_that_the_vendor_does_not_have_is_a_note() {
    check(
        &purchases(json!({ "skuTier": "Professional" })),
        &format!(
            "note: entitlements.json at $.{COMPANY}[0].skuTier: \"Professional\" is none of Silver, Gold, Platinum"
        ),
    );
}

#[test]
fn devices_that_apsw_licenses_do_not_cover_are_a_note() {
    let devices = json!([{ "deviceType": "WIFI", "count": 220 }, { "deviceType": "SWITCH", "count": 40 }]);
    let apsw = json!([{ "id": "1-1", "deviceType": "APSW", "sku": "S", "quantity": 300, "effectiveDate": "today-1d", "expirationDate": "today+9d" }]);
    check(
        &Fixture::company(&devices, &[], apsw.clone()),
        &format!(
            "note: tenants.json at $: tenant {COMPANY}: devices use 260 licenses of kinds that are not on record; APSW licenses cover them only with the feature DEVICE_AGNOSTIC"
        ),
    );
    assert_eq!(findings(&Fixture::company(&devices, &["DEVICE_AGNOSTIC"], apsw)), [""; 0]);
}

#[test]
fn mistakes_in_rows_and_between_rows_come_at_once() {
    let row: Value = json!({ "id": 1, "mspTenantId": MSP, "mspEcTenantId": COMPANY, "deviceType": "MSP_APSW", "quantity": 1, "dateEffective": "today", "dateExpires": "today+1d" });
    let fixture = purchases(json!({ "quantity": "many" }))
        .with("assignments.json", json!([row]))
        .with("licensing.json", json!({ COMPANY: [{ "remove": ["1-1"] }], CUSTOMER: [] }));
    check(
        &fixture,
        &format!(
            "error: entitlements.json at $.{COMPANY}[0].quantity: expected a whole number, found a string\n\
             error: assignments.json at $[0].mspEcTenantId: is neither the MSP nor a customer of it"
        ),
    );
}
