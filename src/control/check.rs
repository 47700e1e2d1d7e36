//! GET /_mock/check: checks on the live state what the simulator promises, and lists what does not hold.
//! GET /_mock/fingerprint: one word for state and answers, equal for equal seeds, clocks and requests.

use std::{
    fmt::{self, Write as _},
    io,
};

use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::statements::Statements;
use crate::{
    model::{Store, Tenant},
    sandbox::selection::SelectedSandbox,
    support::heavy,
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
    Json(heavy::run(move || checked(&store, now)).await)
}

fn checked(store: &Store, now: DateTime<Utc>) -> Checked {
    let Statements { count, violations } = Statements::about(store, now);
    Checked { ok: violations.is_empty(), statements: count, violations, fingerprint: fingerprint_of(store, now) }
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
    let (store, now) = chosen.sandbox.look();
    heavy::run(move || fingerprint_of(&store, now)).await
}

/// A hash over every view of every tenant, and the state behind them.
fn fingerprint_of(store: &Store, now: DateTime<Utc>) -> String {
    let mut hash = Hash(Sha256::new());
    hash.text(&now.to_rfc3339());
    for tenant in store.tenants() {
        hash.views(store, tenant, now);
    }
    hash.text(store);
    hash.0.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hashes what is written, so that no text as large as the state is ever made.
struct Hash(Sha256);

impl fmt::Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Hash {
    /// What every read answers a tenant, in the documented style.
    fn views(&mut self, store: &Store, tenant: &Tenant, now: DateTime<Utc>) {
        let ctx = Context { now, style: Style::Documented, policy: &store.policy };
        let (all, holdings) = (Filter::default(), Holdings::of(store, tenant, now));
        self.json(&responses::entitlements(&holdings, all, ctx));
        self.json(&responses::summaries(&holdings, all, ctx));
        self.json(&responses::banners(&holdings, all, ctx));
        if tenant.kind.is_msp() {
            self.json(&responses::msp_entitlements(tenant, ctx));
            self.json(&responses::msp_summaries(&holdings, ctx));
            self.json(&responses::msp_banners(&holdings, ctx));
            self.json(&responses::assignment_summaries(&holdings));
            self.json(&responses::assignments(store, tenant.id, None, ctx));
        }
    }

    fn json(&mut self, view: &impl Serialize) {
        // A hash takes all that is written, and a view is made of plain types.
        let _ = serde_json::to_writer(self, view);
    }

    fn text(&mut self, value: &impl fmt::Debug) {
        let _ = fmt::Write::write_fmt(self, format_args!("{value:?}"));
    }
}
