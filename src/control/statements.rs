//! What must hold in every state. Each statement compares what an answer says with a count of its own, so that a defect in
//! a sum, an index or an import shows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::{
    model::{Activity, Assignment, PoolKey, Status, Store, Tenant, TenantId},
    views::{
        banner::{self, Banner},
        filter::Filter,
        holdings::Holdings,
        msp_summary::{self, MspSummary},
        summary::{self, Summary},
    },
};

/// Statements that were checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Statements {
    /// How many.
    pub(super) count: usize,
    /// Those that do not hold.
    pub(super) violations: Vec<String>,
}

/// What one pool holds, counted row by row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    bought: i64,
    with_customers: i64,
    own: i64,
}

impl Statements {
    /// All statements about a state.
    pub(super) fn about(store: &Store, now: DateTime<Utc>) -> Self {
        let mut statements = Self::default();
        let mut pools = counted(store, now);
        for tenant in store.tenants() {
            let holdings = Holdings::of(store, tenant, now);
            let summaries = summary::summaries(&holdings, Filter::default());
            statements.licenses(&holdings, &summaries);
            statements.devices(tenant, &summaries, now);
            statements.banners(&holdings, &banner::banners(&holdings, |_, _| true));
            statements.ids(tenant);
            if tenant.kind.is_msp() {
                let counted = pools.remove(&tenant.id).unwrap_or_default();
                statements.pools(tenant.id, counted, &msp_summary::msp_summaries(&holdings));
            }
        }
        statements.assignments(store.assignments(), |tenant| store.tenant(tenant).is_some());
        statements.activities(store.activities(), now);
        statements
    }

    fn claim(&mut self, holds: bool, violation: impl FnOnce() -> String) {
        self.count += 1;
        if !holds {
            self.violations.push(violation());
        }
    }

    /// The summaries of an MSP show what a count over all rows gives.
    fn pools(&mut self, msp: TenantId, mut counted: BTreeMap<PoolKey, Counted>, shown: &[MspSummary]) {
        for row in shown {
            let expected = counted.remove(&row.pool).unwrap_or_default();
            let sums = row.sums;
            let found = Counted { bought: sums.purchased, with_customers: sums.to_customers, own: sums.to_itself };
            self.claim(found == expected, || {
                format!("MSP {msp}, {:?}: the rows give {expected:?}, the summary {found:?}", row.pool)
            });
        }
        self.claim(counted.values().all(|counted| *counted == Counted::default()), || {
            format!("MSP {msp}: pools without a summary: {counted:?}")
        });
    }

    /// The summaries of a tenant hold the licences of its valid rows.
    fn licenses(&mut self, holdings: &Holdings<'_>, summaries: &[Summary<'_>]) {
        let valid = holdings.rows.iter().filter(|row| row.is_valid_at(holdings.now));
        let (in_rows, in_use): (i64, i64) =
            valid.fold((0, 0), |(quantity, used), row| (quantity + row.quantity, used + row.used));
        let in_summaries: i64 = summaries.iter().map(|row| row.quantity).sum();
        let tenant = holdings.tenant.id;
        self.claim(in_rows == in_summaries, || {
            format!("tenant {tenant}: the valid rows hold {in_rows} licenses, the summaries {in_summaries}")
        });
        let covered: i64 = summaries.iter().map(|row| row.used.min(row.quantity)).sum();
        self.claim(in_use == covered, || {
            format!("tenant {tenant}: of the valid rows {in_use} licenses are in use, of the summaries {covered}")
        });
    }

    /// The summaries count each active device once.
    fn devices(&mut self, tenant: &Tenant, summaries: &[Summary<'_>], now: DateTime<Utc>) {
        let active: i64 = tenant.devices.iter().filter(|group| group.is_active_at(now)).map(|group| group.count).sum();
        let shown: i64 = summaries.iter().flat_map(|row| row.devices.values()).sum();
        self.claim(active == shown, || {
            format!("tenant {}: {active} devices are active, the summaries count {shown}", tenant.id)
        });
    }

    /// The banners are about the licences of all rows that have something to report.
    fn banners(&mut self, holdings: &Holdings<'_>, banners: &[Banner<'_>]) {
        let (store, now, tenant) = (holdings.store, holdings.now, holdings.tenant.id);
        let shown: i64 =
            banners.iter().filter(|banner| banner.analytics.is_none()).map(|banner| banner.device_count).sum();
        let concerned = holdings.rows.iter().filter(|row| row.banner_state(&store.policy, now).is_some());
        let concerned: i64 = concerned.map(|row| row.quantity).sum();
        self.claim(shown == concerned, || {
            format!("tenant {tenant}: the banners are about {shown} licenses, the rows about {concerned}")
        });
    }

    /// The ids of purchases are unique within a tenant.
    fn ids(&mut self, tenant: &Tenant) {
        let own = tenant.entitlements.iter().map(|row| &*row.id);
        let ids: Vec<&str> = own.chain(tenant.msp_entitlements.iter().map(|row| &*row.id)).collect();
        let different: BTreeSet<&str> = ids.iter().copied().collect();
        self.claim(ids.len() == different.len(), || {
            format!("tenant {}: {} purchases share {} ids", tenant.id, ids.len(), different.len())
        });
    }

    /// Assignments have ascending ids, go to tenants that exist, and are of something.
    fn assignments<'s>(&mut self, rows: impl Iterator<Item = &'s Assignment>, exists: impl Fn(TenantId) -> bool) {
        let mut last = 0;
        for row in rows {
            let id = row.id;
            self.claim(id > last, || format!("assignment {id}: comes after {last}"));
            self.claim(exists(row.customer) && row.quantity > 0, || {
                format!("assignment {id}: {} licenses for {}, who must exist", row.quantity, row.customer)
            });
            last = id;
        }
    }

    /// Activities that are due have ended.
    fn activities(&mut self, activities: &[Activity], now: DateTime<Utc>) {
        for activity in activities {
            let settled = activity.ended.is_some() || activity.due.is_none_or(|due| due > now);
            self.claim(settled, || format!("activity {}: was due and has not ended", activity.id));
        }
    }
}

