//! Lists of rows: what a tenant has, and what an MSP bought.

use super::{filter::Filter, holdings::Holdings, row::Row, selection::Selection};
use crate::model::MspEntitlement;

/// The rows of a tenant that pass a filter, earliest expiry first, then by id.
pub fn filtered<'h, 's>(holdings: &'h Holdings<'s>, filter: Filter) -> impl Iterator<Item = &'h Row<'s>> {
    holdings.rows.iter().filter(move |row| filter.admits(holdings.tenant, row))
}

/// The rows of a tenant that a query asks for, earliest expiry first, then by id.
pub fn selected<'h, 's>(holdings: &'h Holdings<'s>, selection: &'h Selection) -> impl Iterator<Item = &'h Row<'s>> {
    holdings.rows.iter().filter(|row| selection.admits(row, &holdings.store.policy, holdings.now))
}

/// The purchases of an MSP that a query asks for, earliest expiry first, then by id, as the store keeps them.
pub fn selected_purchases<'s>(
    holdings: &Holdings<'s>,
    selection: &Selection,
) -> impl Iterator<Item = &'s MspEntitlement> {
    let (policy, now) = (&holdings.store.policy, holdings.now);
    holdings.tenant.msp_entitlements.iter().filter(move |row| selection.admits_purchase(row, policy, now))
}
