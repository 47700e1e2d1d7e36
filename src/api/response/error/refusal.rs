//! Business errors: status, code, the vendor's brief, advice and validation details of each.

use axum::http::{Method, StatusCode};

use super::Terms;
use crate::{
    model::{Refusal, TrialAction},
    wire::error::{ErrorBrief, ValidationErrors},
};

/// The one table of statuses, codes and advice.
pub fn terms(refusal: &Refusal) -> Terms<'static> {
    let terms = |status, code, advice| Terms { status, code, advice };
    // The code of every refusal that has none of its own.
    let plain = |status, advice| terms(status, "ENTITLEMENT-10002", advice);
    match refusal {
        Refusal::UnknownTenant { .. } => {
            terms(StatusCode::NOT_FOUND, "ENTITLEMENT-10001", "Use a tenant of the scenario.")
        }
        Refusal::NoEntitlementId { .. } => terms(
            StatusCode::EXPECTATION_FAILED,
            "ENTITLEMENT-10003",
            "Activate a subscription for the tenant; in a fixture, give it an entitlementId.",
        ),
        Refusal::RefreshRunning { .. } => {
            terms(StatusCode::LOCKED, "ENTITLEMENT-10004", "Try again when the running refresh has ended.")
        }
        Refusal::NotMsp { .. } => plain(
            StatusCode::BAD_REQUEST,
            "Call as an MSP: with its token, or with its id in x-rks-tenantid; GET /_mock/tenants lists all tenants.",
        ),
        Refusal::NoRows | Refusal::NothingToAssign => plain(StatusCode::BAD_REQUEST, "Send at least one row."),
        Refusal::TooManyRows { .. } => plain(StatusCode::BAD_REQUEST, "Send fewer rows at a time."),
        Refusal::DuplicateAssignment { .. } => plain(StatusCode::BAD_REQUEST, "Name each assignment once."),
        Refusal::BadQuantity { .. } => plain(StatusCode::BAD_REQUEST, "Send a whole number above zero."),
        Refusal::BadPeriod { .. } => {
            plain(StatusCode::BAD_REQUEST, "Send an end that lies after the start and in the future.")
        }
        Refusal::NoSuchCustomer { .. } => {
            plain(StatusCode::BAD_REQUEST, "Name a customer of this MSP, or leave mspEcTenantId out.")
        }
        Refusal::UnknownAssignment { .. } => {
            plain(StatusCode::NOT_FOUND, "Use an id of GET /assignments or of an assignments query.")
        }
        Refusal::ForeignAssignment { .. } => {
            plain(StatusCode::FORBIDDEN, "Use an id of GET /assignments or of an assignments query.")
        }
        Refusal::AlreadyRevoked { .. } | Refusal::AssignmentExpired { .. } => {
            plain(StatusCode::CONFLICT, "Only VALID and FUTURE assignments can be changed or revoked.")
        }
        Refusal::TrialNotAllowed { .. } => {
            plain(StatusCode::FORBIDDEN, "Use paid licenses, or a tenant with the feature EXTENDED_TRIAL.")
        }
        Refusal::NoMspEntitlements | Refusal::NoSuchPool { .. } => {
            plain(StatusCode::NOT_FOUND, "Assign out of a pool that GET /mspEntitlements lists.")
        }
        Refusal::NotEnough { .. } => plain(StatusCode::CONFLICT, "Ask for fewer licenses or a shorter period."),
    }
}

/// Whether licences are lacking, which the successors of the assignment operations tell apart from other conflicts
/// (documented: 402).
pub fn lacks_licenses(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotEnough { .. } | Refusal::NoSuchPool { .. } | Refusal::NoMspEntitlements)
}

