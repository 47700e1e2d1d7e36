//! POST /entitlements/availabilityReports/query
//!
//! Two generations share the path. The reference has a word for the licence type and an object for the
//! answer: media type v1, and plain JSON in the documented style. The vendor's pages of today send a list and
//! read a list, one line per licence type, tier and trial flag (observed): media type v2, and plain JSON in the
//! observed style, where a word is refused (observed). In the documented style plain JSON takes both.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Style,
    calculator::{BadRequest, CalculatorFilters, DONE, OneOrMany, SUCCESS, day, need},
};
use crate::views::{
    availability::{Availability, Question, availability, availability_by_tier},
    holdings::Holdings,
    licenses::Licenses,
};

/// What is asked of an availability report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorRequestDto)]
pub struct AvailabilityRequest {
    /// The first day: today or later.
    #[schema(required, example = "2024-01-22")]
    effective_date: Option<String>,
    /// The last day; mandatory for MAX_QUANTITY.
    #[schema(example = "2024-02-21")]
    expiration_date: Option<String>,
    #[schema(required)]
    filters: Option<CalculatorFilters>,
    #[schema(required)]
    operator: Option<Operator>,
    /// How many licences; mandatory for MAX_PERIOD.
    quantity: Option<i32>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operator {
    /// The most licences over a period.
    MaxQuantity,
    /// The longest period for a number of licences.
    MaxPeriod,
}

/// Which generation an answer is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Media type v1.
    First,
    /// Media type v2.
    Second,
    /// Plain JSON.
    Plain,
}

impl AvailabilityRequest {
    /// The availability report as JSON.
    pub fn report(
        &self,
        holdings: &Holdings<'_>,
        generation: Generation,
        style: Style,
    ) -> Result<AvailabilityReport, BadRequest> {
        let filters = need("filters", self.filters.as_ref())?;
        let asked = need("licenseType", filters.license_type.as_ref())?;
        let (from, question) = self.question(holdings.now)?;
        let newer = generation == Generation::Second || (generation == Generation::Plain && style == Style::Observed);
        let data = match asked {
            OneOrMany::One(word) if newer => {
                let expected = "a list of licensing models such as [\"APSW\"]";
                return Err(BadRequest::Bad { name: "licenseType", value: word.clone(), expected });
            }
            OneOrMany::Many(words) if generation != Generation::First => {
                Availabilities::Many(lines(holdings, filters, words, from, question)?)
            }
            _ => Availabilities::One(line(holdings, filters, from, question)?),
        };
        let message = (style == Style::Documented && generation != Generation::Second).then_some(DONE);
        Ok(AvailabilityReport { data, message, status: SUCCESS })
    }

    fn question(&self, now: DateTime<Utc>) -> Result<(NaiveDate, Question), BadRequest> {
        let from = day("effectiveDate", need("effectiveDate", self.effective_date.as_deref())?)?;
        let today = now.date_naive();
        if from < today {
            return Err(BadRequest::Past { date: from, today });
        }
        let question = match need("operator", self.operator)? {
            Operator::MaxQuantity => Question::MaxQuantity { until: self.last_day(from)? },
            Operator::MaxPeriod => Question::MaxPeriod { quantity: self.licenses()? },
        };
        Ok((from, question))
    }

    fn last_day(&self, from: NaiveDate) -> Result<NaiveDate, BadRequest> {
        let text = need("expirationDate", self.expiration_date.as_deref())?;
        let until = day("expirationDate", text)?;
        let expected = "a date not before effectiveDate";
        if until < from {
            Err(BadRequest::Bad { name: "expirationDate", value: text.into(), expected })
        } else {
            Ok(until)
        }
    }

    fn licenses(&self) -> Result<i64, BadRequest> {
        let quantity = need("quantity", self.quantity)?;
        let expected = "a whole number above zero";
        if quantity < 1 {
            Err(BadRequest::Bad { name: "quantity", value: quantity.to_string(), expected })
        } else {
            Ok(quantity.into())
        }
    }
}

/// All tiers together, of paid licences unless trials are asked for.
fn line(
    holdings: &Holdings<'_>,
    filters: &CalculatorFilters,
    from: NaiveDate,
    question: Question,
) -> Result<AvailabilityData, BadRequest> {
    let (word, trial) = (filters.one_word()?, filters.is_trial.unwrap_or_default());
    let licenses = Licenses::of(holdings, filters.extent(holdings.tenant, word)?, trial);
    let found = availability(&licenses, from, question, holdings.now);
    Ok(AvailabilityData::new(found, word, trial, from))
}

/// Each tier of each licence type, paid before trial; both unless one is asked for.
fn lines(
    holdings: &Holdings<'_>,
    filters: &CalculatorFilters,
    words: &[String],
    from: NaiveDate,
    question: Question,
) -> Result<Vec<AvailabilityData>, BadRequest> {
    let mut lines = Vec::new();
    for word in words {
        let extent = filters.extent(holdings.tenant, word)?;
        for trial in [false, true].into_iter().filter(|trial| filters.is_trial.is_none_or(|wanted| wanted == *trial)) {
            let found = availability_by_tier(&Licenses::of(holdings, extent, trial), from, question, holdings.now);
            lines.extend(found.into_iter().map(|found| AvailabilityData::new(found, word, trial, from)));
        }
    }
    Ok(lines)
}

/// What is free.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CalculatorResponseDto)]
pub struct AvailabilityReport {
    data: Availabilities,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    status: &'static str,
}

/// An object as in the reference, or a list of lines (observed), empty if nothing is free.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Availabilities {
    /// All tiers together.
    One(AvailabilityData),
    /// One line per licence type, tier and trial flag.
    Many(Vec<AvailabilityData>),
}

/// What is free over which days.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorDataDto)]
pub struct AvailabilityData {
    #[schema(value_type = String)]
    effective_date: NaiveDate,
    /// The last day; absent if not even the first has enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    expiration_date: Option<NaiveDate>,
    is_trial: bool,
    license_type: String,
    /// Free on every day of the period; without one, at its start.
    quantity: i64,
    /// Silver, Gold or Platinum; of all tiers together, the lowest of those that are free.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<String>,
}

impl AvailabilityData {
    fn new(found: Availability, word: &str, trial: bool, from: NaiveDate) -> Self {
        let Availability { quantity, until, sku_tier } = found;
        Self {
            effective_date: from,
            expiration_date: until,
            is_trial: trial,
            license_type: word.into(),
            quantity,
            sku_tier: sku_tier.as_deref().map(Into::into),
        }
    }
}
