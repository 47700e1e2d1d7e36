//! How many requests are expected.

use std::ops::{RangeFrom, RangeInclusive, RangeToInclusive};

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use utoipa::ToSchema;

/// How many: a number, or `exactly`, or `atLeast` and `atMost`; at least one if none is given.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = RequestCount)]
pub struct Count {
    /// Neither more nor less. Not together with the others.
    exactly: Option<u64>,
    /// Not fewer.
    at_least: Option<u64>,
    /// Not more.
    at_most: Option<u64>,
}

impl From<u64> for Count {
    fn from(exactly: u64) -> Self {
        Self { exactly: Some(exactly), ..Self::default() }
    }
}

impl From<RangeFrom<u64>> for Count {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { at_least: Some(range.start), ..Self::default() }
    }
}

impl From<RangeInclusive<u64>> for Count {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { at_least: Some(*range.start()), at_most: Some(*range.end()), ..Self::default() }
    }
}

impl From<RangeToInclusive<u64>> for Count {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self { at_most: Some(range.end), ..Self::default() }
    }
}

/// Reads a count: a number stands for itself.
pub(super) fn read_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Count>, D::Error> {
    let value = Option::<Value>::deserialize(deserializer)?;
    let Some(value) = value else { return Ok(None) };
    match value.as_u64() {
        Some(exactly) => Ok(Some(exactly.into())),
        None if value.is_object() => Count::deserialize(value).map(Some).map_err(de::Error::custom),
        None => Err(de::Error::custom(format!(
            "{value} is not a count: expected a number, or an object of exactly, atLeast and atMost"
        ))),
    }
}

impl Count {
    /// What is wrong with it, if anything.
    pub(super) fn check(self) -> Result<(), String> {
        let Self { exactly, at_least, at_most } = self;
        if exactly.is_some() && (at_least.is_some() || at_most.is_some()) {
            return Err("count: \"exactly\" goes alone, without \"atLeast\" and \"atMost\"".into());
        }
        if at_least.zip(at_most).is_some_and(|(least, most)| least > most) {
            return Err("count: \"atLeast\" is more than \"atMost\"".into());
        }
        Ok(())
    }

    /// Whether so many are as expected.
    pub(super) fn holds(self, found: u64) -> bool {
        let Self { exactly, at_least, at_most } = self.or_at_least_one();
        exactly.is_none_or(|n| found == n) && at_least.is_none_or(|n| found >= n) && at_most.is_none_or(|n| found <= n)
    }

    /// Whether so many are too few.
    pub(super) fn is_above(self, found: u64) -> bool {
        let own = self.or_at_least_one();
        own.exactly.or(own.at_least).is_some_and(|least| found < least)
    }

    fn or_at_least_one(self) -> Self {
        match self {
            Self { exactly: None, at_least: None, at_most: None } => Self { at_least: Some(1), ..self },
            given => given,
        }
    }

    /// In words: `exactly 2`, `1 to 3`.
    pub(super) fn words(self) -> String {
        match self.or_at_least_one() {
            Self { exactly: Some(n), .. } => format!("exactly {n}"),
            Self { at_least: Some(n), at_most: None, .. } => format!("at least {n}"),
            Self { at_least: None, at_most: Some(n), .. } => format!("at most {n}"),
            Self { at_least, at_most, .. } => {
                format!("{} to {}", at_least.unwrap_or_default(), at_most.unwrap_or_default())
            }
        }
    }
}
