//! The assignments of an MSP to one tenant.

use chrono::{DateTime, Utc};

use super::selection::AssignmentSelection;
use crate::model::{Assignment, Store, TenantId};

/// The assignments of an MSP to a customer, or to itself, that a query asks for; by id.
pub fn select<'s>(
    store: &'s Store,
    msp: TenantId,
    customer: TenantId,
    selection: &AssignmentSelection,
    now: DateTime<Utc>,
) -> Vec<&'s Assignment> {
    store.assignments_of(msp).filter(|row| row.customer == customer && selection.admits(row, now)).collect()
}
