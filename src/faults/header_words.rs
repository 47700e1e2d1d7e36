//! What one request can ask for by its headers: `x-mock-outcome`, `x-mock-activity` and `Prefer`.
//!
//! `Prefer: code=404, example=timeout` is how Prism and its clients choose an answer: `code` is a status, and
//! `example` is a word of `x-mock-outcome`. Other preferences (RFC 7240) are ignored, as that RFC asks for.

use strum::VariantNames;

use super::{ActivityWord, CutAt, Delay, Duration, Effect, LostHow, Where, decision::refresh_plan, delay::LONGEST};
use crate::{model::RefreshPlan, support::echo};

/// The statuses that are words of `x-mock-outcome`.
const STATUSES: [u16; 16] = [400, 401, 402, 403, 404, 409, 413, 415, 417, 423, 429, 500, 501, 502, 503, 504];

/// The other words, and what they do.
const WORDS: [(&str, &str); 14] = [
    ("timeout", "no answer until the caller gives up, at most ten minutes"),
    ("cut", "the connection is reset before any byte; the request is not worked on"),
    ("cut-body", "the connection is reset in the middle of the body"),
    ("empty", "the connection is closed without a byte; the request is not worked on"),
    ("lost", "the request is worked on, then the answer is lost and the connection reset"),
    ("slow", "the answer comes after two seconds"),
    ("slow-body", "the body comes in small chunks"),
    ("garbage", "the body is random bytes"),
    ("garbage-wire", "the whole response is random bytes"),
    ("truncated", "the body's JSON stops half-way"),
    ("malformed", "the body's JSON has a mistake"),
    ("html", "the content type is text/html"),
    ("session-dies", "all sessions of the tenant end: 401 RCG-10003"),
    ("future", "the answer looks like one of a later version of the API"),
];

/// A header asks for something that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is not a value of {header}; expected {expected}")]
pub struct UnknownWord {
    /// What was sent.
    pub found: String,
    /// In which header.
    pub header: &'static str,
    /// What may be sent.
    pub expected: String,
}

impl UnknownWord {
    fn new(found: &str, header: &'static str, expected: String) -> Self {
        Self { found: echo::cut(found).into_owned(), header, expected }
    }

    /// All words that may be sent.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.expected.split([',', ' ']).filter(|word| !word.is_empty())
    }
}

/// The most words of one header.
const MOST_WORDS: usize = 20;

/// All words of `x-mock-outcome`, and what they do.
pub fn outcomes() -> impl Iterator<Item = (String, &'static str)> {
    let statuses = STATUSES.iter().map(|status| (status.to_string(), "this status, in the vendor's shape"));
    statuses.chain(WORDS.iter().map(|(word, text)| ((*word).to_owned(), *text)))
}

/// The effects that `x-mock-outcome` asks for: one word, or several between commas.
pub fn outcome(text: &str) -> Result<Vec<Effect>, UnknownWord> {
    let words: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    if words.len() > MOST_WORDS {
        return Err(UnknownWord::new(text, "x-mock-outcome", format!("at most {MOST_WORDS} words")));
    }
    words.into_iter().map(|word| effect(word).ok_or_else(|| unknown_outcome(word, "x-mock-outcome"))).collect()
}

fn unknown_outcome(word: &str, header: &'static str) -> UnknownWord {
    let expected: Vec<_> = outcomes().map(|(word, _)| word).collect();
    UnknownWord::new(word, header, expected.join(", "))
}

fn effect(word: &str) -> Option<Effect> {
    Some(match word {
        "timeout" => Effect::Hang { time: LONGEST },
        "cut" => Effect::Cut { at: CutAt::Start, after_bytes: None },
        "cut-body" => Effect::Cut { at: CutAt::Body, after_bytes: None },
        "empty" => Effect::EmptyReply {},
        "lost" => Effect::LoseReply { how: LostHow::Cut },
        "slow" => Effect::Delay(Delay::Fixed(Duration::seconds(2))),
        "slow-body" => Effect::SlowBody { bytes_per_second: 256, chunk: 32 },
        "garbage" => Effect::Garbage { place: Where::Body, bytes: 256 },
        "garbage-wire" => Effect::Garbage { place: Where::Wire, bytes: 256 },
        "truncated" => Effect::TruncatedJson { keep: 0.5 },
        "malformed" => Effect::MalformedJson {},
        "html" => Effect::ContentType { value: "text/html".into() },
        "session-dies" => Effect::SessionDies {},
        "future" => Effect::FutureApi { enums: true, fields: true, nulls: true, order: true, share: 0.3 },
        other => return other.parse().ok().filter(|code| STATUSES.contains(code)).map(status),
    })
}

