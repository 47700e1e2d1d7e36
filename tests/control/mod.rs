//! Tests of the simulator's own surface: sandboxes, clock, state, activities, settings, guard, check,
//! and the same from Rust. Through the real router and under frozen clocks.

mod activities;
mod beside;
mod clock;
mod deprecations;
mod embedded;
mod openapi;
mod resets;
mod sandboxes;
mod settings;
mod state;
