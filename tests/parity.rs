//! Old and new views of one fact are equal, for any store, after any writes, on any day. Nothing goes
//! over HTTP here: views and wire types are driven as the handlers drive them.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*};
use r1_entitlements_mock::{
    model::{
        ActivityError, Actor, Alm, Assignment, AssignmentChange, DeviceGroup, DeviceType, Entitlement, Features,
        LicenseType, MspEntitlement, MspProduct, NewAssignment, Period, Policy, PoolSums, Progress, RefreshKind,
        RefreshOutcome, RefreshPolicy, Revision, Revocation, Store, Tenant, TenantId, TenantType, Upstream, Wanted,
        WhileRunning,
    },
    views::{
        assignment, banner, compliance,
        entitlement::{self, Filter},
        msp_summary,
        selection::{AssignmentSelection, Selection, UsageType},
        summary, utilization,
    },
    wire::{
        self, Context, Style,
        assignment::LegacyAssignment,
        banner::{BannerInfo, LicenseBanner},
        query::{Query, QueryResponse, Row},
        summary::{AssignmentSummary, EntitlementOperationInfo, MspEntitlementSummary},
    },
};
use serde::Serialize;
use serde_json::{Value, json};

const CASES: u32 = 10_000;
const MSP: u128 = 0xa0;
const TENANTS: [u128; 4] = [MSP, 0xec1, 0xec2, 0xc0];
const DEVICES: [(DeviceType, Option<&str>); 8] = [
    (DeviceType::Apsw, None),
    (DeviceType::Wifi, None),
    (DeviceType::Switch, Some("ICX76")),
    (DeviceType::Switch, Some("ICX_ANY")),
    (DeviceType::Analytics, None),
    (DeviceType::VirtualEdge, None),
    (DeviceType::SltnToken, None),
    (DeviceType::EdgeSecl, None),
];
const PRODUCTS: [MspProduct; 7] = [
    MspProduct::MspApsw,
    MspProduct::MspWifi,
    MspProduct::MspIcx76,
    MspProduct::MspIcxAny,
    MspProduct::MspUrlf,
    MspProduct::MspSltnToken,
    MspProduct::MspEdgeSecl,
];

/// Licences or devices of one kind: whose, which, how many, from which day, for how many days, trial, and
/// one thing more.
type Lot = (usize, usize, i64, i64, i64, bool, bool);

fn lot() -> impl Strategy<Value = Lot> {
    (0..4usize, 0..8usize, 1..60i64, -500..90i64, 0..800i64, any::<bool>(), any::<bool>())
}

#[derive(Clone, Debug)]
struct Case {
    purchases: Vec<Lot>,
    pools: Vec<Lot>,
    devices: Vec<Lot>,
    assignments: Vec<Lot>,
    writes: Vec<(u8, Lot)>,
    agnostic: bool,
    extended_trial: bool,
    live: bool,
    day: i64,
}

fn case() -> impl Strategy<Value = Case> {
    let rows = (vec(lot(), 0..6), vec(lot(), 0..6), vec(lot(), 0..5), vec(lot(), 0..5));
    let rest = (vec((0..7u8, lot()), 0..6), any::<bool>(), any::<bool>(), any::<bool>(), -30..500i64);
    (rows, rest).prop_map(
        |((purchases, pools, devices, assignments), (writes, agnostic, extended_trial, live, day))| Case {
            purchases,
            pools,
            devices,
            assignments,
            writes,
            agnostic,
            extended_trial,
            live,
            day,
        },
    )
}

fn start() -> DateTime<Utc> {
    "2026-03-10T09:30:00Z".parse().unwrap()
}

fn period(from: i64, days: i64) -> Period {
    let midnight = start().date_naive().and_time(NaiveTime::MIN).and_utc();
    let first = midnight + TimeDelta::days(from);
    Period { start: first, end: first + TimeDelta::days(days + 1) - TimeDelta::seconds(1) }
}

fn tenant(index: usize) -> TenantId {
    TENANTS[index].into()
}