fn status(code: u16) -> Effect {
    let retry_after = (code == 429).then_some(1);
    Effect::Status { code, retry_after, error_code: None, message: None }
}

/// What `Prefer` asks for, and that part of it which is answered in `Preference-Applied`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preferred {
    /// What the words ask for.
    pub effects: Vec<Effect>,
    /// The preferences that are met, such as `code=404`.
    pub applied: Vec<String>,
}

/// What the values of `Prefer` ask for. A success, such as `code=200`, asks for the usual answer.
pub fn preferred(text: &str) -> Result<Preferred, UnknownWord> {
    let mut preferred = Preferred::default();
    // A parameter of a preference, after its semicolon, is not ours; nor is a preference without a value.
    let preferences = text.split(',').filter_map(|one| one.split(';').next().unwrap_or_default().split_once('='));
    for (name, value) in preferences.take(MOST_WORDS) {
        let value = value.trim().trim_matches('"');
        let (name, effect) = match name.trim().to_ascii_lowercase().as_str() {
            "code" => ("code", preferred_status(value)?),
            "example" => ("example", Some(effect(value).ok_or_else(|| unknown_outcome(value, "Prefer: example"))?)),
            _ => continue,
        };
        preferred.effects.extend(effect);
        preferred.applied.push(format!("{name}={value}"));
    }
    Ok(preferred)
}

fn preferred_status(text: &str) -> Result<Option<Effect>, UnknownWord> {
    match text.parse() {
        Ok(200..=299) => Ok(None),
        Ok(code @ 400..=599) => Ok(Some(status(code))),
        _ => Err(UnknownWord::new(text, "Prefer: code", "a status from 200 to 299 or 400 to 599".into())),
    }
}

/// How the refresh goes that a request with `x-mock-activity` starts.
pub fn activity(text: &str) -> Result<RefreshPlan, UnknownWord> {
    let text = text.trim();
    let unknown = |_| UnknownWord::new(text, "x-mock-activity", ActivityWord::VARIANTS.join(", "));
    let word: ActivityWord = text.parse().map_err(unknown)?;
    Ok(refresh_plan(word, None, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_word_is_understood_and_no_other() {
        for (word, _) in outcomes() {
            assert_eq!(outcome(&word).map(|effects| effects.len()), Ok(1), "{word}");
        }
        assert_eq!(outcome("slow, 503").unwrap().len(), 2);
        let unknown = outcome("teapot").unwrap_err().to_string();
        assert!(unknown.contains("\"teapot\"") && unknown.contains("429") && unknown.contains("lost"), "{unknown}");
        assert!(outcome("200").is_err() && outcome("1e3").is_err() && outcome(&"slow,".repeat(21)).is_err());
        for word in ActivityWord::VARIANTS {
            activity(word).unwrap();
        }
        assert!(activity("sometimes").unwrap_err().to_string().contains("fail, hang, hold, late, now"));
    }

    #[test]
    fn prefer_chooses_a_status_or_a_word_and_leaves_other_preferences_alone() {
        let check = |text: &str, effects: &[Effect], applied: &[&str]| {
            let found = preferred(text).unwrap();
            assert_eq!(
                (found.effects.as_slice(), found.applied.as_slice()),
                (effects, &*applied.iter().map(ToString::to_string).collect::<Vec<_>>())
            );
        };
        check("code=404", &[status(404)], &["code=404"]);
        check("Code = \"429\"; x=1, return=minimal, wait=10", &[status(429)], &["code=429"]);
        check("example=malformed", &[Effect::MalformedJson {}], &["example=malformed"]);
        check("code=201", &[], &["code=201"]);
        check("respond-async, handling=lenient", &[], &[]);
        assert!(preferred("code=302").unwrap_err().to_string().contains("from 200 to 299 or 400 to 599"));
        assert!(preferred("example=teapot").unwrap_err().to_string().contains("Prefer: example; expected 400"));
    }
}
