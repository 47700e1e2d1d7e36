//! GET /assignments, GET /assignments/summaries, and what writes do to them. Refusals are in `refusals`.

use std::{collections::BTreeMap, sync::Barrier, thread};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, COMPANY, CUSTOMER, CUSTOMER_2, CUSTOMER_3, MSP, columns, row, rows};

#[tokio::test]
async fn the_assignments_of_an_msp_come_by_id_revoked_and_expired_ones_too() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/assignments").await), @r#"
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-02-19T00:00:00Z","dateEffective":"2025-02-19T00:00:00Z","dateExpires":"2026-02-18T23:59:59Z","deviceType":"MSP_WIFI","id":130465,"mspEcTenantId":"ec000000000000000000000000000002","mspTenantId":"a0000000000000000000000000000001","quantity":20,"status":"EXPIRED","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-02-23T00:00:00Z","dateAssignmentRevoked":"2025-12-10T09:42:00Z","dateEffective":"2025-02-23T00:00:00Z","dateExpires":"2027-02-22T23:59:59Z","deviceType":"MSP_APSW","id":130466,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":60,"revokedBy":"noc@northgate.example","status":"REVOKED","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-02-23T00:00:00Z","dateEffective":"2025-02-23T00:00:00Z","dateExpires":"2027-02-22T23:59:59Z","deviceType":"MSP_APSW","id":130468,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":120,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-09-11T00:00:00Z","dateEffective":"2025-09-11T00:00:00Z","dateExpires":"2026-09-10T23:59:59Z","deviceType":"MSP_WIFI","id":130469,"mspEcTenantId":"ec000000000000000000000000000002","mspTenantId":"a0000000000000000000000000000001","quantity":70,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-09-11T00:00:00Z","dateEffective":"2025-09-11T00:00:00Z","dateExpires":"2026-09-10T23:59:59Z","deviceSubType":"ICX76","deviceType":"MSP_SWITCH","id":130470,"mspEcTenantId":"ec000000000000000000000000000002","mspTenantId":"a0000000000000000000000000000001","quantity":24,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-12-10T09:42:00Z","dateEffective":"2025-12-10T00:00:00Z","dateExpires":"2026-12-09T23:59:59Z","deviceType":"MSP_APSW","id":130471,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":40,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-04-05T00:00:00Z","dateEffective":"2025-04-05T00:00:00Z","dateExpires":"2026-04-04T23:59:59Z","deviceType":"MSP_APSW","id":130472,"mspEcTenantId":"ec000000000000000000000000000003","mspTenantId":"a0000000000000000000000000000001","quantity":55,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-08-22T00:00:00Z","dateEffective":"2025-08-22T00:00:00Z","dateExpires":"2026-08-21T23:59:59Z","deviceType":"MSP_APSW","id":130473,"mspEcTenantId":"a0000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":45,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-08-22T00:00:00Z","dateEffective":"2025-08-22T00:00:00Z","dateExpires":"2026-08-21T23:59:59Z","deviceType":"MSP_WIFI","id":130474,"mspEcTenantId":"a0000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":15,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-12-10T00:00:00Z","dateEffective":"2025-12-10T00:00:00Z","dateExpires":"2026-12-09T23:59:59Z","deviceType":"MSP_SLTN_TOKEN","id":130475,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":60,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2026-01-09T00:00:00Z","dateEffective":"2026-01-09T00:00:00Z","dateExpires":"2027-01-08T23:59:59Z","deviceType":"MSP_APSW","id":130476,"mspEcTenantId":"ec000000000000000000000000000002","mspTenantId":"a0000000000000000000000000000001","quantity":30,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2026-01-09T00:00:00Z","dateEffective":"2026-01-09T00:00:00Z","dateExpires":"2027-01-08T23:59:59Z","deviceSubType":"ICX76","deviceType":"MSP_SWITCH","id":130477,"mspEcTenantId":"ec000000000000000000000000000003","mspTenantId":"a0000000000000000000000000000001","quantity":10,"status":"VALID","trialAssignment":false}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2026-02-28T00:00:00Z","dateEffective":"2026-02-28T00:00:00Z","dateExpires":"2026-05-23T23:59:59Z","deviceType":"MSP_APSW","id":130478,"mspEcTenantId":"ec000000000000000000000000000003","mspTenantId":"a0000000000000000000000000000001","quantity":20,"status":"VALID","trialAssignment":true}
    {"createdBy":"noc@northgate.example","dateAssignmentCreated":"2026-03-08T11:15:00Z","dateEffective":"2026-04-09T00:00:00Z","dateExpires":"2027-04-08T23:59:59Z","deviceType":"MSP_WIFI","id":130480,"mspEcTenantId":"ec000000000000000000000000000002","mspTenantId":"a0000000000000000000000000000001","quantity":40,"status":"FUTURE","trialAssignment":false}
    "#);
}

