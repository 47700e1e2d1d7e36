//! All error responses of the vendor's surface, and the status of each. No other file names an error status.
//!
//! | file | what |
//! |---|---|
//! | `mod` | the errors, with status, code and advice of each in one table |
//! | `refusal` | the same for business errors |
//! | `body` | the body that the operation's error shape asks for |

pub(super) mod refusal;

use axum::{
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};

use crate::{
    catalogue::Operation,
    model::{Refusal, TenantId},
    proxy::ProxyError,
    sandbox::{deprecations::Gone, identity::IdentityError},
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
    MethodNotAllowed { method: Method, allow: &'static str },
    #[error("this server opens no tunnels")]
    NoTunnel,
    #[error("none of the media types \"{accept}\" is available; the operation offers {offered}")]
    NotAcceptable { accept: String, offered: String },
    #[error("content type \"{content_type}\" is not supported")]
    UnsupportedMediaType { content_type: String },
    #[error("content-encoding \"{coding}\" is not supported")]
    UnsupportedCoding { coding: String },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body ended before it was complete: {reason}")]
    BrokenBody { reason: String },
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
    #[error("order {id} does not exist")]
    UnknownOrder { id: String },
    #[error("page, pageSize, sortField and sortOrder are mandatory; {missing} is missing")]
    IncompleteQuery { missing: &'static str, observed: bool },
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

/// What an error says besides its message.
pub(super) struct Terms<'a> {
    /// The status, for every operation that has no exception.
    pub(in crate::api::response) status: StatusCode,
    /// The vendor's code.
    pub(in crate::api::response) code: &'a str,
    /// What the caller can do.
    pub(in crate::api::response) advice: &'static str,
}

const BODY_ADVICE: &str = "Correct the body; /openapi.json shows its schema.";

impl ApiError {
    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        self.terms().status
    }

    /// The one table of statuses, codes and advice.
    #[allow(clippy::too_many_lines, reason = "one exhaustive table is easier to read than several partial ones")]
    pub(super) fn terms(&self) -> Terms<'_> {
        let terms = |status, code, advice| Terms { status, code, advice };
        match self {
            Self::DeadSession => {
                terms(StatusCode::UNAUTHORIZED, "RCG-10003", "Get a new token with POST /oauth2/token/{tenantId}.")
            }
            Self::ForeignTenant { .. } => terms(
                StatusCode::FORBIDDEN,
                "RCG-10002",
                "Name the caller's own tenant or one of its customers in x-rks-tenantid, or leave the header out.",
            ),
            Self::ReadOnly => terms(StatusCode::FORBIDDEN, "RCG-10002", "Use an API client whose role is ADMIN."),
            Self::NothingAssigned => {
                terms(StatusCode::FORBIDDEN, "ENTITLEMENT-10002", "Call as an MSP, or with the usageType SELF.")
            }
            Self::UnknownTenant { .. } => {
                terms(StatusCode::NOT_FOUND, "ENTITLEMENT-10001", "Use a tenant of the scenario.")
            }
            // What the gateway says of paths that it does not know.
            Self::UnknownPath => {
                terms(StatusCode::NOT_FOUND, "RCG-10016", "See /openapi.json for the paths that are simulated.")
            }
            Self::UnknownActivity { .. } => terms(
                StatusCode::NOT_FOUND,
                "ACTIVITY-10001",
                "Use the requestId of a 202; an activity can take a moment to appear.",
            ),
            Self::UnknownOrder { .. } => {
                terms(StatusCode::NOT_FOUND, "ENTITLEMENT-10002", "Use an orderId of POST /entitlements/orders/query.")
            }
            Self::Gone { .. } => {
                terms(StatusCode::GONE, "RCG-10016", "GET /_mock/deprecations lists the callers of this operation.")
            }
            Self::MethodNotAllowed { .. } => {
                terms(StatusCode::METHOD_NOT_ALLOWED, "RCG-10001", "Use one of the methods in the Allow header.")
            }
            Self::NoTunnel => {
                terms(StatusCode::NOT_IMPLEMENTED, "RCG-10001", "Use another proxy, or call this server itself.")
            }
            Self::NotAcceptable { .. } => {
                terms(StatusCode::NOT_ACCEPTABLE, "RCG-10001", "Accept one of the media types on offer, or any.")
            }
            Self::UnsupportedMediaType { .. } => {
                terms(StatusCode::UNSUPPORTED_MEDIA_TYPE, "RCG-10001", "Send application/json.")
            }
            Self::UnsupportedCoding { .. } => {
                terms(StatusCode::UNSUPPORTED_MEDIA_TYPE, "RCG-10001", "Send the body without a content-encoding.")
            }
            Self::TooLarge { .. } => terms(StatusCode::PAYLOAD_TOO_LARGE, "RCG-10001", "Send fewer rows at a time."),
            Self::BrokenBody { .. } => terms(
                StatusCode::BAD_REQUEST,
                "RCG-10001",
                "Send as many bytes as Content-Length says, or well-formed chunks.",
            ),
            Self::BadParameter { .. } => {
                terms(StatusCode::BAD_REQUEST, "RCG-10001", "Use one of the values listed, or leave the parameter out.")
            }
            Self::BadPath { .. } => terms(StatusCode::BAD_REQUEST, "RCG-10001", "Correct the path."),
            Self::BadBody { .. } => terms(StatusCode::BAD_REQUEST, "RCG-10001", BODY_ADVICE),
            // Observed for a date in the past; taken for everything that a report cannot be made of.
            Self::PastDate { .. } => terms(StatusCode::BAD_REQUEST, "ENTITLEMENT-10200", "Send today or a later day."),
            Self::Mandatory { .. } => terms(
                StatusCode::BAD_REQUEST,
                "ENTITLEMENT-10200",
                "Send it; /openapi.json shows the schema of the body.",
            ),
            Self::BadField { .. } => terms(StatusCode::BAD_REQUEST, "ENTITLEMENT-10200", BODY_ADVICE),
            Self::BadValue { .. } => {
                terms(StatusCode::BAD_REQUEST, "ENTITLEMENT-10200", "Correct the parameter, or leave it out.")
            }
            Self::TooLong { .. } => terms(
                StatusCode::BAD_REQUEST,
                "ENTITLEMENT-10200",
                "Ask for a shorter period, for one customer, or for pages, with page and pageSize.",
            ),
            Self::NotMspContext { .. } => terms(
                StatusCode::BAD_REQUEST,
                "ENTITLEMENT-10200",
                "Call as the MSP of that tenant, without its id in x-rks-tenantid; of the caller's own, ask for /tenants/self.",
            ),
            // Observed: the system fails over a query without paging; a 400 belongs there.
            Self::IncompleteQuery { observed, .. } => terms(
                if *observed { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST },
                "ACTIVITY-10000",
                "Send page, pageSize, sortField and sortOrder.",
            ),
            // Observed: the system fails where the filters are missing.
            Self::NoFilters => terms(
                StatusCode::INTERNAL_SERVER_ERROR,
                "ENTITLEMENT-10000",
                "Send an object as 'filters'; it may be empty.",
            ),
            Self::Refused(refusal) => refusal::terms(refusal),
            Self::Fault { status, code, .. } => terms(
                *status,
                code,
                if status.is_client_error() {
                    "Correct the request, or send it again later."
                } else {
                    "Send the request again later."
                },
            ),
            Self::UpstreamDown(ProxyError::Loop { .. }) => {
                terms(StatusCode::BAD_GATEWAY, "RCG-10020", "Start the server with another --upstream.")
            }
            Self::UpstreamDown(_) => terms(
                StatusCode::BAD_GATEWAY,
                "RCG-10020",
                "Check --upstream and the network; simulated operations answer meanwhile.",
            ),
            Self::UpstreamSlow(_) => terms(
                StatusCode::GATEWAY_TIMEOUT,
                "RCG-10020",
                "Try again, or allow more time with --upstream-timeout.",
            ),
            Self::UpstreamForbidden(_) => terms(
                StatusCode::FORBIDDEN,
                "RCG-10002",
                "Call from a page of this machine or of --cors-origins, under localhost or a name of --control-hosts.",
            ),
            Self::Internal => {
                terms(StatusCode::INTERNAL_SERVER_ERROR, "ENTITLEMENT-10000", "Please report it with the server's log.")
            }
        }
    }

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

fn gone_words(gone: Gone) -> String {
    match gone {
        Gone::Since(date) => format!("was removed on {}", date.date_naive()),
        Gone::Until(end) => format!("is switched off for a trial until {}", end.format("%H:%MZ")),
    }
}

/// Leaves the error with the response: its body depends on the request, which a handler does not hand on. The service
/// renders it with [`ApiError::render`].
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<IdentityError> for ApiError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::DeadSession => Self::DeadSession,
            IdentityError::UnknownTenant(id) => Self::UnknownTenant { id },
            IdentityError::ForeignTenant(tenant) => Self::ForeignTenant { tenant },
        }
    }
}

impl From<ProxyError> for ApiError {
    fn from(error: ProxyError) -> Self {
        match error {
            ProxyError::Down { .. } | ProxyError::Loop { .. } => Self::UpstreamDown(error),
            ProxyError::Slow { .. } => Self::UpstreamSlow(error),
            ProxyError::Untrusted { .. } => Self::UpstreamForbidden(error),
        }
    }
}
