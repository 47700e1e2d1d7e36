//! What the query operations share: paging, sorting, fields, filters, and the page that they answer.
//!
//! Lenient, as the vendor's UI needs it (observed): unknown keys, fields and sort fields are passed
//! over, an empty list is no filter, pages count from 1 and 0 is read as 1.

use std::cmp::Ordering;

use regex::RegexBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::assignment::BadInput;
use crate::views::selection::{AssignmentSelection, Selection, UsageType};

/// Rows of a page, if nothing is said (documented).
const PAGE_SIZE: i64 = 20;

/// Which page of which rows with which fields, in which order.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Query<F> {
    /// What rows must match.
    pub filters: Option<F>,
    /// Fields of the rows; all if empty. Unknown ones are passed over.
    pub fields: Option<Vec<String>>,
    /// From 1; 0 is read as 1.
    pub page: Option<i64>,
    /// Rows of a page; `defaultPageSize`, or 20, if not above zero.
    pub page_size: Option<i64>,
    /// Rows of a page if `pageSize` does not say.
    pub default_page_size: Option<i64>,
    /// A field of the rows; as they come if it is none.
    pub sort_field: Option<String>,
    /// ASC (the default) or DESC, in any case.
    pub sort_order: Option<String>,
}

/// POST /entitlements/utilizations/query.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = EntitlementUtilizationQueryRequest)]
pub struct UtilizationQuery {
    /// What rows must match.
    pub filters: Option<Filters>,
}

/// What rows of licences must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DynamicQueryPayloadFilterDto)]
pub struct Filters {
    /// When they expire, in days from today; what is in either range matches.
    expiration_date_range: Option<ExpirationDateRange>,
    /// Given by an MSP, or bought.
    is_assigned_license: Option<bool>,
    /// Trial, or paid.
    is_trial: Option<bool>,
    /// Licensing models.
    license_type: Option<Vec<String>>,
    /// Only what can be renewed; false is no filter.
    renewable: Option<bool>,
    /// Regular expressions, of which one must be found in the SKU.
    sku: Option<Vec<String>>,
    /// Silver, Gold or Platinum.
    sku_tier: Option<Vec<String>>,
    /// FUTURE, VALID or EXPIRED.
    status: Option<Vec<String>>,
    /// SELF (the default) or ASSIGNED; UNKNOWN is read as SELF.
    pub usage_type: Option<String>,
}

/// When rows expire, in days from today.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExpirationDateRange {
    /// Within the last days, today not included.
    last_expired_days: Option<i64>,
    /// Within the next days, today included.
    next_expiring_days: Option<i64>,
}

/// What assignments must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryAssignmentFilters)]
pub struct AssignmentFilters {
    /// Who made them.
    created_by: Option<Vec<String>>,
    /// Trial, or paid.
    is_trial: Option<bool>,
    /// Licensing models.
    license_type: Option<Vec<String>>,
    /// VALID, REVOKED, EXPIRED or FUTURE.
    status: Option<Vec<String>>,
}

/// A page of rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryResponse)]
pub struct QueryResponse {
    /// The fields that were asked for and exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// Rows on all pages.
    total_count: i64,
    /// From 1.
    page: i64,
    /// The most rows of a page.
    page_size: i64,
    /// The rows.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Value>,
}

/// A row as it is shown, and as it is sorted by: with dates that sort as text.
pub struct Row {
    /// As it is shown.
    pub shown: Value,
    /// As it is sorted by.
    pub key: Value,
}

impl QueryResponse {
    /// The page of these rows that is asked for; `known` are the fields that rows can have.
    pub fn new<F>(mut rows: Vec<Row>, query: &Query<F>, known: &[&str], with_content: bool) -> Self {
        let (page, page_size) = (query.page(), query.page_size());
        let total_count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if let Some(field) = query.sort_field.as_deref() {
            rows.sort_by(|a, b| compare(&a.key[field], &b.key[field], query.is_descending()));
        }
        let fields = known_fields(query.fields.as_deref(), known);
        let skip = usize::try_from(page - 1).unwrap_or(usize::MAX);
        let size = usize::try_from(page_size).unwrap_or(usize::MAX);
        let on_page = rows.into_iter().skip(skip.saturating_mul(size)).take(if with_content { size } else { 0 });
        let data = on_page.map(|row| only(row.shown, &fields)).collect();
        Self { fields, total_count, page, page_size, data }
    }