/// The vendor's word for a refusal, in answer to a method of /assignments.
pub fn brief(refusal: &Refusal, method: &Method) -> ErrorBrief {
    match refusal {
        Refusal::UnknownTenant { .. } => ErrorBrief::TenantNotFound,
        Refusal::NoEntitlementId { .. } => ErrorBrief::EntitlementIdNotFound,
        Refusal::NotMsp { .. } => ErrorBrief::TenantNotMsp,
        Refusal::NoRows
        | Refusal::TooManyRows { .. }
        | Refusal::DuplicateAssignment { .. }
        | Refusal::BadQuantity { .. }
        | Refusal::BadPeriod { .. }
        | Refusal::NoSuchCustomer { .. } => bad_input(method),
        Refusal::UnknownAssignment { .. } => ErrorBrief::AssignmentNotFound,
        Refusal::ForeignAssignment { .. } if method == Method::PATCH => ErrorBrief::AssignmentNotReplaceable,
        Refusal::ForeignAssignment { .. } => ErrorBrief::AssignmentNotRevocable,
        Refusal::AlreadyRevoked { .. } => ErrorBrief::AssignmentAlreadyRevoked,
        Refusal::AssignmentExpired { .. } => ErrorBrief::AssignmentIsExpired,
        Refusal::TrialNotAllowed { action: TrialAction::Create } => ErrorBrief::TrialAssignmentNotAllow,
        Refusal::TrialNotAllowed { action: TrialAction::Update } => ErrorBrief::TrialAssignmentUpdateNotAllow,
        Refusal::TrialNotAllowed { action: TrialAction::Revoke } => ErrorBrief::TrialAssignmentRevokeNotAllow,
        Refusal::NothingToAssign => ErrorBrief::NoCreatedAssignments,
        Refusal::NoMspEntitlements => ErrorBrief::NoMspEntitlements,
        Refusal::NoSuchPool { .. } => ErrorBrief::MspEntitlementsNotFound,
        Refusal::NotEnough { .. } => ErrorBrief::InsufficientMspEntitlements,
        Refusal::RefreshRunning { .. } => ErrorBrief::LockAcquisitionTimeout,
    }
}

/// The vendor's word for a request that cannot be read, in answer to a method of /assignments.
pub fn bad_input(method: &Method) -> ErrorBrief {
    if method == Method::POST { ErrorBrief::AssignmentCreationBadInput } else { ErrorBrief::InvalidInputParameter }
}

/// What was expected, of what, and what was found.
pub fn validation(refusal: &Refusal) -> ValidationErrors {
    let of_assignment = |expected: &str, name: &str, value: String| details(expected, "assignment", name, value);
    match refusal {
        Refusal::UnknownTenant { id } => details("an existing tenant", "tenant", "id", id.to_string()),
        Refusal::NoEntitlementId { id } => details("a tenant with an entitlement ID", "tenant", "id", id.to_string()),
        Refusal::NotMsp { id } => details("an MSP", "tenant", "id", id.to_string()),
        Refusal::NoRows => details("at least one row", "request", "rows", "0".into()),
        Refusal::TooManyRows { rows, max } => {
            details(&format!("at most {max} rows"), "request", "rows", rows.to_string())
        }
        Refusal::DuplicateAssignment { id } => of_assignment("each assignment once", "assignmentId", id.to_string()),
        Refusal::UnknownAssignment { id } => of_assignment("an existing assignment", "assignmentId", id.to_string()),
        Refusal::ForeignAssignment { id } => of_assignment("an assignment of this MSP", "assignmentId", id.to_string()),
        Refusal::AlreadyRevoked { id } => {
            of_assignment("an assignment that is not REVOKED", "assignmentId", id.to_string())
        }
        Refusal::AssignmentExpired { id, .. } => {
            of_assignment("an assignment that is not EXPIRED", "assignmentId", id.to_string())
        }
        Refusal::TrialNotAllowed { .. } => of_assignment("a paid assignment", "trialAssignment", "true".into()),
        Refusal::NothingToAssign => of_assignment("a quantity above zero", "quantity", "0".into()),
        Refusal::BadQuantity { quantity } => of_assignment("a quantity above zero", "quantity", quantity.to_string()),
        Refusal::BadPeriod { end, .. } => {
            of_assignment("an end after the start and in the future", "endDate", end.to_rfc3339())
        }
        Refusal::NoSuchCustomer { customer } => {
            of_assignment("a customer of this MSP", "mspEcTenantId", customer.to_string())
        }
        Refusal::NoMspEntitlements => details("an MSP with entitlements", "mspEntitlement", "quantity", "0".into()),
        Refusal::NoSuchPool { wanted, .. } => {
            details("a product of which the MSP has a pool", "mspEntitlement", "deviceType", wanted.name())
        }
        Refusal::NotEnough { wanted, left, .. } => {
            details(&format!("at most {left}"), "mspEntitlement", "quantity", wanted.to_string())
        }
        Refusal::RefreshRunning { running } => {
            details("no running refresh", "activity", "requestId", running.to_string())
        }
    }
}

/// Validation details: what was expected of which field of which object, and what was found.
pub fn details(expected: &str, object: &str, object_name: &str, value: String) -> ValidationErrors {
    ValidationErrors { expected: expected.into(), object: object.into(), object_name: object_name.into(), value }
}
