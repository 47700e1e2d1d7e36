//! Tests of the simulator's own surface: sandboxes, clock, state, activities, settings, guard, check,
//! and the same from Rust. Through the real router and under frozen clocks.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]
#![allow(clippy::needless_pass_by_value, reason = "json!({...}) as an argument reads best")]

mod activities;
mod clock;
mod helpers;
mod openapi;
mod rust_api;
mod sandboxes;
mod state;
