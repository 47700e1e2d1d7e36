//! The table of names.

use memchr::memchr_iter;

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
        if !may_be_secret(name) {
            return Self::Plain;
        }
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if VENDOR.contains(&plain.as_str()) {
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

/// For each first letter of the parts and words, a bit for each letter that comes second, and for each that comes third.
/// Three letters rule out nearly every place of a text, at the cost of a look into this table.
const FOLLOWING: [[u32; 2]; 26] = {
    let mut following = [[0; 2]; 26];
    let lists: [&[&str]; 3] = [&PARTS, &WORDS, &WHOLE];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            let word = lists[list][at].as_bytes();
            let of_first = &mut following[(word[0] - b'a') as usize];
            of_first[0] |= 1 << (word[1] - b'a');
            of_first[1] |= 1 << (word[2] - b'a');
            at += 1;
        }
        list += 1;
    }
    following
};

/// Not a letter.
const NONE: u8 = u8::MAX;

/// Whether `is_meant` holds for a place where a part or word begins, in upper or lower case and with anything but letters
/// and digits between its letters. `ends_word` says over which bytes none reaches.
fn begins(bytes: &[u8], ends_word: impl Fn(u8) -> bool, is_meant: impl Fn(usize) -> bool) -> bool {
    // The two letters before, and where they are.
    let (mut first, mut second) = ((NONE, 0), (NONE, 0));
    for (at, byte) in bytes.iter().enumerate() {
        let letter = (byte | 0x20).wrapping_sub(b'a');
        if letter < 26 {
            if let Some([seconds, thirds]) = FOLLOWING.get(usize::from(first.0))
                && (seconds >> second.0) & (thirds >> letter) & 1 == 1
                && is_beginning(&bytes[first.1..])
                && is_meant(first.1)
            {
                return true;
            }
            first = second;
            second = (letter, at);
        } else if byte.is_ascii_digit() || ends_word(*byte) {
            (first, second) = ((NONE, 0), (NONE, 0));
        }
    }
    false
}

/// Whether a text begins with a part or word, whatever stands between its letters.
fn is_beginning(text: &[u8]) -> bool {
    let first = text[0].to_ascii_lowercase();
    let lists: [&[&str]; 3] = [&PARTS, &WORDS, &WHOLE];
    lists.iter().any(|list| {
        list.iter().map(|word| word.as_bytes()).any(|word| {
            word[0] == first && {
                let mut rest = text.iter();
                word.iter().all(|letter| {
                    let next = rest.find(|byte| byte.is_ascii_alphanumeric());
                    next.is_some_and(|byte| byte.eq_ignore_ascii_case(letter))
                })
            }
        })
    })
}

/// Whether any part or word is there at all; most names have none.
fn may_be_secret(name: &str) -> bool {
    begins(name.as_bytes(), |_| false, |_| true)
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
    let has_blanks = value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace);
    (value.len() <= "false".len() || has_blanks) && matches!(value.trim(), "" | "true" | "false" | "null")
}

/// Whether a name with this number is a count: `tokens=5`, `maxSessions: 3`.
pub(super) fn is_count(name: &str, value: &str) -> bool {
    let is_plural = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase().ends_with('s');
    is_plural && value.len() <= 9 && value.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a body may have the name of a secret, or a name that is written in escapes.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    memchr_iter(b'\\', bytes).any(|at| bytes.get(at + 1) == Some(&b'u'))
        || begins(bytes, |byte| !is_in_word(byte), |at| may_be_name(bytes, at))
}

/// Whether a byte can be part of a name, as it is written in any format.
fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'\\' | b'%' | b'[' | b']')
}

/// Whether the word at a place is the name of a secret, or is written in a way in which other names may be in it.
fn may_be_name(bytes: &[u8], at: usize) -> bool {
    // Names are shorter than that; looking further would take the square of the length.
    let (first, end) = (at.saturating_sub(80), bytes.len().min(at + 80));
    let start = bytes[first..at].iter().rposition(|b| !is_in_word(*b)).map_or(first, |before| first + before + 1);
    let length = bytes[start..end].iter().position(|b| !is_in_word(*b)).unwrap_or(end - start);
    let word = &bytes[start..start + length];
    let is_composed = word.iter().any(|b| matches!(b, b'\\' | b'%' | b'[' | b']'));
    is_composed || std::str::from_utf8(word).is_ok_and(|word| Name::of(word).is_secret())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All parts and words.
    fn beginnings() -> impl Iterator<Item = &'static str> {
        PARTS.iter().chain(&WORDS).chain(&WHOLE).copied()
    }

    proptest! {
        #[test]
        fn the_quick_look_at_a_name_finds_what_a_search_for_every_part_finds(
            before in "[a-zA-Z0-9 _-]{0,4}",
            word in proptest::sample::select(beginnings().collect::<Vec<_>>()),
            between in "[a-zA-Z0-9._\u{e9} -]{0,2}",
            at in 0_usize..16,
        ) {
            let at = at.min(word.len());
            let name = format!("{before}{}{between}{}", &word[..at], word[at..].to_ascii_uppercase());
            let plain: String =
                name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
            prop_assert_eq!(may_be_secret(&name), beginnings().any(|word| plain.contains(word)), "{}", name);
        }
    }
}
