//! Error bodies. One body serves every parser known (observed): `timestamp`, `path`, `status`,
//! `error`, `requestId`, `message` and `errors[0]`. The documented style adds the reference's flat
//! members; writes on /assignments have their own shape.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Style;

/// What an error says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The vendor's code, such as `ENTITLEMENT-10003`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub suggestion: String,
}

/// Where and when an error came up.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    /// The time of the request, by the sandbox's clock.
    pub now: DateTime<Utc>,
    /// The request's path.
    pub path: &'a str,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The status in words.
    pub phrase: &'a str,
    /// The request's id.
    pub request_id: &'a str,
}

/// The body of an error.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RestApiErrorDto)]
pub struct ErrorBody {
    /// When the request was refused.
    timestamp: String,
    /// The request's path.
    path: String,
    /// The HTTP status of the answer.
    status: u16,
    /// The status in words, or, of a dead session, the message (observed).
    error: String,
    /// What is wrong; null for an unknown path (observed).
    #[schema(required)]
    message: Option<String>,
    /// The request's id.
    request_id: String,
    /// The vendor's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    /// The same once more, as a list of one.
    errors: Vec<ErrorItem>,
}

/// One error.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorItem {
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

impl ErrorBody {
    /// The body for an error of the operations.
    pub fn new(detail: Detail, occasion: &Occasion<'_>, style: Style) -> Self {
        let Detail { code, message, reason, suggestion } = detail;
        let flat = |text: &String| (style == Style::Documented).then(|| text.clone());
        Self {
            code: flat(&code),
            reason: flat(&reason),
            suggestion: flat(&suggestion),
            message: Some(message.clone()),
            errors: vec![ErrorItem { code, message, reason: Some(reason), suggestion: Some(suggestion) }],
            ..Self::bare(occasion)
        }
    }

    /// The gateway's answer to a path that it does not know.
    pub fn unknown_path(occasion: &Occasion<'_>) -> Self {
        Self { errors: vec![gateway("RCG-10016", "The requested endpoint was not found.")], ..Self::bare(occasion) }
    }

    /// The gateway's answer to a dead session.
    pub fn dead_session(occasion: &Occasion<'_>) -> Self {
        let message = "Please re-login, the session has expired.";
        Self {
            error: message.into(),
            message: Some(message.into()),
            errors: vec![gateway("RCG-10003", message)],
            ..Self::bare(occasion)
        }
    }

    fn bare(occasion: &Occasion<'_>) -> Self {
        Self {
            timestamp: moment(occasion),
            path: occasion.path.into(),
            status: occasion.status,
            error: occasion.phrase.into(),
            message: None,
            request_id: occasion.request_id.into(),
            code: None,
            reason: None,
            suggestion: None,
            errors: Vec::new(),
        }
    }
}

/// What all bodies have that the vendor gives a shape of their own: the members that the known parsers look for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// What is wrong.
    message: String,
    /// The same once more, as a list of one.
    errors: Vec<ErrorItem>,
    /// The request's id.
    request_id: String,
    /// The request's path.
    path: String,
    /// The HTTP status of the answer.
    status: u16,
    /// When the request was refused.
    timestamp: String,
}

impl Common {
    fn new(message: String, item: ErrorItem, occasion: &Occasion<'_>) -> Self {
        Self {
            message,
            errors: vec![item],
            request_id: occasion.request_id.into(),
            path: occasion.path.into(),
            status: occasion.status,
            timestamp: moment(occasion),
        }
    }
}

fn moment(occasion: &Occasion<'_>) -> String {
    occasion.now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The body of a refused write on /tenants/.../entitlements/assignments: `requestId` and `error` are documented.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ErrorDto)]
pub struct NestedError {
    /// What is wrong.
    error: ErrorItem,
    #[serde(flatten)]
    common: Common,
}

impl NestedError {
    /// The body of an error.
    pub fn new(detail: Detail, occasion: &Occasion<'_>) -> Self {
        let Detail { code, message, reason, suggestion } = detail;
        let error = ErrorItem { code, message: message.clone(), reason: Some(reason), suggestion: Some(suggestion) };
        Self { error: error.clone(), common: Common::new(message, error, occasion) }
    }
}

fn gateway(code: &str, message: &str) -> ErrorItem {
    ErrorItem { code: code.into(), message: message.into(), reason: None, suggestion: None }
}

/// Why a write on /assignments was refused, in the vendor's word (documented).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words are the vendor's")]
pub enum ErrorBrief {
    NoCreatedAssignments,
    AssignmentCreationBadInput,
    NoMspEntitlements,
    MspEntitlementsNotFound,
    InsufficientMspEntitlements,
    AssignmentNotFound,
    TenantNotMsp,
    TenantNotFound,
    EntitlementIdNotFound,
    AssignmentNotRevocable,
    AssignmentNotReplaceable,
    AssignmentAlreadyRevoked,
    AssignmentIsExpired,
    LockAcquisitionTimeout,
    InvalidInputParameter,
    TrialAssignmentNotAllow,
    TrialAssignmentUpdateNotAllow,
    TrialAssignmentRevokeNotAllow,
}

/// What was looked at when a write was refused, and what was expected of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationErrors {
    /// What was expected.
    pub expected: String,
    /// The kind of thing that was looked at.
    pub object: String,
    /// Which of its fields.
    pub object_name: String,
    /// What was found there.
    pub value: String,
}

/// The body of a refused write on /assignments.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssignmentOperationRefusal)]
pub struct OperationRefusal {
    /// False.
    pub success: bool,
    /// The vendor's word.
    pub error_brief: ErrorBrief,
    /// What is wrong and what to do; read by the UI before 2024-10.
    pub error_message: String,
    /// What was looked at.
    pub ve: ValidationErrors,
    /// None: nothing was made.
    pub assignments: Vec<super::assignment::Assignment<'static>>,
    /// Read by the UI since 2024-10.
    pub error: ErrorItem,
    #[serde(flatten)]
    common: Common,
}

impl OperationRefusal {
    /// The body of an error.
    pub fn new(brief: ErrorBrief, message: String, ve: ValidationErrors, occasion: &Occasion<'_>) -> Self {
        let error = ErrorItem { code: brief.to_string(), message: message.clone(), reason: None, suggestion: None };
        Self {
            success: false,
            error_brief: brief,
            error_message: message.clone(),
            ve,
            assignments: Vec::new(),
            error: error.clone(),
            common: Common::new(message, error, occasion),
        }
    }
}

/// The body of a refused usage report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntitlementAssignmentRestException)]
pub struct RestException {
    /// The vendor's word.
    pub eb: ErrorBrief,
    /// Why.
    pub reason: String,
    /// What was looked at.
    pub ve: ValidationErrors,
    /// The status in words.
    pub error: String,
    #[serde(flatten)]
    common: Common,
}

impl RestException {
    /// The body of an error.
    pub fn new(
        brief: ErrorBrief,
        message: String,
        reason: String,
        ve: ValidationErrors,
        occasion: &Occasion<'_>,
    ) -> Self {
        let item = ErrorItem {
            code: brief.to_string(),
            message: message.clone(),
            reason: Some(reason.clone()),
            suggestion: None,
        };
        Self { eb: brief, reason, ve, error: occasion.phrase.into(), common: Common::new(message, item, occasion) }
    }
}
