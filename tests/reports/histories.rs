//! What holds over any history of purchases, assignments and devices.

use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;
use r1_entitlements_mock::model::{DeviceGroup, DeviceType, Lot, MspEntitlement, MspProduct, Period, Revocation};

use super::*;

prop_compose! {
    /// An assignment around the time of the tests: hours from 2026-03-10.
    fn assignments()(
        customer in 0..4_usize,
        product in prop::sample::select(vec![MspProduct::MspApsw, MspProduct::MspIcx76, MspProduct::MspUrlf]),
        trial in any::<bool>(),
        quantity in 1..100_i64,
        start in -1500..500_i64,
        length in 1..3000_i64,
        created in -1500..500_i64,
        revoked in prop::option::of(0..1500_i64),
    ) -> (usize, Assignment) {
        let hour = |hours| at("2026-03-10T00:00:00Z") + TimeDelta::hours(hours);
        (customer, Assignment {
            id: 0,
            msp: MSP.parse().unwrap(),
            customer: MSP.parse().unwrap(),
            product,
            trial,
            lot: Lot::default(),
            quantity,
            period: Period { start: hour(start), end: hour(start + length) - TimeDelta::seconds(1) },
            created: hour(created),
            created_by: "someone".into(),
            revoked: revoked.map(|after| Revocation { at: hour(created + after), by: "someone".into() }),
        })
    }
}

prop_compose! {
    fn devices()(
        device_type in prop::sample::select(vec![DeviceType::Apsw, DeviceType::Switch, DeviceType::Analytics]),
        count in 0..50_i64,
        installed in -1500..500_i64,
        removed in prop::option::of(-1500..500_i64),
    ) -> DeviceGroup {
        let hour = |hours| at("2026-03-10T00:00:00Z") + TimeDelta::hours(hours);
        DeviceGroup {
            device_type,
            device_sub_type: (device_type == DeviceType::Switch).then(|| "ICX76".into()),
            model: None,
            count,
            installed: hour(installed),
            removed: removed.map(hour),
        }
    }
}

prop_compose! {
    fn purchases()(
        trial in any::<bool>(),
        quantity in 1..300_i64,
        start in -60..30_i64,
        days in 1..400_i64,
    ) -> MspEntitlement {
        let day = |days| at("2026-03-10T00:00:00Z") + TimeDelta::days(days);
        MspEntitlement {
            id: "358880101-1".into(),
            product: MspProduct::MspApsw,
            trial,
            sku: "CLD-PROF-APSW-MSP1".into(),
            sku_tier: Some("Platinum".into()),
            quantity,
            period: Period { start: day(start), end: day(start + days) - TimeDelta::seconds(1) },
            alm: None,
        }
    }
}

/// The default scenario's app with another history.
fn replaced(
    mut pools: Vec<MspEntitlement>,
    assignments: Vec<(usize, Assignment)>,
    devices: &[Vec<DeviceGroup>],
) -> App {
    let app = app();
    let (store, _) = app.sandbox.look();
    pools.sort_by_key(|pool| pool.period.end);
    let customers: Vec<_> = store.tenants().filter(|t| t.parent.is_some()).map(|t| t.id).collect();
    let tenants = store.tenants().cloned().map(|tenant| {
        let place = customers.iter().position(|id| *id == tenant.id).unwrap_or(3);
        let pools = if tenant.id.to_string() == MSP { pools.clone() } else { Vec::new() };
        Tenant {
            devices: devices.get(place).cloned().unwrap_or_default().into(),
            msp_entitlements: pools.into(),
            ..tenant
        }
    });
    let rows = assignments.into_iter().zip(1..).map(|((customer, row), id)| Assignment {
        id,
        customer: customers.get(customer).copied().unwrap_or(row.msp),
        ..row
    });
    let store = with(&store, tenants.collect(), rows.collect());
    app.sandbox.replace(Arc::new(store));
    app
}