#[tokio::test]
async fn assignments_have_dates_with_a_blank_in_the_observed_style() {
    let app = App::observed("default");
    assert_snapshot!(row(&app.get("/assignments").await, "id", 130_466), @r#"{"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-02-23 00:00:00.000Z","dateAssignmentRevoked":"2025-12-10 09:42:00.000Z","dateEffective":"2025-02-23 00:00:00Z","dateExpires":"2027-02-22 23:59:59Z","deviceType":"MSP_APSW","id":130466,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":60,"revokedBy":"noc@northgate.example","status":"REVOKED","trialAssignment":false}"#);
}

#[tokio::test]
async fn the_pools_are_summed_from_the_side_of_what_was_handed_out() {
    let app = App::new("default");
    assert_snapshot!(rows(&app.get("/assignments/summaries").await), @r#"
    {"courtesyMspEntitlementsUsed":false,"deviceType":"MSP_WIFI","licenseType":"MSP_WIFI","myAssignments":15,"quantity":70,"remainingDevices":115,"trial":false}
    {"courtesyMspEntitlementsUsed":false,"deviceSubType":"ICX76","deviceType":"MSP_SWITCH","licenseType":"MSP_ICX76","myAssignments":0,"quantity":34,"remainingDevices":29,"trial":false}
    {"courtesyMspEntitlementsUsed":false,"deviceType":"MSP_APSW","licenseType":"MSP_APSW","myAssignments":45,"quantity":245,"remainingDevices":230,"trial":false}
    {"courtesyMspEntitlementsUsed":false,"deviceType":"MSP_APSW","licenseType":"MSP_APSW_TEMP","myAssignments":0,"quantity":20,"remainingDevices":30,"trial":true}
    {"courtesyMspEntitlementsUsed":false,"deviceType":"MSP_SLTN_TOKEN","licenseType":"MSP_SLTN_TOKEN","myAssignments":0,"quantity":60,"remainingDevices":140,"trial":false}
    "#);
}

#[tokio::test]
async fn more_handed_out_than_bought_is_courtesy_in_use_and_never_clipped() {
    let app = App::new("out-of-compliance");
    let handed_out = app.get_as(MSP, "/assignments/summaries").await;
    let names = ["licenseType", "quantity", "myAssignments", "remainingDevices", "courtesyMspEntitlementsUsed"];
    assert_snapshot!(columns(&handed_out, &names), @"
    MSP_WIFI 20 0 30 false
    MSP_ICX76 35 0 5 false
    MSP_APSW 110 10 -20 false
    ");
    let bought = app.get_as(MSP, "/mspEntitlements/summaries").await;
    let names = ["licenseType", "quantity", "courtesyQuantity", "remainingLicenses"];
    assert_snapshot!(columns(&bought["mspEntitlementSummaries"], &names), @"
    MSP_WIFI 50 0 30
    MSP_ICX76 40 0 5
    MSP_APSW 100 0 -20
    ");
}

#[tokio::test]
async fn a_revoked_assignment_frees_its_licenses_everywhere_at_once() {
    let app = App::new("default");
    let before = Everywhere::of(&app).await;
    let answer = app.call("DELETE", "/assignments").json(json!([{ "assignmentId": 130_471 }])).send().await;
    let answer = answer.expect(204);
    assert_eq!((answer.text().as_str(), answer.content_type()), ("", ""));
    let after = Everywhere::of(&app).await;
    assert_snapshot!(before.changed_to(&after), @"
    a0000000000000000000000000000001 APSW - false: 45 7 230 -> 45 7 270
    assigned MSP_APSW false: 245 45 230 -> 205 45 270
    bought MSP_APSW false: 500 20 230 -> 500 20 270
    ec000000000000000000000000000001 APSW - false: 160 18 - -> 120 -22 -
    ");
    assert_snapshot!(row(&app.get("/assignments").await, "id", 130_471), @r#"{"createdBy":"noc@northgate.example","dateAssignmentCreated":"2025-12-10T09:42:00Z","dateAssignmentRevoked":"2026-03-10T12:00:00Z","dateEffective":"2025-12-10T00:00:00Z","dateExpires":"2026-12-09T23:59:59Z","deviceType":"MSP_APSW","id":130471,"mspEcTenantId":"ec000000000000000000000000000001","mspTenantId":"a0000000000000000000000000000001","quantity":40,"revokedBy":"r1mock","status":"REVOKED","trialAssignment":false}"#);
    let own = app.get_as(CUSTOMER, "/entitlements").await;
    assert!(own.as_array().unwrap().iter().all(|row| row["externalId"] != "130471"), "{own}");
}

#[tokio::test]
async fn a_set_with_a_future_assignment_and_one_of_its_own_is_revoked_as_a_whole() {
    let app = App::new("default");
    let before = Everywhere::of(&app).await;
    let set = json!([{ "assignmentId": 130_480 }, { "assignmentId": 130_473 }, { "assignmentId": 130_475, "note": "ignored" }]);
    app.call("DELETE", "/assignments").json(set).send().await.expect(204);
    assert_snapshot!(before.changed_to(&Everywhere::of(&app).await), @"
    a0000000000000000000000000000001 APSW - false: 45 7 230 -> 0 -38 275
    a0000000000000000000000000000001 SLTN_TOKEN - false: 0 0 140 -> 0 0 200
    assigned MSP_APSW false: 245 45 230 -> 245 0 275
    assigned MSP_SLTN_TOKEN false: 60 0 140 -> 0 0 200
    bought MSP_APSW false: 500 20 230 -> 500 20 275
    bought MSP_SLTN_TOKEN false: 200 0 140 -> 200 0 200
    ec000000000000000000000000000001 SLTN_TOKEN - false: 60 19 - -> 0 -41 -
    ");
    let list = app.get("/assignments").await;
    let revoked = list.as_array().unwrap().iter().filter(|row| row["dateAssignmentRevoked"] == "2026-03-10T12:00:00Z");
    assert_eq!(revoked.count(), 3);
}

#[tokio::test]
async fn revoking_all_of_an_ending_assignment_takes_its_banner_away() {
    let app = App::new("default");
    assert_ne!(app.get_as(CUSTOMER_3, "/banners?type=APSW").await, json!([]));
    app.call("DELETE", "/assignments").json(json!([{ "assignmentId": 130_472 }])).send().await.expect(204);
    assert_eq!(app.get_as(CUSTOMER_3, "/banners?type=APSW").await, json!([]));
}

#[tokio::test]
async fn an_assignment_to_a_customer_takes_licenses_out_of_the_pool() {
    let app = App::new("default");
    let before = Everywhere::of(&app).await;
    let body = json!({
        "mspEcTenantId": CUSTOMER_2, "ownAssignments": false, "startDate": "2026-03-10 12:00:00Z", "endDate": "2026-12-31",
        "assignments": [
            { "deviceType": "MSP_APSW", "quantity": 12 },
            { "deviceType": "MSP_SWITCH", "deviceSubtype": "ICX76", "quantity": 3 },
            { "deviceType": "MSP_WIFI", "quantity": 0 },
        ],
    });
    let answer = app.call("POST", "/assignments").json(body).send().await.expect(201);
    assert_snapshot!(rows(&answer.json()), @r#"
    success: true
    assignments:
    {"createdBy":"r1mock","createdDate":"2026-03-10T12:00:00Z","effectiveDate":"2026-03-10T12:00:00Z","expirationDate":"2026-12-31T23:59:59Z","id":130481,"isTrial":false,"licenseType":"APSW","quantity":12,"status":"VALID"}
    {"createdBy":"r1mock","createdDate":"2026-03-10T12:00:00Z","effectiveDate":"2026-03-10T12:00:00Z","expirationDate":"2026-12-31T23:59:59Z","id":130482,"isTrial":false,"licenseType":"APSW","quantity":3,"status":"VALID"}
    requestId: "6e8c9e59-8561-4bdb-9616-4ff3e85e2141"
    "#);
    assert_eq!(answer.json()["requestId"], answer.header("x-request-id"));
    assert_snapshot!(before.changed_to(&Everywhere::of(&app).await), @"
    a0000000000000000000000000000001 APSW - false: 45 7 230 -> 45 7 218
    a0000000000000000000000000000001 SWITCH ICX76 false: 0 0 29 -> 0 0 26
    assigned MSP_APSW false: 245 45 230 -> 257 45 218
    assigned MSP_ICX76 false: 34 0 29 -> 37 0 26
    bought MSP_APSW false: 500 20 230 -> 500 20 218
    bought MSP_ICX76 false: 60 3 29 -> 60 3 26
    ec000000000000000000000000000002 APSW - false: 30 4 - -> 42 16 -
    ec000000000000000000000000000002 SWITCH ICX76 false: 24 4 - -> 27 7 -
    ");
    let own = app.get_as(CUSTOMER_2, "/entitlements").await;
    assert_snapshot!(row(&own, "externalId", "130481"), @r#"{"alm":false,"assignedLicense":true,"createdDate":"2026-03-10T12:00:00Z","deviceType":"APSW","effectiveDate":"2026-03-10T12:00:00Z","expirationDate":"2026-12-31T23:59:59Z","extendedLicensesAssignment":false,"externalId":"130481","graceEndDate":"2027-03-01T23:59:59Z","historical":false,"id":"900130481-1","licenseName":"APSW assigned by MSP","mspSku":true,"quantity":12,"r1Sku":true,"sku":"CLD-PROF-APSW-MSP3","skuTier":"Platinum","tempLicense":false,"updatedDate":"2026-03-10T12:00:00Z"}"#);
}

#[tokio::test]
async fn an_msp_assigns_to_itself_unless_it_names_a_customer() {
    let app = App::new("default");
    let body = json!({ "endDate": "2026-06-30", "assignments": [{ "licenseType": "MSP_APSW", "quantity": 5 }] });
    app.call("POST", "/assignments").json(body).send().await.expect(201);
    let made = app.get("/assignments").await;
    let made = row(&made, "id", 130_481);
    assert_eq!((&made["mspEcTenantId"], &made["quantity"], &made["status"]), (&json!(MSP), &json!(5), &json!("VALID")));
    assert_eq!(made["dateEffective"], "2026-03-10T12:00:00Z");
    assert_eq!(made["dateExpires"], "2026-06-30T23:59:59Z");
    let own = app.get_as(MSP, "/entitlements/summaries").await;
    assert_eq!(row(&own["summary"], "deviceType", "APSW")["assignedLicenses"], 50);
}

#[tokio::test]
async fn a_changed_assignment_is_revoked_and_made_anew() {
    let app = App::new("default");
    let before = Everywhere::of(&app).await;
    let body = json!([{ "assignmentId": 130_468, "quantity": 150, "startDate": "", "endDate": "2026-12-31" }]);
    let answer = app.call("PATCH", "/assignments").json(body).send().await.expect(200);
    assert_snapshot!(rows(&answer.json()), @r#"
    success: true
    assignments:
    {"createdBy":"r1mock","createdDate":"2026-03-10T12:00:00Z","effectiveDate":"2025-02-23T00:00:00Z","expirationDate":"2026-12-31T23:59:59Z","id":130481,"isTrial":false,"licenseType":"APSW","quantity":150,"status":"VALID"}
    requestId: "6e8c9e59-8561-4bdb-9616-4ff3e85e2141"
    "#);
    assert_snapshot!(before.changed_to(&Everywhere::of(&app).await), @"
    a0000000000000000000000000000001 APSW - false: 45 7 230 -> 45 7 200
    assigned MSP_APSW false: 245 45 230 -> 275 45 200
    bought MSP_APSW false: 500 20 230 -> 500 20 200
    ec000000000000000000000000000001 APSW - false: 160 18 - -> 190 48 -
    ");
    let list = app.get("/assignments").await;
    assert_eq!(row(&list, "id", 130_468)["status"], "REVOKED");
    assert_eq!(row(&list, "id", 130_481)["status"], "VALID");
}

#[tokio::test]
async fn with_extended_trial_trial_assignments_are_made_changed_and_taken_back() {
    let app = App::new("trial-only");
    let body = json!({
        "mspEcTenantId": CUSTOMER, "endDate": "2026-04-01",
        "assignments": [{ "deviceType": "MSP_APSW", "quantity": 1, "useTemporaryMspEntitlement": true }],
    });
    let made = app.call("POST", "/assignments").json(body).send().await.expect(201).json();
    assert_eq!(made["assignments"][0]["isTrial"], true);
    let change = json!([{ "assignmentId": made["assignments"][0]["id"], "quantity": 2 }]);
    let changed = app.call("PATCH", "/assignments").json(change).send().await.expect(200).json();
    let set = json!([{ "assignmentId": changed["assignments"][0]["id"] }]);
    app.call("DELETE", "/assignments").json(set).send().await.expect(204);
}

#[tokio::test]
async fn a_switch_without_a_variant_comes_from_any_pool_of_switches_with_enough_left() {
    let app = App::new("legacy-skus");
    let body = json!({
        "mspEcTenantId": CUSTOMER, "endDate": "2026-04-01",
        "assignments": [{ "deviceType": "MSP_SWITCH", "quantity": 1 }],
    });
    app.call("POST", "/assignments").tenant(MSP).json(body).send().await.expect(201);
    let list = app.get_as(MSP, "/assignments").await;
    let made = list.as_array().unwrap().last().unwrap();
    assert_eq!(made["deviceType"], "MSP_SWITCH");
}

#[tokio::test]
async fn assignments_change_their_status_with_the_clock() {
    let app = App::new("default");
    let status = async |id: i64| row(&app.get("/assignments").await, "id", id)["status"].clone();
    assert_eq!(status(130_480).await, "FUTURE");
    app.turn_to("2026-04-08T23:59:59Z");
    assert_eq!((status(130_480).await, status(130_472).await), (json!("FUTURE"), json!("EXPIRED")));
    app.turn_to("2026-04-09T00:00:00Z");
    assert_eq!(status(130_480).await, "VALID");
    assert_eq!(status(130_466).await, "REVOKED");
}

#[test]
fn of_two_hundred_concurrent_revocations_of_one_assignment_exactly_one_succeeds() {
    let app = App::new("default");
    let (threads, each) = (8, 25);
    let barrier = Barrier::new(threads);
    let revoke_all = || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        barrier.wait();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..each)
                .map(|_| {
                    let app = app.clone();
                    tokio::spawn(async move {
                        let set = json!([{ "assignmentId": 130_468 }]);
                        let answer = app.call("DELETE", "/assignments").json(set).send().await;
                        if answer.status == 204 { (204, String::new()) } else { answer.brief() }
                    })
                })
                .collect();
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(task.await.unwrap());
            }
            outcomes
        })
    };
    let mut outcomes: BTreeMap<(u16, String), usize> = BTreeMap::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(revoke_all)).collect();
        for outcome in workers.into_iter().flat_map(|worker| worker.join().unwrap()) {
            *outcomes.entry(outcome).or_default() += 1;
        }
    });
    assert_eq!(
        outcomes,
        BTreeMap::from([((204, String::new()), 1), ((409, "ASSIGNMENT_ALREADY_REVOKED".into()), 199)])
    );
}

/// The numbers of every pool and every tenant's summary, for telling what a write changed.
struct Everywhere(BTreeMap<String, String>);

impl Everywhere {
    async fn of(app: &App) -> Self {
        let mut all = BTreeMap::new();
        let mut add = |what: &str, rows: &Value, keys: &[&str], numbers: &[&str]| {
            for row in rows.as_array().unwrap() {
                let list = Value::Array(vec![row.clone()]);
                all.insert(format!("{what} {}", columns(&list, keys)), columns(&list, numbers));
            }
        };
        let pools = app.get("/mspEntitlements/summaries").await;
        let pools = &pools["mspEntitlementSummaries"];
        add("bought", pools, &["licenseType", "trial"], &["quantity", "courtesyQuantity", "remainingLicenses"]);
        let pools = app.get("/assignments/summaries").await;
        add("assigned", &pools, &["licenseType", "trial"], &["quantity", "myAssignments", "remainingDevices"]);
        for tenant in [MSP, CUSTOMER, CUSTOMER_2, CUSTOMER_3, COMPANY] {
            let body = app.get_as(tenant, "/entitlements/summaries").await;
            let keys = ["deviceType", "deviceSubType", "tempLicense"];
            add(tenant, &body["summary"], &keys, &["quantity", "remainingQuantity", "remainingQuantityForMspEcs"]);
            add(tenant, &body["banners"], &["type", "deviceType"], &["deviceCount", "effectDays"]);
        }
        let banners = app.get("/mspBanners").await;
        add("pools", &banners, &["type", "deviceType"], &["deviceCount", "affectedDeviceCount"]);
        Self(all)
    }

    fn changed_to(&self, after: &Self) -> String {
        let names = self.0.keys().chain(after.0.keys().filter(|name| !self.0.contains_key(*name)));
        let value = |all: &Self, name: &String| all.0.get(name).map_or("absent", String::as_str).to_owned();
        names
            .map(|name| (name, value(self, name), value(after, name)))
            .filter(|(_, before, after)| before != after)
            .map(|(name, before, after)| format!("{name}: {before} -> {after}"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
