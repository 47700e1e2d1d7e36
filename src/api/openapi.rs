//! The OpenAPI document: the handlers' words and schemas, and what follows from the catalogue.

use std::sync::LazyLock;

use axum::{http::HeaderMap, response::Response};
use serde_json::Value;
use utoipa::{
    OpenApi as _,
    openapi::{
        self, OpenApi, RefOr, Required,
        path::{Parameter, ParameterIn},
        security::{Http, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{examples, router};
use crate::{
    catalogue::{Audience, ErrorShape, JSON, OPERATIONS, Operation},
    support::{etag::TaggedJson, nullability},
};

/// What the document says besides its operations.
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
struct Head;

/// The document, as JSON.
pub fn document() -> Value {
    let mut document = Head::openapi();
    document.merge(router::Paths::openapi());
    add_security(&mut document);
    for operation in &OPERATIONS {
        let item = document.paths.paths.get_mut(operation.path);
        if let Some(documented) = item.and_then(|item| documented(item, operation)) {
            add_errors(documented, operation);
            add_other_shape(documented, operation);
            examples::add_examples(documented, operation);
            add_media_types(documented, operation);
            if needs_no_body(operation)
                && let Some(RefOr::T(body)) = &mut documented.request_body
            {
                body.required = Some(Required::False);
            }
            if operation.error_shape == ErrorShape::OAuth {
                // Form credentials or Basic ones.
                documented.security = Some(vec![SecurityRequirement::default(), needs("clientCredentials")]);
            }
        }
    }
    let mut document = nullability::corrected(&document);
    // Filters may be null in every query. The derive macro forgets that of a member whose type is a parameter.
    let schemas = document["components"]["schemas"].as_object_mut();
    schemas.into_iter().flatten().filter(|(name, _)| name.starts_with("Query_")).for_each(|(_, query)| {
        nullability::allow_null(&mut query["properties"]["filters"]);
    });
    document
}

/// Whether all members of the body are optional, so that none means the same as `{}`: in queries, except those that must say
/// a page or a period.
fn needs_no_body(operation: &Operation) -> bool {
    let path = operation.path;
    path.ends_with("/query") && !path.starts_with("/activities/") && !path.ends_with("Reports/query")
}

/// A bearer token, which `--auth open` does not ask for; and Basic credentials to get one.
fn add_security(document: &mut OpenApi) {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearerToken", SecurityScheme::Http(bearer));
    components.add_security_scheme("clientCredentials", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    document.security = Some(vec![SecurityRequirement::default(), needs("bearerToken")]);
}

fn needs(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, [""; 0])
}

fn documented<'d>(item: &'d mut openapi::PathItem, operation: &Operation) -> Option<&'d mut openapi::path::Operation> {
    match operation.method.as_str() {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// Adds the errors that every operation of a kind can send. What an operation says itself stands.
fn add_errors(documented: &mut openapi::path::Operation, operation: &Operation) {
    let is_token = operation.error_shape == ErrorShape::OAuth;
    let has_body = documented.request_body.is_some();
    let has_parameters = documented.parameters.as_ref().is_some_and(|all| all.iter().any(in_query));
    let for_msps = operation.audience == Audience::Msps;
    let is_licensed = for_msps || operation.audience == Audience::Licensed;
    let refreshes = documented.responses.responses.contains_key("202");
    let can_fail =
        matches!(operation.error_shape, ErrorShape::Nested | ErrorShape::NestedFailures | ErrorShape::UsageReport);
    let wrong = has_body || has_parameters || for_msps;
    for (status, applies, description) in [
        ("400", wrong, "A parameter or the body is wrong, or the caller is no MSP."),
        ("401", !is_token, "The session is dead."),
        ("403", !is_token, "The tenant is not the caller's own or a customer of it, or the API client is read-only."),
        ("404", !is_token, "There is no such tenant."),
        ("406", !is_token, "None of the requested media types is available."),
        ("410", operation.is_deprecated(), "The operation is phased out, if the settings of the simulator say so."),
        ("413", has_body, "The body is too large."),
        ("415", has_body, "The body is not of a type that is read, or it has a content-encoding."),
        ("417", is_licensed, "The tenant has no entitlement ID."),
        ("423", refreshes, "A refresh is running already, and the scenario refuses a second one."),
        ("500", can_fail, "The service failed."),
    ] {
        let body = openapi::Content::new(Some(error_schema(operation, status)));
        let response = openapi::ResponseBuilder::new().description(description).content(JSON, body).build();
        if applies {
            documented.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
        }
    }
}

/// The schema of the errors that an operation has in common with others.
fn error_schema(operation: &Operation, status: &str) -> openapi::Ref {
    openapi::Ref::from_schema_name(match (operation.error_shape, status) {
        (ErrorShape::Assignments, "413" | "417") => "AssignmentOperationRefusal",
        (ErrorShape::Nested, status) if status != "401" => "ErrorDto",
        (ErrorShape::NestedFailures | ErrorShape::UsageReport, "500") => "ErrorDto",
        _ => "RestApiErrorDto",
    })
}

/// Errors that come in two shapes: the operation's own, and the common one, such as for a request that cannot be read, an API
/// client that may only read, or a failure in the observed style.
fn add_other_shape(documented: &mut openapi::path::Operation, operation: &Operation) {
    let (status, other) = match operation.error_shape {
        ErrorShape::OAuth => ("400", "RestApiErrorDto"),
        ErrorShape::UsageReport => ("400", "EntitlementAssignmentRestException"),
        ErrorShape::Assignments => ("403", "RestApiErrorDto"),
        ErrorShape::NestedFailures => ("500", "RestApiErrorDto"),
        ErrorShape::Plain | ErrorShape::Nested => return,
    };
    let Some(RefOr::T(response)) = documented.responses.responses.get_mut(status) else { return };
    for body in response.content.values_mut() {
        let RefOr::T(body) = body else { continue };
        if let Some(own) = body.schema.take() {
            let either = openapi::OneOfBuilder::new().item(own).item(openapi::Ref::from_schema_name(other)).build();
            body.schema = Some(RefOr::T(openapi::Schema::OneOf(either)));
        }
    }
}

/// Answers come in each version of JSON that the operation has, errors too, and so may requests.
fn add_media_types(documented: &mut openapi::path::Operation, operation: &Operation) {
    let is_json = |media_type: &&&str| media_type.ends_with("json");
    if let Some(RefOr::T(request)) = &mut documented.request_body
        && let Some(body) = request.content.get(JSON).cloned()
    {
        if operation.has_optional_body {
            request.required = Some(Required::False);
        }
        for media_type in operation.media_types.iter().filter(is_json) {
            request.content.entry((*media_type).to_owned()).or_insert_with(|| without_example(body.clone()));
        }
    }
    for response in documented.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        let Some(body) = response.content.get(JSON).cloned() else { continue };
        for media_type in operation.media_types.iter().filter(is_json) {
            response.content.entry((*media_type).to_owned()).or_insert_with(|| without_example(body.clone()));
        }
    }
}

/// An example stands with plain JSON only, so that the document is not three times as long.
fn without_example(mut body: RefOr<openapi::Content>) -> RefOr<openapi::Content> {
    if let RefOr::T(content) = &mut body {
        content.example = None;
    }
    body
}

fn in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

/// The document as it is sent. It is made when it is first asked for, because that takes longer than the whole start.
static SENT: LazyLock<TaggedJson> = LazyLock::new(|| TaggedJson::of(&document()));

/// GET /openapi.json
pub async fn show_document(headers: HeaderMap) -> Response {
    SENT.answer(&headers)
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(SENT.text()).unwrap_or_default());

/// The document as JSON, and in it the schema of what an operation answers with a status.
pub fn answer_schema(operation: &Operation, status: u16) -> Option<(&'static Value, &'static Value)> {
    let Operation { method, path, .. } = operation;
    let answer = &DOCUMENT["paths"][*path][method.as_str().to_ascii_lowercase()]["responses"][status.to_string()];
    let (_, content) = answer["content"].as_object()?.iter().next()?;
    Some((&DOCUMENT, content.get("schema")?))
}
