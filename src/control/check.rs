//! GET /_mock/check: checks on the live state what the simulator promises, and lists what does not hold.
//! GET /_mock/fingerprint: one word for state and answers, equal for equal seeds, clocks and requests.

use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::statements::Statements;
use crate::{
    model::{Store, Tenant},
    sandbox::{Sandbox, selection::SelectedSandbox},
    views::{filter::Filter, holdings::Holdings},
    wire::{Context, Style, responses},
};

/// How much was checked, and what does not hold.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Checked)]
pub(super) struct Checked {
    ok: bool,
    /// How many statements were checked.
    statements: usize,
    /// Those that do not hold.
    violations: Vec<String>,
    fingerprint: String,
}

/// Checks on the live state that rows, sums, banners and assignments agree.
#[utoipa::path(
    get,
    path = "/_mock/check",
    operation_id = "checkState",
    tag = "Self-check",
    responses((status = 200, description = "How much was checked, and what does not hold.", body = Checked)),
)]
pub(super) async fn check(Extension(chosen): Extension<SelectedSandbox>) -> Json<Checked> {
    let (store, now) = chosen.sandbox.look();
    let Statements { count, violations } = Statements::about(&store, now);
    let fingerprint = fingerprint_of(&chosen.sandbox);
    Json(Checked { ok: violations.is_empty(), statements: count, violations, fingerprint })
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
