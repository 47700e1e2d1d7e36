//! The table of names.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A name is secret if one of these is part of it, in lower case and without what stands between its words:
/// `newPassword`, `X-Auth-Token` and `client_secret` are.
const PARTS: [&str; 17] = [
    "secret",
    "passw",
    "passphrase",
    "passcode",
    "pwd",
    "token",
    "apikey",
    "accesskey",
    "accountkey",
    "subscriptionkey",
    "signingkey",
    "authorization",
    "credential",
    "session",
    "private",
    "assertion",
    "signature",
];

/// Or if one of these is a word of it. As parts they would be in `assign` or `authenticated`.
const WORDS: [&str; 5] = ["sig", "jwt", "hmac", "otp", "bearer"];

/// Or if it is one of these. As words they would be in `auth_method`.
const WHOLE: [&str; 3] = ["auth", "xauth", "authkey"];

/// Names of the API and of the simulator that have such a part: numbers and kinds of license tokens, and settings.
const VENDOR: [&str; 14] = [
    "licensetoken",
    "licensetokens",
    "sltntoken",
    "sltntokentemp",
    "mspsltntoken",
    "mspsltntokentemp",
    "solutiontoken",
    "solutiontokens",
    "solutiontokensetting",
    "solutiontokensettings",
    "apswtoken",
    "wrongcredentials",
    "privatenetwork",
    "privateip",
];

/// English words that have such a part.
const ENGLISH: [&str; 6] = ["secretar", "secretive", "tokeniz", "privateer", "obsession", "possession"];

/// A name that ends in one of these words is about a secret: its kind, number or life, not its value.
const ABOUT: [&str; 32] = [
    "type",
    "types",
    "kind",
    "count",
    "counts",
    "quantity",
    "limit",
    "limits",
    "lifetime",
    "expiry",
    "expires",
    "expiration",
    "ttl",
    "seconds",
    "minutes",
    "timeout",
    "enabled",
    "required",
    "supported",
    "used",
    "total",
    "policy",
    "format",
    "length",
    "alg",
    "algorithm",
    "endpoint",
    "url",
    "uri",
    "name",
    "names",
    "version",
];

/// What the value of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The value is a secret.
    Secret,
    /// A scheme and a secret, as in `Authorization: Bearer abc`.
    Credentials,
    /// Anything else.
    Plain,
}

impl Name {
    /// What the value of a name is, in whatever way its words are joined.
    pub(super) fn of(name: &str) -> Self {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if !may_be_secret(&plain) || VENDOR.contains(&plain.as_str()) {
            return Self::Plain;
        }
        let words = words(name);
        let is_about = words.last().is_some_and(|last| ABOUT.contains(&last.as_str()))
            || words.iter().any(|word| word == "expires");
        let is_english = ENGLISH.iter().any(|word| plain.contains(word));
        let has_word = || words.iter().any(|word| WORDS.contains(&word.as_str()));
        let has_part = || PARTS.iter().any(|part| plain.contains(part));
        if is_about || is_english || !(has_part() || has_word() || WHOLE.contains(&plain.as_str())) {
            Self::Plain
        } else if plain.contains("authorization") {
            Self::Credentials
        } else {
            Self::Secret
        }
    }

    /// Whether there is something to hide.
    pub(super) fn is_secret(self) -> bool {
        self != Self::Plain
    }
}

/// Whether any part or word is there at all; most names have none.
fn may_be_secret(plain: &str) -> bool {
    PARTS.iter().chain(&WORDS).chain(&WHOLE).any(|part| plain.contains(part))
}

/// `newPassword` and `new-password` as "new", "password"; `APIKey2` as "api", "key2"; without the index of `a[0]`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let next_is_lower = rest.peek().is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower);
        if !c.is_ascii_alphanumeric() || begins {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()));
    words
}

/// Whether a value hides nothing, whatever its name.
pub(super) fn is_plain_value(value: &str) -> bool {
    matches!(value.trim(), "" | "true" | "false" | "null")
}

/// Whether a name with this number is a count: `tokens=5`, `maxSessions: 3`.
pub(super) fn is_count(name: &str, value: &str) -> bool {
    let is_plural = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase().ends_with('s');
    is_plural && value.len() <= 9 && value.bytes().all(|b| b.is_ascii_digit())
}

/// Pieces of the names, in the ways in which they are commonly written. They tell quickly that a body has none.
static PIECES: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let pieces = [
        "ecret",
        "ECRET",
        "assw",
        "ASSW",
        "asswd",
        "assphrase",
        "ASSPHRASE",
        "asscode",
        "ASSCODE",
        "pwd",
        "Pwd",
        "PWD",
        "oken",
        "OKEN",
        "key",
        "Key",
        "KEY",
        "uthorization",
        "UTHORIZATION",
        "redential",
        "REDENTIAL",
        "ession",
        "ESSION",
        "rivate",
        "RIVATE",
        "ssertion",
        "SSERTION",
        "ignature",
        "IGNATURE",
        "sig\"",
        "sig=",
        "sig>",
        "sig:",
        "sig\\",
        "Sig\\",
        "Sig\"",
        "Sig=",
        "SIG\"",
        "SIG=",
        "jwt",
        "Jwt",
        "JWT",
        "hmac",
        "Hmac",
        "HMAC",
        "otp",
        "Otp",
        "OTP",
        "earer",
        "auth\"",
        "auth=",
        "auth:",
        "auth>",
        "Auth\"",
        "\\u",
    ];
    pieces.map(Finder::new).into()
});

/// Whether a body may have the name of a secret, or a name that is written in escapes.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    PIECES.iter().any(|piece| piece.find_iter(bytes).any(|at| may_be_name(bytes, at)))
}

/// Whether the word at a place is the name of a secret, or has escapes.
fn may_be_name(bytes: &[u8], at: usize) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'\\' | b'%');
    // Names are shorter than that; looking further would take the square of the length.
    let (first, end) = (at.saturating_sub(80), bytes.len().min(at + 80));
    let start = bytes[first..at].iter().rposition(|b| !is_word(b)).map_or(first, |before| first + before + 1);
    let length = bytes[start..end].iter().position(|b| !is_word(b)).unwrap_or(end - start);
    let word = &bytes[start..start + length];
    let is_escaped = word.iter().any(|b| matches!(b, b'\\' | b'%'));
    is_escaped || std::str::from_utf8(word).is_ok_and(|word| Name::of(word).is_secret())
}
