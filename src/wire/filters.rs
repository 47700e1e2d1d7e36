//! The filters of the query operations.

use regex::RegexBuilder;
use serde::Deserialize;
use utoipa::ToSchema;

use super::assignment_request::BadInput;
use crate::views::selection::{AssignmentSelection, Selection, UsageType};

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

/// Whose use a word asks about.
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
    use super::*;

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
}
