//! Old and new views of one fact are equal, for any store, after any writes, on any day. Nothing goes
//! over HTTP here: views and wire types are driven as the handlers drive them.

mod cases;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use r1_entitlements_mock::{
    model::{DeviceType, LicenseType, MspProduct, Store, Tenant},
    views::{
        assignment, banner, compliance, entitlement,
        filter::Filter,
        holdings::Holdings,
        msp_banner, msp_summary,
        selection::{AssignmentSelection, Selection, UsageType},
        summary, utilization,
    },
    wire::{
        self, Context, Style,
        assignment::{LegacyAssignment, QueriedAssignment},
        banner::LicenseBanner,
        banner_query::BannerInfo,
        entitlement::{QueriedEntitlement, QueriedMspEntitlement},
        fields,
        query::{Query, Rows},
        summary::{AssignmentSummary, EntitlementOperationInfo, MspEntitlementSummary},
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use self::cases::{case, start, write};

const CASES: u32 = 10_000;

fn value(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap()
}

fn number(row: &Value, field: &str) -> i64 {
    row[field].as_i64().unwrap_or_default()
}

/// All rows of a query, taken page by page.
fn all_pages<T: Copy, R: Serialize + ToSchema>(rows: &[T], show: impl Fn(T) -> R) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let query: Query<Value> = serde_json::from_value(json!({ "page": page, "pageSize": 5 })).unwrap();
        let rows = Rows::new(rows.to_vec(), |row, _| show(row)).page(&query).rows();
        let is_last = rows.len() < 5;
        all.extend(rows);
        if is_last {
            break;
        }
    }
    all
}

