//! The words by which a single request asks for its own fate: `x-mock-outcome`, `x-mock-activity`.

use strum::VariantNames;

use super::{ActivityWord, CutAt, Delay, Duration, Effect, LostHow, Where, decision::refresh_plan};
use crate::model::RefreshPlan;

/// The statuses that can be asked for.
const STATUSES: [u16; 12] = [400, 401, 403, 404, 409, 417, 423, 429, 500, 502, 503, 504];

/// The other words, and what they stand for.
const WORDS: [(&str, &str); 14] = [
    ("timeout", "no answer, until the caller gives up; at the most ten minutes"),
    ("cut", "the connection breaks before any byte; nothing is done"),
    ("cut-body", "the connection breaks in the middle of the body"),
    ("empty", "the connection is closed without a byte; nothing is done"),
    ("lost", "all is done, but the reply is lost and the connection breaks"),
    ("slow", "the answer comes after two seconds"),
    ("slow-body", "the answer comes in small pieces"),
    ("garbage", "the body is garbage"),
    ("garbage-wire", "the whole reply is garbage"),
    ("truncated", "the body's JSON stops half-way"),
    ("malformed", "the body's JSON has a mistake"),
    ("html", "the answer says that it is text/html"),
    ("session-dies", "all sessions of the tenant end: 401 RCG-10003"),
    ("future", "the answer is one of a later version of the API"),
];

/// A word that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is no value of {header}; expected {expected}")]
pub struct BadWord {
    /// What was sent.
    pub found: String,
    /// In which header.
    pub header: &'static str,
    /// What may be sent.
    pub expected: String,
}

impl BadWord {
    /// All words that may be sent.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.expected.split([',', ' ']).filter(|word| !word.is_empty())
    }
}

/// All words of `x-mock-outcome`, and what they stand for.
pub fn outcomes() -> impl Iterator<Item = (String, &'static str)> {
    let statuses = STATUSES.iter().map(|status| (status.to_string(), "this status, in the vendor's shape"));
    statuses.chain(WORDS.iter().map(|(word, text)| ((*word).to_owned(), *text)))
}

/// The effects that `x-mock-outcome` asks for: one word or several, with commas.
pub fn effects(text: &str) -> Result<Vec<Effect>, BadWord> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| effect(word).ok_or_else(|| bad_outcome(word))).collect()
}

fn bad_outcome(word: &str) -> BadWord {
    let expected: Vec<_> = outcomes().map(|(word, _)| word).collect();
    BadWord { found: word.into(), header: "x-mock-outcome", expected: expected.join(", ") }
}

fn effect(word: &str) -> Option<Effect> {
    let longest = super::delay::LONGEST;
    Some(match word {
        "timeout" => Effect::Hang { time: longest },
        "cut" => Effect::Cut { at: CutAt::Start, after_bytes: None },
        "cut-body" => Effect::Cut { at: CutAt::Body, after_bytes: None },
        "empty" => Effect::EmptyReply {},
        "lost" => Effect::LoseReply { how: LostHow::Cut },
        "slow" => Effect::Delay(Delay::Fixed(Duration::milliseconds(2_000))),
        "slow-body" => Effect::SlowBody { bytes_per_second: 256, chunk: 32 },
        "garbage" => Effect::Garbage { place: Where::Body, bytes: 256 },
        "garbage-wire" => Effect::Garbage { place: Where::Wire, bytes: 256 },
        "truncated" => Effect::TruncatedJson { keep: 0.5 },
        "malformed" => Effect::MalformedJson {},
        "html" => Effect::ContentType { value: "text/html".into() },
        "session-dies" => Effect::SessionDies {},
        "future" => Effect::FutureApi { enums: true, fields: true, nulls: true, order: true, share: 0.3 },
        status => {
            let code = status.parse().ok().filter(|code| STATUSES.contains(code))?;
            let retry_after = (code == 429).then_some(1);
            Effect::Status { code, retry_after, error_code: None, message: None }
        }
    })
}

/// How the refresh shall go that a request with `x-mock-activity` starts.
pub fn activity(text: &str) -> Result<RefreshPlan, BadWord> {
    let word: ActivityWord = text.trim().parse().map_err(|_| BadWord {
        found: text.trim().into(),
        header: "x-mock-activity",
        expected: ActivityWord::VARIANTS.join(", "),
    })?;
    Ok(refresh_plan(word, None, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_listed_is_understood_and_no_other() {
        for (word, _) in outcomes() {
            assert_eq!(effects(&word).map(|effects| effects.len()), Ok(1), "{word}");
        }
        assert_eq!(effects("slow, 503").unwrap().len(), 2);
        let bad = effects("teapot").unwrap_err().to_string();
        assert!(bad.contains("\"teapot\"") && bad.contains("429") && bad.contains("lost"), "{bad}");
        assert!(effects("200").is_err() && effects("1e3").is_err());
        for word in ActivityWord::VARIANTS {
            activity(word).unwrap();
        }
        assert!(activity("sometimes").unwrap_err().to_string().contains("fail, hang, hold, late, now"));
    }
}
