//! Faults: what goes wrong on purpose, for which requests, and how.
//!
//! Pure. What is random depends on a rule's seed and on how many requests the rule has matched, on nothing else, so
//! that a run can be repeated. There is no real clock and no network here; `api::layers::faults` carries out what is
//! decided here.
//!
//! | file | what |
//! |---|---|
//! | `rule` | for which requests, how often, and what |
//! | `effect` | everything that can go wrong |
//! | `delay` | how long a request waits, fixed or drawn from a distribution |
//! | `engine` | the rules in force, their counts, and the decision on a request |
//! | `decision` | what is done to one request |
//! | `bucket` | the rate limit |
//! | `rng` | random numbers that can be repeated |
//! | `malformed` | broken JSON |
//! | `future_api` | answers as a later version of the API might give them |
//! | `header_words` | what one request asks for by its headers |
//! | `sets` | ready-made rules |

mod bucket;
mod decision;
mod delay;
mod effect;
mod engine;
#[doc(hidden)]
pub mod future_api;
#[doc(hidden)]
pub mod header_words;
#[doc(hidden)]
pub mod malformed;
mod rng;
mod rule;
pub mod sets;

pub use self::{
    bucket::RateLimit,
    delay::Delay,
    effect::{ActivityWord, AnswerBody, CutAt, Effect, LostHow, Where},
    engine::{Conflict, Counts},
    rule::{InvalidRule, Rule},
};
#[doc(hidden)]
pub use self::{
    decision::{Decision, Lag, ResponseEffect, ShortCircuit},
    engine::{Engine, Reads, RequestFacts},
    rng::Rng,
};
pub use crate::{journal::Match, support::duration::Duration};
