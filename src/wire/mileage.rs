//! POST /entitlements/mileageReports/query

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calculator::{BadRequest, CalculatorFilters, DONE, SUCCESS, need};
use crate::{
    model::{Store, Tenant},
    views::{licenses::Licenses, mileage::Mileage},
};

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
