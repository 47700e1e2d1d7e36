//! What an effect may say.

use std::collections::BTreeMap;

use super::{CutAt, Effect};
use crate::{
    faults::delay::{LONGEST, LONGEST_WORDS},
    model::LONGEST_DELAY,
    support::{duration::Duration, echo},
};

/// The most random bytes.
const MOST_GARBAGE: usize = 1024 * 1024;

/// The most headers of an answer.
const MOST_HEADERS: usize = 100;

/// The field, with a dot before it, and what is wrong there.
type Invalid = (&'static str, String);

impl Effect {
    /// What is wrong with it, if anything: the field and the reason.
    pub fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Status { code, .. } if !(400..=599).contains(code) => {
                Err((".status.code", format!("{code} is not an error; expected 400 to 599, or use \"answer\"")))
            }
            Self::Answer { status, headers, .. } => answer(*status, headers),
            Self::Delay(delay) => delay.check().map_err(|problem| (".delay", problem)),
            Self::Hang { time } => at_most(".hang.for", Some(*time), LONGEST, LONGEST_WORDS),
            // Delays of activities and lags run by the sandbox's clock.
            Self::Activity { delay, appears_after, .. } => {
                at_most(".activity.delay", *delay, LONGEST_DELAY, "3650 days")?;
                at_most(".activity.appearsAfter", *appears_after, LONGEST_DELAY, "3650 days")
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
            Self::TruncatedJson { keep } => share(".truncatedJson.keep", *keep),
            Self::ContentType { value } if !is_header_text(value) => {
                Err((".contentType.value", format!("{:?} cannot be in a header", echo::cut(value))))
            }
            Self::RateLimit(limit) => limit.check().map_err(|problem| (".rateLimit", problem)),
            Self::ReadLag { time, requests } if time.is_some() == requests.is_some() => {
                Err((".readLag", "expected either \"time\" or \"requests\"".into()))
            }
            Self::ReadLag { time, .. } => at_most(".readLag.time", *time, LONGEST_DELAY, "3650 days"),
            Self::FutureApi { share: part, .. } => share(".futureApi.share", *part),
            Self::Status { .. }
            | Self::Cut { .. }
            | Self::EmptyReply {}
            | Self::Garbage { .. }
            | Self::SlowBody { .. }
            | Self::MalformedJson {}
            | Self::ContentType { .. }
            | Self::SessionDies {}
            | Self::LoseReply { .. } => Ok(()),
        }
    }
}

fn at_most(field: &'static str, time: Option<Duration>, longest: Duration, words: &'static str) -> Result<(), Invalid> {
    let Some(time) = time else { return Ok(()) };
    time.at_most(longest, words).map(|_| ()).map_err(|error| (field, error.to_string()))
}

fn share(field: &'static str, share: f64) -> Result<(), Invalid> {
    if (0.0..=1.0).contains(&share) { Ok(()) } else { Err((field, format!("{share} is not a number from 0 to 1"))) }
}

fn answer(status: u16, headers: &BTreeMap<String, String>) -> Result<(), Invalid> {
    const HEADERS: &str = ".answer.headers";
    if !(200..=599).contains(&status) {
        return Err((".answer.status", format!("{status}; expected 200 to 599")));
    }
    if headers.len() > MOST_HEADERS {
        return Err((HEADERS, format!("at most {MOST_HEADERS}, found {}", headers.len())));
    }
    // The server itself decides on these two; a wrong one would garble the connection.
    let is_framing = |name: &str| ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str());
    for (name, value) in headers {
        if !is_header_name(name) || !is_header_text(value) {
            return Err((HEADERS, format!("{:?}: {:?} is not a header", echo::cut(name), echo::cut(value))));
        }
        if is_framing(name) {
            return Err((HEADERS, format!("{name} follows from the body; leave it out")));
        }
    }
    Ok(())
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_header_text(text: &str) -> bool {
    text.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b))
}
