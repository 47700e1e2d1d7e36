//! Query strings: the one way in which a parameter is read.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use strum::VariantArray;

use super::context::RequestContext;
use crate::{
    api::response::error::ApiError,
    model::{DeviceType, LicenseType},
    support::boolean::boolean,
    views::filter::Filter,
};

/// The value of a parameter that is neither true nor false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotBoolean(pub String);

/// The first value of a parameter. An empty one counts as absent: clients' libraries send them (chosen).
pub fn parameter(query: &str, name: &str) -> Option<String> {
    if query.is_empty() {
        return None;
    }
    let first = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    first.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

/// A parameter that is true or false, in the spellings of the original. False if it is absent.
pub fn flag(query: &str, name: &str) -> Result<bool, NotBoolean> {
    parameter(query, name).map_or(Ok(false), |value| boolean(&value).ok_or(NotBoolean(value)))
}

fn flag_of(parts: &Parts, name: &'static str) -> Result<bool, ApiError> {
    flag(parts.uri.query().unwrap_or_default(), name).map_err(|NotBoolean(value)| ApiError::BadParameter {
        name,
        value,
        allowed: vec!["true", "false"],
    })
}

/// A parameter that is one of the vendor's words.
fn word<T>(query: &str, name: &'static str) -> Result<Option<T>, ApiError>
where
    T: VariantArray + std::str::FromStr + Copy + Into<&'static str>,
{
    let Some(value) = parameter(query, name) else {
        return Ok(None);
    };
    let allowed = || T::VARIANTS.iter().map(|word| (*word).into()).collect();
    value.trim().parse().map(Some).map_err(|_| ApiError::BadParameter { name, value, allowed: allowed() })
}

/// The parameters `type` and `licenseType`.
pub struct Filtered(pub Filter);

impl<S: Sync> FromRequestParts<S> for Filtered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Filter {
            device_type: word::<DeviceType>(query, "type")?,
            license_type: word::<LicenseType>(query, "licenseType")?,
        }))
    }
}

/// Whether the request starts a refresh, by the parameter `refresh`. HEAD never does: it is safe by definition.
pub struct Refresh(pub bool);

impl<S: Sync> FromRequestParts<S> for Refresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        flag_of(parts, "refresh")?;
        Ok(Self(parts.extensions.get::<Arc<RequestContext>>().is_some_and(|context| context.starts_refresh())))
    }
}

/// The parameter `excludeContent`: the count, without the rows.
pub struct ExcludeContent(pub bool);

impl<S: Sync> FromRequestParts<S> for ExcludeContent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        flag_of(parts, "excludeContent").map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_has_its_first_value_and_an_empty_one_is_absent() {
        assert_eq!(parameter("a=1&a=2", "a").as_deref(), Some("1"));
        assert_eq!(parameter("a=&b=x", "a"), None);
        assert_eq!(parameter("", "a"), None);
    }

    #[test]
    fn booleans_are_read_in_every_spelling_of_the_original() {
        for word in ["true", "True", "TRUE", "1", "yes", "on", "%20true%20"] {
            assert_eq!(flag(&format!("refresh={word}"), "refresh"), Ok(true), "{word}");
        }
        for word in ["false", "False", "0", "NO", "off", ""] {
            assert_eq!(flag(&format!("refresh={word}"), "refresh"), Ok(false), "{word}");
        }
        for word in ["maybe", "2", "truee"] {
            assert_eq!(flag(&format!("refresh={word}"), "refresh"), Err(NotBoolean(word.into())));
        }
        assert_eq!(flag("refresh=false&refresh=true", "refresh"), Ok(false));
    }
}