impl Case {
    fn store(&self) -> Store {
        let policy = Policy {
            initial_days: 60,
            close_days: 7,
            paid_grace_days: 30,
            trial_grace_days: 7,
            courtesy_percent: 5,
            courtesy_until: "2025-10-01T00:00:00Z".parse().unwrap(),
            licenses_per_virtual_edge: 5,
            max_rows_per_call: 500,
        };
        let failure = ActivityError { code: "C".into(), message: "M".into() };
        let refresh = RefreshPolicy {
            delay: TimeDelta::seconds(2),
            appears_after: TimeDelta::zero(),
            outcome: if self.live { RefreshOutcome::Success } else { RefreshOutcome::Fail(failure) },
            progress: Progress::ByTime,
            while_running: WhileRunning::Accept,
            entitlements_use_case: "a".into(),
            msp_use_case: "b".into(),
            sync_use_case: "c".into(),
        };
        let tenants = (0..TENANTS.len()).map(|index| self.tenant(index));
        let assignments = self.assignments.iter().enumerate().map(|(n, row)| assigned(n, row));
        Store::new(policy, refresh, tenant(0), tenants, assignments)
    }

    fn tenant(&self, index: usize) -> Tenant {
        let own = |rows: &[Lot]| rows.iter().filter(|row| row.0 == index).copied().collect::<Vec<_>>();
        let entitlements: Vec<Entitlement> =
            own(&self.purchases).iter().enumerate().map(|(n, row)| bought(n, row)).collect();
        let pools = self.pools.iter().enumerate().filter(|_| index == 0);
        let pools: Vec<MspEntitlement> = pools.map(|(n, row)| pool(n, row)).collect();
        let grown = |row: &Entitlement| Entitlement { quantity: row.quantity + 7, ..row.clone() };
        let revision = Revision {
            entitlements: entitlements.iter().skip(1).map(grown).collect(),
            msp_entitlements: pools.iter().skip(1).cloned().collect(),
        };
        Tenant {
            id: tenant(index),
            name: format!("Tenant {index}").into(),
            kind: [TenantType::Msp, TenantType::MspEc, TenantType::MspEc, TenantType::Rec][index],
            parent: (index == 1 || index == 2).then(|| tenant(0)),
            entitlement_id: Some("140360222".into()),
            features: Features {
                device_agnostic: self.agnostic && index != 1,
                extended_trial: self.extended_trial,
                analytics: index == 3,
                beta: false,
            },
            tier: "Gold".into(),
            vertical: "Default".into(),
            region: "US".into(),
            devices: own(&self.devices).iter().map(devices).collect(),
            clients: Arc::default(),
            entitlements: entitlements.into(),
            msp_entitlements: pools.into(),
            upstream: Upstream { revisions: [revision].into(), taken: 0 },
            session: 0,
        }
    }
}

fn bought(n: usize, &(owner, kind, quantity, from, days, trial, managed): &Lot) -> Entitlement {
    let (device_type, sub_type) = DEVICES[kind];
    let period = period(from, days);
    Entitlement {
        id: format!("35888{owner}{n:03}-1").into(),
        device_type,
        device_sub_type: sub_type.map(Into::into),
        license_type: device_type.license_type(),
        sku: format!("CLD-{device_type}-{n}").into(),
        sku_tier: managed.then(|| "Gold".into()),
        quantity,
        trial,
        assigned: false,
        period,
        created: period.start,
        updated: period.start,
        license_name: None,
        license_desc: managed.then(|| "Text".into()),
        external_id: None,
        parent_id: None,
        alm: managed.then(|| Alm { activation_id: "A".into(), so_ent_quantity: quantity + 3 }),
    }
}

fn pool(n: usize, &(_, kind, quantity, from, days, trial, managed): &Lot) -> MspEntitlement {
    MspEntitlement {
        id: format!("4{n:03}-1").into(),
        product: PRODUCTS[kind % PRODUCTS.len()],
        trial,
        sku: format!("CLD-M-{n}").into(),
        sku_tier: None,
        quantity,
        period: period(from, days),
        alm: managed.then(|| Alm { activation_id: "A".into(), so_ent_quantity: quantity }),
    }
}

fn devices(&(_, kind, count, from, days, leave, _): &Lot) -> DeviceGroup {
    let (device_type, sub_type) = DEVICES[kind];
    let period = period(from, days);
    DeviceGroup {
        device_type,
        device_sub_type: sub_type.map(Into::into),
        model: None,
        count,
        installed: period.start,
        removed: leave.then(|| period.after()),
    }
}

