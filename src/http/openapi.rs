//! The OpenAPI document, generated from the routes.

use std::sync::{LazyLock, OnceLock};

use axum::Json;
use serde_json::Value;
use utoipa::OpenApi;

use super::router;
use crate::operations::{Operation, Operations};

/// What the document says besides its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "RUCKUS One Entitlements API, simulated",
        description = "What r1-entitlements-mock simulates of the Entitlements API v0.2.0. Not affiliated with the vendor.",
        version = "0.2.0",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "Entitlement", description = "Licences of a tenant: the deprecated operations and their successors."),
        (name = "Manage Entitlements", description = "Assignments of an MSP."),
        (name = "Companions", description = "What clients call before they get that far."),
        (name = "Legacy", description = "What the vendor's UI calls beside them."),
        (name = "View Activities", description = "What became of requests that were answered with 202."),
        (name = "Token", description = "OAuth2 client credentials."),
    ),
)]
pub struct Document;

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    router::routes().into_openapi()
}

/// GET /openapi.json
pub async fn show_document() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(document()).unwrap_or_default());
static OPERATIONS: OnceLock<Operations> = OnceLock::new();

/// All operations of the vendor's surface.
pub fn operations() -> &'static Operations {
    OPERATIONS.get_or_init(|| Operations::of(&document()))
}

/// Reads the operations off the document, for whoever has it already.
pub fn read_operations(document: &utoipa::openapi::OpenApi) {
    OPERATIONS.get_or_init(|| Operations::of(document));
}

/// The document as JSON, and in it the schema of what an operation answers with a status.
pub fn answer_schema(operation: &Operation, status: u16) -> Option<(&'static Value, &'static Value)> {
    let Operation { method, path, .. } = operation;
    let answer =
        &DOCUMENT["paths"][path.as_str()][method.as_str().to_ascii_lowercase()]["responses"][status.to_string()];
    let (_, content) = answer["content"].as_object()?.iter().next()?;
    Some((&DOCUMENT, content.get("schema")?))
}
