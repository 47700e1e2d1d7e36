//! GET /_mock/check: proves on the live state what the simulator promises (sums, I9, statuses, every view as the
//! contract says), and tells what does not hold.
//! GET /_mock/fingerprint: one word for state and answers, equal for equal seeds, clocks and requests.

use std::collections::BTreeMap;

use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    model::{PoolKey, Status, Store, Tenant},
    sandbox::{Sandbox, selection::SelectedSandbox},
    views::{banner, filter::Filter, holdings::Holdings, msp_summary, summary},
    wire::{Context, Style, contract, responses},
};

/// What was looked at and what does not hold.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Checked)]
pub(super) struct Checked {
    ok: bool,
    /// How many statements were proved or refuted.
    statements: usize,
    /// Those that do not hold.
    violations: Vec<String>,
    fingerprint: String,
}

/// Proves on the live state what the simulator promises.
#[utoipa::path(
    get,
    path = "/_mock/check",
    operation_id = "checkState",
    tag = "Self-check",
    responses((status = 200, description = "What was proved, and what does not hold.", body = Checked)),
)]
pub(super) async fn check(Extension(chosen): Extension<SelectedSandbox>) -> Json<Checked> {
    let (store, now) = chosen.sandbox.look();
    let mut proof = Proof::default();
    for tenant in store.tenants() {
        proof.summaries(&store, tenant, now);
        proof.statuses(&store, tenant, now);
        proof.contract(&store, tenant, now);
        if tenant.kind.is_msp() {
            proof.pools(&store, tenant, now);
        }
    }
    proof.activities(&store, now);
    let fingerprint = fingerprint_of(&chosen.sandbox);
    Json(Checked {
        ok: proof.violations.is_empty(),
        statements: proof.statements,
        violations: proof.violations,
        fingerprint,
    })
}

/// One word for state, clock and answers: equal for equal seeds, clocks and requests.
#[utoipa::path(
    get,
    path = "/_mock/fingerprint",
    operation_id = "getFingerprint",
    tag = "Self-check",
    responses((status = 200, description = "64 hexadecimal digits.", body = String, content_type = "text/plain")),
)]
pub(super) async fn fingerprint(Extension(chosen): Extension<SelectedSandbox>) -> String {
    fingerprint_of(&chosen.sandbox)
}

#[derive(Default)]
struct Proof {
    statements: usize,
    violations: Vec<String>,
}

impl Proof {
    fn claim(&mut self, holds: bool, statement: impl FnOnce() -> String) {
        self.statements += 1;
        if !holds {
            self.violations.push(statement());
        }
    }

    /// I9, counted anew from the rows rather than taken from the sums.
    fn pools(&mut self, store: &Store, msp: &Tenant, now: DateTime<Utc>) {
        let mut counted: BTreeMap<PoolKey, (i64, i64, i64)> = BTreeMap::new();
        for row in msp.msp_entitlements.iter().filter(|row| row.period.status_at(now) == Status::Valid) {
            counted.entry(row.pool()).or_default().0 += row.quantity;
        }
        for row in store.assignments_of(msp.id).filter(|row| row.status_at(now) == Status::Valid) {
            let counted = counted.entry(row.pool()).or_default();
            *(if row.is_own() { &mut counted.2 } else { &mut counted.1 }) += row.quantity;
        }
        for row in msp_summary::msp_summaries(&Holdings::of(store, msp, now)) {
            let (purchased, customers, own) = counted.remove(&row.pool).unwrap_or_default();
            let sums = row.sums;
            let same = (sums.purchased, sums.to_customers, sums.to_itself) == (purchased, customers, own);
            self.claim(same, || format!("MSP {}, {:?}: rows give {purchased} bought, {customers} with customers, {own} own; the summary says {sums:?}", msp.id, row.pool));
            let balanced = sums.purchased + sums.courtesy == sums.to_customers + sums.to_itself + sums.free();
            self.claim(balanced, || format!("MSP {}, {:?}: {sums:?} does not add up", msp.id, row.pool));
        }
        self.claim(counted.values().all(|counts| *counts == (0, 0, 0)), || {
            format!("MSP {}: pools without a summary: {counted:?}", msp.id)
        });
    }

