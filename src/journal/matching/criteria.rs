//! One word or several, one status or several: any of them will do.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::support::glob::wild;

/// One word or several, any of which will do; `*` in a word is anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Value", into = "Value")]
#[schema(value_type = Value)]
pub struct Words(Vec<String>);

/// One status or several, or classes of them, any of which will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Statuses {
    text: Value,
    ranges: Vec<(u16, u16)>,
}

impl Words {
    /// Whether a text is one of them.
    pub fn contain(&self, text: &str) -> bool {
        self.0.iter().any(|word| wild(word, text))
    }

    /// All words, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The same words in upper case.
    pub fn in_upper_case(&self) -> Cow<'_, Self> {
        if self.0.iter().any(|word| word.bytes().any(|b| b.is_ascii_lowercase())) {
            Cow::Owned(Self(self.0.iter().map(|word| word.to_ascii_uppercase()).collect()))
        } else {
            Cow::Borrowed(self)
        }
    }
}

impl From<&str> for Words {
    /// Words between commas.
    fn from(text: &str) -> Self {
        Self(text.split(',').map(|word| word.trim().to_owned()).collect())
    }
}

impl From<Words> for Value {
    fn from(Words(words): Words) -> Self {
        match words.as_slice() {
            [one] => one.as_str().into(),
            several => several.into(),
        }
    }
}

impl TryFrom<Value> for Words {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let items = match value {
            Value::Array(items) if !items.is_empty() => items,
            one => vec![one],
        };
        let word = |item: Value| match item {
            Value::String(word) => Ok(word),
            other => Err(format!("expected a text or a list of texts, found {}", kind(&other))),
        };
        items.into_iter().map(word).collect::<Result<_, _>>().map(Self)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Statuses {
    /// Whether a status is one of them.
    pub fn contain(&self, status: u16) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&status))
    }

    /// How many are given; none of them is a status if that is 0.
    pub fn count(&self) -> usize {
        self.ranges.len()
    }

    /// Statuses between commas; if one of them is not a status, a criterion that nothing meets.
    pub fn lenient(text: &str) -> Self {
        Self::try_from(text).unwrap_or_else(|_| Self { text: text.into(), ranges: Vec::new() })
    }

    /// As they were given.
    pub fn text(&self) -> &Value {
        &self.text
    }
}

impl From<Statuses> for Value {
    fn from(statuses: Statuses) -> Self {
        statuses.text
    }
}

impl TryFrom<&str> for Statuses {
    type Error = String;

    /// Statuses between commas.
    fn try_from(text: &str) -> Result<Self, String> {
        let mut items: Vec<Value> = text.split(',').map(|item| item.trim().into()).collect();
        Self::try_from(if items.len() == 1 { items.remove(0) } else { Value::Array(items) })
    }
}

impl TryFrom<Value> for Statuses {
    type Error = String;

    fn try_from(text: Value) -> Result<Self, String> {
        let ranges = match &text {
            Value::Array(items) if !items.is_empty() => items.iter().map(range).collect::<Result<_, _>>()?,
            one => vec![range(one)?],
        };
        Ok(Self { text, ranges })
    }
}

/// `404` or `"404"` or `"4xx"`; 0 is for requests without an answer.
fn range(value: &Value) -> Result<(u16, u16), String> {
    let exact = |status: u64| u16::try_from(status).ok().filter(|status| *status <= 999).map(|one| (one, one));
    let found = match value {
        Value::Number(number) => number.as_u64().and_then(exact),
        Value::String(text) => match text.to_ascii_lowercase().strip_suffix("xx") {
            Some(class) => {
                class.parse().ok().filter(|class| (1..=5).contains(class)).map(|c: u16| (c * 100, c * 100 + 99))
            }
            None => text.parse().ok().and_then(exact),
        },
        _ => None,
    };
    found.ok_or_else(|| {
        format!("{value} is not a status: expected a number such as 404, a class such as \"4xx\", or a list of such")
    })
}
