//! GET /entitlements/licenseUsageReports, POST /entitlements/mileageReports/query,
//! POST /entitlements/availabilityReports/query

use axum::{
    Json,
    response::{IntoResponse, Response},
};

#[cfg(feature = "reports")]
use crate::api::response::report_file;
use crate::api::{
    request::{
        body::Body,
        caller::{Licensed, Msp},
    },
    response::error::ApiError,
};
use crate::{
    catalogue::{JSON_V1, JSON_V2},
    model::MspLicenseType,
    views::{
        holdings::Holdings,
        mileage::mileage,
        usage_report::{self, NoReport},
    },
    wire::{
        availability::{AvailabilityReport, AvailabilityRequest, Generation},
        calculator::BadRequest,
        error::{ErrorBody, RestException},
        mileage::{MileageReport, MileageRequest},
        report::{
            asked::{self, BadParameter},
            json::UsageReport,
        },
    },
};

/// What the customers of an MSP had assigned and which devices they ran, day by day.
#[utoipa::path(
    get,
    path = "/entitlements/licenseUsageReports",
    operation_id = "getUsageReport",
    tag = "Entitlement",
    params(
        ("licenseType" = Option<MspLicenseType>, Query, description = "Only such licenses, and devices that they are for."),
        ("startDate" = Option<String>, Query, description = "The first day; the first of last month if not said."),
        ("endDate" = Option<String>, Query, description = "The last day; the last of last month if not said. At most 366 days."),
        ("month" = Option<String>, Query, description = "A whole month instead of days, MM; of this year unless year is given."),
        ("year" = Option<String>, Query, description = "The year of the month, YYYY; without a month, all of it."),
        ("mspEcTenantId" = Option<String>, Query, description = "Only this customer."),
        ("deviceDetails" = Option<bool>, Query, description = "List every device on every day; not in the PDF."),
        ("page" = Option<i32>, Query, description = "Which page of days, from 1; all days if 0 or not said."),
        ("pageSize" = Option<i32>, Query, description = "Days on a page, 5 if not said; all days if 0."),
    ),
    responses(
        (status = 200, description = "The report.", content(
            (UsageReport = "application/json"),
            (UsageReport = "application/vnd.ruckus.v1+json"),
            (UsageReport = "text/json"),
            (String = "text/csv"),
            (String = "application/pdf"),
        )),
        (status = 400, description = "The tenant is no MSP, or a parameter is wrong.", body = ErrorBody),
        (status = 404, description = "There is no such tenant or customer.", body = RestException),
    ),
)]
pub async fn report_usage(Msp(caller): Msp) -> Result<Response, ApiError> {
    let view = caller.look();
    let asked = asked::read(caller.request().query(), view.now.date_naive())?;
    let report = usage_report::usage_report(&view.store, view.tenant()?, &asked)?;
    #[cfg(feature = "reports")]
    if let Some(file) = report_file::file(caller.request().media_type.clone()?, &report, view.now)? {
        return Ok(file);
    }
    Ok(Json(UsageReport::new(&report)).into_response())
}

/// How far licences reach: what there is and what is taken at the end of each month.
#[utoipa::path(
    post,
    path = "/entitlements/mileageReports/query",
    operation_id = "licenseMileageReports",
    tag = "Entitlement",
    request_body = MileageRequest,
    responses(
        (status = 200, description = "A page of months, from this one to the one in which the last licence expires.", body = MileageReport),
        (status = 400, description = "The body is wrong.", body = ErrorBody),
        (status = 403, description = "ASSIGNED is asked for by a tenant that is no MSP.", body = ErrorBody),
    ),
)]
pub async fn query_mileage(
    Licensed(caller): Licensed,
    Body(request): Body<MileageRequest>,
) -> Result<Json<MileageReport>, ApiError> {
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    let licenses = request.licenses(&holdings)?;
    let (skip, take) = request.window();
    let months = mileage(&licenses, view.now, skip, take);
    Ok(Json(request.answer(licenses.trial, months, view.context().style)))
}

/// How many licences are free over a period, or until when a number of them is.
#[utoipa::path(
    post,
    path = "/entitlements/availabilityReports/query",
    operation_id = "licenseAvailabilityReports",
    tag = "Entitlement",
    request_body(content(
        (AvailabilityRequest = "application/json"),
        (AvailabilityRequest = "application/vnd.ruckus.v1+json"),
        (AvailabilityRequest = "application/vnd.ruckus.v2+json"),
    )),
    responses(
        (status = 200, description = "What is free.", content(
            (AvailabilityReport = "application/json"),
            (AvailabilityReport = "application/vnd.ruckus.v1+json"),
            (AvailabilityReport = "application/vnd.ruckus.v2+json"),
        )),
        (status = 400, description = "The body is wrong, or effectiveDate is in the past.", body = ErrorBody),
        (status = 403, description = "ASSIGNED is asked for by a tenant that is no MSP.", body = ErrorBody),
    ),
)]
pub async fn query_availability(
    Licensed(caller): Licensed,
    Body(request): Body<AvailabilityRequest>,
) -> Result<Json<AvailabilityReport>, ApiError> {
    let view = caller.look();
    let holdings = Holdings::of(&view.store, view.tenant()?, view.now);
    let generation = generation(caller.request().media_type.clone()?);
    let report = request.report(&holdings, generation, view.context().style)?;
    Ok(Json(report))
}

/// The generation of an availability report that a media type asks for.
fn generation(media_type: &str) -> Generation {
    match media_type {
        JSON_V2 => Generation::Second,
        JSON_V1 => Generation::First,
        _ => Generation::Plain,
    }
}

impl From<BadParameter> for ApiError {
    fn from(BadParameter { name, value, expected }: BadParameter) -> Self {
        Self::BadValue { name, value, expected }
    }
}

impl From<NoReport> for ApiError {
    fn from(no: NoReport) -> Self {
        match no {
            NoReport::UnknownCustomer { id } => Self::UnknownTenant { id },
            NoReport::TooLong { rows, max } => Self::TooLong { rows, max },
        }
    }
}

impl From<BadRequest> for ApiError {
    fn from(bad: BadRequest) -> Self {
        match bad {
            BadRequest::Missing(name) => Self::Mandatory { name },
            BadRequest::Bad { name, value, expected } => Self::BadField { name, value, expected },
            BadRequest::Past { date, today } => Self::PastDate { date: date.to_string(), today: today.to_string() },
            BadRequest::NotMsp => Self::NothingAssigned,
        }
    }
}
