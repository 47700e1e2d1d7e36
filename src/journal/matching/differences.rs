//! Where a request is not as expected, and how far it is from that.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Facts, Match, Words};
use crate::{journal::recorded_request::Content, support::glob::wild};

/// Where a request is not as expected.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Difference)]
pub struct Difference {
    /// Where: `method`, `headers.accept`, `body/0/quantity`.
    pub field: String,
    /// What was expected there.
    pub expected: Value,
    /// What was there; null if nothing was.
    pub found: Value,
}

impl Match {
    /// Lazily, so that the first difference is enough to know that there is one.
    pub(super) fn differences_before_body<'m>(
        &'m self,
        facts: &'m Facts<'_>,
    ) -> impl Iterator<Item = Difference> + use<'m> {
        // Every field, so that a new one cannot be forgotten here; `body` has a function of its own.
        let Self { method, path, query, headers, body: _, tenant, client, operation_id, status, unmatched } = self;
        let method =
            || method.as_ref().and_then(|expected| words("method", &expected.in_upper_case(), Some(facts.method)));
        let word = |field, expected: &Option<Words>, found| expected.as_ref().and_then(|own| words(field, own, found));
        let path = || {
            path.as_ref().filter(|path| !path.matches(facts.path)).map(|path| Difference {
                field: "path".into(),
                expected: path.to_string().into(),
                found: facts.path.into(),
            })
        };
        let status = || {
            let status = status.as_ref().filter(|status| !status.contain(facts.status.unwrap_or_default()))?;
            Some(Difference { field: "status".into(), expected: status.clone().into(), found: facts.status.into() })
        };
        let unmatched = || {
            let expected = unmatched.filter(|expected| *expected != facts.unmatched)?;
            Some(Difference { field: "unmatched".into(), expected: expected.into(), found: facts.unmatched.into() })
        };
        std::iter::once_with(method)
            .chain(std::iter::once_with(path))
            .chain(std::iter::once_with(move || word("tenant", tenant, facts.tenant)))
            .chain(std::iter::once_with(move || word("client", client, facts.client)))
            .chain(std::iter::once_with(move || word("operationId", operation_id, facts.operation_id)))
            .chain(std::iter::once_with(status))
            .chain(std::iter::once_with(unmatched))
            .chain(query.iter().map(|(name, expected)| parameter(name, expected.as_deref(), facts)))
            .chain(headers.iter().map(|(name, expected)| header(name, expected.as_deref(), facts)))
            .flatten()
    }

    pub(super) fn differences_in_body<'m>(
        &'m self,
        facts: &'m Facts<'_>,
    ) -> impl Iterator<Item = Difference> + use<'m> {
        self.body.iter().filter_map(|(pointer, expected)| {
            let found = match facts.content() {
                Content::Json(value) => value.pointer(pointer),
                Content::Empty | Content::Text(_) | Content::Binary => None,
            };
            let found_it = found == Some(expected);
            let found = || found.cloned().unwrap_or_default();
            (!found_it).then(|| Difference {
                field: format!("body{pointer}"),
                expected: expected.clone(),
                found: found(),
            })
        })
    }
}

fn words(field: &str, expected: &Words, found: Option<&str>) -> Option<Difference> {
    let is_one = found.is_some_and(|found| expected.contain(found));
    (!is_one).then(|| Difference { field: field.into(), expected: expected.clone().into(), found: found.into() })
}

fn parameter(name: &str, expected: Option<&str>, facts: &Facts<'_>) -> Option<Difference> {
    let values = form_urlencoded::parse(facts.query.as_bytes()).filter(|(own, _)| own == name);
    let values: Vec<_> = values.map(|(_, value)| value).collect();
    one_of_several(format!("query.{name}"), expected, &values.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

fn header(name: &str, expected: Option<&str>, facts: &Facts<'_>) -> Option<Difference> {
    let name = name.to_ascii_lowercase();
    one_of_several(format!("headers.{name}"), expected, &facts.message.header(&name).collect::<Vec<_>>())
}

/// Of several values of one name, one must be as expected; or there must be none.
fn one_of_several(field: String, expected: Option<&str>, values: &[&str]) -> Option<Difference> {
    let as_expected = match expected {
        Some(expected) => values.iter().any(|value| wild(expected, value)),
        None => values.is_empty(),
    };
    let found = || match values {
        [] => Value::Null,
        [one] => (*one).into(),
        several => several.into(),
    };
    (!as_expected).then(|| Difference {
        field,
        expected: expected.map_or_else(|| "(absent)".into(), Value::from),
        found: found(),
    })
}

/// How far a request with these differences is from what was expected: a path that looks alike is nearer than one
/// that does not.
pub fn distance(wanted: &Match, path: &str, differences: &[Difference]) -> f64 {
    let weight = |difference: &Difference| match (difference.field.as_str(), &wanted.path) {
        ("path", Some(pattern)) => 1.0 + 2.0 * (1.0 - likeness(&pattern.to_string(), path)),
        ("operationId", _) => 2.0,
        _ => 1.0,
    };
    differences.iter().map(weight).sum()
}

/// From 0 to 1. Only the beginnings count, because comparing takes the product of both lengths.
fn likeness(a: &str, b: &str) -> f64 {
    let beginning = |text: &str| text.chars().take(100).collect::<String>();
    strsim::normalized_levenshtein(&beginning(a), &beginning(b))
}
