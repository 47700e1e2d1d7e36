//! Which exchanges are meant, and what differs in one that is not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{RecordedRequest, recorded_request::Content};
use crate::support::glob::{PathPattern, wild};

/// What an exchange must be like; what is not given may be anything.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = RequestMatch)]
pub struct Match {
    /// The method, or one of several.
    pub method: Option<Words>,
    /// The path.
    pub path: Option<PathPattern>,
    /// Parameters of the query; null if there must be none of this name.
    pub query: BTreeMap<String, Option<String>>,
    /// Headers of the request; null if there must be none of this name.
    pub headers: BTreeMap<String, Option<String>>,
    /// Values in the body of the request, by JSON pointer.
    pub body: BTreeMap<String, Value>,
    /// The tenant.
    pub tenant: Option<Words>,
    /// The API client or user that calls.
    pub client: Option<Words>,
    /// The operation, by its id in the OpenAPI document.
    pub operation_id: Option<Words>,
    /// The status: `404`, `"4xx"`, or one of several.
    #[schema(value_type = Option<Value>)]
    pub status: Option<Statuses>,
    /// Whether no operation has this path and method.
    pub unmatched: Option<bool>,
}

/// One word or several, any of which will do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Value", into = "Value")]
#[schema(value_type = Value)]
pub struct Words(Vec<String>);

/// One status or several, or classes of them, any of which will do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Statuses {
    text: Value,
    ranges: Vec<(u16, u16)>,
}

/// Where an exchange is not what was expected.
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

/// For tests in Rust: `Match::to("GET", "/banners").tenant("...")`.
impl Match {
    /// Requests with this method and path. In the path `*` is anything within a segment and `**` any number
    /// of segments.
    pub fn to(method: &str, path: &str) -> Self {
        let path = PathPattern::from(path);
        Self { method: Some(method.into()), path: Some(path), ..Self::default() }
    }

    /// With this parameter in the query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// With this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// With this value at a JSON pointer in the body.
    pub fn body(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        self.body.insert(pointer.to_owned(), value.into());
        self
    }

    /// About this tenant.
    pub fn tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.into()), ..self }
    }

    /// By this API client.
    pub fn client(self, client: &str) -> Self {
        Self { client: Some(client.into()), ..self }
    }

    /// That call this operation, by its id in the OpenAPI document.
    pub fn operation(self, id: &str) -> Self {
        Self { operation_id: Some(id.into()), ..self }
    }

    /// That were answered with this status, such as `404` or `4xx`. A text that is no status is told when it
    /// is used.
    pub fn status(self, status: &str) -> Self {
        let none = |_| Statuses { text: status.into(), ranges: Vec::new() };
        Self { status: Some(Statuses::try_from(status).unwrap_or_else(none)), ..self }
    }
}

impl Match {
    /// Whether an exchange is like that.
    pub fn matches(&self, exchange: &RecordedRequest) -> bool {
        self.differences(exchange).is_empty()
    }

    /// Where an exchange is not like that.
    pub fn differences(&self, exchange: &RecordedRequest) -> Vec<Difference> {
        // Every field, so that a new one cannot be forgotten here.
        let Self { method, path, query, headers, body, tenant, client, operation_id, status, unmatched } = self;
        let mut differences = Differences::default();
        differences.words("method", method.as_ref(), Some(&exchange.method));
        if let Some(path) = path.as_ref().filter(|path| !path.matches(&exchange.path)) {
            differences.add("path".into(), path.to_string().into(), (*exchange.path).into());
        }
        for (name, expected) in query {
            differences.parameter(name, expected.as_deref(), exchange);
        }
        for (name, expected) in headers {
            differences.header(name, expected.as_deref(), exchange);
        }
        if !body.is_empty() {
            differences.body(body, exchange);
        }
        differences.words("tenant", tenant.as_ref(), exchange.tenant.as_deref());
        differences.words("client", client.as_ref(), exchange.client.as_deref());
        differences.words("operationId", operation_id.as_ref(), exchange.operation_id);
        if let Some(status) = status.as_ref().filter(|status| !status.contain(exchange.status)) {
            differences.add("status".into(), status.text.clone(), exchange.status.into());
        }
        if let Some(expected) = unmatched.filter(|expected| *expected != exchange.unmatched) {
            differences.add("unmatched".into(), expected.into(), exchange.unmatched.into());
        }
        differences.0
    }

