//! The handlers, one file per root path. A handler translates between a request and the model; it decides nothing.

pub mod activities;
pub mod assignments;
pub mod banners;
pub mod brandings;
pub mod entitlement_orders;
pub mod entitlement_queries;
pub mod entitlements;
pub mod entitlements_reports;
pub mod msp_banners;
pub mod msp_customers;
pub mod msp_entitlements;
pub mod oauth2;
pub mod tenants;