    /// Quantities of a summary are those of the valid rows.
    fn summaries(&mut self, store: &Store, tenant: &Tenant, now: DateTime<Utc>) {
        let holdings = Holdings::of(store, tenant, now);
        let rows = &holdings.rows;
        let summary = summary::summaries(&holdings, Filter::default());
        let valid: i64 = rows.iter().filter(|row| row.is_valid_at(now)).map(|row| row.quantity).sum();
        let summed: i64 = summary.iter().map(|row| row.quantity).sum();
        self.claim(valid == summed, || {
            format!("tenant {}: valid rows hold {valid} licenses, summaries {summed}", tenant.id)
        });
        for row in summary {
            let split = row.purchased + row.assigned == row.quantity;
            self.claim(split, || {
                format!(
                    "tenant {}, {}: bought and assigned do not add up to {}",
                    tenant.id, row.device_type, row.quantity
                )
            });
            let gap = row.out_of_compliance() == (-row.remaining()).max(0);
            self.claim(gap, || {
                format!("tenant {}, {}: remaining and out of compliance disagree", tenant.id, row.device_type)
            });
        }
        let states = banner::banners(&holdings, |_, _| true);
        let licenses: i64 = states.iter().filter(|b| b.analytics.is_none()).map(|b| b.device_count).sum();
        let concerned = rows.iter().filter(|row| row.banner_state(&store.policy, now).is_some());
        let concerned: i64 = concerned.map(|row| row.quantity).sum();
        self.claim(licenses == concerned, || {
            format!("tenant {}: banners tell of {licenses} licenses, rows of {concerned}", tenant.id)
        });
    }

    /// Each row is future, valid or expired as its days say, whatever the summaries make of it.
    fn statuses(&mut self, store: &Store, tenant: &Tenant, now: DateTime<Utc>) {
        let own = tenant.entitlements.iter().map(|row| (&*row.id, row.period));
        let pools = tenant.msp_entitlements.iter().map(|row| (&*row.id, row.period));
        for (id, period) in own.chain(pools) {
            let expected = match now {
                now if now < period.start => Status::Future,
                now if now > period.end => Status::Expired,
                _ => Status::Valid,
            };
            let found = period.status_at(now);
            self.claim(found == expected, || {
                format!("tenant {}, {id}: is {found:?}, but its days say {expected:?}", tenant.id)
            });
        }
        for row in store.assignments_of(tenant.id) {
            let known = store.tenant(row.customer).is_some() && row.quantity > 0;
            self.claim(known, || format!("assignment {}: goes to nobody, or is of nothing", row.id));
        }
    }

    /// Every view is as the contract says.
    fn contract(&mut self, store: &Store, tenant: &Tenant, now: DateTime<Utc>) {
        for (operation, view) in views(store, tenant, now) {
            let schema = contract::answer(operation, 200).unwrap_or_default();
            let mistakes = contract::mistakes(&view, schema, |_| {});
            self.claim(mistakes.is_empty(), || format!("tenant {}, {operation}: {}", tenant.id, mistakes.join("; ")));
        }
    }

    fn activities(&mut self, store: &Store, now: DateTime<Utc>) {
        for activity in store.activities() {
            let settled = activity.ended.is_some() || activity.due.is_none_or(|due| due > now);
            self.claim(settled, || format!("activity {} was due and has not ended", activity.id));
        }
    }
}

/// What every read answers a tenant, in the documented style, by operation.
fn views(store: &Store, tenant: &Tenant, now: DateTime<Utc>) -> Vec<(&'static str, Value)> {
    let ctx = Context { now, style: Style::Documented, policy: &store.policy };
    let (all, holdings) = (Filter::default(), Holdings::of(store, tenant, now));
    let mut views = vec![
        ("GET /entitlements", json!(responses::entitlements(&holdings, all, ctx))),
        ("GET /entitlements/summaries", json!(responses::summaries(&holdings, all, ctx))),
        ("GET /banners", json!(responses::banners(&holdings, all, ctx))),
    ];
    if tenant.kind.is_msp() {
        views.extend([
            ("GET /mspEntitlements", json!(responses::msp_entitlements(tenant, ctx))),
            ("GET /mspEntitlements/summaries", json!(responses::msp_summaries(&holdings, ctx))),
            ("GET /mspBanners", json!(responses::msp_banners(&holdings, ctx))),
            ("GET /assignments/summaries", json!(responses::assignment_summaries(&holdings))),
            ("GET /assignments", json!(responses::assignments(store, tenant.id, None, ctx))),
        ]);
    }
    views
}

/// A hash over every view of every tenant, and the state behind them.
fn fingerprint_of(sandbox: &Sandbox) -> String {
    let (store, now) = sandbox.look();
    let mut hash = Sha256::new();
    hash.update(now.to_rfc3339());
    for (_, view) in store.tenants().flat_map(|tenant| views(&store, tenant, now)) {
        hash.update(view.to_string());
    }
    hash.update(format!("{:?}", *store));
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