    /// The rows of the page.
    pub fn rows(&self) -> &[Value] {
        &self.data
    }
}

impl Row {
    /// A row, from what is shown and the same in the documented style.
    pub fn new(shown: &impl Serialize, key: &impl Serialize) -> Self {
        let value = |row: serde_json::Result<Value>| row.unwrap_or_default();
        Self { shown: value(serde_json::to_value(shown)), key: value(serde_json::to_value(key)) }
    }
}

impl<F> Query<F> {
    fn page(&self) -> i64 {
        self.page.unwrap_or(1).max(1)
    }

    fn page_size(&self) -> i64 {
        let given = [self.page_size, self.default_page_size].into_iter().flatten().find(|size| *size > 0);
        given.unwrap_or(PAGE_SIZE)
    }

    fn is_descending(&self) -> bool {
        self.sort_order.as_deref().is_some_and(|order| order.eq_ignore_ascii_case("DESC"))
    }
}

/// The fields that are asked for and known, each once.
pub fn known_fields(asked: Option<&[String]>, known: &[&str]) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for name in asked.unwrap_or_default() {
        if known.contains(&name.as_str()) && !fields.contains(name) {
            fields.push(name.clone());
        }
    }
    fields
}

/// Numbers by size, texts by their letters, false before true; absent values last either way.
fn compare(a: &Value, b: &Value, descending: bool) -> Ordering {
    let order = match (a, b) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) => return Ordering::Greater,
        (_, Value::Null) => return Ordering::Less,
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    };
    if descending { order.reverse() } else { order }
}

fn only(row: Value, fields: &[String]) -> Value {
    match row {
        Value::Object(row) if !fields.is_empty() => row.into_iter().filter(|(name, _)| fields.contains(name)).collect(),
        row => row,
    }
}

/// The word for whose use is asked about.
pub fn usage_type(word: Option<&str>) -> UsageType {
    if word == Some("ASSIGNED") { UsageType::Assigned } else { UsageType::Own }
}

/// The word for whose use it is.
pub fn usage_word(usage: UsageType) -> &'static str {
    match usage {
        UsageType::Own => "SELF",
        UsageType::Assigned => "ASSIGNED",
    }
}

impl Filters {
    /// Whose use is asked about.
    pub fn usage(&self) -> UsageType {
        usage_type(self.usage_type.as_deref())
    }

    /// Which rows are asked for.
    pub fn selection(self) -> Result<Selection, BadInput> {
        let range = self.expiration_date_range.unwrap_or_default();
        Ok(Selection {
            license_types: self.license_type.unwrap_or_default(),
            skus: sku_patterns(&self.sku.unwrap_or_default())?,
            sku_tiers: self.sku_tier.unwrap_or_default(),
            statuses: self.status.unwrap_or_default(),
            trial: self.is_trial,
            assigned: self.is_assigned_license,
            renewable: self.renewable.unwrap_or_default(),
            expires_within: range.next_expiring_days,
            expired_within: range.last_expired_days,
        })
    }
}

/// The most patterns of one request, and the most characters of each (chosen: a request must not cost much).
const MOST_SKU_PATTERNS: usize = 100;
const LONGEST_SKU_PATTERN: usize = 200;

/// The patterns of a request, equal ones once. Their number, length and compiled size are bounded, as compiling
/// takes time and memory.
fn sku_patterns(patterns: &[String]) -> Result<Vec<regex::Regex>, BadInput> {
    if patterns.len() > MOST_SKU_PATTERNS {
        let found = format!("{} of them", patterns.len());
        return Err(BadInput { path: "filters.sku".into(), expected: "at most 100 patterns", found });
    }
    let first_of_equals = patterns.iter().enumerate().filter(|(n, pattern)| !patterns[..*n].contains(pattern));
    first_of_equals.map(|(n, pattern)| sku_pattern(pattern, n)).collect()
}