fn assigned(n: usize, &(to, kind, quantity, from, days, trial, revoked): &Lot) -> Assignment {
    let period = period(from, days);
    Assignment {
        id: 100 + i64::try_from(n).unwrap(),
        msp: MSP.into(),
        customer: tenant(to % 3),
        product: PRODUCTS[kind % PRODUCTS.len()],
        trial,
        quantity,
        period,
        created: period.start,
        created_by: "someone".into(),
        revoked: revoked.then(|| Revocation { at: start(), by: "someone else".into() }),
    }
}

/// One write of either generation; what is refused changes nothing.
fn write(store: &mut Store, &(kind, lot): &(u8, Lot), now: DateTime<Utc>) {
    let (to, what, quantity, from, days, trial, other) = lot;
    let actor = Actor { msp: MSP.into(), name: "writer", now };
    let id = 100 + i64::try_from(what).unwrap();
    let end = other.then(|| period(from, days).end);
    let change = AssignmentChange { id, quantity: Some(quantity), start: None, end };
    let new = NewAssignment {
        customer: tenant(to % 3),
        wanted: Wanted::Product(PRODUCTS[what % PRODUCTS.len()]),
        trial,
        quantity: quantity / 4,
        period: period(from.max(0), days),
    };
    match kind {
        0 => drop(store.assign(&[new], actor)),
        1 => drop(store.assign(&[NewAssignment { customer: MSP.into(), ..new }], actor)),
        2 => drop(store.change(&[change], actor)),
        3 => drop(store.change_own(change, actor)),
        4 => drop(store.revoke(&[id], actor)),
        5 => drop(store.revoke_own(id, actor)),
        _ => drop(store.begin_refresh(tenant(to), RefreshKind::Sync, "writer", now)),
    }
}

fn value(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap()
}

fn number(row: &Value, field: &str) -> i64 {
    row[field].as_i64().unwrap_or_default()
}

/// All rows of a query, taken page by page.
fn all_pages(rows: impl Fn() -> Vec<Row>, known: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let query: Query<Value> = serde_json::from_value(json!({ "page": page, "pageSize": 5 })).unwrap();
        let response = QueryResponse::new(rows(), &query, known, true);
        all.extend_from_slice(response.rows());
        if response.rows().len() < 5 {
            break;
        }
    }
    all
}

/// The fields of an older row that a newer one has not, or has otherwise; and the newer row's unknown ones.
fn differences(old: &Value, new: &Value, known: &[&str]) -> Vec<String> {
    let old = old.as_object().unwrap().iter().filter(|(name, value)| new[name.as_str()] != **value);
    let unknown = new.as_object().unwrap().iter().filter(|(name, _)| !known.contains(&name.as_str()));
    old.chain(unknown).map(|(name, _)| name.clone()).collect()
}

type Sums = BTreeMap<(String, bool), [i64; 4]>;

fn add(sums: &mut Sums, key: (String, bool), more: [i64; 4]) {
    for (one, other) in sums.entry(key).or_default().iter_mut().zip(more) {
        *one += other;
    }
}

#[derive(Clone, Copy)]
struct Look<'a> {
    store: &'a Store,
    tenant: &'a Tenant,
    now: DateTime<Utc>,
    style: Style,
}

