//! What is to be done with one request: all effects of all rules that strike it, with everything drawn
//! that is left to chance.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use serde_json::Value;

use super::{ActivityWord, CutAt, Effect, LostHow, Rng, Where};
use crate::model::{ErrorPlan, Progress, RefreshOutcome, RefreshPlan};

/// What is to be done with one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// The rules that struck it.
    pub rules: Vec<Arc<str>>,
    /// How long to wait first.
    pub delay: Duration,
    /// How the refresh goes that it starts.
    pub activity: Option<RefreshPlan>,
    /// From how far back it is answered, if it only reads.
    pub lag: Option<Lag>,
    /// What is answered in the place of the handler.
    pub answer: Option<ShortCircuit>,
    /// What happens to the reply, in order.
    pub after: Vec<ResponseEffect>,
}

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// By the sandbox's clock.
    Time(TimeDelta),
    /// By the count of requests.
    Requests(u64),
}

/// What is answered in the place of the handler.
#[derive(Clone, Debug, PartialEq)]
pub enum ShortCircuit {
    /// An error in the vendor's shape.
    Status {
        /// The status.
        code: u16,
        /// Seconds.
        retry_after: Option<u64>,
        /// In the place of the vendor's code.
        error_code: Option<String>,
        /// In the place of the message.
        message: Option<String>,
    },
    /// Exactly this.
    Verbatim {
        /// The status.
        status: u16,
        /// Headers.
        headers: BTreeMap<String, String>,
        /// The body.
        body: Option<Value>,
    },
    /// The sessions of the tenant end.
    DeadSession,
    /// Nothing, for so long.
    Hang(Duration),
    /// A connection that breaks.
    Cut,
    /// A connection that closes.
    Close,
    /// Bytes that are no HTTP.
    Wire(Vec<u8>),
}

/// What happens to a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseEffect {
    /// It is lost.
    Lose(LostHow),
    /// It answers as a later version of the API might.
    FutureApi(super::future_api::Changes, Rng),
    /// A part of the body is left out.
    Truncate(f64),
    /// The body's JSON is wrong.
    Malform(Rng),
    /// The body is garbage.
    Garbage(Vec<u8>),
    /// The body is said to be something else.
    ContentType(String),
    /// The body comes in pieces, with pauses.
    Slow {
        /// The size of a piece.
        chunk: usize,
        /// The pause after it.
        pause: Duration,
    },
    /// The connection breaks after so many bytes of the body, or after half of it.
    CutBody(Option<usize>),
}

impl ResponseEffect {
    /// Whether it takes the whole body.
    pub fn reads_body(&self) -> bool {
        match self {
            Self::Lose(_) | Self::ContentType(_) => false,
            Self::FutureApi(..)
            | Self::Truncate(_)
            | Self::Malform(_)
            | Self::Garbage(_)
            | Self::Slow { .. }
            | Self::CutBody(_) => true,
        }
    }
}

impl Decision {
    /// Whether nothing happens.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds an effect.
    pub fn add(&mut self, effect: &Effect, rng: &mut Rng) {
        let mut own = Rng::new(rng.number(), 0);
        match effect.clone() {
            Effect::Status { code, retry_after, error_code, message } => {
                self.answer(ShortCircuit::Status { code, retry_after, error_code, message });
            }
            Effect::Answer { status, headers, body } => self.answer(ShortCircuit::Verbatim { status, headers, body }),
            Effect::Delay(delay) => self.delay += delay.sample(&mut own),
            Effect::Hang { time } => self.answer(ShortCircuit::Hang(time.std())),
            Effect::Cut { at: CutAt::Start, .. } => self.answer(ShortCircuit::Cut),
            Effect::Cut { at: CutAt::Body, after_bytes } => self.after.push(ResponseEffect::CutBody(after_bytes)),
            Effect::EmptyReply {} => self.answer(ShortCircuit::Close),
            Effect::Garbage { place: Where::Wire, bytes } => self.answer(ShortCircuit::Wire(garbage(bytes, &mut own))),
            Effect::Garbage { place: Where::Body, bytes } => {
                self.after.push(ResponseEffect::Garbage(garbage(bytes, &mut own)));
            }
            Effect::SlowBody { bytes_per_second, chunk } => {
                let pause = chunk_pause(chunk, bytes_per_second);
                self.after.push(ResponseEffect::Slow { chunk, pause });
            }
            Effect::TruncatedJson { keep } => self.after.push(ResponseEffect::Truncate(keep)),
            Effect::MalformedJson {} => self.after.push(ResponseEffect::Malform(own)),
            Effect::ContentType { value } => self.after.push(ResponseEffect::ContentType(value)),
            Effect::Activity { outcome, code, message, delay, appears_after } => {
                let mut decision = refresh_plan(outcome, code, message);
                decision.delay = delay.or(decision.delay);
                decision.appears_after = appears_after.or(decision.appears_after);
                self.activity.get_or_insert(decision);
            }
            Effect::RateLimit(_) => {}
            Effect::SessionDies {} => self.answer(ShortCircuit::DeadSession),
            Effect::LoseReply { how } => self.after.push(ResponseEffect::Lose(how)),
            Effect::ReadLag { time, requests } => {
                let time = time.map(|time| Lag::Time(time.delta()));
                self.lag = self.lag.or(time).or(requests.map(Lag::Requests));
            }
            Effect::FutureApi { enums, fields, nulls, order, share } => {
                let changes = super::future_api::Changes { enums, fields, nulls, order, share };
                self.after.push(ResponseEffect::FutureApi(changes, own));
            }
        }
    }

    /// The first answer is the one.
    pub fn answer(&mut self, answer: ShortCircuit) {
        self.answer.get_or_insert(answer);
    }
}

/// How a refresh goes.
pub fn refresh_plan(word: ActivityWord, code: Option<String>, message: Option<String>) -> RefreshPlan {
    let plan = RefreshPlan::default();
    match word {
        ActivityWord::Fail => {
            RefreshPlan { outcome: Some(RefreshOutcome::Fail), error: ErrorPlan { code, message }, ..plan }
        }
        ActivityWord::Hang => RefreshPlan { outcome: Some(RefreshOutcome::Hang), ..plan },
        ActivityWord::Hold => RefreshPlan { progress: Some(Progress::Hand), ..plan },
        ActivityWord::Late => RefreshPlan { appears_after: Some(super::Duration::seconds(5)), ..plan },
        ActivityWord::Now => RefreshPlan { progress: Some(Progress::Now), ..plan },
    }
}

fn garbage(bytes: usize, rng: &mut Rng) -> Vec<u8> {
    (0..bytes).map(|_| rng.number().to_le_bytes()[0]).collect()
}

fn chunk_pause(chunk: usize, bytes_per_second: u32) -> Duration {
    let chunk = f64::from(u32::try_from(chunk).unwrap_or(u32::MAX));
    let pause = Duration::try_from_secs_f64(chunk / f64::from(bytes_per_second.max(1))).unwrap_or_default();
    pause.min(super::delay::LONGEST.std())
}
