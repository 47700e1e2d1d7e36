//! Answers that the scenario pins (overrides.json): for an operation, its tenant and its parameters.

use std::sync::Arc;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    api::{request::context::RequestContext, response::error::ApiError},
    scenario::{Scenario, format::OverrideRow},
};

/// An answer that the scenario pins.
#[derive(Clone, Debug)]
pub struct Pinned {
    scenario: Arc<Scenario>,
    row: usize,
}

impl Pinned {
    /// The answer pinned for a request, if there is one. Rows with parameters go before rows without; of several that
    /// fit, the first counts. An error if the answer depends on the caller, and there is no identity.
    pub fn for_request(request: &RequestContext) -> Option<Result<Self, ApiError>> {
        let scenario = &request.scenario;
        if scenario.overrides.is_empty() {
            return None;
        }
        let operation = format!("{} {}", request.method, request.path());
        let fits = |row: &OverrideRow| {
            row.operation == operation && row.query.as_ref().is_none_or(|own| own.is(request.query()))
        };
        if !scenario.overrides.iter().any(fits) {
            return None;
        }
        let caller = match &request.identity {
            Ok(identity) => identity.tenant.to_string(),
            Err(error) => return Some(Err(error.clone())),
        };
        let for_caller = |row: &OverrideRow| row.tenant.as_ref().is_none_or(|tenant| tenant.0 == caller);
        let rows = scenario.overrides.iter().enumerate().filter(|(_, row)| fits(row) && for_caller(row));
        let (row, _) = rows.min_by_key(|(_, row)| row.query.is_none())?;
        Some(Ok(Self { scenario: Arc::clone(scenario), row }))
    }
}

impl IntoResponse for Pinned {
    fn into_response(self) -> Response {
        let OverrideRow { status, body, operation: _, query: _, tenant: _ } = &self.scenario.overrides[self.row];
        let status = StatusCode::from_u16(*status).unwrap_or_default();
        match body {
            Some(body) => (status, Json(body)).into_response(),
            None => status.into_response(),
        }
    }
}
