//! Faults on purpose: which requests they strike, and what becomes of those. Pure: what is drawn
//! depends on a rule's seed and on how many requests it has matched, on nothing else, so that a run can
//! be repeated. No clock, no network; `http::faulty` carries out what is decided here.
//!
//! | file | what |
//! |---|---|
//! | `rule` | which requests, how often, and what happens to them |
//! | `effect` | everything that can happen |
//! | `delay` | how long a request waits, fixed or drawn from a distribution |
//! | `rng` | numbers that look random and can be had again |
//! | `decision` | what is to be done with one request |
//! | `engine` | the rules in force, their counts, and the decision |
//! | `bucket` | the rate limit |
//! | `broken` | JSON that is none |
//! | `future_api` | answers as a later version of the API might give them |
//! | `outcome` | the words of `x-mock-outcome` and `x-mock-activity` |
//! | `sets` | rules that are ready made |

mod bucket;
mod decision;
mod delay;
mod effect;
mod engine;
pub mod future_api;
pub mod malformed;
pub mod outcome;
mod rng;
mod rule;
pub mod sets;

pub use self::{
    bucket::RateLimit,
    decision::{Decision, Lag, ResponseEffect, ShortCircuit},
    delay::Delay,
    effect::{ActivityWord, CutAt, Effect, LostHow, Where},
    engine::{Conflict, Counts, Engine, RequestFacts},
    rng::Rng,
    rule::{InvalidRule, Match, Rule},
};
pub use crate::support::duration::Duration;