/// The pools of each MSP, counted over all rows rather than taken from the index.
fn counted(store: &Store, now: DateTime<Utc>) -> BTreeMap<TenantId, BTreeMap<PoolKey, Counted>> {
    let mut counted: BTreeMap<TenantId, BTreeMap<PoolKey, Counted>> = BTreeMap::new();
    for tenant in store.tenants() {
        for row in tenant.msp_entitlements.iter().filter(|row| row.period.status_at(now) == Status::Valid) {
            counted.entry(tenant.id).or_default().entry(row.pool()).or_default().bought += row.quantity;
        }
    }
    for row in store.assignments().filter(|row| row.status_at(now) == Status::Valid) {
        let counted = counted.entry(row.msp).or_default().entry(row.pool()).or_default();
        *(if row.is_own() { &mut counted.own } else { &mut counted.with_customers }) += row.quantity;
    }
    counted
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{model::RefreshKind, scenario::Catalog};

    fn default_scenario() -> (Store, DateTime<Utc>) {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        (Catalog::default().load("default").unwrap().build(now).unwrap().0, now)
    }

    #[track_caller]
    fn violations(check: impl FnOnce(&mut Statements, &Holdings<'_>)) -> Vec<String> {
        let (store, now) = default_scenario();
        let tenant = store.tenants().find(|tenant| tenant.kind.is_msp()).unwrap();
        let mut statements = Statements::default();
        check(&mut statements, &Holdings::of(&store, tenant, now));
        statements.violations
    }

    #[test]
    fn all_statements_hold_of_a_scenario() {
        let (store, now) = default_scenario();
        let statements = Statements::about(&store, now);
        assert_eq!(statements.violations, [""; 0]);
        assert!(statements.count > 30, "{}", statements.count);
    }

    #[test]
    fn a_pool_that_differs_from_its_rows_is_a_violation() {
        let found = violations(|statements, holdings| {
            let counted = counted(holdings.store, holdings.now).remove(&holdings.tenant.id).unwrap();
            let mut shown = msp_summary::msp_summaries(holdings);
            shown[0].sums.to_customers += 1;
            shown.pop();
            statements.pools(holdings.tenant.id, counted, &shown);
        });
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].contains("the rows give") && found[1].contains("pools without a summary"), "{found:#?}");
    }

    #[test]
    fn a_summary_that_differs_from_its_rows_is_a_violation() {
        let found = violations(|statements, holdings| {
            let mut shown = summary::summaries(holdings, Filter::default());
            shown[0].quantity += 1;
            statements.licenses(holdings, &shown);
        });
        assert!(found.iter().any(|text| text.contains("the valid rows hold")), "{found:#?}");
        let found = violations(|statements, holdings| {
            let mut shown = summary::summaries(holdings, Filter::default());
            for row in &mut shown {
                row.used = 0;
            }
            statements.licenses(holdings, &shown);
        });
        assert!(found.iter().any(|text| text.contains("are in use")), "{found:#?}");
    }

    #[test]
    fn a_device_that_is_counted_twice_is_a_violation() {
        let found = violations(|statements, holdings| {
            let mut shown = summary::summaries(holdings, Filter::default());
            let twice = shown.iter().find(|row| !row.devices.is_empty()).unwrap().clone();
            shown.push(twice);
            statements.devices(holdings.tenant, &shown, holdings.now);
        });
        assert_eq!(found.len(), 1, "{found:#?}");
    }

    #[test]
    fn a_banner_that_is_missing_is_a_violation() {
        let (_, start) = default_scenario();
        let store = Catalog::default().load("expiring").unwrap().build(start).unwrap().0;
        let mut found = Vec::new();
        for tenant in store.tenants() {
            let mut statements = Statements::default();
            statements.banners(&Holdings::of(&store, tenant, start), &[]);
            found.extend(statements.violations);
        }
        assert!(!found.is_empty(), "a scenario with banners");
    }

    #[test]
    fn an_id_that_occurs_twice_is_a_violation() {
        let (store, _) = default_scenario();
        let mut tenant = store.tenants().find(|tenant| tenant.entitlements.len() > 1).unwrap().clone();
        let row = tenant.entitlements[0].clone();
        tenant.entitlements = [row.clone(), row].into();
        let mut statements = Statements::default();
        statements.ids(&tenant);
        assert_eq!(statements.violations.len(), 1, "{statements:?}");
    }

    #[test]
    fn an_assignment_to_nobody_or_out_of_order_is_a_violation() {
        let (store, _) = default_scenario();
        let row = store.assignments().next().unwrap();
        let mut statements = Statements::default();
        statements.assignments([row, row].into_iter(), |_| true);
        statements.assignments([row].into_iter(), |_| false);
        assert_eq!(statements.violations.len(), 2, "{statements:?}");
    }

    #[test]
    fn an_activity_that_is_overdue_is_a_violation() {
        let (mut store, now) = default_scenario();
        let msp = store.tenants().find(|tenant| tenant.kind.is_msp()).unwrap().id;
        store.begin_refresh(msp, RefreshKind::Entitlements, "r1mock", now).unwrap();
        let mut statements = Statements::default();
        statements.activities(store.activities(), now);
        assert_eq!(statements.violations, [""; 0]);
        statements.activities(store.activities(), now + TimeDelta::days(1));
        assert_eq!(statements.violations.len(), 1, "{statements:?}");
    }
}
