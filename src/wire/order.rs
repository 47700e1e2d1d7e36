//! Rows of POST /entitlements/orders/query (observed; not in the reference): what the application
//! licence manager holds of a sales order, and how much of it has been activated. PATCH /entitlements/orders/{orderId}
//! activates the rest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Context,
    assignment_request::{BadInput, given},
    date::WireDate,
};
use crate::{
    model::{Alm, DeviceType, Entitlement, LicenseType},
    views::{row::Row, selection::one_of},
};

/// What orders must match. An empty list is no filter.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OrderFilters {
    /// PENDING: some of it can still be activated (observed). ACTIVATED: nothing is left (chosen).
    status: Option<Vec<String>>,
}

impl OrderFilters {
    /// Whether an order is asked for.
    pub fn admit(&self, row: &Entitlement, alm: &Alm) -> bool {
        let status = if alm.so_ent_quantity > row.quantity { "PENDING" } else { "ACTIVATED" };
        self.status.as_ref().is_none_or(|list| one_of(list, status))
    }
}

/// A request to activate an order (observed). Region and start are those of the order, whatever is sent (chosen).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivationRequest {
    /// The code of the order; that of the path counts.
    pub order_acx_registration_code: Option<String>,
    /// Such as US.
    pub region: Option<String>,
    /// A day, such as 2026-03-10.
    pub start_date: Option<String>,
}

impl ActivationRequest {
    /// Whether the start is a date, if one is given.
    pub fn check(&self) -> Result<(), BadInput> {
        self.start_date.as_deref().map_or(Ok(()), |start| given(start, "startDate".into()).map(drop))
    }
}

/// A sales order, as the vendor's UI reads it (observed).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names are the vendor's")]
pub struct Order<'a> {
    /// The "SPA activation code" of the vendor's pages; that of the activation (chosen).
    order_acx_registration_code: &'a str,
    order_id: &'a str,
    sales_order_id: &'a str,
    order_so_number: &'a str,
    order_create_date: WireDate,
    product_id: &'a str,
    product_code: &'a str,
    product_name: &'a str,
    product_category: LicenseType,
    product_class: DeviceType,
    /// Licences of the sales order.
    quantity: i64,
    /// Licences activated.
    registered_quantity: i64,
    /// Licences that can still be activated.
    remaining_quantity: i64,
    spa_start_date: WireDate,
    spa_end_date: WireDate,
    trial: bool,
}

impl<'a> Order<'a> {
    /// The order behind a row.
    pub fn new(held: &Row<'_>, row: &'a Entitlement, alm: &'a Alm, ctx: Context<'_>) -> Self {
        let date = |at| WireDate::listed(at, ctx.style);
        Self {
            order_acx_registration_code: &alm.activation_id,
            order_id: &alm.activation_id,
            sales_order_id: &row.id,
            order_so_number: row.id.split('-').next().unwrap_or_default(),
            order_create_date: date(row.created),
            product_id: &row.sku,
            product_code: &row.sku,
            product_name: row.license_name.as_ref().unwrap_or(&row.sku),
            product_category: row.license_type,
            product_class: held.kind.device_type,
            quantity: alm.so_ent_quantity,
            registered_quantity: row.quantity,
            remaining_quantity: (alm.so_ent_quantity - row.quantity).max(0),
            spa_start_date: date(row.period.start),
            spa_end_date: date(row.period.end),
            trial: row.trial,
        }
    }
}
