//! JSON into types, where an object must be an object.
//!
//! serde's derived types also read a list for an object, taking its items for the fields in their order. A client
//! that sends `[{..}]` for `{..}` would not learn of its mistake: fields are filled by luck, or stay empty. This
//! deserializer refuses lists for structs and for variants with named fields, at every depth.

use std::fmt;

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    /// Where in the value, such as `effects[0].status`; empty if the text is not JSON, or goes on after its end.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

/// A value from the bytes of a JSON text.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, InvalidJson> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| {
        let problem = in_words_of_json(error.inner());
        InvalidJson { path: error.path().to_string(), problem }
    })?;
    json.end().map_err(|error| InvalidJson { path: String::new(), problem: error.to_string() })?;
    Ok(value)
}

/// The text of an error in the words of JSON. Where a value is wrong the path says where, so the line and column go.
fn in_words_of_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = match text.rfind(" at line ") {
        Some(end) if error.is_data() => &text[..end],
        _ => &text,
    };
    let found = text
        .replace("invalid type: sequence", "invalid type: a list")
        .replace("invalid type: map", "invalid type: an object")
        .replace(": floating point `", ": number `")
        .replace(": integer `", ": number `");
    match found.rsplit_once("expected ") {
        Some((found, expected)) => format!("{found}expected {}", expected_in_json(expected)),
        None => found,
    }
}

/// What a type of Rust is in JSON.
fn expected_in_json(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" => "a whole number of at most 64 bits",
        "f32" | "f64" => "a number",
        other => other,
    }
}

/// Reads `130468.0` where a whole number belongs, as the original's parser does and JSON Schema means it.
macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(Strict(Whole(visitor)))
        })*
    };
}

/// A visitor of a whole number.
struct Whole<V>(V);

/// Whole numbers up to this are exact as floating points.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<V::Value, E> {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and exact")]
        if value.fract() == 0.0 && value.abs() <= EXACT {
            return self.0.visit_i64(value as i64);
        }
        Err(E::invalid_type(de::Unexpected::Float(value), &self))
    }
}

/// Wraps a deserializer, a visitor, a seed or an access, so that everything below it is strict too.
struct Strict<T>(T);

/// A visitor of a type with named fields.
struct Fields<V>(V);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Strict(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Strict(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Strict(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Strict(Fields(visitor)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Strict(visitor))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<V::Value, A::Error> {
        Err(de::Error::custom("expected an object, found a list"))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<V::Value, E> {
        self.0.visit_bool(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<V::Value, E> {
        self.0.visit_f64(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<V::Value, E> {
        self.0.visit_str(value)
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.0.visit_borrowed_str(value)
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(variants))
    }
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(seed)?;
        Ok((value, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Strict(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Strict(Fields(visitor)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Outer {
        inner: Option<Inner>,
        list: Vec<Inner>,
        by_name: BTreeMap<String, Inner>,
        choice: Option<Choice>,
        wrapped: Option<Wrapped>,
        pair: Option<(u8, String)>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        number: u8,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Inner);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Choice {
        Plain,
        One(Inner),
        Named { number: u8 },
    }

    #[track_caller]
    fn check_refused(json: &str, path: &str, problem: &str) {
        let invalid = InvalidJson { path: path.into(), problem: problem.into() };
        assert_eq!(from_slice::<Outer>(json.as_bytes()), Err(invalid), "{json}");
        // What the plain deserializer makes of it shows that the wrapper is what refuses.
        assert!(serde_json::from_str::<Outer>(json).is_ok(), "{json}");
    }

    #[test]
    fn a_list_is_refused_for_an_object_wherever_it_is() {
        const LIST: &str = "expected an object, found a list";
        check_refused("[null]", ".", LIST);
        check_refused(r#"{"inner": [1]}"#, "inner", LIST);
        check_refused(r#"{"list": [{"number": 1}, [2]]}"#, "list[1]", LIST);
        check_refused(r#"{"by_name": {"a": [1]}}"#, "by_name.a", LIST);
        check_refused(r#"{"choice": {"one": [1]}}"#, "choice.one", LIST);
        check_refused(r#"{"choice": {"named": [1]}}"#, "choice.named", LIST);
        check_refused(r#"{"wrapped": [1]}"#, "wrapped", LIST);
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        let json = r#"{"inner": {"number": 1}, "list": [{"number": 2}], "by_name": {"a": {"number": 3}},
            "choice": {"named": {"number": 4}}, "wrapped": {"number": 5}, "pair": [6, "seven\n"]}"#;
        let read: Outer = from_slice(json.as_bytes()).unwrap();
        assert_eq!(read, serde_json::from_str(json).unwrap());
        assert_eq!(from_slice::<Outer>(br#"{"choice": "plain"}"#).unwrap().choice, Some(Choice::Plain));
        assert_eq!(from_slice::<Option<u8>>(b"null"), Ok(None));
        assert_eq!(from_slice::<f64>(b"1.5"), Ok(1.5));
    }

    #[test]
    fn errors_say_where_and_what() {
        let error = |json: &[u8]| from_slice::<Outer>(json).unwrap_err();
        assert_eq!(error(br#"{"inner": {"number": "1"}}"#).path, "inner.number");
        assert_eq!(
            error(br#"{"inner": {"number": "1"}}"#).problem,
            "invalid type: string \"1\", expected a whole number"
        );
        assert!(error(b"{").problem.contains("EOF while parsing an object at line 1"));
        assert!(error(b"{} {}").problem.contains("trailing characters"));
        assert!(error(br#"{"inner": 1}"#).problem.contains("expected an object"), "{:?}", error(br#"{"inner": 1}"#));
        assert_eq!(error(br#"{"list": 5}"#).problem, "invalid type: number `5`, expected a list");
        assert_eq!(error(br#"{"by_name": 1.5}"#).problem, "invalid type: number `1.5`, expected an object");
        assert_eq!(
            error(br#"{"inner": {"number": -1}}"#).problem,
            "invalid value: number `-1`, expected a whole number from 0 to 255"
        );
    }
}