impl<'a> Look<'a> {
    fn ctx(&self) -> Context<'a> {
        Context { now: self.now, style: self.style, policy: &self.store.policy }
    }

    fn lists(&self) -> Result<(), TestCaseError> {
        let old: Vec<Value> = entitlement::entitlements_in_use(self.store, self.tenant, Filter::default(), self.now)
            .into_iter()
            .map(|(row, used)| value(&wire::entitlement::Entitlement::new(row, used, self.ctx())))
            .collect();
        let rows = entitlement::select(self.store, self.tenant, &Selection::default(), self.now);
        let rows = || rows.iter().map(|(row, used)| wire::entitlement::queried(row, *used, self.ctx())).collect();
        let new = all_pages(rows, wire::entitlement::QUERIED);
        compare(&old, &new, wire::entitlement::QUERIED)?;
        let all = Selection::default();
        for sum in utilization::utilizations(self.store, self.tenant, UsageType::Own, &all, self.now) {
            let in_sum = |row: &&Value| {
                row["licenseType"] == sum.license_type.to_string()
                    && row["isTrial"] == sum.trial
                    && row["status"] == "VALID"
            };
            prop_assert_eq!(sum.quantity, new.iter().filter(in_sum).map(|row| number(row, "quantity")).sum::<i64>());
        }
        Ok(())
    }

    fn purchases(&self) -> Result<(), TestCaseError> {
        let old: Vec<Value> = entitlement::msp_entitlements(self.tenant)
            .into_iter()
            .map(|row| value(&wire::entitlement::MspEntitlement::new(row, self.ctx())))
            .collect();
        let rows = || {
            let rows = entitlement::select_pools(self.store, self.tenant, &Selection::default(), self.now);
            rows.into_iter().map(|row| wire::entitlement::queried_pool(row, self.ctx())).collect()
        };
        compare(&old, &all_pages(rows, wire::entitlement::QUERIED), wire::entitlement::QUERIED)
    }

    fn summaries(&self) -> Vec<Value> {
        let rows = summary::summaries(self.store, self.tenant, Filter::default(), self.now);
        rows.into_iter().map(|row| value(&EntitlementOperationInfo::new(row, self.ctx()))).collect()
    }

    fn own_utilization(&self) -> Result<(), TestCaseError> {
        let mut old = Sums::new();
        for row in self.summaries() {
            let license_type = match row["deviceType"].as_str().unwrap().parse().unwrap() {
                DeviceType::UnassignedDeviceType => LicenseType::Urlf,
                device_type => device_type.license_type(),
            };
            let names = ["quantity", "deviceCount", "remainingQuantity", "assignedLicenses"];
            let key = (license_type.to_string(), row["tempLicense"] == true);
            add(&mut old, key, names.map(|name| number(&row, name)));
        }
        let names = ["quantity", "usedQuantity", "remainingQuantity", "assignedQuantity"];
        prop_assert_eq!(old, self.utilizations(UsageType::Own, names));
        Ok(())
    }

    fn utilizations(&self, usage: UsageType, names: [&str; 4]) -> Sums {
        let rows = utilization::utilizations(self.store, self.tenant, usage, &Selection::default(), self.now);
        let rows = rows.into_iter().map(|row| value(&wire::utilization::Utilization::new(row)));
        let key = |row: &Value| (row["licenseType"].as_str().unwrap().to_owned(), row["isTrial"] == true);
        rows.map(|row| (key(&row), names.map(|name| number(&row, name)))).collect()
    }

    fn pool_utilization(&self) -> Result<(), TestCaseError> {
        let (mut bought, mut handed) = (Sums::new(), Sums::new());
        for row in msp_summary::msp_summaries(self.store, self.tenant, self.now) {
            let old = value(&MspEntitlementSummary::new(&row, self.ctx()));
            let product: MspProduct = old["licenseType"].as_str().unwrap().trim_end_matches("_TEMP").parse().unwrap();
            let key = (product.tenant_license_type().to_string(), old["trial"] == true);
            let (quantity, courtesy) = (number(&old, "quantity"), number(&old, "courtesyQuantity"));
            let sums = [quantity + courtesy, quantity, courtesy, number(&old, "remainingLicenses")];
            add(&mut bought, key.clone(), sums);
            let old = value(&AssignmentSummary::new(&row));
            let (own, customers) = (number(&old, "myAssignments"), number(&old, "quantity"));
            add(&mut handed, key, [own + customers, own, customers, number(&old, "remainingDevices")]);
        }
        let names = ["quantity", "purchasedQuantity", "courtesyQuantity", "remainingQuantity"];
        prop_assert_eq!(bought, self.utilizations(UsageType::Assigned, names));
        let names = ["usedQuantity", "usedQuantityForOwnAssignment", "assignedQuantity", "remainingLicenses"];
        prop_assert_eq!(handed, self.utilizations(UsageType::Assigned, names));
        Ok(())
    }

    fn banners(&self) -> Result<(), TestCaseError> {
        let picked = |row: &Value, names: [&str; 6]| names.map(|name| row[name].clone());
        let old_names = ["type", "deviceCount", "effectDate", "effectDays", "multipleLicense", "licenseType"];
        let new_names = ["type", "licenseCount", "effectDate", "effectiveDays", "multipleLicense", "licenseType"];
        for banner in banner::banners(self.store, self.tenant, Filter::default(), self.now) {
            let new = value(&BannerInfo::own(&banner, self.ctx()));
            let old = value(&LicenseBanner::new(banner, self.ctx()));
            prop_assert_eq!(picked(&old, old_names), picked(&new, new_names));
        }
        for banner in banner::msp_banners(self.store, self.tenant, self.now) {
            let new = value(&BannerInfo::of_pools(&banner, self.ctx()));
            let mut old = value(&wire::banner::MspBanner::new(banner, self.ctx()));
            if old["licenseType"].is_null() {
                // The older banner has one in the live style only.
                old["licenseType"] = new["licenseType"].clone();
            }
            prop_assert_eq!(picked(&old, old_names), picked(&new, new_names));
        }
        Ok(())
    }

    fn assignments(&self) -> Result<(), TestCaseError> {
        // Live, the two generations write dates in different shapes.
        let ctx = Context { style: Style::Documented, ..self.ctx() };
        let old: Vec<Value> = self
            .store
            .assignments_of(self.tenant.id)
            .map(|row| in_new_names(&value(&LegacyAssignment::new(row, ctx))))
            .collect();
        let mut new = Vec::new();
        for customer in self.store.tenants() {
            let rows = || {
                let all = AssignmentSelection::default();
                let rows = assignment::select(self.store, self.tenant.id, customer.id, &all, self.now);
                rows.into_iter().map(|row| wire::assignment::queried(row, ctx)).collect()
            };
            new.extend(all_pages(rows, wire::assignment::QUERIED));
        }
        new.sort_by_key(|row| row["id"].as_i64());
        compare(&old, &new, wire::assignment::QUERIED)
    }

    fn compliances(&self) -> Result<(), TestCaseError> {
        let rows = compliance::compliances(self.store, self.tenant, &[], self.now);
        let used = |tenant: &'a Tenant| {
            let summaries = Look { tenant, ..*self }.summaries();
            summaries.iter().map(|row| number(row, "deviceCount")).sum::<i64>()
        };
        prop_assert_eq!(rows.iter().map(|row| row.own.used()).sum::<i64>(), used(self.tenant));
        let customers = self.store.tenants().filter(|tenant| tenant.parent == Some(self.tenant.id));
        let summed = rows.iter().flat_map(|row| &row.customers);
        prop_assert_eq!(
            summed.clone().map(compliance::Compliance::used).sum::<i64>(),
            customers.map(used).sum::<i64>()
        );
        let free: i64 = self.store.pools(self.tenant.id, self.now).values().map(PoolSums::free).sum();
        prop_assert_eq!(summed.map(compliance::Compliance::customers_gap).sum::<i64>(), free);
        Ok(())
    }
}

