//! What can be wrong with a JSON text besides its grammar: its encoding, and keys that stand in it twice.

use std::{collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text without a byte order mark, which parsers may skip (RFC 8259, section 8.1). An error if it is UTF-16, as some
/// editors and shells write it.
pub fn utf8(bytes: &[u8]) -> Result<&[u8], &'static str> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("UTF-16");
    }
    Ok(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))
}

/// The paths of the keys that an object has more than once, such as `$.policy.initialDays`. Parsers keep one of the values
/// and drop the others. None of a text that is not JSON.
pub fn repeated_keys(bytes: &[u8]) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let walk = Walk { path: "$", found: &mut found }.deserialize(&mut json);
    if walk.is_ok() { found.into_iter().collect() } else { Vec::new() }
}

/// One value of the text.
struct Walk<'w> {
    path: &'w str,
    found: &'w mut BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let path = format!("{}.{key}", self.path);
            map.next_value_seed(Walk { path: &path, found: self.found })?;
            if !seen.insert(key) {
                self.found.insert(path);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            let path = format!("{}[{index}]", self.path);
            if items.next_element_seed(Walk { path: &path, found: self.found })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_in_one_object_is_found_at_any_depth() {
        for (text, expected) in [
            (r#"{"a":1,"b":{"a":2},"c":[{"a":3}]}"#, &[][..]),
            (r#"{"a":1,"a":1}"#, &["$.a"]),
            (r#"{"a":[{"b":null},{"b":1.5,"c":true,"b":"x"}]}"#, &["$.a[1].b"]),
            (r#"{"a":1,"\u0061":2,"z":{},"z":{}}"#, &["$.a", "$.z"]),
            (r#"{"a":1,"a""#, &[]),
        ] {
            assert_eq!(repeated_keys(text.as_bytes()), expected, "{text}");
        }
    }
}
