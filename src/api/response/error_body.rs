//! The body of an error, in the shape of the operation that failed.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::error::{ApiError, refusal};
use crate::{
    api::request::context::RequestContext,
    catalogue::{ErrorShape, JSON},
    model::Refusal,
    wire::{
        Style,
        error::{
            Detail, ErrorBody, ErrorBrief, NestedError, Occasion, OperationRefusal, RestException, ValidationErrors,
        },
    },
};

impl ApiError {
    /// The response to a request that ended in this error.
    pub fn render(self, request: &RequestContext) -> Response {
        let shape = request.operation.map_or(ErrorShape::Plain, |operation| operation.error_shape);
        let status = self.status_in(shape);
        let media_type = self.media_type(request);
        let retry_after = match &self {
            Self::Fault { retry_after, .. } => *retry_after,
            _ => None,
        };
        let allow = match &self {
            Self::MethodNotAllowed { allow, .. } => Some(HeaderValue::from_static(allow)),
            _ => None,
        };
        // RFC 9110, section 15.5.16.
        let codings = matches!(self, Self::UnsupportedCoding { .. }).then(|| HeaderValue::from_static("identity"));
        let mut response = self.body(status, shape, request);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.extend(retry_after.map(|seconds| (header::RETRY_AFTER, seconds.into())));
        headers.extend(allow.map(|allow| (header::ALLOW, allow)));
        headers.extend(codings.map(|codings| (header::ACCEPT_ENCODING, codings)));
        response
    }

    /// The status for an operation with this error shape.
    fn status_in(&self, shape: ErrorShape) -> StatusCode {
        match self {
            Self::Refused(refusal) if shape == ErrorShape::Nested && refusal::lacks_licenses(refusal) => {
                StatusCode::PAYMENT_REQUIRED
            }
            other => other.status(),
        }
    }

    /// The media type that the answer would have had (observed). Where none is acceptable, and where there is no
    /// operation, the gateway answers in plain JSON (chosen).
    fn media_type(&self, request: &RequestContext) -> &'static str {
        match self {
            Self::NotAcceptable { .. } | Self::UnknownPath => JSON,
            _ => request.error_media_type(),
        }
    }

    fn body(self, status: StatusCode, shape: ErrorShape, request: &RequestContext) -> Response {
        let request_id = match self {
            // Observed: the gateway numbers its own refusals in another way.
            Self::UnknownPath => request.gateway_id(),
            _ => request.number.id.to_string(),
        };
        let occasion = Occasion {
            now: request.now(),
            path: request.path(),
            status: status.as_u16(),
            phrase: status.canonical_reason().unwrap_or_default(),
            request_id: &request_id,
        };
        if let Some(brief) = self.brief(shape, request) {
            let validation = self.validation();
            if shape == ErrorShape::UsageReport {
                let body = RestException::new(brief, self.message(), self.to_string(), validation, &occasion);
                return json(status, &body);
            }
            let message = format!("{self}. {}", self.terms().advice);
            return json(status, &OperationRefusal::new(brief, message, validation, &occasion));
        }
        match self {
            Self::DeadSession => json(status, &ErrorBody::dead_session(&occasion)),
            Self::UnknownPath => json(status, &ErrorBody::unknown_path(&occasion)),
            other if is_nested(shape, status, request.style()) => {
                json(status, &NestedError::new(other.detail(), &occasion))
            }
            other => json(status, &ErrorBody::new(other.detail(), &occasion, request.style())),
        }
    }

    fn detail(&self) -> Detail {
        Detail {
            code: self.terms().code.into(),
            message: self.message(),
            reason: self.to_string(),
            suggestion: self.advice(),
        }
    }

    /// What to do, with the names of successors.
    fn advice(&self) -> String {
        let advice = self.terms().advice;
        match self {
            Self::Gone { operation, .. } => {
                let successors: Vec<String> = operation.successors.iter().map(ToString::to_string).collect();
                format!("Use {}. {advice}", successors.join(" or "))
            }
            _ => advice.into(),
        }
    }

    fn message(&self) -> String {
        match self {
            // Observed: these two are what the vendor's clients show.
            Self::Refused(Refusal::NoEntitlementId { .. }) => {
                "Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active.".into()
            }
            Self::Refused(Refusal::NotMsp { .. }) => "Not a MSP".into(),
            other => other.to_string(),
        }
    }

    /// The vendor's word, where the operation's error shape has one for this error.
    fn brief(&self, shape: ErrorShape, request: &RequestContext) -> Option<ErrorBrief> {
        match (shape, self) {
            (ErrorShape::Assignments, Self::Refused(refusal)) => Some(refusal::brief(refusal, &request.method)),
            (ErrorShape::Assignments, Self::BadBody { .. } | Self::BrokenBody { .. }) => {
                Some(refusal::bad_input(&request.method))
            }
            (ErrorShape::Assignments, Self::TooLarge { .. }) => Some(ErrorBrief::InvalidInputParameter),
            (ErrorShape::Assignments, Self::Fault { status, .. }) => fault_brief(*status),
            (ErrorShape::Assignments | ErrorShape::UsageReport, Self::UnknownTenant { .. }) => {
                Some(ErrorBrief::TenantNotFound)
            }
            (ErrorShape::UsageReport, Self::Refused(Refusal::NotMsp { .. })) => Some(ErrorBrief::TenantNotMsp),
            _ => None,
        }
    }

    fn validation(&self) -> ValidationErrors {
        match self {
            Self::BadBody { path, problem } => {
                refusal::details("a body of the documented shape", "request", path, problem.clone())
            }
            Self::UnknownTenant { id } => refusal::details("an existing tenant", "tenant", "id", id.clone()),
            Self::Refused(refusal) => refusal::validation(refusal),
            other => refusal::details("an acceptable request", "request", "request", other.to_string()),
        }
    }
}

/// Whether `error` is an object.
fn is_nested(shape: ErrorShape, status: StatusCode, style: Style) -> bool {
    match shape {
        ErrorShape::Nested => true,
        ErrorShape::NestedFailures | ErrorShape::UsageReport => {
            status == StatusCode::INTERNAL_SERVER_ERROR && style == Style::Documented
        }
        ErrorShape::Plain | ErrorShape::Assignments | ErrorShape::OAuth => false,
    }
}

/// The vendor's word, where the service rather than the gateway would refuse an assignment so.
fn fault_brief(status: StatusCode) -> Option<ErrorBrief> {
    match status {
        StatusCode::BAD_REQUEST => Some(ErrorBrief::InvalidInputParameter),
        StatusCode::NOT_FOUND => Some(ErrorBrief::AssignmentNotFound),
        StatusCode::CONFLICT => Some(ErrorBrief::InsufficientMspEntitlements),
        StatusCode::EXPECTATION_FAILED => Some(ErrorBrief::EntitlementIdNotFound),
        StatusCode::LOCKED => Some(ErrorBrief::LockAcquisitionTimeout),
        _ => None,
    }
}

fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    (status, bytes).into_response()
}