fn compare(old: &[Value], new: &[Value], known: &[&str]) -> Result<(), TestCaseError> {
    prop_assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(new) {
        prop_assert_eq!(differences(old, new, known), Vec::<String>::new());
    }
    Ok(())
}

/// A row of GET /assignments as docs/MIGRATION.md maps it.
fn in_new_names(old: &Value) -> Value {
    json!({
        "createdBy": old["createdBy"],
        "createdDate": old["dateAssignmentCreated"],
        "effectiveDate": old["dateEffective"],
        "expirationDate": old["dateExpires"],
        "id": old["id"],
        "isSelfAssignment": old["mspEcTenantId"] == old["mspTenantId"],
        "isTrial": old["trialAssignment"],
        "quantity": old["quantity"],
        "revokedBy": old["revokedBy"],
        "revokedDate": old["dateAssignmentRevoked"],
        "status": old["status"],
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn old_and_new_views_of_one_fact_are_equal_after_any_writes_on_any_day(case in case()) {
        let mut store = case.store();
        for (seconds, action) in (0..).zip(&case.writes) {
            write(&mut store, action, start() + TimeDelta::seconds(seconds));
        }
        let now = start() + TimeDelta::days(case.day);
        store.settle(now);
        let style = if case.live { Style::Live } else { Style::Documented };
        for tenant in store.tenants() {
            let look = Look { store: &store, tenant, now, style };
            look.lists()?;
            look.own_utilization()?;
            look.banners()?;
            look.compliances()?;
            if tenant.kind.is_msp() {
                look.purchases()?;
                look.pool_utilization()?;
                look.assignments()?;
            }
        }
    }
}
