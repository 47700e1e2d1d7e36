//! POST /entitlements/mileageReports/query

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Style,
    calculator::{BadRequest, CalculatorFilters, DONE, SUCCESS, need},
};
use crate::views::{holdings::Holdings, licenses::Licenses, mileage::Mileage};

/// What is asked of a mileage report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MileageRequestDto)]
pub struct MileageRequest {
    #[schema(required)]
    filters: Option<CalculatorFilters>,
    /// From 1, which is the default.
    page: Option<i32>,
    /// Rows on a page, 1 to 500; 20 if not given.
    page_size: Option<i32>,
}

impl MileageRequest {
    /// Which licences are asked about: paid ones, unless trials are asked for.
    pub fn licenses<'h, 's>(&self, holdings: &'h Holdings<'s>) -> Result<Licenses<'h, 's>, BadRequest> {
        let filters = need("filters", self.filters.as_ref())?;
        let extent = filters.extent(holdings.tenant, filters.one_word()?)?;
        Ok(Licenses::of(holdings, extent, filters.is_trial.unwrap_or_default()))
    }

    /// How many rows to skip, and how many to take.
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
    pub fn answer(&self, trial: bool, (total, rows): (usize, Vec<Mileage>), style: Style) -> MileageReport {
        let license_type = self.filters.as_ref().and_then(|filters| filters.one_word().ok()).unwrap_or_default();
        MileageReport {
            data: rows.into_iter().map(|row| MileageData::new(row, trial, license_type)).collect(),
            message: (style == Style::Documented).then_some(DONE),
            page: self.page(),
            page_size: self.size(),
            status: SUCCESS,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    page: i32,
    page_size: usize,
    status: &'static str,
    total_count: usize,
}

/// The end of one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MileageDataDto)]
pub struct MileageData {
    /// What expires in the month.
    available_break_up: Vec<LicenseBreakUp>,
    /// The devices behind usedQuantity; for ASSIGNED, those of the customers.
    device: i64,
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
    fn new(row: Mileage, trial: bool, license_type: &str) -> Self {
        let Mileage { last, quantity, used, devices, break_up } = row;
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
