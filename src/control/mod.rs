//! The simulator's own surface, under `/_mock`, apart from the vendor's. JSON in and out, problem
//! details on errors, strict about what it is sent.
//!
//! Whatever is about one sandbox is about the one that the request means, as on the vendor's surface.
//!
//! | file | what |
//! |---|---|
//! | `sandboxes` | making, listing and removing sandboxes |
//! | `clock` | get, set, advance, freeze, resume, to the next thing that happens |
//! | `state` | scenarios, reset, export and import |
//! | `snapshots` | states that are kept, gone back to, forked and compared |
//! | `tenants` | tenants, and what they have, row by row |
//! | `activities` | steering how refreshes end |
//! | `refresh_policy` | how refreshes go |
//! | `faults` | what goes wrong on purpose: the rules in force |
//! | `fault_sets` | ready-made rules, and the words of `x-mock-outcome` |
//! | `requests` | the journal: list, show, export |
//! | `filters` | what a query selects from the journal |
//! | `expectations` | verify that requests were made, or wait for them |
//! | `events` | everything that happens, as it happens |
//! | `settings`, `settings_change` | how a sandbox answers |
//! | `upstream` | the real system behind the simulator, and what passed through |
//! | `deprecations` | who still calls deprecated operations |
//! | `check`, `statements` | whether the live state is consistent; fingerprint |
//! | `openapi` | the document of all this |
//! | `guard` | who may use this surface |
//! | `probes` | whether the server lives, and whether it can answer |
//! | `router` | the table of contents: each operation and its handler |

mod activities;
mod body;
mod check;
mod clock;
mod composed;
mod deprecations;
mod events;
mod expectations;
mod fault_sets;
mod faults;
mod filters;
mod guard;
mod openapi;
mod probes;
mod refresh_policy;
mod requests;
mod router;
mod sandboxes;
mod settings;
mod settings_change;
mod snapshots;
mod state;
mod statements;
mod tenants;
mod upstream;

pub use self::{guard::Guard, openapi::document, probes::probes, router::router};
