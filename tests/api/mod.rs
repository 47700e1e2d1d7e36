//! The vendor's API, through the real router and under a frozen clock. The files mirror `src/api`; besides them,
//! `invariants` tests what must hold whatever happens,
//! `scenarios` loads and breaks fixtures, `together` runs all the rest in one server.

mod activities;
mod assign_body;
mod assign_form;
mod assignments;
mod banner_rows;
mod banners;
mod boundaries;
mod brandings;
mod context;
mod cors;
mod derived_queries;
mod entitlement_orders;
mod entitlement_queries;
mod entitlement_rows;
mod entitlements;
mod exchange;
mod extract;
mod fixture_rows;
mod fixture_texts;
mod forecasts;
mod invariants;
mod kept;
mod mappings;
mod msp_banners;
mod msp_customers;
mod msp_entitlements;
mod negotiation;
mod oauth2;
mod openapi;
mod precedence;
mod refresh;
mod refresh_details;
mod refusals;
mod scenarios;
mod summary_rows;
mod tenants;
mod tiers;
mod together;

use r1_entitlements_mock::{sandbox::Settings, wire::Style};
use serde_json::Value;

use crate::support::{
    App,
    app::{frozen_with, scenario},
};

fn in_may(style: Style) -> App {
    App::of(scenario("default"), frozen_with("2026-05-05T10:20:30Z", Settings { style, ..Settings::default() }))
}

/// The default scenario on 2026-05-05, in the documented style.
fn documented() -> App {
    in_may(Style::Documented)
}

/// The same in the observed style.
fn observed() -> App {
    in_may(Style::Observed)
}

/// One field of the rows of a query.
async fn column(app: &App, tenant: &str, operation: &str, body: Value, field: &str) -> Vec<Value> {
    let answer = app.ask(tenant, operation, body).await.ok();
    answer["data"].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
}
