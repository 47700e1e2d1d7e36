//! Members of JSON objects that may be absent. serde takes `null` for absent, so that a client which means to clear
//! something would be told that it had worked; here `null` is a mistake, or clears.

use serde::{Deserialize, Deserializer, de};

/// A member that may be absent, but not `null`. To be used with `#[serde(default)]`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Option::deserialize(deserializer)?;
    let null = || de::Error::invalid_type(de::Unexpected::Unit, &"a value; leave it out to keep what is there");
    value.map(Some).ok_or_else(null)
}

/// A member that may be absent, and `Some(None)` if it is `null`. To be used with `#[serde(default)]`.
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
pub fn clearable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
