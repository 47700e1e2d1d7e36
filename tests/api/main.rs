//! Tests of the whole, through the real router and under a frozen clock. The files mirror `src/http`;
//! besides them, `contract` holds every answer against the reference's facts, `invariants` tries what
//! must hold whatever happens, `scenarios` loads and breaks fixtures, `tidy` reads the sources, `together` runs all the rest in one
//! server.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]
#![allow(clippy::needless_pass_by_value, reason = "json!({...}) as an argument reads best")]

mod activities;
mod assignments;
mod banners;
mod boundaries;
mod contract;
mod cors;
mod entitlements;
mod exchange;
mod extract;
mod helpers;
mod invariants;
mod msp_banners;
mod msp_entitlements;
mod oauth2;
mod openapi;
mod refresh;
mod refusals;
mod scenarios;
mod tidy;
mod together;