/// The fields of an older row that a newer one has not, or has otherwise; and the newer row's unknown ones.
fn differences(old: &Value, new: &Value, known: &[String]) -> Vec<String> {
    let old = old.as_object().unwrap().iter().filter(|(name, value)| new[name.as_str()] != **value);
    let unknown = new.as_object().unwrap().iter().filter(|(name, _)| !known.contains(name));
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

    fn holdings(&self) -> Holdings<'a> {
        Holdings::of(self.store, self.tenant, self.now)
    }

    fn lists(&self) -> Result<(), TestCaseError> {
        let (holdings, all) = (self.holdings(), Selection::default());
        let old: Vec<Value> = entitlement::filtered(&holdings, Filter::default())
            .map(|row| value(&wire::entitlement::Entitlement::new(row, self.ctx())))
            .collect();
        let rows: Vec<_> = entitlement::selected(&holdings, &all).collect();
        let new = all_pages(&rows, |row| QueriedEntitlement::new(row, self.ctx()));
        compare(&old, &new, &fields::names::<QueriedEntitlement>())?;
        for sum in utilization::utilizations(&holdings, UsageType::Own, &all) {
            let in_sum = |row: &&Value| {
                row["licenseType"] == sum.license_type.to_string()
                    && row["isTrial"] == sum.trial
                    && row["status"] == "VALID"
            };
            prop_assert_eq!(sum.quantity(), new.iter().filter(in_sum).map(|row| number(row, "quantity")).sum::<i64>());
        }
        Ok(())
    }

    fn purchases(&self) -> Result<(), TestCaseError> {
        let holdings = self.holdings();
        let old = self.tenant.msp_entitlements.iter();
        let old: Vec<Value> = old.map(|row| value(&wire::entitlement::MspEntitlement::new(row, self.ctx()))).collect();
        let rows: Vec<_> = entitlement::selected_purchases(&holdings, &Selection::default()).collect();
        let new = all_pages(&rows, |row| QueriedMspEntitlement::new(row, self.ctx()));
        compare(&old, &new, &fields::names::<QueriedMspEntitlement>())
    }

    fn summaries(&self) -> Vec<Value> {
        let rows = summary::summaries(&self.holdings(), Filter::default());
        rows.into_iter().map(|row| value(&EntitlementOperationInfo::new(row, self.ctx()))).collect()
    }

    /// What a row announces is what the simulator shows when its clock gets there, and not earlier.
    fn forecasts(&self) -> Result<(), TestCaseError> {
        let holdings = self.holdings();
        for row in summary::summaries(&holdings, Filter::default()) {
            let Some((at, missing)) = row.future_shortfall else { continue };
            prop_assert_eq!(row.out_of_compliance(), 0);
            let short_at = |now| {
                let look = Look { now, ..*self };
                let rows = summary::summaries(&look.holdings(), Filter::default());
                let key = |row: &summary::Summary<'_>| (row.device_type, row.device_sub_type.map(str::to_owned));
                rows.iter()
                    .filter(|other| key(other) == key(&row))
                    .map(summary::Summary::out_of_compliance)
                    .sum::<i64>()
            };
            prop_assert_eq!(short_at(at), missing, "{} {}", row.device_type, at);
            prop_assert_eq!(short_at(at - TimeDelta::seconds(1)), 0, "{} before {}", row.device_type, at);
        }
        Ok(())
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
        let rows = utilization::utilizations(&self.holdings(), usage, &Selection::default());
        let rows = rows.into_iter().map(|row| value(&wire::utilization::Utilization::new(row)));
        let key = |row: &Value| (row["licenseType"].as_str().unwrap().to_owned(), row["isTrial"] == true);
        rows.map(|row| (key(&row), names.map(|name| number(&row, name)))).collect()
    }

    fn pool_utilization(&self) -> Result<(), TestCaseError> {
        let (mut bought, mut handed) = (Sums::new(), Sums::new());
        for row in msp_summary::msp_summaries(&self.holdings()) {
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
        let holdings = self.holdings();
        for banner in banner::banners(&holdings, |_, _| true) {
            let new = value(&BannerInfo::own(&banner, self.ctx()));
            let old = value(&LicenseBanner::new(&banner, self.ctx()));
            prop_assert_eq!(picked(&old, old_names), picked(&new, new_names));
        }
        for banner in msp_banner::msp_banners(&holdings, |_| true) {
            let new = value(&BannerInfo::of_pools(&banner, self.ctx()));
            let mut old = value(&wire::banner::MspBanner::new(banner, self.ctx()));
            if old["licenseType"].is_null() {
                // The older banner has one in the observed style only.
                old["licenseType"] = new["licenseType"].clone();
            }
            prop_assert_eq!(picked(&old, old_names), picked(&new, new_names));
        }
        Ok(())
    }

    fn assignments(&self) -> Result<(), TestCaseError> {
        // In the observed style, the two generations write dates in different shapes.
        let ctx = Context { style: Style::Documented, ..self.ctx() };
        let old: Vec<Value> = self
            .store
            .assignments_of(self.tenant.id)
            .map(|row| in_new_names(&value(&LegacyAssignment::new(row, ctx))))
            .collect();
        let mut new = Vec::new();
        for customer in self.store.tenants() {
            let all = AssignmentSelection::default();
            let rows = assignment::select(self.store, self.tenant.id, customer.id, &all, self.now);
            new.extend(all_pages(&rows, |row| QueriedAssignment::new(row, ctx)));
        }
        new.sort_by_key(|row| row["id"].as_i64());
        compare(&old, &new, &fields::names::<QueriedAssignment>())
    }

    fn compliances(&self) -> Result<(), TestCaseError> {
        let holdings = self.holdings();
        let rows = compliance::compliances(&holdings, &[]);
        let sum = |tenant: &'a Tenant, name: &str| {
            let summaries = Look { tenant, ..*self }.summaries();
            summaries.iter().map(|row| number(row, name)).sum::<i64>()
        };
        let used = |tenant| sum(tenant, "deviceCount");
        prop_assert_eq!(rows.iter().map(|row| row.own.used()).sum::<i64>(), used(self.tenant));
        let short = sum(self.tenant, "outOfComplianceDevices");
        prop_assert_eq!(rows.iter().map(|row| row.own.gap.shortage).sum::<i64>(), short);
        let customers = self.store.tenants().filter(|tenant| tenant.parent == Some(self.tenant.id));
        let summed = rows.iter().flat_map(|row| &row.customers);
        prop_assert_eq!(
            summed.clone().map(compliance::Compliance::used).sum::<i64>(),
            customers.map(used).sum::<i64>()
        );
        let pools = holdings.pools.values();
        prop_assert_eq!(
            summed.clone().map(|row| row.gap.surplus).sum::<i64>(),
            pools.clone().map(|sums| sums.free().max(0)).sum::<i64>()
        );
        prop_assert_eq!(
            summed.map(|row| row.gap.shortage).sum::<i64>(),
            pools.map(|sums| (-sums.free()).max(0)).sum::<i64>()
        );
        Ok(())
    }
}

fn compare(old: &[Value], new: &[Value], known: &[String]) -> Result<(), TestCaseError> {
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
        let style = if case.live { Style::Observed } else { Style::Documented };
        for tenant in store.tenants() {
            let look = Look { store: &store, tenant, now, style };
            look.lists()?;
            look.forecasts()?;
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
