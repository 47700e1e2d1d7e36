//! All tests of the whole, in one binary: one thing to link, one harness in [`support`].
//!
//! | module | what it tests |
//! |---|---|
//! | `api` | the vendor's API, one file for each root path and for each layer around the handlers |
//! | `control` | the control API under `/_mock`, and the same from Rust |
//! | `faults`, `journal`, `proxy`, `socket`, `reports`, `console` | the topic of that name |
//! | `process` | the binary: flags, output, signals, `ctl` |
//! | `contract` | that every operation is called and answers as the OpenAPI documents say |
//! | `docs` | that the documents are true |
//! | `simulation` | whole worlds, each from a seed |
//! | `parity` | that deprecated operations and their successors agree |
//!
//! Tests start under a frozen clock, call the real router and compare literal answers. No test sleeps.
//! `tests/many.rs` is a binary of its own because it measures the memory of its process.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]
#![allow(clippy::needless_pass_by_value, reason = "json!({...}) as an argument reads best")]

mod api;
mod console;
mod contract;
mod control;
mod docs;
mod faults;
mod journal;
mod parity;
mod process;
mod proxy;
mod reports;
mod simulation;
mod socket;
mod support;
mod tidy;
