//! The fields of captured responses that the simulator computes and therefore ignores in a fixture.

/// Of a row of GET /entitlements.
pub const ENTITLEMENT: &[&str] = &[
    "almLicenseType",
    "almUsedQuantity",
    "assignedLicense",
    "emailStage",
    "extendedLicensesAssignment",
    "graceEndDate",
    "historical",
    "isR1Sku",
    "mspSku",
    "name",
    "r1Sku",
    "status",
    "tenantId",
];
/// Of a row of GET /mspEntitlements.
pub const MSP_ENTITLEMENT: &[&str] =
    &["createdDate", "isR1Sku", "lastNotificationDate", "name", "r1Sku", "status", "tenantId", "updatedDate"];
/// Of an attention note.
pub const ATTENTION_NOTE: &[&str] = &["status"];
/// Of a row of GET /assignments.
pub const ASSIGNMENT: &[&str] = &["ownAssignment", "status"];
