//! Rows of POST /entitlements/orders/query (observed; not in the reference): what the application
//! licence manager holds of a sales order, and how much of it has been activated.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, date::WireDate};
use crate::{
    model::{Alm, DeviceType, Entitlement, LicenseType},
    views::row::Row,
};

/// What orders must match; none are known.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub struct OrderFilters {}

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