fn sku_pattern(pattern: &str, n: usize) -> Result<regex::Regex, BadInput> {
    let bad = |expected, found| BadInput { path: format!("filters.sku[{n}]"), expected, found };
    let length = pattern.chars().count();
    if length > LONGEST_SKU_PATTERN {
        return Err(bad("a pattern of at most 200 characters", format!("{length} characters")));
    }
    let compiled = RegexBuilder::new(pattern).size_limit(50_000).dfa_size_limit(50_000).build();
    compiled.map_err(|_| bad("a regular expression", format!("\"{pattern}\"")))
}

impl From<AssignmentFilters> for AssignmentSelection {
    fn from(AssignmentFilters { created_by, is_trial, license_type, status }: AssignmentFilters) -> Self {
        Self {
            license_types: license_type.unwrap_or_default(),
            statuses: status.unwrap_or_default(),
            created_by: created_by.unwrap_or_default(),
            trial: is_trial,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(asked: Value, expected: &Value) {
        let query: Query<Filters> = serde_json::from_value(asked).unwrap();
        let row = |n: i64| json!({ "id": n, "sku": format!("S{}", n % 3), "trial": n % 2 == 0 });
        let rows = (1..=25).map(|n| Row { shown: row(n), key: row(n) }).collect();
        let page = QueryResponse::new(rows, &query, &["id", "sku", "trial"], true);
        let ids: Vec<_> = page.data.iter().map(|row| &row["id"]).collect();
        assert_eq!(&json!([page.page, page.page_size, ids]), expected);
    }

    #[test]
    fn pages_count_from_one_and_hold_twenty_rows_unless_told_otherwise() {
        let first: Vec<i64> = (1..=20).collect();
        check(json!({}), &json!([1, 20, first]));
        check(json!({ "page": 0, "pageSize": 0 }), &json!([1, 20, first]));
        check(json!({ "page": -3, "pageSize": -1, "defaultPageSize": 3 }), &json!([1, 3, [1, 2, 3]]));
        check(json!({ "page": 2 }), &json!([2, 20, [21, 22, 23, 24, 25]]));
        check(json!({ "page": 3, "pageSize": 10 }), &json!([3, 10, [21, 22, 23, 24, 25]]));
        check(
            json!({ "page": 9_000_000_000_i64, "pageSize": 9_000_000_000_i64 }),
            &json!([9_000_000_000_i64, 9_000_000_000_i64, []]),
        );
    }

    #[test]
    fn sku_patterns_are_few_and_short_and_compiled_once() {
        let patterns = |count: usize| (0..count).map(|n| format!("CLD-{n}")).collect::<Vec<_>>();
        assert_eq!(sku_patterns(&patterns(100)).unwrap().len(), 100);
        let refused = sku_patterns(&patterns(101)).unwrap_err();
        assert_eq!((refused.path.as_str(), refused.expected), ("filters.sku", "at most 100 patterns"));
        assert_eq!(sku_patterns(&["a".repeat(200)]).unwrap().len(), 1);
        let refused = sku_patterns(&["b".into(), "a".repeat(201)]).unwrap_err();
        assert_eq!((refused.path.as_str(), refused.found.as_str()), ("filters.sku[1]", "201 characters"));
        let equal: Vec<String> = std::iter::repeat_n("^CLD".to_owned(), 100).collect();
        assert_eq!(sku_patterns(&equal).unwrap().len(), 1);
        assert_eq!(sku_patterns(&["[^a]{200}".into()]).unwrap_err().expected, "a regular expression");
    }

    #[test]
    fn rows_are_sorted_by_any_field_and_left_alone_by_an_unknown_one() {
        check(json!({ "sortField": "id", "sortOrder": "DESC", "pageSize": 3 }), &json!([1, 3, [25, 24, 23]]));
        check(json!({ "sortField": "sku", "pageSize": 3 }), &json!([1, 3, [3, 6, 9]]));
        check(json!({ "sortField": "name", "sortOrder": "DESC", "pageSize": 3 }), &json!([1, 3, [1, 2, 3]]));
    }
}
