//! What a query may ask of the journal: `GET /_mock/requests?path=/ban*&status=4xx`.

use std::collections::BTreeMap;

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
    support::{glob::InvalidPattern, problem::Problem, suggest::nearest},
};

/// What a query asks of the journal.
#[derive(Debug, Default)]
pub struct Asked {
    /// What the exchanges must be like.
    pub wanted: Match,
    /// Only what came after the exchange of this number.
    pub since: u64,
    /// Only what came at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// The most rows.
    pub limit: Option<usize>,
}

/// The parameters, and what they ask for.
const PARAMETERS: [(&str, &str); 13] = [
    ("method", "The method, or several between commas."),
    ("path", "The path: `*` is anything within a segment, `**` any number of segments."),
    ("query", "A parameter of the query, as `name=value`; `*` is anything in the value."),
    ("header", "A header of the request, as `name: value`; `*` is anything in the value."),
    ("body", "A value in the JSON of the request, as `/pointer=value`."),
    ("tenant", "The tenant, or several between commas."),
    ("client", "The API client or user that calls, or several between commas."),
    ("operationId", "The operation, or several between commas."),
    ("status", "The status, such as `404` or `4xx`, or several between commas."),
    ("unmatched", "Whether no operation has this path and method."),
    ("since", "Only what came after the request of this number, or from this moment on."),
    ("limit", "The most rows; 100 if absent."),
    ("cursor", "The same as `since`."),
];

/// The parameters, for the document.
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

impl Asked {
    /// Reads it, or tells what is wrong with which parameter.
    pub fn read(query: &str) -> Result<Self, Problem> {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            asked.set(&name, &value).map_err(|problem| Problem::bad(format!("{name}: {problem}")))?;
        }
        asked.wanted.check().map_err(Problem::bad)?;
        Ok(asked)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wanted = &mut self.wanted;
        match name {
            "method" => wanted.method = Some(value.to_ascii_uppercase().as_str().into()),
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
                wanted.unmatched = Some(value.parse().map_err(|_| format!("\"{value}\" is not true or false"))?);
            }
            "since" | "cursor" => self.set_since(value)?,
            "limit" => {
                self.limit = Some(value.parse().map_err(|_| format!("\"{value}\" is no number of rows"))?);
            }
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
        let moment = DateTime::parse_from_rfc3339(value);
        let bad =
            |_| format!("\"{value}\" is neither the number of a request nor a moment such as 2026-01-31T12:00:00Z");
        self.from = Some(moment.map_err(bad)?.to_utc());
        Ok(())
    }

    /// Whether an exchange is asked for.
    pub fn admits(&self, exchange: &RecordedRequest) -> bool {
        self.from.is_none_or(|from| exchange.at >= from) && self.wanted.matches(exchange)
    }
}

fn pair(text: &str, between: char, expected: &str, pairs: &mut BTreeMap<String, Option<String>>) -> Result<(), String> {
    let (name, value) = text.split_once(between).ok_or_else(|| format!("\"{text}\" is not {expected}"))?;
    pairs.insert(name.trim().to_owned(), Some(value.trim().to_owned()));
    Ok(())
}
