//! What is done to one request: the effects of all rules that apply to it, with everything random drawn.

use std::{collections::BTreeMap, sync::Arc, time};

use chrono::TimeDelta;

use super::{ActivityWord, AnswerBody, CutAt, Effect, LostHow, Rng, Where, delay::LONGEST, future_api::Changes};
use crate::model::{ErrorPlan, Progress, RefreshOutcome, RefreshPlan};

/// What is done to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// The ids of the rules that apply.
    pub rules: Vec<Arc<str>>,
    /// How long the request waits first, in real time.
    pub delay: time::Duration,
    /// How the refresh goes that it starts.
    pub activity: Option<RefreshPlan>,
    /// How far back the state is from which it is answered, if it only reads.
    pub lag: Option<Lag>,
    /// What is answered instead of the handler.
    pub answer: Option<ShortCircuit>,
    /// What is done to the response, in order.
    pub response_effects: Vec<ResponseEffect>,
}

/// How far back a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// By the sandbox's clock.
    Time(TimeDelta),
    /// By the count of requests.
    Requests(u64),
}

/// What is answered instead of the handler.
#[derive(Clone, Debug, PartialEq)]
pub enum ShortCircuit {
    /// An error in the vendor's shape.
    Status {
        /// The HTTP status to answer with.
        code: u16,
        /// Seconds.
        retry_after: Option<u64>,
        /// Instead of the vendor's error code.
        error_code: Option<String>,
        /// Instead of the vendor's message.
        message: Option<String>,
    },
    /// Exactly this.
    Verbatim {
        /// The HTTP status to answer with.
        status: u16,
        /// Headers.
        headers: BTreeMap<String, String>,
        /// The body to answer with; empty if there is none.
        body: Option<AnswerBody>,
    },
    /// 401, after the sessions of the tenant have ended.
    DeadSession,
    /// Nothing for this long; then the connection is reset.
    Hang(time::Duration),
    /// The connection is reset.
    Cut,
    /// The connection is closed in order, without a byte.
    Close,
    /// Bytes that are not HTTP.
    Wire(Vec<u8>),
}

/// What is done to a response.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseEffect {
    /// The answer is lost on the way.
    Lose(LostHow),
    /// It looks like one of a later version of the API.
    FutureApi(Changes, Rng),
    /// Only this share of the body is sent.
    Truncate(f64),
    /// The body's JSON gets a mistake.
    Malform(Rng),
    /// These bytes replace the body.
    Garbage(Vec<u8>),
    /// This content type replaces its own.
    ContentType(String),
    /// The body is sent in small chunks, with pauses.
    Slow {
        /// The bytes of a chunk.
        chunk: usize,
        /// The pause after it.
        pause: time::Duration,
    },
    /// The connection breaks after this many bytes of the body, or after half of it.
    CutBody(Option<usize>),
}

impl ResponseEffect {
    /// Whether it needs the whole body.
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
    /// Whether nothing is done.
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
            Effect::Cut { at: CutAt::Body, after_bytes } => self.after(ResponseEffect::CutBody(after_bytes)),
            Effect::EmptyReply {} => self.answer(ShortCircuit::Close),
            Effect::Garbage { place: Where::Wire, bytes } => self.answer(ShortCircuit::Wire(garbage(bytes, &mut own))),
            Effect::Garbage { place: Where::Body, bytes } => {
                self.after(ResponseEffect::Garbage(garbage(bytes, &mut own)));
            }
            Effect::SlowBody { bytes_per_second, chunk } => {
                self.after(ResponseEffect::Slow { chunk, pause: chunk_pause(chunk, bytes_per_second) });
            }
            Effect::TruncatedJson { keep } => self.after(ResponseEffect::Truncate(keep)),
            Effect::MalformedJson {} => self.after(ResponseEffect::Malform(own)),
            Effect::ContentType { value } => self.after(ResponseEffect::ContentType(value)),
            Effect::Activity { outcome, code, message, delay, appears_after } => {
                let plan = refresh_plan(outcome, code, message);
                self.activity.get_or_insert(RefreshPlan {
                    delay: delay.or(plan.delay),
                    appears_after: appears_after.or(plan.appears_after),
                    ..plan
                });
            }
            // The engine decides on it, as it knows the buckets.
            Effect::RateLimit(_) => {}
            Effect::SessionDies {} => self.answer(ShortCircuit::DeadSession),
            Effect::LoseReply { how } => self.after(ResponseEffect::Lose(how)),
            Effect::ReadLag { time, requests } => {
                let lag = time.map(|time| Lag::Time(time.delta())).or(requests.map(Lag::Requests));
                self.lag = self.lag.or(lag);
            }
            Effect::FutureApi { enums, fields, nulls, order, share } => {
                self.after(ResponseEffect::FutureApi(Changes { enums, fields, nulls, order, share }, own));
            }
        }
    }

    /// Answers instead of the handler, unless an earlier effect does.
    pub fn answer(&mut self, answer: ShortCircuit) {
        self.answer.get_or_insert(answer);
    }

    fn after(&mut self, effect: ResponseEffect) {
        self.response_effects.push(effect);
    }
}

/// How a refresh goes that is asked for by a word.
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

fn chunk_pause(chunk: usize, bytes_per_second: u32) -> time::Duration {
    let chunk = f64::from(u32::try_from(chunk).unwrap_or(u32::MAX));
    let pause = time::Duration::try_from_secs_f64(chunk / f64::from(bytes_per_second.max(1))).unwrap_or_default();
    pause.min(LONGEST.std())
}
