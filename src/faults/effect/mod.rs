//! Everything that can go wrong with a request on purpose.

mod answer_body;
mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::answer_body::AnswerBody;
use super::{Delay, RateLimit, delay::LONGEST};
use crate::support::duration::Duration;

/// One thing that goes wrong with a request. In JSON an object with one key: `{"status": {"code": 503}}`.
///
/// Some happen before the handler runs (`delay`, `activity`, `readLag`), some instead of it (`status`,
/// `answer`, `hang`, `cut` at the start, `emptyReply`, `garbage` on the wire, `rateLimit` when exceeded,
/// `sessionDies`), the others to its response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Effect {
    /// Answers with a status, in the vendor's shape.
    #[serde(rename_all = "camelCase")]
    Status {
        /// The status, 400 to 599.
        code: u16,
        /// Seconds, for the header `Retry-After`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        /// Replaces the vendor's error code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error_code: Option<String>,
        /// Replaces the vendor's message.
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
        /// A text as it is, anything else as JSON; no body if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<AnswerBody>,
    },
    /// Waits before the request is worked on, at most ten minutes.
    Delay(Delay),
    /// Does not answer; after a while the connection is reset.
    Hang {
        /// How long, at most ten minutes.
        #[serde(default = "longest", rename = "for")]
        time: Duration,
    },
    /// Resets the connection.
    #[serde(rename_all = "camelCase")]
    Cut {
        /// Where.
        #[serde(default)]
        at: CutAt,
        /// With `body`: after this many bytes of it; after half of it if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_bytes: Option<usize>,
    },
    /// Closes the connection in an orderly way, without a byte.
    EmptyReply {},
    /// Sends random bytes.
    Garbage {
        /// Instead of the body, or of the whole response.
        #[serde(default, rename = "where")]
        place: Where,
        /// How many, at most 1048576.
        #[serde(default = "garbage_bytes")]
        bytes: usize,
    },
    /// Sends the body in small chunks.
    #[serde(rename_all = "camelCase")]
    SlowBody {
        /// How many bytes of the body are sent in a second.
        #[serde(default = "slow_bytes_per_second")]
        bytes_per_second: u32,
        /// The bytes of a chunk.
        #[serde(default = "slow_chunk")]
        chunk: usize,
    },
    /// Leaves out the end of the body; the response is in order otherwise.
    TruncatedJson {
        /// The share of the body that is sent, from 0 to 1.
        #[serde(default = "half")]
        keep: f64,
    },
    /// Makes a mistake in the body's JSON.
    MalformedJson {},
    /// Replaces the content type.
    ContentType {
        /// The content type to send instead.
        #[serde(default = "html")]
        value: String,
    },
    /// Changes how the refresh goes that the request starts. Applies only to requests that start one.
    #[serde(rename_all = "camelCase")]
    Activity {
        /// How it goes.
        outcome: ActivityWord,
        /// With `fail`: the code of the error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// With `fail`: the message of the error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// From the 202 to the end, by the sandbox's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Duration>,
        /// From the 202 to the first moment at which the activity can be found; with `late`, 5 s if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appears_after: Option<Duration>,
    },
    /// Answers 429 while a tenant's bucket is empty; it fills by the sandbox's clock.
    RateLimit(RateLimit),
    /// Ends all sessions of the caller's tenant: 401 RCG-10003 to this request and, where tokens are
    /// checked, to all with the tokens issued until now.
    SessionDies {},
    /// Works on the request, then loses the response.
    LoseReply {
        /// What the caller sees.
        #[serde(default)]
        how: LostHow,
    },
    /// Answers reads from an earlier state; writes are not affected.
    ReadLag {
        /// The state this long ago, by the sandbox's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Duration>,
        /// The state before the last requests, this many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requests: Option<u64>,
    },
    /// Answers as a later version of the API might.
    FutureApi {
        /// Unknown members of enumerations.
        #[serde(default = "yes")]
        enums: bool,
        /// Additional fields.
        #[serde(default = "yes")]
        fields: bool,
        /// Nulls where a key may be absent.
        #[serde(default = "yes")]
        nulls: bool,
        /// Rows in another order.
        #[serde(default = "yes")]
        order: bool,
        /// The share of the places that change, from 0 to 1.
        #[serde(default = "third")]
        share: f64,
    },
}

/// Where a connection is reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CutAt {
    /// Before any byte; the request is not worked on.
    #[default]
    Start,
    /// In the middle of the body; the request is worked on.
    Body,
}

/// What random bytes replace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GarbageWhere)]
pub enum Where {
    /// The body; the request is worked on.
    #[default]
    Body,
    /// The whole response, which is not HTTP then; the request is not worked on.
    Wire,
}

/// What a caller sees of a lost response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LostHow {
    /// The connection is reset.
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
    /// The refresh fails.
    Fail,
    /// The refresh never ends.
    Hang,
    /// It ends when POST /_mock/activities/{id}/release or /complete is called.
    Hold,
    /// It cannot be found at first.
    Late,
    /// It ends at once.
    Now,
}

impl Effect {
    /// Whether it answers instead of the handler.
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
fn garbage_bytes() -> usize {
    256
}
fn slow_bytes_per_second() -> u32 {
    256
}
fn slow_chunk() -> usize {
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
