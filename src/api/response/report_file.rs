//! GET /entitlements/licenseUsageReports as a file: CSV or PDF.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use crate::{
    api::response::error::ApiError,
    catalogue::{CSV, PDF},
    views::usage_report::UsageReport,
    wire::report::{csv, pdf},
};

/// The report as a file in a media type; `None` if that is JSON.
pub fn file(media_type: &str, report: &UsageReport<'_>, now: DateTime<Utc>) -> Result<Option<Response>, ApiError> {
    let (suffix, content_type, body) = match media_type {
        CSV => ("csv", "text/csv; charset=utf-8", csv::write(report).map_err(|_| ApiError::Internal)?),
        PDF => ("pdf", PDF, pdf::write(report, now)),
        _json => return Ok(None),
    };
    let reported = report.asked.period.reported;
    // Chosen: the vendor's file name is not known.
    let name = format!("attachment; filename=\"license-usage_{}_{}.{suffix}\"", reported.first, reported.last);
    let mut response = ([(header::CONTENT_TYPE, content_type)], body).into_response();
    let name = HeaderValue::from_str(&name).ok();
    response.headers_mut().extend(name.map(|name| (header::CONTENT_DISPOSITION, name)));
    Ok(Some(response))
}
