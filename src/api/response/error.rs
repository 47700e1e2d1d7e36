//! Every no that a request can get: its status, its words, its body. No other file names an error status.

use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::api::request::context::{PLAIN, RequestContext};
use crate::{
    model::{Refusal, RequestId, TenantId, TrialAction},
    proxy::ProxyError,
    sandbox::deprecations::{Gone, Operation},
    wire::error::{
        Detail, ErrorBody, ErrorBrief, NestedError, Occasion, OperationRefusal, RestException, ValidationErrors,
    },
};

/// What a handler or an extractor returns instead of an answer.
#[derive(Clone, Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the variants mean")]
pub enum ApiError {
    #[error("the bearer token is missing, malformed, expired, revoked or not issued here")]
    DeadSession,
    #[error("tenant {tenant} is neither the caller nor one of its customers")]
    ForeignTenant { tenant: String },
    #[error("this API client may only read")]
    ReadOnly,
    #[error("tenant {id} does not exist")]
    UnknownTenant { id: String },
    #[error("there is no such path")]
    UnknownPath,
    #[error("method {method} is not supported here")]
    MethodNotAllowed { method: Method },
    #[error("nobody is connected through this server")]
    NoTunnel,
    #[error("none of the media types \"{accept}\" can be produced; on offer are {offered}")]
    NotAcceptable { accept: String, offered: String },
    #[error("content type \"{content_type}\" is not supported")]
    UnsupportedMediaType { content_type: String },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("parameter '{name}' has the value \"{value}\", which is none of {}", allowed.join(", "))]
    BadParameter { name: &'static str, value: String, allowed: Vec<&'static str> },
    #[error("parameter '{name}' has the value \"{value}\"; expected is {expected}")]
    BadValue { name: &'static str, value: String, expected: String },
    #[error("the answer would have {rows} rows; it may have {max}")]
    TooLong { rows: i64, max: i64 },
    #[error("'{name}' is mandatory.")]
    Mandatory { name: &'static str },
    #[error("'effectiveDate' {date} is in the past; today is {today}")]
    PastDate { date: String, today: String },
    #[error("'{name}' has the value \"{value}\"; expected is {expected}")]
    BadField { name: &'static str, value: String, expected: &'static str },
    #[error("the tenant is no MSP, so it has nothing to assign")]
    NothingAssigned,
    #[error("the body is wrong at {path}: {problem}")]
    BadBody { path: String, problem: String },
    #[error("activity doesn't exist: {id}")]
    UnknownActivity { id: String },
    #[error("page, pageSize, sortField and sortOrder are mandatory; {missing} is missing")]
    IncompleteQuery { missing: &'static str, live: bool },
    #[error("{name} is \"{value}\" in the path, expected {expected}")]
    BadPath { name: &'static str, value: String, expected: &'static str },
    #[error("{operation} {}", gone_words(*gone))]
    Gone { operation: &'static Operation, gone: Gone },
    #[error("'filters' is mandatory")]
    NoFilters,
    #[error("assignments of tenant {tenant} are only shown to its MSP, which must not act as another tenant here")]
    NotMspContext { tenant: TenantId },
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// On purpose.
    #[error("{message}")]
    Fault { status: StatusCode, code: String, message: String, retry_after: Option<u64> },
    #[error(transparent)]
    UpstreamDown(ProxyError),
    #[error(transparent)]
    UpstreamSlow(ProxyError),
    #[error(transparent)]
    UpstreamForbidden(ProxyError),
    #[error("the simulator failed at this request; this is a defect of the simulator")]
    Internal,
}

impl ApiError {
    /// The one table from errors to statuses.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::DeadSession => StatusCode::UNAUTHORIZED,
            Self::ForeignTenant { .. } | Self::ReadOnly | Self::NothingAssigned => StatusCode::FORBIDDEN,
            Self::UnknownTenant { .. } | Self::UnknownPath | Self::UnknownActivity { .. } => StatusCode::NOT_FOUND,
            Self::Gone { .. } => StatusCode::GONE,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoTunnel => StatusCode::NOT_IMPLEMENTED,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadParameter { .. } | Self::BadBody { .. } | Self::BadValue { .. } => StatusCode::BAD_REQUEST,
            Self::BadPath { .. } | Self::NotMspContext { .. } => StatusCode::BAD_REQUEST,
            Self::TooLong { .. } | Self::Mandatory { .. } | Self::PastDate { .. } | Self::BadField { .. } => {
                StatusCode::BAD_REQUEST
            }
            // Observed: the live system fails over a query without paging; a 400 belongs there.
            Self::IncompleteQuery { live, .. } if *live => StatusCode::INTERNAL_SERVER_ERROR,
            Self::IncompleteQuery { .. } => StatusCode::BAD_REQUEST,
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Fault { status, .. } => *status,
            Self::UpstreamDown(_) => StatusCode::BAD_GATEWAY,
            Self::UpstreamSlow(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::UpstreamForbidden(_) => StatusCode::FORBIDDEN,
            // Observed: the live system fails where the filters are missing.
            Self::Internal | Self::NoFilters => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The status of this error for a request. The successors of the assignment operations tell a lack
    /// of licences apart from other conflicts (documented).
    fn status_for(&self, exchange: &RequestContext) -> StatusCode {
        match self {
            Self::Refused(Refusal::NotEnough { .. } | Refusal::NoSuchPool { .. } | Refusal::NoMspEntitlements)
                if nests_errors(&exchange.path) =>
            {
                StatusCode::PAYMENT_REQUIRED
            }
            other => other.status(),
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::DeadSession => "RCG-10003",
            // What the gateway says of paths that it does not know.
            Self::UnknownPath | Self::Gone { .. } => "RCG-10016",
            Self::UnknownActivity { .. } => "ACTIVITY-10001",
            Self::ForeignTenant { .. } | Self::ReadOnly => "RCG-10002",
            Self::UnknownTenant { .. } => "ENTITLEMENT-10001",
            Self::Refused(refusal) => match refusal {
                Refusal::NoEntitlementId { .. } => "ENTITLEMENT-10003",
                Refusal::UnknownTenant { .. } => "ENTITLEMENT-10001",
                Refusal::RefreshRunning { .. } => "ENTITLEMENT-10004",
                _ => "ENTITLEMENT-10002",
            },
            Self::IncompleteQuery { .. } => "ACTIVITY-10000",
            // Observed for a date in the past; taken for everything that a report cannot be made of.
            Self::PastDate { .. }
            | Self::Mandatory { .. }
            | Self::BadField { .. }
            | Self::BadValue { .. }
            | Self::TooLong { .. } => "ENTITLEMENT-10200",
            Self::NothingAssigned => "ENTITLEMENT-10002",
            Self::MethodNotAllowed { .. }
            | Self::NoTunnel
            | Self::NotAcceptable { .. }
            | Self::UnsupportedMediaType { .. }
            | Self::TooLarge { .. }
            | Self::BadParameter { .. }
            | Self::BadPath { .. }
            | Self::BadBody { .. } => "RCG-10001",
            Self::Fault { code, .. } => code,
            Self::UpstreamDown(_) | Self::UpstreamSlow(_) => "RCG-10020",
            Self::UpstreamForbidden(_) => "RCG-10002",
            Self::NotMspContext { .. } => "ENTITLEMENT-10200",
            Self::Internal | Self::NoFilters => "ENTITLEMENT-10000",
        }
    }

    /// What the caller can do about it.
    fn suggestion(&self) -> &'static str {
        match self {
            Self::Gone { .. } => "Move on to the successor; GET /_mock/deprecations tells who still calls this.",
            Self::DeadSession => "Get a new token with POST /oauth2/token/{tenantId}.",
            Self::ForeignTenant { .. } => {
                "Name the caller's own tenant or one of its customers in x-rks-tenantid, or leave the header out."
            }
            Self::ReadOnly => "Use an API client whose role is ADMIN.",
            Self::UnknownTenant { .. } => "Use a tenant of the scenario.",
            Self::UnknownPath => "See /openapi.json for the paths that are simulated.",
            Self::MethodNotAllowed { .. } => "Use one of the methods in the Allow header.",
            Self::NoTunnel => "Use another proxy, or call this server itself.",
            Self::NotAcceptable { .. } => "Accept one of the media types on offer, or any.",
            Self::UnsupportedMediaType { .. } => "Send application/json.",
            Self::TooLarge { .. } => "Send fewer rows at a time.",
            Self::BadParameter { .. } => "Use one of the values listed, or leave the parameter out.",
            Self::BadPath { .. } => "Correct the path.",
            Self::NoFilters => "Send an object as 'filters'; it may be empty.",
            Self::NotMspContext { .. } => {
                "Call as the MSP of that tenant, without its id in x-rks-tenantid; of the caller's own, ask for /tenants/self."
            }
            Self::BadValue { .. } => "Correct the parameter, or leave it out.",
            Self::TooLong { .. } => "Ask for a shorter period, for one customer, or for pages, with page and pageSize.",
            Self::Mandatory { .. } => "Send it; /openapi.json shows the schema of the body.",
            Self::PastDate { .. } => "Send today or a later day.",
            Self::NothingAssigned => "Call as an MSP, or with the usageType SELF.",
            Self::BadBody { .. } | Self::BadField { .. } => "Correct the body; /openapi.json shows its schema.",
            Self::UnknownActivity { .. } => "Use the requestId of a 202; an activity can take a moment to appear.",
            Self::IncompleteQuery { .. } => "Send page, pageSize, sortField and sortOrder.",
            Self::Refused(refusal) => refusal_suggestion(refusal),
            Self::Fault { status, .. } if status.is_client_error() => "Correct the request, or send it again later.",
            Self::Fault { .. } => "Send the request again later.",
            Self::UpstreamDown(ProxyError::Loop { .. }) => "Start the server with another --upstream.",
            Self::UpstreamDown(_) => "Check --upstream and the network; what is simulated is answered meanwhile.",
            Self::UpstreamSlow(_) => "Try again, or allow more time with --upstream-timeout.",
            Self::UpstreamForbidden(_) => {
                "Call from a page of this machine or of --cors-origins, under localhost or a name of --control-hosts."
            }
            Self::Internal => "Please report it with the server's log.",
        }
    }

    /// The response to a request that ended in this error.
    pub fn render(self, exchange: &RequestContext) -> Response {
        let status = self.status_for(exchange);
        let retry_after = match &self {
            Self::Fault { retry_after, .. } => *retry_after,
            _ => None,
        };
        let media_type = self.media_type(exchange);
        let mut response = self.body(status, exchange);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.headers_mut().extend(retry_after.map(|seconds| (header::RETRY_AFTER, seconds.into())));
        response
    }

    /// What the request accepts, as answers have it (observed). Where that is nothing that could be answered,
    /// and where there is no operation, the gateway speaks, in its own (chosen).
    fn media_type(&self, exchange: &RequestContext) -> &'static str {
        match self {
            Self::NotAcceptable { .. } | Self::UnknownPath => PLAIN,
            _ => exchange.errors_in,
        }
    }

    fn body(self, status: StatusCode, exchange: &RequestContext) -> Response {
        let request_id = match self {
            // Observed: the gateway numbers its own refusals in another way.
            Self::UnknownPath => exchange.gateway_id(),
            _ => exchange.id.id.to_string(),
        };
        let occasion = Occasion {
            now: exchange.now(),
            path: &exchange.path,
            status: status.as_u16(),
            phrase: status.canonical_reason().unwrap_or_default(),
            request_id: &request_id,
        };
        if let Some(brief) = self.brief(exchange) {
            let message = format!("{self}. {}", self.suggestion());
            return json(status, &OperationRefusal::new(brief, message, self.validation(), &occasion));
        }
        if let Some(brief) = self.report_brief(exchange) {
            let validation = self.validation();
            return json(status, &RestException::new(brief, self.message(), self.to_string(), validation, &occasion));
        }
        let body = match self {
            Self::DeadSession => ErrorBody::dead_session(&occasion),
            Self::UnknownPath => ErrorBody::unknown_path(&occasion),
            other => {
                let detail = Detail {
                    code: other.code().into(),
                    message: other.message(),
                    reason: other.to_string(),
                    suggestion: other.advice(),
                };
                if nests_errors(&exchange.path) {
                    return json(status, &NestedError::new(detail, &occasion));
                }
                ErrorBody::new(detail, &occasion, exchange.style())
            }
        };
        json(status, &body)
    }

    /// The suggestion, with the names of successors.
    fn advice(&self) -> String {
        match self {
            Self::Gone { operation, .. } => {
                let successors: Vec<String> = operation.successors.iter().map(ToString::to_string).collect();
                format!("Use {}. {}", successors.join(" or "), self.suggestion())
            }
            other => other.suggestion().into(),
        }
    }

    fn message(&self) -> String {
        match self {
            // Observed: these two are what the live system says.
            Self::Refused(Refusal::NoEntitlementId { .. }) => {
                "Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active.".into()
            }
            Self::Refused(Refusal::NotMsp { .. }) => "Not a MSP".into(),
            other => other.to_string(),
        }
    }

    /// The vendor's word, where the request was a write on /assignments that got that far.
    fn brief(&self, exchange: &RequestContext) -> Option<ErrorBrief> {
        let is_write = [Method::POST, Method::PATCH, Method::DELETE].contains(&exchange.method);
        if exchange.path != "/assignments" || !is_write {
            return None;
        }
        match self {
            Self::Refused(refusal) => Some(refusal_brief(refusal, &exchange.method)),
            Self::BadBody { .. } if exchange.method == Method::POST => Some(ErrorBrief::AssignmentCreationBadInput),
            Self::BadBody { .. } | Self::TooLarge { .. } => Some(ErrorBrief::InvalidInputParameter),
            Self::UnknownTenant { .. } => Some(ErrorBrief::TenantNotFound),
            Self::Fault { status, .. } => fault_brief(*status),
            _ => None,
        }
    }

    /// The vendor's word, where there is no MSP or customer to make a usage report of.
    fn report_brief(&self, exchange: &RequestContext) -> Option<ErrorBrief> {
        match self {
            _ if exchange.path != "/entitlements/licenseUsageReports" => None,
            Self::Refused(Refusal::NotMsp { .. }) => Some(ErrorBrief::TenantNotMsp),
            Self::UnknownTenant { .. } => Some(ErrorBrief::TenantNotFound),
            _ => None,
        }
    }

    fn validation(&self) -> ValidationErrors {
        let ve = |expected: &str, object: &str, object_name: &str, value: String| ValidationErrors {
            expected: expected.into(),
            object: object.into(),
            object_name: object_name.into(),
            value,
        };
        match self {
            Self::BadBody { path, problem } => ve("a body of the documented shape", "request", path, problem.clone()),
            Self::UnknownTenant { id } => ve("an existing tenant", "tenant", "id", id.clone()),
            Self::Refused(refusal) => refusal_validation(refusal, ve),
            other => ve("an acceptable request", "request", "request", other.to_string()),
        }
    }
}

impl ApiError {
    /// An error on purpose. Codes and messages are the vendor's where they are known, else chosen.
    pub fn fault(code: u16, retry_after: Option<u64>, error_code: Option<String>, message: Option<String>) -> Self {
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::UNAUTHORIZED && error_code.is_none() && message.is_none() {
            return Self::DeadSession;
        }
        let (known_code, known_message) = fault_words(status);
        Self::Fault {
            status,
            code: error_code.unwrap_or_else(|| known_code.into()),
            message: message.unwrap_or_else(|| known_message.into()),
            retry_after,
        }
    }
}

fn fault_words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => ("RCG-10003", "Please re-login, the session has expired."),
        StatusCode::FORBIDDEN => ("RCG-10002", "The caller may not do this."),
        StatusCode::NOT_FOUND => ("ENTITLEMENT-10001", "There is no such thing."),
        StatusCode::CONFLICT => ("ENTITLEMENT-10002", "The request does not fit the present state."),
        StatusCode::EXPECTATION_FAILED => (
            "ENTITLEMENT-10003",
            "Cannot display subscription data: entitlement ID is missing. At least one tenant subscription must be active.",
        ),
        StatusCode::LOCKED => ("ENTITLEMENT-10004", "Another operation is running."),
        StatusCode::TOO_MANY_REQUESTS => ("RCG-10004", "Too many requests: the rate limit of the tenant is exceeded."),
        StatusCode::BAD_GATEWAY => ("RCG-10000", "The gateway got no valid answer from the service."),
        StatusCode::SERVICE_UNAVAILABLE => ("RCG-10000", "The service is not available."),
        StatusCode::GATEWAY_TIMEOUT => ("RCG-10000", "The gateway got no answer from the service in time."),
        status if status.is_client_error() => ("RCG-10001", "The request was refused."),
        _ => ("ENTITLEMENT-10000", "An unexpected error occurred."),
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

/// Leaves the error with the response; [`super::exchange`] renders it, knowing the request.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn gone_words(gone: Gone) -> String {
    match gone {
        Gone::Since(date) => format!("was removed on {}", date.date_naive()),
        Gone::Until(end) => format!("is switched off for a trial until {}", end.format("%H:%MZ")),
    }
}

/// Whether the operations of a path have errors of the nested shape: the writes (documented). Queries have the
/// ordinary one, as all others.
fn nests_errors(path: &str) -> bool {
    path.starts_with("/tenants/") && path.contains("/entitlements/assignments") && !path.ends_with("/query")
}

fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    (status, bytes).into_response()
}

fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::UnknownTenant { .. }
        | Refusal::UnknownAssignment { .. }
        | Refusal::NoSuchPool { .. }
        | Refusal::NoMspEntitlements => StatusCode::NOT_FOUND,
        Refusal::NoEntitlementId { .. } => StatusCode::EXPECTATION_FAILED,
        Refusal::NotMsp { .. }
        | Refusal::NoRows
        | Refusal::TooManyRows { .. }
        | Refusal::DuplicateAssignment { .. }
        | Refusal::NothingToAssign
        | Refusal::BadQuantity { .. }
        | Refusal::BadPeriod { .. }
        | Refusal::NoSuchCustomer { .. } => StatusCode::BAD_REQUEST,
        Refusal::ForeignAssignment { .. } | Refusal::TrialNotAllowed { .. } => StatusCode::FORBIDDEN,
        Refusal::AlreadyRevoked { .. } | Refusal::AssignmentExpired { .. } | Refusal::NotEnough { .. } => {
            StatusCode::CONFLICT
        }
        Refusal::RefreshRunning { .. } => StatusCode::LOCKED,
    }
}

fn refusal_brief(refusal: &Refusal, method: &Method) -> ErrorBrief {
    match refusal {
        Refusal::UnknownTenant { .. } => ErrorBrief::TenantNotFound,
        Refusal::NoEntitlementId { .. } => ErrorBrief::EntitlementIdNotFound,
        Refusal::NotMsp { .. } => ErrorBrief::TenantNotMsp,
        Refusal::NoRows
        | Refusal::TooManyRows { .. }
        | Refusal::DuplicateAssignment { .. }
        | Refusal::BadQuantity { .. }
        | Refusal::BadPeriod { .. }
        | Refusal::NoSuchCustomer { .. } => {
            if method == Method::POST {
                ErrorBrief::AssignmentCreationBadInput
            } else {
                ErrorBrief::InvalidInputParameter
            }
        }
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

fn refusal_suggestion(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownTenant { .. } => "Use a tenant of the scenario.",
        Refusal::NoEntitlementId { .. } => {
            "Activate a subscription for the tenant; in a fixture, give it an entitlementId."
        }
        Refusal::NotMsp { .. } => {
            "Call as an MSP: with its token, or with its id in x-rks-tenantid; GET /_mock/tenants lists all tenants."
        }
        Refusal::NoRows | Refusal::NothingToAssign => "Send at least one row.",
        Refusal::TooManyRows { .. } => "Send fewer rows at a time.",
        Refusal::DuplicateAssignment { .. } => "Name each assignment once.",
        Refusal::UnknownAssignment { .. } | Refusal::ForeignAssignment { .. } => {
            "Use an id of GET /assignments or of an assignments query."
        }
        Refusal::AlreadyRevoked { .. } | Refusal::AssignmentExpired { .. } => {
            "Only VALID and FUTURE assignments can be changed or revoked."
        }
        Refusal::TrialNotAllowed { .. } => "Use paid licenses, or a tenant with the feature EXTENDED_TRIAL.",
        Refusal::BadQuantity { .. } => "Send a whole number above zero.",
        Refusal::BadPeriod { .. } => "Send an end that lies after the start and in the future.",
        Refusal::NoSuchCustomer { .. } => "Name a customer of this MSP, or leave mspEcTenantId out.",
        Refusal::NoMspEntitlements | Refusal::NoSuchPool { .. } => {
            "Assign out of a pool that GET /mspEntitlements lists."
        }
        Refusal::NotEnough { .. } => "Ask for fewer licenses or a shorter period.",
        Refusal::RefreshRunning { .. } => "Try again when the running refresh has ended.",
    }
}

fn refusal_validation(
    refusal: &Refusal,
    ve: impl Fn(&str, &str, &str, String) -> ValidationErrors,
) -> ValidationErrors {
    let id = |id: &i64| id.to_string();
    let tenant = |id: &TenantId| id.to_string();
    let running = |id: &RequestId| id.to_string();
    match refusal {
        Refusal::UnknownTenant { id } => ve("an existing tenant", "tenant", "id", tenant(id)),
        Refusal::NoEntitlementId { id } => ve("a tenant with an entitlement ID", "tenant", "id", tenant(id)),
        Refusal::NotMsp { id } => ve("an MSP", "tenant", "id", tenant(id)),
        Refusal::NoRows => ve("at least one row", "request", "rows", "0".into()),
        Refusal::TooManyRows { rows, max } => ve(&format!("at most {max} rows"), "request", "rows", rows.to_string()),
        Refusal::DuplicateAssignment { id: d } => ve("each assignment once", "assignment", "assignmentId", id(d)),
        Refusal::UnknownAssignment { id: d } => ve("an existing assignment", "assignment", "assignmentId", id(d)),
        Refusal::ForeignAssignment { id: d } => ve("an assignment of this MSP", "assignment", "assignmentId", id(d)),
        Refusal::AlreadyRevoked { id: d } => {
            ve("an assignment that is not REVOKED", "assignment", "assignmentId", id(d))
        }
        Refusal::AssignmentExpired { id: d, .. } => {
            ve("an assignment that is not EXPIRED", "assignment", "assignmentId", id(d))
        }
        Refusal::TrialNotAllowed { .. } => ve("a paid assignment", "assignment", "trialAssignment", "true".into()),
        Refusal::NothingToAssign => ve("a quantity above zero", "assignment", "quantity", "0".into()),
        Refusal::BadQuantity { quantity } => {
            ve("a quantity above zero", "assignment", "quantity", quantity.to_string())
        }
        Refusal::BadPeriod { end, .. } => {
            ve("an end after the start and in the future", "assignment", "endDate", end.to_rfc3339())
        }
        Refusal::NoSuchCustomer { customer } => {
            ve("a customer of this MSP", "assignment", "mspEcTenantId", tenant(customer))
        }
        Refusal::NoMspEntitlements => ve("an MSP with entitlements", "mspEntitlement", "quantity", "0".into()),
        Refusal::NoSuchPool { wanted, .. } => {
            ve("a product of which the MSP has a pool", "mspEntitlement", "deviceType", wanted.name())
        }
        Refusal::NotEnough { wanted, left, .. } => {
            ve(&format!("at most {left}"), "mspEntitlement", "quantity", wanted.to_string())
        }
        Refusal::RefreshRunning { running: r } => ve("no running refresh", "activity", "requestId", running(r)),
    }
}