/// Licences in force and devices active at some moment of a day, by looking at its every hour: all
/// histories of these tests change on the hour.
fn on_day(store: &Store, day: NaiveDate) -> (i64, i64) {
    let hours: Vec<_> = (0..24).map(|hour| at(&format!("{day}T00:00:00Z")) + TimeDelta::hours(hour)).collect();
    let mut assigned = 0;
    for row in store.assignments().filter(|row| row.customer != row.msp) {
        let live = |now: &DateTime<Utc>| {
            let begun = row.created <= *now && row.period.start <= *now;
            begun && *now < row.period.after() && row.revoked.as_ref().is_none_or(|revoked| *now < revoked.at)
        };
        assigned += if hours.iter().any(live) { row.quantity } else { 0 };
    }
    let groups = store.tenants().filter(|tenant| tenant.parent.is_some()).flat_map(|tenant| tenant.devices.iter());
    let active = groups.filter(|group| hours.iter().any(|hour| group.is_active_at(*hour)));
    (assigned, active.map(|group| group.count).sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_equal_the_sums_of_their_rows_over_any_history(
        rows in prop::collection::vec(assignments(), 0..20),
        devices in prop::collection::vec(prop::collection::vec(devices(), 0..5), 3),
        first in 0..60_u64,
        length in 0..40_u64,
        license in prop::sample::select(vec!["", "&licenseType=MSP_APSW", "&licenseType=MSP_ICX76", "&licenseType=MSP_APSW_TEMP"]),
    ) {
        let app = replaced(Vec::new(), rows, &devices);
        let start = at("2026-01-09T00:00:00Z").date_naive() + Days::new(first);
        let query = format!("startDate={start}&endDate={}{license}", start + Days::new(length));
        let report = report(&app, &query);
        check_sums(&report);
        let totals = (report["grandTotalAssignmentDays"].as_i64().unwrap(), report["grandTotalDeviceDays"].as_i64().unwrap());
        prop_assert_eq!(csv_sums(usage(&app, &query, "text/csv").bytes()), totals);
        if license.is_empty() {
            let (store, _) = app.sandbox.look();
            let last: NaiveDate = report["reportEndDate"].as_str().unwrap().parse().unwrap();
            let days = start.iter_days().take_while(|day| *day <= last).map(|day| on_day(&store, day));
            prop_assert_eq!(days.fold((0, 0), |(a, d), (assigned, devices)| (a + assigned, d + devices)), totals);
        }
    }

    #[test]
    fn the_longest_period_for_a_number_of_licenses_has_that_many_and_one_more_day_has_not(
        pools in prop::collection::vec(purchases(), 0..5),
        rows in prop::collection::vec(assignments(), 0..12),
        devices in prop::collection::vec(devices(), 0..5),
        quantity in 1..200_i64,
        days in 0..100_u64,
        usage in prop::sample::select(vec!["SELF", "ASSIGNED"]),
        trial in any::<bool>(),
    ) {
        let app = replaced(pools, rows, &[Vec::new(), Vec::new(), Vec::new(), devices]);
        let from = at("2026-03-10T00:00:00Z").date_naive() + Days::new(days);
        let filters = json!({"licenseType": "APSW", "usageType": usage, "isTrial": trial});
        let ask = |operator: &str, until: Option<NaiveDate>| {
            let body = json!({
                "effectiveDate": from, "expirationDate": until, "operator": operator, "quantity": quantity, "filters": filters,
            });
            post(&app, AVAILABILITY, &body).ok()["data"].clone()
        };
        let longest = ask("MAX_PERIOD", None);
        match longest["expirationDate"].as_str() {
            Some(until) => {
                let until: NaiveDate = until.parse().unwrap();
                prop_assert_eq!(longest["quantity"].as_i64(), Some(quantity));
                prop_assert!(ask("MAX_QUANTITY", Some(until))["quantity"].as_i64().unwrap() >= quantity);
                prop_assert!(ask("MAX_QUANTITY", until.succ_opt())["quantity"].as_i64().unwrap() < quantity);
            }
            None => prop_assert!(ask("MAX_QUANTITY", Some(from))["quantity"].as_i64().unwrap() < quantity),
        }
    }

    #[test]
    fn from_month_to_month_mileage_shrinks_by_what_expires_and_grows_by_what_starts(
        pools in prop::collection::vec(purchases(), 0..6),
        trial in any::<bool>(),
    ) {
        let app = replaced(pools.iter().cloned().map(|mut pool| { pool.trial = trial; pool }).collect(), Vec::new(), &[]);
        let (mut store, _) = app.sandbox.look();
        Arc::make_mut(&mut Arc::make_mut(&mut store).policy).courtesy_percent = 0;
        app.sandbox.replace(Arc::clone(&store));
        let body = json!({"filters": {"licenseType": "APSW", "usageType": "ASSIGNED", "isTrial": trial}, "pageSize": 500});
        let rows = post(&app, MILEAGE, &body).ok()["data"].clone();
        // What is still there when the month has ended: `quantity`, less what expires on its last day.
        let mut left: i64 = pools.iter().filter(|p| p.period.start < at("2026-03-01T00:00:00Z")).map(|p| p.quantity).sum();
        left -= pools.iter().filter(|p| p.period.end < at("2026-03-01T00:00:00Z")).map(|p| p.quantity).sum::<i64>();
        for row in list(&rows) {
            let last: NaiveDate = row["lastDate"].as_str().unwrap().parse().unwrap();
            let starting = pools.iter().filter(|p| {
                p.period.start.format("%Y-%m").to_string() == last.format("%Y-%m").to_string()
            });
            let expiring = sums(list(&row["availableBreakUp"]), "quantity").values().sum::<i64>();
            let on_last_day = list(&row["availableBreakUp"]).iter().filter(|part| part["expirationDate"] == row["lastDate"]);
            let on_last_day: i64 = on_last_day.map(|part| part["quantity"].as_i64().unwrap()).sum();
            left += starting.map(|p| p.quantity).sum::<i64>() - expiring;
            prop_assert_eq!(row["quantity"].as_i64().unwrap() - on_last_day, left, "{}", last);
        }
        prop_assert_eq!(left, 0);
    }
}
