//! What a query selects from the journal: `GET /_mock/requests?path=/ban*&status=4xx`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use utoipa::{
    IntoParams,
    openapi::{
        Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::ObjectBuilder,
    },
};

use crate::{
    journal::{Match, RecordedRequest, matching::Statuses},
    support::{echo, glob::InvalidPattern, problem::Problem, suggest::nearest},
};

/// What a query selects from the journal.
#[derive(Debug, Default)]
pub struct Selection {
    /// What the requests must be like.
    pub wanted: Match,
    /// Only requests after the one with this number.
    pub since: u64,
    /// Only requests from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// How many rows to return at most.
    pub limit: Option<usize>,
}

/// The parameters, and what they select.
const PARAMETERS: [(&str, &str); 13] = [
    ("method", "The method, or several between commas."),
    ("path", "The path: `*` is anything within a segment, `**` any number of segments."),
    ("query", "A parameter of the query, as `name=value`; `*` is anything in the value. May be repeated."),
    ("header", "A header of the request, as `name: value`; `*` is anything in the value. May be repeated."),
    ("body", "A value in the JSON of the request, as `/pointer=value`. May be repeated."),
    ("tenant", "The tenant, or several between commas."),
    ("client", "The API client or user that calls, or several between commas."),
    ("operationId", "The operation, or several between commas."),
    ("status", "The status, such as `404` or `4xx`, or several between commas."),
    ("unmatched", "Whether no operation has this path and method."),
    ("since", "Only requests after the one with this number, or from this moment on."),
    ("limit", "The most rows, at least 1; 100 if absent."),
    ("cursor", "The same as `since`."),
];

/// Those that may be repeated, because each names something else.
const REPEATED: [&str; 3] = ["query", "header", "body"];

/// The parameters, for the OpenAPI document.
pub struct Filters;

impl IntoParams for Filters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String).build();
        let parameter = |(name, description): &(&str, &str)| {
            ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(*description))
                .schema(Some(text()))
                .build()
        };
        PARAMETERS.iter().map(parameter).collect()
    }
}

impl Selection {
    /// Reads a query. The error says what is wrong with which parameter.
    pub fn read(query: Option<&str>) -> Result<Self, Problem> {
        let mut selection = Self::default();
        let mut seen = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let bad = |problem: String| Problem::bad(format!("{}: {problem}", echo::cut(&name)));
            if !REPEATED.contains(&&*name) && !seen.insert(name.clone()) {
                return Err(bad("is given more than once".into()));
            }
            selection.set(&name, &value).map_err(bad)?;
        }
        selection.wanted.check().map_err(|invalid| Problem::bad(invalid.to_string()))?;
        Ok(selection)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wanted = &mut self.wanted;
        match name {
            "method" => wanted.method = Some(value.into()),
            "path" => wanted.path = Some(value.parse().map_err(|error: InvalidPattern| error.to_string())?),
            "query" => pair(value, '=', "name=value", &mut wanted.query)?,
            "header" => pair(value, ':', "name: value", &mut wanted.headers)?,
            "body" => {
                let (pointer, text) =
                    value.split_once('=').ok_or("expected /pointer=value, such as /assignments/0/quantity=5")?;
                let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
                wanted.body.insert(pointer.to_owned(), value);
            }
            "tenant" => wanted.tenant = Some(value.into()),
            "client" => wanted.client = Some(value.into()),
            "operationId" => wanted.operation_id = Some(value.into()),
            "status" => wanted.status = Some(Statuses::try_from(value)?),
            "unmatched" => {
                let unmatched = value.parse().map_err(|_| format!("\"{}\" is not true or false", echo::cut(value)))?;
                wanted.unmatched = Some(unmatched);
            }
            "since" | "cursor" => self.set_since(value)?,
            "limit" => self.limit = Some(limit(value)?),
            _ => {
                let names = PARAMETERS.map(|(name, _)| name);
                let advice = nearest(name, names);
                return Err(format!("there is no such parameter; expected some of {}{advice}", names.join(", ")));
            }
        }
        Ok(())
    }

    fn set_since(&mut self, value: &str) -> Result<(), String> {
        if let Ok(seq) = value.parse() {
            self.since = seq;
            return Ok(());
        }
        let moment = DateTime::parse_from_rfc3339(value).map_err(|_| {
            let value = echo::cut(value);
            format!("\"{value}\" is neither the number of a request nor a moment such as 2026-01-31T12:00:00Z")
        })?;
        self.from = Some(moment.to_utc());
        Ok(())
    }

    /// Whether it selects a request.
    pub fn admits(&self, recorded: &RecordedRequest) -> bool {
        self.from.is_none_or(|from| recorded.at >= from) && self.wanted.matches(&recorded.facts())
    }
}

/// A page without rows would lead to itself, and its reader round in circles.
fn limit(value: &str) -> Result<usize, String> {
    let rows = value.parse().ok().filter(|rows| *rows >= 1);
    rows.ok_or_else(|| format!("\"{}\" is not a number of rows; expected at least 1", echo::cut(value)))
}

fn pair(text: &str, between: char, expected: &str, pairs: &mut BTreeMap<String, Option<String>>) -> Result<(), String> {
    let (name, value) = text.split_once(between).ok_or_else(|| format!("\"{}\" is not {expected}", echo::cut(text)))?;
    pairs.insert(name.trim().to_owned(), Some(value.trim().to_owned()));
    Ok(())
}
