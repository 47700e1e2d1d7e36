//! POST /entitlements/availabilityReports/query and /entitlements/mileageReports/query.
//!
//! What is mandatory is read as if it were not, so that its absence can be answered in the vendor's
//! words. Days are `2024-07-26` in both styles.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::{self, Given};
use crate::{
    store::{LicenseType, MspProduct, Store, Tenant},
    views::{
        availability::{Availability, Question},
        licenses::{Licenses, Side},
        mileage::Mileage,
    },
};

/// What is asked of an availability report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorRequestDto)]
pub struct AvailabilityRequest {
    /// The first day: today or later.
    #[schema(required, nullable = false, pattern = r"^\d{4}-\d{2}-\d{2}$")]
    effective_date: Option<String>,
    /// The last day; mandatory for MAX_QUANTITY.
    #[schema(nullable = false, pattern = r"^\d{4}-\d{2}-\d{2}$")]
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

/// Which licences.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorFilterRequestDto)]
pub struct CalculatorFilters {
    /// Trial or paid licences. Paid if not said; in a mileage report, both.
    #[schema(nullable = false)]
    is_trial: Option<bool>,
    /// The licensing model, such as APSW. For ASSIGNED, the product of a pool too, such as MSP_WIFI.
    #[schema(required, nullable = false)]
    license_type: Option<String>,
    #[schema(required, nullable = false)]
    usage_type: Option<UsageType>,
}

/// From which side licences are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum UsageType {
    /// Those that the tenant may use itself.
    #[serde(rename = "SELF")]
    Own,
    /// Those that an MSP may hand out.
    Assigned,
    /// As SELF.
    Unknown,
}

/// What is wrong with a request that is JSON of the right shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// A member is not there.
    Missing(&'static str),
    /// A member has no such value.
    Bad {
        /// Which one.
        name: &'static str,
        /// What it has.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The first day has passed.
    Past {
        /// The day.
        date: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Only an MSP has something to hand out.
    NotMsp,
}

fn need<T>(name: &'static str, value: Option<T>) -> Result<T, BadRequest> {
    value.ok_or(BadRequest::Missing(name))
}

fn day(name: &'static str, text: &str) -> Result<NaiveDate, BadRequest> {
    match date::parse(text) {
        Some(Given::Day(day)) => Ok(day),
        _ => Err(BadRequest::Bad { name, value: text.into(), expected: "a date such as 2024-01-22" }),
    }
}

impl CalculatorFilters {
    fn side(&self, tenant: &Tenant) -> Result<Side, BadRequest> {
        let usage = need("usageType", self.usage_type)?;
        let word = need("licenseType", self.license_type.as_deref())?;
        let bad =
            || BadRequest::Bad { name: "licenseType", value: word.into(), expected: "a licensing model such as APSW" };
        let model: Result<LicenseType, _> = word.parse();
        match (usage, model, word.parse::<MspProduct>()) {
            (UsageType::Assigned, ..) if !tenant.kind.is_msp() => Err(BadRequest::NotMsp),
            (UsageType::Assigned, Ok(model), _) => Ok(Side::pool_of(model)),
            (UsageType::Assigned, _, Ok(product)) => Ok(Side::Pool(Some(product))),
            (UsageType::Own | UsageType::Unknown, Ok(model), _) => Ok(Side::Own(model)),
            _ => Err(bad()),
        }
    }
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

const SUCCESS: &str = "success";
const DONE: &str = "The report has been made.";

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

/// What is asked of a mileage report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MileageRequestDto)]
pub struct MileageRequest {
    #[schema(required, nullable = false)]
    filters: Option<CalculatorFilters>,
    /// From 1, which is the default.
    #[schema(nullable = false)]
    page: Option<i32>,
    /// Rows on a page, 1 to 500; 20 if not said.
    #[schema(nullable = false)]
    page_size: Option<i32>,
}

impl MileageRequest {
    /// Which licences are asked about: paid ones, trials, or both.
    pub fn licenses<'a>(&self, store: &'a Store, tenant: &'a Tenant) -> Result<Vec<Licenses<'a>>, BadRequest> {
        let filters = need("filters", self.filters.as_ref())?;
        let side = filters.side(tenant)?;
        let wanted = [false, true].into_iter().filter(|trial| filters.is_trial.is_none_or(|wanted| wanted == *trial));
        Ok(wanted.map(|trial| Licenses { store, tenant, side, trial }).collect())
    }

    /// How many rows to pass over, and how many to take.
    pub fn window(&self) -> (usize, usize) {
        let size = self.size();
        (usize::try_from(self.page() - 1).unwrap_or(0).saturating_mul(size), size)
    }

    fn page(&self) -> i32 {
        self.page.unwrap_or(1).max(1)
    }

    fn size(&self) -> usize {
        usize::try_from(self.page_size.unwrap_or(20).clamp(1, 500)).unwrap_or(20)
    }

    /// The answer to this request.
    pub fn answer(&self, (total, rows): (usize, Vec<Mileage>)) -> MileageReport {
        let license_type = self.filters.as_ref().and_then(|filters| filters.license_type.as_deref());
        MileageReport {
            data: rows.into_iter().map(|row| MileageData::new(row, license_type.unwrap_or_default())).collect(),
            message: DONE.into(),
            page: self.page(),
            page_size: self.size(),
            status: SUCCESS.into(),
            total_count: total,
        }
    }
}

/// A page of months.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MileageResponseDto)]
pub struct MileageReport {
    data: Vec<MileageData>,
    message: String,
    page: i32,
    page_size: usize,
    status: String,
    total_count: usize,
}

/// The end of one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MileageDataDto)]
pub struct MileageData {
    /// What expires in the month.
    available_break_up: Vec<LicenseBreakUp>,
    /// The tenant's devices behind usedQuantity; absent for ASSIGNED.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<i64>,
    is_trial: bool,
    /// The last day of the month.
    #[schema(value_type = String)]
    last_date: NaiveDate,
    license_type: String,
    /// What there then is.
    quantity: i64,
    /// What is then taken.
    used_quantity: i64,
}

/// What expires on one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseBreakUpDto)]
pub struct LicenseBreakUp {
    #[schema(value_type = String)]
    expiration_date: NaiveDate,
    quantity: i64,
}

impl MileageData {
    fn new(row: Mileage, license_type: &str) -> Self {
        let Mileage { last, trial, quantity, used, devices, break_up } = row;
        let break_up = break_up.into_iter();
        Self {
            available_break_up: break_up
                .map(|(expiration_date, quantity)| LicenseBreakUp { expiration_date, quantity })
                .collect(),
            device: devices,
            is_trial: trial,
            last_date: last,
            license_type: license_type.into(),
            quantity,
            used_quantity: used,
        }
    }
}
