//! Queries of activities: what they ask for, and the pages that they answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    activity::Activity,
    assignment_request::{BadInput, DATE},
    date,
};

/// What POST /activities/query asks for. Unknown keys are ignored.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = QueryData)]
pub struct Query {
    /// Fields of the rows; all if empty. `requestId` always comes.
    pub fields: Option<Vec<String>>,
    /// What rows must match.
    pub filters: Option<QueryFilters>,
    /// From 1; 0 is read as 1.
    pub page: Option<i64>,
    /// Rows of a page.
    pub page_size: Option<i64>,
    /// A field of the rows.
    pub sort_field: Option<String>,
    /// ASC or DESC.
    pub sort_order: Option<SortOrder>,
    /// Text that one of `searchTargetFields` must contain.
    pub search_string: Option<String>,
    /// Where to look for `searchString`; everywhere if empty.
    pub search_target_fields: Option<Vec<String>>,
}

/// What rows of POST /activities/query must match. An empty list matches all.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryFilters {
    /// Started at or after this moment.
    pub from_time: Option<String>,
    /// Started at or before this moment.
    pub to_time: Option<String>,
    /// One of these statuses.
    pub status: Option<Vec<String>>,
    /// One of these products.
    pub product: Option<Vec<String>>,
    /// One of these ids.
    pub id: Option<Vec<String>>,
    /// One of these ids.
    pub request_id: Option<Vec<String>>,
}

/// A moment, if one is given.
pub type Moment = Option<DateTime<Utc>>;

impl QueryFilters {
    /// The first and the last moment at which rows may have started.
    pub fn span(&self) -> Result<(Moment, Moment), BadInput> {
        let moment = |text: &Option<String>, name: &str| match text {
            None => Ok(None),
            Some(text) => date::parse(text).map(Some).ok_or_else(|| BadInput {
                path: format!("filters.{name}"),
                expected: DATE,
                found: format!("\"{text}\""),
            }),
        };
        let from = moment(&self.from_time, "fromTime")?.map(date::Given::as_start);
        Ok((from, moment(&self.to_time, "toTime")?.map(date::Given::as_end)))
    }
}

/// Which way rows are sorted. In any case, as in all queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[allow(missing_docs, reason = "the words say it")]
pub enum SortOrder {
    Asc,
    Desc,
}

impl TryFrom<String> for SortOrder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "ASC" => Ok(Self::Asc),
            "DESC" => Ok(Self::Desc),
            _ => Err(format!("expected ASC or DESC, found \"{text}\"")),
        }
    }
}

/// A page of the devices that an activity is about; refreshes are about none.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryResponseDeviceDto)]
pub struct DevicePage {
    /// The fields that were asked for.
    pub fields: Vec<String>,
    /// Rows on all pages.
    pub total_count: i64,
    /// From 1.
    pub page: i64,
    /// The activities of the page.
    #[schema(value_type = Vec<Object>)]
    pub data: Vec<Value>,
}

/// A page of activities.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryResponseActivityDto)]
pub struct Page {
    /// The fields that were asked for and exist.
    pub fields: Vec<String>,
    /// Rows on all pages.
    pub total_count: i64,
    /// From 1.
    pub page: i64,
    /// The activities of the page.
    #[schema(value_type = Vec<Activity>)]
    pub data: Vec<Value>,
}
