//! What the rows of the scenarios in the binary show, and that they are plausible.

use std::collections::BTreeSet;

use chrono::{DateTime, Months, TimeDelta, Utc};
use r1_entitlements_mock::scenario::Catalog;
use serde_json::Value;

use crate::support::{App, MSP};

/// All rows of a list, of every tenant in every scenario.
async fn all_rows(path: &str) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for scenario in Catalog::default().names() {
        let app = App::new(&scenario);
        let (store, _) = app.sandbox.look();
        for tenant in store.tenants() {
            let rows = app.fetch_as(&tenant.id.to_string(), path).await;
            if let (200, Value::Array(rows)) = (rows.status, rows.json()) {
                all.extend(rows.into_iter().map(|row| (scenario.clone(), row)));
            }
        }
    }
    all
}

/// Years that an SKU names at its end: `-3001`, `-REC3`, `-MSP3` and `-EDU3` are three.
fn years(sku: &str) -> Option<u32> {
    let term = sku.rsplit('-').next()?;
    let years =
        term.strip_suffix("001").or_else(|| ["REC", "MSP", "EDU"].iter().find_map(|of| term.strip_prefix(of)))?;
    years.parse().ok().filter(|years| (1..=5).contains(years))
}

#[tokio::test]
async fn the_dates_of_a_purchase_fit_the_term_that_its_sku_names() {
    let mut seen = BTreeSet::new();
    for path in ["/entitlements", "/mspEntitlements"] {
        for (scenario, row) in all_rows(path).await {
            let moment = |name: &str| row[name].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
            let (start, end) = (moment("effectiveDate"), moment("expirationDate"));
            let sku = row["sku"].as_str().unwrap();
            if row["assignedLicense"] == true {
                continue;
            }
            if sku.ends_with("-TEMP") || sku.contains("TMP090") {
                let days = if sku.contains("TMP090") { 90 } else { 60 };
                assert_eq!(end - start, TimeDelta::days(days) - TimeDelta::seconds(1), "{scenario}: {row}");
            } else if let Some(years) = years(sku) {
                // Relative dates count days, so leap days can be missing.
                let exact = start.checked_add_months(Months::new(12 * years)).unwrap() - TimeDelta::seconds(1);
                assert!((exact - end).abs() <= TimeDelta::days(2), "{scenario}: {row}");
                seen.insert(years);
            }
        }
    }
    assert_eq!(seen, [1, 3, 5].into());
}

#[tokio::test]
async fn rare_members_have_an_example_in_some_scenario() {
    let rows = all_rows("/entitlements").await;
    assert!(rows.iter().any(|(_, row)| row["extendedLicensesAssignment"] == true));
    let pools = App::new("legacy-skus").get_as(MSP, "/assignments/summaries").await;
    let edges = pools.as_array().unwrap().iter().find(|row| row["licenseType"] == "MSP_EDGE").unwrap();
    assert_eq!((&edges["courtesyMspEntitlementsUsed"], &edges["remainingDevices"]), (&true.into(), &0.into()));
}
