//! Every business no, with what it takes to explain it. What status and which of the vendor's words
//! each becomes stands in `api::response::error`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{AssignmentId, MspProduct, RequestId, TenantId, TrialAction, Wanted};

/// Why the store said no. Nothing has changed when it did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the variants mean")]
pub enum Refusal {
    #[error("tenant {id} does not exist")]
    UnknownTenant { id: TenantId },
    #[error("tenant {id} has no entitlement ID")]
    NoEntitlementId { id: TenantId },
    #[error("tenant {id} is not an MSP")]
    NotMsp { id: TenantId },
    #[error("the list of assignments is empty")]
    NoRows,
    #[error("{rows} rows were sent; one call takes at most {max}")]
    TooManyRows { rows: usize, max: usize },
    #[error("assignment {id} is named more than once")]
    DuplicateAssignment { id: AssignmentId },
    #[error("assignment {id} does not exist")]
    UnknownAssignment { id: AssignmentId },
    #[error("assignment {id} belongs to another MSP")]
    ForeignAssignment { id: AssignmentId },
    #[error("assignment {id} has been revoked already")]
    AlreadyRevoked { id: AssignmentId },
    #[error("assignment {id} expired at {end}")]
    AssignmentExpired { id: AssignmentId, end: DateTime<Utc> },
    #[error("this MSP may not {} trial assignments: extended trial is not enabled for it", action.verb())]
    TrialNotAllowed { action: TrialAction },
    #[error("all quantities are zero, so there is nothing to assign")]
    NothingToAssign,
    #[error("{quantity} is not a quantity: expected a whole number above zero")]
    BadQuantity { quantity: i64 },
    #[error("the period from {start} to {end} ends before it starts or has passed")]
    BadPeriod { start: DateTime<Utc>, end: DateTime<Utc> },
    #[error("tenant {customer} is neither this MSP nor one of its customers")]
    NoSuchCustomer { customer: TenantId },
    #[error("this MSP has no entitlements to assign from")]
    NoMspEntitlements,
    #[error("this MSP has no {}{}{} entitlements", if *trial { "trial " } else { "" }, tier.as_deref().map(|tier| format!("{tier} ")).unwrap_or_default(), wanted.name())]
    NoSuchPool { wanted: Wanted, trial: bool, tier: Option<Arc<str>> },
    #[error("{wanted} {}{product} licenses are asked for over the period, {left} are left", if *trial { "trial " } else { "" })]
    NotEnough { product: MspProduct, trial: bool, wanted: i64, left: i64 },
    #[error("refresh {running} is still running")]
    RefreshRunning { running: RequestId },
}

impl TrialAction {
    fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Revoke => "revoke",
        }
    }
}

impl Wanted {
    /// The word for what is wanted.
    pub fn name(self) -> String {
        match self {
            Self::Product(product) => product.to_string(),
            Self::Any(device_type) => device_type.to_string(),
            Self::Model(license_type) => license_type.to_string(),
        }
    }
}
