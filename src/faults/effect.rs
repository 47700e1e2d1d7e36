//! Everything that can happen to a request on purpose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Delay, RateLimit,
    delay::{LONGEST, LONGEST_WORDS},
};
use crate::{model::LONGEST_DELAY, support::duration::Duration};

/// One thing that happens to a request. In JSON an object with one key: `{"status": {"code": 503}}`.
///
/// Some happen before the handler runs (`delay`, `activity`, `readLag`), some instead of it (`status`,
/// `answer`, `hang`, `cut` at the start, `emptyReply`, `garbage` on the wire, `rateLimit` when exceeded,
/// `sessionDies`), the others to its reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Effect {
    /// Answers with a status, in the vendor's shape.
    Status {
        /// The status, 400 to 599.
        code: u16,
        /// Seconds, for the header `Retry-ResponseEffect`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        /// In the place of the vendor's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error_code: Option<String>,
        /// In the place of the message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// Answers with exactly this.
    Answer {
        /// The status, 200 to 599.
        #[serde(default = "ok")]
        status: u16,
        /// Headers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// A text as it is, anything else as JSON; nothing if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// Waits before the request is worked on.
    Delay(Delay),
    /// Never answers, or not for so long; then the connection is cut.
    Hang {
        /// How long.
        #[serde(default = "longest", rename = "for")]
        time: Duration,
    },
    /// Cuts the connection.
    Cut {
        /// Where.
        #[serde(default)]
        at: CutAt,
        /// After so many bytes of the body; after half of it if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_bytes: Option<usize>,
    },
    /// Closes the connection in an orderly way, without a byte.
    EmptyReply {},
    /// Bytes that mean nothing.
    Garbage {
        /// In the place of the body, or of the whole reply.
        #[serde(default, rename = "where")]
        place: Where,
        /// How many.
        #[serde(default = "some_garbage")]
        bytes: usize,
    },
    /// Sends the body in small pieces.
    SlowBody {
        /// How fast.
        #[serde(default = "slow")]
        bytes_per_second: u32,
        /// How many bytes at a time.
        #[serde(default = "piece")]
        chunk: usize,
    },
    /// Leaves out the end of the body; the reply is otherwise in order.
    TruncatedJson {
        /// The share of the body that is sent.
        #[serde(default = "half")]
        keep: f64,
    },
    /// Makes a mistake in the body's JSON.
    MalformedJson {},
    /// Says that the body is something else.
    ContentType {
        /// What.
        #[serde(default = "html")]
        value: String,
    },
    /// The refresh that the request starts goes another way. Strikes only requests that start one.
    Activity {
        /// Which way.
        outcome: ActivityWord,
        /// With `fail`: the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// With `fail`: the message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// From the 202 to the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Duration>,
        /// From the 202 to the first moment at which it can be found; with `late`, 5 s if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appears_after: Option<Duration>,
    },
    /// Answers 429 while a tenant's bucket is empty; it fills by the sandbox's clock.
    RateLimit(RateLimit),
    /// Ends all sessions of the caller's tenant: 401 RCG-10003 to this request and, where tokens are
    /// checked, to all with the tokens issued until now.
    SessionDies {},
    /// Works on the request, then loses the reply.
    LoseReply {
        /// What the caller sees.
        #[serde(default)]
        how: LostHow,
    },
    /// Reads are answered from the past; writes are not touched.
    ReadLag {
        /// The state so long ago, by the sandbox's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Duration>,
        /// The state before the last so many requests.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requests: Option<u64>,
    },
    /// Answers as a later version of the API might.
    FutureApi {
        /// Unknown members of enumerations.
        #[serde(default = "yes")]
        enums: bool,
        /// Extra fields.
        #[serde(default = "yes")]
        fields: bool,
        /// Nulls where a key may be absent.
        #[serde(default = "yes")]
        nulls: bool,
        /// Rows in another order.
        #[serde(default = "yes")]
        order: bool,
        /// The share of the places that are changed.
        #[serde(default = "third")]
        share: f64,
    },
}

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CutAt {
    /// Before any byte; the request is not worked on.
    #[default]
    Start,
    /// In the middle of the body; the request is worked on.
    Body,
}

/// Where garbage goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GarbageWhere)]
pub enum Where {
    /// In the place of the body; the request is worked on.
    #[default]
    Body,
    /// In the place of the whole reply, which is not HTTP then; the request is not worked on.
    Wire,
}

/// What a caller sees of a lost reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LostHow {
    /// The connection is cut.
    #[default]
    Cut,
    /// Nothing, for ten minutes.
    Hang,
    /// 504, from the gateway.
    GatewayTimeout,
}

/// How a refresh goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::VariantNames, ToSchema,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
#[schema(as = ActivityFate)]
pub enum ActivityWord {
    /// It fails.
    Fail,
    /// It never ends.
    Hang,
    /// It ends when POST /_mock/activities/{id}/release or /complete says so.
    Hold,
    /// It cannot be found at first.
    Late,
    /// It ends at once.
    Now,
}

