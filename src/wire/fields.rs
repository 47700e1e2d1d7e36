//! The fields of a row, as serde and its schema say them: their names, one of them, some of them.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, Impossible, SerializeMap, SerializeStruct},
};
use serde_json::{Error, Value, value::RawValue};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// The names of all fields that rows of a type can have, whether or not a row has them.
pub fn names<R: ToSchema>() -> Vec<String> {
    let mut components = Vec::new();
    R::schemas(&mut components);
    let mut names = Vec::new();
    add_names(&R::schema(), &components, &mut names);
    names
}

fn add_names(schema: &RefOr<Schema>, components: &[(String, RefOr<Schema>)], names: &mut Vec<String>) {
    match schema {
        RefOr::T(Schema::Object(object)) => names.extend(object.properties.keys().cloned()),
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter().for_each(|part| add_names(part, components, names)),
        RefOr::T(_) => {}
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next();
            let found = components.iter().find(|(own, _)| Some(own.as_str()) == name);
            if let Some((_, schema)) = found {
                add_names(schema, components, names);
            }
        }
    }
}

/// The fields that are asked for and known, each once.
pub fn known(asked: &[String], known: &[String]) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for name in asked {
        if known.contains(name) && !fields.contains(name) {
            fields.push(name.clone());
        }
    }
    fields
}

/// A row with the fields of these names, or with all if there are no names.
pub fn only(row: &impl Serialize, names: &[String]) -> Option<Box<RawValue>> {
    if names.is_empty() {
        return serde_json::value::to_raw_value(row).ok();
    }
    match serde_json::to_value(row).ok()? {
        Value::Object(mut row) => {
            row.retain(|name, _| names.contains(name));
            serde_json::value::to_raw_value(&row).ok()
        }
        other => serde_json::value::to_raw_value(&other).ok(),
    }
}

/// One field of a row; the others are not serialised.
pub fn pick(row: &impl Serialize, name: &str) -> Option<Value> {
    row.serialize(Picker { name, found: None }).ok().flatten()
}

/// A serializer that keeps one field.
struct Picker<'n> {
    name: &'n str,
    found: Option<Value>,
}

impl Picker<'_> {
    fn field(&mut self, name: &str, value: &(impl ?Sized + Serialize)) -> Result<(), Error> {
        if name == self.name {
            self.found = Some(serde_json::to_value(value)?);
        }
        Ok(())
    }
}

impl SerializeStruct for Picker<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<Option<Value>, Error> {
        Ok(self.found)
    }
}

/// A row with a part of it in another type comes as a map.
impl SerializeMap for Picker<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_entry<K: ?Sized + Serialize, V: ?Sized + Serialize>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Error> {
        match serde_json::to_value(key)? {
            Value::String(name) => self.field(&name, value),
            _ => Err(not_a_row()),
        }
    }

    fn serialize_key<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Error> {
        Err(not_a_row())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Error> {
        Err(not_a_row())
    }

    fn end(self) -> Result<Option<Value>, Error> {
        Ok(self.found)
    }
}

fn not_a_row() -> Error {
    Error::custom("a row is a struct")
}

macro_rules! not_rows {
    ($($method:ident($($argument:ty),*)),+ $(,)?) => {
        $(fn $method(self, $(_: $argument),*) -> Result<Option<Value>, Error> {
            Err(not_a_row())
        })+
    };
}

impl<'n> Serializer for Picker<'n> {
    type Ok = Option<Value>;
    type Error = Error;
    type SerializeSeq = Impossible<Option<Value>, Error>;
    type SerializeTuple = Impossible<Option<Value>, Error>;
    type SerializeTupleStruct = Impossible<Option<Value>, Error>;
    type SerializeTupleVariant = Impossible<Option<Value>, Error>;
    type SerializeMap = Picker<'n>;
    type SerializeStruct = Picker<'n>;
    type SerializeStructVariant = Impossible<Option<Value>, Error>;

    not_rows! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]), serialize_none(),
        serialize_unit(), serialize_unit_struct(&'static str),
        serialize_unit_variant(&'static str, u32, &'static str),
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Option<Value>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Option<Value>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Option<Value>, Error> {
        Err(not_a_row())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(not_a_row())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(not_a_row())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(not_a_row())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(not_a_row())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(not_a_row())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    struct Inner<'a> {
        first_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<i64>,
    }

    #[derive(Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    struct Outer<'a> {
        #[serde(flatten)]
        inner: Inner<'a>,
        #[serde(rename = "isIT")]
        is_it: bool,
    }

    #[test]
    fn a_field_is_found_by_the_name_that_it_has_in_json_in_a_part_too() {
        let row = Outer { inner: Inner { first_name: "a", age: None }, is_it: true };
        let pick = |name| pick(&row, name);
        assert_eq!(
            [pick("firstName"), pick("isIT"), pick("age"), pick("x")],
            [Some(json!("a")), Some(json!(true)), None, None]
        );
        let inner = super::pick(&row.inner, "firstName");
        assert_eq!(inner, Some(json!("a")));
    }

    #[test]
    fn the_names_of_a_row_are_those_of_all_its_fields() {
        let mut found = names::<Outer>();
        found.sort();
        assert_eq!(found, ["age", "firstName", "isIT"]);
    }

    #[test]
    fn a_row_is_shown_with_the_fields_asked_for() {
        let row = Outer { inner: Inner { first_name: "a", age: Some(3) }, is_it: true };
        let shown = |names: &[String]| only(&row, names).unwrap().get().to_owned();
        assert_eq!(shown(&[]), r#"{"firstName":"a","age":3,"isIT":true}"#);
        assert_eq!(shown(&["isIT".into(), "age".into()]), r#"{"age":3,"isIT":true}"#);
    }
}
