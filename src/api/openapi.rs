//! The OpenAPI document, generated from the routes.

use std::sync::{LazyLock, OnceLock};

use axum::Json;
use serde_json::Value;
use utoipa::openapi::{
    self, OpenApi, RefOr,
    path::{Parameter, ParameterIn},
};

use super::{request::context::PLAIN, router};
use crate::{
    catalogue::{Operation, Operations},
    support::routes::Routes,
};

/// What the document says besides its routes.
#[derive(utoipa::OpenApi)]
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
pub fn document() -> OpenApi {
    let mut document = router::routes().document(<Document as utoipa::OpenApi>::openapi());
    for (path, item) in &mut document.paths.paths {
        let methods =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten();
        for operation in methods {
            add_errors(path, operation);
        }
    }
    document
}

/// Adds the errors that every operation of a kind can send. What an operation says itself stands.
fn add_errors(path: &str, operation: &mut openapi::path::Operation) {
    // Those who ask for a token have errors of OAuth2's kind.
    if path.starts_with("/oauth2/") {
        return;
    }
    let is = |paths: &[&str]| paths.iter().any(|start| path.starts_with(start));
    let has_body = operation.request_body.is_some();
    let takes = operation.parameters.as_ref().is_some_and(|all| all.iter().any(in_query));
    let for_msps = is(&["/assignments", "/msp", "/entitlements/licenseUsageReports"])
        || path.contains("/entitlements/assignments");
    let is_licensed = for_msps
        || ["/entitlements", "/entitlements/summaries", "/entitlements/query"].contains(&path)
        || is(&["/entitlements/utilizations", "/entitlements/mileage", "/entitlements/availability"]);
    let refreshes = operation.responses.responses.contains_key("202");
    let is_nested = path.contains("/entitlements/assignments") && !path.ends_with("/query");
    let refused = |status| match status {
        "413" | "417" if path == "/assignments" && has_body => "AssignmentOperationRefusal",
        status if is_nested && status != "401" => "ErrorDto",
        _ => "RestApiErrorDto",
    };
    for (status, comes, description) in [
        ("400", has_body || takes || for_msps, "A parameter or the body is wrong, or the caller is no MSP."),
        ("401", true, "The session is dead."),
        ("403", true, "The tenant is no business of the caller, who may also be one that only reads."),
        ("404", true, "There is no such tenant."),
        ("406", true, "Nothing that is accepted can be answered."),
        ("413", has_body, "The body is too large."),
        ("415", has_body, "The body is something else than JSON."),
        ("417", is_licensed, "The tenant has no entitlement ID."),
        ("423", refreshes, "A refresh is running already, and the scenario refuses a second one."),
    ] {
        let body = openapi::Content::new(Some(openapi::Ref::from_schema_name(refused(status))));
        let response = openapi::ResponseBuilder::new().description(description).content(PLAIN, body).build();
        if comes {
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
        }
    }
}

fn in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

/// GET /openapi.json
pub async fn show_document() -> Json<OpenApi> {
    Json(document())
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(document()).unwrap_or_default());
static OPERATIONS: OnceLock<Operations> = OnceLock::new();

/// All operations of the vendor's surface.
pub fn operations() -> &'static Operations {
    OPERATIONS.get_or_init(|| Operations::of(&router::routes()))
}

/// Reads the operations off the routes, for whoever has them already.
pub fn read_operations(routes: &Routes) {
    OPERATIONS.get_or_init(|| Operations::of(routes));
}

/// The document as JSON, and in it the schema of what an operation answers with a status.
pub fn answer_schema(operation: &Operation, status: u16) -> Option<(&'static Value, &'static Value)> {
    let Operation { method, path, .. } = operation;
    let answer =
        &DOCUMENT["paths"][path.as_str()][method.as_str().to_ascii_lowercase()]["responses"][status.to_string()];
    let (_, content) = answer["content"].as_object()?.iter().next()?;
    Some((&DOCUMENT, content.get("schema")?))
}