    /// How far an exchange with these differences is from what was expected: a path that looks alike is
    /// nearer than one that does not.
    pub fn distance(&self, exchange: &RecordedRequest, differences: &[Difference]) -> f64 {
        let weight = |difference: &Difference| match (difference.field.as_str(), &self.path) {
            ("path", Some(path)) => 1.0 + 2.0 * (1.0 - likeness(&path.to_string(), &exchange.path)),
            ("operationId", _) => 2.0,
            _ => 1.0,
        };
        differences.iter().map(weight).sum()
    }
}

/// From 0 to 1. Only the beginnings count: comparing takes the product of both lengths.
fn likeness(a: &str, b: &str) -> f64 {
    let beginning = |text: &str| text.chars().take(100).collect::<String>();
    strsim::normalized_levenshtein(&beginning(a), &beginning(b))
}

#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn add(&mut self, field: String, expected: Value, found: Value) {
        self.0.push(Difference { field, expected, found });
    }

    fn words(&mut self, field: &str, expected: Option<&Words>, found: Option<&str>) {
        let Some(expected) = expected else { return };
        if !found.is_some_and(|found| expected.0.iter().any(|word| wild(word, found))) {
            self.add(field.into(), expected.clone().into(), found.into());
        }
    }

    fn parameter(&mut self, name: &str, expected: Option<&str>, exchange: &RecordedRequest) {
        let query = exchange.query.as_deref().unwrap_or_default();
        let values = form_urlencoded::parse(query.as_bytes()).filter(|(own, _)| own == name);
        let values: Vec<_> = values.map(|(_, value)| value).collect();
        self.several(format!("query.{name}"), expected, &values.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    }

    fn header(&mut self, name: &str, expected: Option<&str>, exchange: &RecordedRequest) {
        let name = name.to_ascii_lowercase();
        self.several(format!("headers.{name}"), expected, &exchange.request.header(&name).collect::<Vec<_>>());
    }

    /// Of several values of one name, one must be as expected; or there must be none.
    fn several(&mut self, field: String, expected: Option<&str>, values: &[&str]) {
        let fine = match expected {
            Some(expected) => values.iter().any(|value| wild(expected, value)),
            None => values.is_empty(),
        };
        if fine {
            return;
        }
        let found = match values {
            [] => Value::Null,
            [one] => (*one).into(),
            several => several.into(),
        };
        self.add(field, expected.map_or_else(|| "(absent)".into(), Value::from), found);
    }

    fn body(&mut self, expected: &BTreeMap<String, Value>, exchange: &RecordedRequest) {
        let content = exchange.request.content();
        for (pointer, expected) in expected {
            let found = match &content {
                Content::Json(value) => value.pointer(pointer),
                Content::Empty | Content::Text(_) | Content::Binary => None,
            };
            if found != Some(expected) {
                let found = found.cloned().unwrap_or_default();
                self.add(format!("body{pointer}"), expected.clone(), found);
            }
        }
    }
}

impl Match {
    /// What is wrong with it beyond its form, if anything is.
    pub fn check(&self) -> Result<(), String> {
        if let Some(Statuses { text, ranges }) = &self.status
            && ranges.is_empty()
        {
            return Err(format!("status: {text} is no status: expected 404, 4xx, or several of such"));
        }
        let bad = self.body.keys().find(|pointer| !pointer.is_empty() && !pointer.starts_with('/'));
        match bad {
            Some(pointer) => Err(format!(
                "body: \"{pointer}\" is no JSON pointer; expected \"\" for the whole body, or a path such as \"/assignments/0/quantity\""
            )),
            None => Ok(()),
        }
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

impl From<Statuses> for Value {
    fn from(statuses: Statuses) -> Self {
        statuses.text
    }
}

impl From<&str> for Words {
    /// Words between commas.
    fn from(text: &str) -> Self {
        Self(text.split(',').map(|word| word.trim().to_owned()).collect())
    }
}

impl TryFrom<Value> for Words {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let bad = |value: &Value| format!("expected a text or a list of texts, found {value}");
        let items = match value {
            Value::Array(items) if !items.is_empty() => items,
            one => vec![one],
        };
        let word = |item: Value| item.as_str().map(str::to_owned).ok_or_else(|| bad(&item));
        items.into_iter().map(word).collect::<Result<_, _>>().map(Self)
    }
}

impl Statuses {
    fn contain(&self, status: u16) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&status))
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
        format!("{value} is no status: expected a number such as 404, a class such as \"4xx\", or a list of such")
    })
}
