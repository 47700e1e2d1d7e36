//! Rows of POST /entitlements/orders/query (observed; not in the reference): what the application
//! licence manager holds of a sales order, and how much of it has been activated.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, Style, date::Date, query::Row};
use crate::model::Entitlement;

/// What orders must match; none are known.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub struct OrderFilters {}

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names are the vendor's")]
pub struct Order {
    order_id: String,
    sales_order_id: String,
    order_so_number: String,
    order_create_date: Date,
    product_id: String,
    product_code: String,
    product_name: String,
    product_category: String,
    product_class: String,
    /// Licences of the sales order.
    quantity: i64,
    /// Licences activated.
    registered_quantity: i64,
    /// Licences that can still be activated.
    remaining_quantity: i64,
    spa_start_date: Date,
    spa_end_date: Date,
    trial: bool,
}

/// The fields of the rows.
pub const QUERIED: &[&str] = &[
    "orderId",
    "salesOrderId",
    "orderSoNumber",
    "orderCreateDate",
    "productId",
    "productCode",
    "productName",
    "productCategory",
    "productClass",
    "quantity",
    "registeredQuantity",
    "remainingQuantity",
    "spaStartDate",
    "spaEndDate",
    "trial",
];

/// The order behind a row, for a query; none if the licence manager has no part in it.
pub fn queried(row: &Entitlement, ctx: Context<'_>) -> Option<Row> {
    let documented = Context { style: Style::Documented, ..ctx };
    Some(Row::new(&Order::new(row, ctx)?, &Order::new(row, documented)?))
}

impl Order {
    fn new(row: &Entitlement, ctx: Context<'_>) -> Option<Self> {
        let alm = row.alm.as_ref()?;
        let date = |at| Date::listed(at, ctx.style);
        let name = row.license_name.as_ref().unwrap_or(&row.sku);
        Some(Self {
            order_id: alm.activation_id.to_string(),
            sales_order_id: row.id.to_string(),
            order_so_number: row.id.split('-').next().unwrap_or_default().to_owned(),
            order_create_date: date(row.created),
            product_id: row.sku.to_string(),
            product_code: row.sku.to_string(),
            product_name: name.to_string(),
            product_category: row.license_type.to_string(),
            product_class: row.device_type.to_string(),
            quantity: alm.so_ent_quantity,
            registered_quantity: row.quantity,
            remaining_quantity: (alm.so_ent_quantity - row.quantity).max(0),
            spa_start_date: date(row.period.start),
            spa_end_date: date(row.period.end),
            trial: row.trial,
        })
    }
}
