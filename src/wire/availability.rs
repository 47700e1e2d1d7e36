//! POST /entitlements/availabilityReports/query

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calculator::{BadRequest, CalculatorFilters, DONE, SUCCESS, day, need};
use crate::{
    model::{Store, Tenant},
    views::{
        availability::{Availability, Question},
        licenses::Licenses,
    },
};

/// What is asked of an availability report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorRequestDto)]
pub struct AvailabilityRequest {
    /// The first day: today or later.
    #[schema(required, nullable = false, example = "2024-01-22")]
    effective_date: Option<String>,
    /// The last day; mandatory for MAX_QUANTITY.
    #[schema(nullable = false, example = "2024-02-21")]
    expiration_date: Option<String>,
    #[schema(required, nullable = false)]
    filters: Option<CalculatorFilters>,
    #[schema(required, nullable = false)]
    operator: Option<Operator>,
    /// How many licences; mandatory for MAX_PERIOD.
    #[schema(nullable = false)]
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

impl AvailabilityRequest {
    /// Which licences are asked about, from which day on, and what.
    pub fn read<'a>(
        &self,
        store: &'a Store,
        tenant: &'a Tenant,
        now: DateTime<Utc>,
    ) -> Result<(Licenses<'a>, NaiveDate, Question), BadRequest> {
        let filters = need("filters", self.filters.as_ref())?;
        let side = filters.side(tenant)?;
        let from = day("effectiveDate", need("effectiveDate", self.effective_date.as_deref())?)?;
        let today = now.date_naive();
        if from < today {
            return Err(BadRequest::Past { date: from, today });
        }
        let question = match need("operator", self.operator)? {
            Operator::MaxQuantity => Question::MaxQuantity { until: self.last_day(from)? },
            Operator::MaxPeriod => Question::MaxPeriod { quantity: self.licenses()? },
        };
        Ok((Licenses { store, tenant, side, trial: filters.is_trial.unwrap_or_default() }, from, question))
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

    /// The answer to this request.
    pub fn answer(&self, licenses: &Licenses<'_>, from: NaiveDate, found: Availability) -> AvailabilityReport {
        let Availability { quantity, until, sku_tier } = found;
        let license_type = self.filters.as_ref().and_then(|filters| filters.license_type.clone());
        AvailabilityReport {
            data: AvailabilityData {
                effective_date: from,
                expiration_date: until,
                is_trial: licenses.trial,
                license_type,
                quantity,
                sku_tier: sku_tier.as_deref().map(Into::into),
            },
            message: DONE.into(),
            status: SUCCESS.into(),
        }
    }
}

/// What is free.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CalculatorResponseDto)]
pub struct AvailabilityReport {
    data: AvailabilityData,
    message: String,
    status: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: Option<String>,
    /// Free on every day of the period; without one, at its start.
    quantity: i64,
    /// Silver, Gold or Platinum.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_tier: Option<String>,
}
