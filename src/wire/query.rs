//! What the query operations share: paging, sorting, fields, and the page that they answer.
//!
//! Lenient, as the vendor's UI needs it (observed): unknown keys, fields and sort fields are ignored, an
//! empty list is no filter, pages count from 1 and 0 is read as 1.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use super::fields;

/// Rows of a page, if nothing is said (documented).
const PAGE_SIZE: i64 = 20;

/// Which page of which rows with which fields, in which order.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Query<F> {
    /// What rows must match.
    pub filters: Option<F>,
    /// Fields of the rows; all if empty. Unknown ones are ignored.
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
    /// The rows of the page.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Box<RawValue>>,
}

/// Rows of a query, not yet shown: only those on the page are.
pub struct Rows<T, M> {
    /// In the order in which they come if no other is asked for.
    pub rows: Vec<T>,
    /// Whether the page has rows, or only their count.
    pub with_content: bool,
    /// How many rows a page has if the request does not say; all if none.
    pub default_page_size: Option<i64>,
    /// A row as it is shown, or, to be sorted by, with dates whose order is that of their text.
    pub show: M,
}

/// What a row is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be shown, in the style of the answer.
    Showing,
    /// To be sorted by: in the documented style.
    Sorting,
}

impl<T: Copy, M> Rows<T, M> {
    /// Rows in pages of 20, with their content.
    pub fn new<R>(rows: Vec<T>, show: M) -> Self
    where
        M: Fn(T, Purpose) -> R,
    {
        Self { rows, with_content: true, default_page_size: Some(PAGE_SIZE), show }
    }

    /// The page that is asked for.
    pub fn page<F, R>(self, query: &Query<F>) -> QueryResponse
    where
        M: Fn(T, Purpose) -> R,
        R: Serialize + ToSchema,
    {
        let Self { mut rows, with_content, default_page_size, show } = self;
        let total_count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let page_size = query.page_size().or(default_page_size).unwrap_or(total_count).max(1);
        if let Some(field) = query.sort_field.as_deref() {
            let descending = query.is_descending();
            let mut keyed: Vec<(Value, T)> = rows
                .into_iter()
                .map(|row| (fields::pick(&show(row, Purpose::Sorting), field).unwrap_or_default(), row))
                .collect();
            keyed.sort_by(|(a, _), (b, _)| compare(a, b, descending));
            rows = keyed.into_iter().map(|(_, row)| row).collect();
        }
        let asked = query.fields.as_deref().unwrap_or_default();
        let fields = if asked.is_empty() { Vec::new() } else { fields::known(asked, &fields::names::<R>()) };
        let page = query.page();
        let (skip, size) = (usize_of(page - 1).saturating_mul(usize_of(page_size)), usize_of(page_size));
        let on_page = rows.iter().skip(skip).take(if with_content { size } else { 0 });
        let data = on_page.filter_map(|row| fields::only(&show(*row, Purpose::Showing), &fields)).collect();
        QueryResponse { fields, total_count, page, page_size, data }
    }
}

impl QueryResponse {
    /// The rows of the page.
    pub fn rows(&self) -> Vec<Value> {
        self.data.iter().map(|row| serde_json::from_str(row.get()).unwrap_or_default()).collect()
    }
}

impl<F> Query<F> {
    fn page(&self) -> i64 {
        self.page.unwrap_or(1).max(1)
    }

    fn page_size(&self) -> Option<i64> {
        [self.page_size, self.default_page_size].into_iter().flatten().find(|size| *size > 0)
    }

    fn is_descending(&self) -> bool {
        self.sort_order.as_deref().is_some_and(|order| order.eq_ignore_ascii_case("DESC"))
    }
}

fn usize_of(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize, ToSchema)]
    struct Row {
        id: i64,
        sku: String,
        trial: bool,
    }

    #[track_caller]
    fn check(asked: Value, expected: &Value) {
        let query: Query<Value> = serde_json::from_value(asked).unwrap();
        let show = |n: i64, _| Row { id: n, sku: format!("S{}", n % 3), trial: n % 2 == 0 };
        let page = Rows::new((1..=25).collect(), show).page(&query);
        let ids: Vec<_> = page.rows().iter().map(|row| row["id"].clone()).collect();
        assert_eq!(&json!([page.page, page.page_size, ids]), expected);
    }

    #[test]
    fn pages_count_from_one_and_hold_twenty_rows_by_default() {
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
    fn rows_are_sorted_by_any_field_and_left_alone_by_an_unknown_one() {
        check(json!({ "sortField": "id", "sortOrder": "DESC", "pageSize": 3 }), &json!([1, 3, [25, 24, 23]]));
        check(json!({ "sortField": "sku", "pageSize": 3 }), &json!([1, 3, [3, 6, 9]]));
        check(json!({ "sortField": "name", "sortOrder": "DESC", "pageSize": 3 }), &json!([1, 3, [1, 2, 3]]));
    }
}