impl Effect {
    /// Whether it answers in the place of the handler.
    pub fn answers(&self) -> bool {
        match self {
            Self::Status { .. }
            | Self::Answer { .. }
            | Self::Hang { .. }
            | Self::Cut { at: CutAt::Start, .. }
            | Self::EmptyReply {}
            | Self::Garbage { place: Where::Wire, .. }
            | Self::SessionDies {} => true,
            Self::Delay(_)
            | Self::Cut { at: CutAt::Body, .. }
            | Self::Garbage { place: Where::Body, .. }
            | Self::SlowBody { .. }
            | Self::TruncatedJson { .. }
            | Self::MalformedJson {}
            | Self::ContentType { .. }
            | Self::Activity { .. }
            | Self::RateLimit(_)
            | Self::LoseReply { .. }
            | Self::ReadLag { .. }
            | Self::FutureApi { .. } => false,
        }
    }

    /// What is wrong with it, if anything: the field and the reason.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let within = |field, value: f64| {
            let good = (0.0..=1.0).contains(&value);
            if good { Ok(()) } else { Err((field, format!("{value} is no number from 0 to 1"))) }
        };
        let at_most = |field, time: Duration, longest, words| {
            time.at_most(longest, words).map(|_| ()).map_err(|error| (field, error.to_string()))
        };
        // These two run by the sandbox's clock.
        let some = |field, time: Option<Duration>| {
            time.map_or(Ok(()), |time| at_most(field, time, LONGEST_DELAY, "3650 days"))
        };
        match self {
            Self::Status { code, .. } if !(400..=599).contains(code) => {
                Err((".status.code", format!("{code} is no error; expected 400 to 599, or use \"answer\"")))
            }
            Self::Answer { status, headers, .. } => check_answer(*status, headers),
            Self::Delay(delay) => delay.check().map_err(|problem| (".delay", problem)),
            Self::Hang { time } => at_most(".hang.for", *time, LONGEST, LONGEST_WORDS),
            Self::Activity { delay, appears_after, .. } => {
                some(".activity.delay", *delay)?;
                some(".activity.appearsAfter", *appears_after)
            }
            Self::Cut { at: CutAt::Start, after_bytes: Some(_) } => {
                Err((".cut.afterBytes", "there is no body before the start; set \"at\": \"body\"".into()))
            }
            Self::Garbage { bytes, .. } if !(1..=MOST_GARBAGE).contains(bytes) => {
                Err((".garbage.bytes", format!("{bytes}; expected 1 to {MOST_GARBAGE}")))
            }
            Self::SlowBody { bytes_per_second: 0, .. } => {
                Err((".slowBody.bytesPerSecond", "0 would never end; use \"hang\"".into()))
            }
            Self::SlowBody { chunk: 0, .. } => Err((".slowBody.chunk", "expected at least 1".into())),
            Self::TruncatedJson { keep } => within(".truncatedJson.keep", *keep),
            Self::ContentType { value } if !is_header_text(value) => {
                Err((".contentType.value", format!("{value:?} cannot stand in a header")))
            }
            Self::RateLimit(limit) => limit.check().map_err(|problem| (".rateLimit", problem)),
            Self::ReadLag { time, requests } if time.is_some() == requests.is_some() => {
                Err((".readLag", "expected either \"time\" or \"requests\"".into()))
            }
            Self::ReadLag { time, .. } => some(".readLag.time", *time),
            Self::FutureApi { share, .. } => within(".futureApi.share", *share),
            _ => Ok(()),
        }
    }
}

/// The most bytes of garbage.
const MOST_GARBAGE: usize = 1024 * 1024;

fn check_answer(status: u16, headers: &BTreeMap<String, String>) -> Result<(), (&'static str, String)> {
    if !(200..=599).contains(&status) {
        return Err((".answer.status", format!("{status}; expected 200 to 599")));
    }
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    // The server itself decides on these two; a wrong one would garble the connection.
    let framing = |name: &str| ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str());
    for (name, value) in headers {
        if !is_name(name) || !is_header_text(value) {
            return Err((".answer.headers", format!("{name:?}: {value:?} is no header")));
        }
        if framing(name) {
            return Err((".answer.headers", format!("{name} follows from the body; leave it out")));
        }
    }
    Ok(())
}

fn is_header_text(text: &str) -> bool {
    text.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b))
}

fn ok() -> u16 {
    200
}
fn yes() -> bool {
    true
}
fn longest() -> Duration {
    LONGEST
}
fn some_garbage() -> usize {
    256
}
fn slow() -> u32 {
    256
}
fn piece() -> usize {
    32
}
fn half() -> f64 {
    0.5
}
fn third() -> f64 {
    0.3
}
fn html() -> String {
    "text/html".into()
}
