//! The OpenAPI documents are true, and every operation of them is called.
//!
//! The harness checks every answer of every test against its document (`support::contract`). The tests here walk through
//! all operations, so that each is called in one test, whichever way tests are run: [`answers`] in every scenario and
//! both styles, [`errors`] with every error that is documented, [`control`] through the control API.

mod answers;
mod control;
mod errors;
pub mod examples;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{
    App,
    contract::{Document, Seen},
};

/// What is documented and has not been seen, as `operationId status`.
fn unseen(document: &Document, seen: &BTreeSet<Seen>, wanted: impl Fn(u16) -> bool) -> Vec<String> {
    let mut unseen = Vec::new();
    for operation in &document.operations {
        for status in operation.statuses().filter(|status| wanted(*status)) {
            if !seen.contains(&Seen { operation: operation.id.clone(), status }) {
                unseen.push(format!("{} {status}", operation.id));
            }
        }
    }
    unseen.sort();
    unseen
}

/// Two tenants of each kind.
fn tenants(app: &App) -> Vec<String> {
    let (model, _) = app.sandbox.look();
    let mut of_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for tenant in model.tenants() {
        of_kind.entry(tenant.kind.to_string()).or_default().push(tenant.id.to_string());
    }
    of_kind.into_values().flat_map(|ids| ids.into_iter().take(2)).collect()
}
