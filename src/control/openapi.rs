//! The OpenAPI document of this surface, generated from its routes.

use std::sync::LazyLock;

use axum::{http::HeaderMap, response::Response};
use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        Content, RefOr, Required, ResponseBuilder,
        path::{Operation, PathItem},
    },
};

use super::{composed::open_parts, probes, router};
use crate::support::{
    etag::TaggedJson,
    nullability::{self, SCHEMAS},
    problem::Problem,
};

/// What the document says besides its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "r1-entitlements-mock: the control surface",
        description = "How to put the simulator into any state, move its time, break things on purpose, and ask what was called. \
                       Everything is about the sandbox that the request means: by `/sandboxes/{name}` before the path, by the header \
                       `x-mock-sandbox`, by a host `{name}.localhost`, or by a token that was issued in it; else the one at the root.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem)),
    tags(
        (name = "Server", description = "Whether it lives, and whether it can answer."),
        (name = "Sandboxes", description = "Systems of their own in one server: state, clock, faults, journal, settings."),
        (name = "Clock", description = "The `Date` header, tokens, rate limits, activities and all data live by it."),
        (name = "State", description = "Scenarios, snapshots, the state as a whole and row by row."),
        (name = "Activities", description = "How refreshes go, and taking the end of one in hand."),
        (name = "Faults", description = "What goes wrong on purpose."),
        (name = "Requests", description = "The journal: what was called, and whether that is what was expected."),
        (name = "Settings", description = "How a sandbox answers."),
        (name = "Deprecations", description = "Who still calls deprecated operations."),
        (name = "Self-check", description = "Whether the live state is consistent."),
        (name = "Upstream", description = "The real system behind the simulator, and what passed through."),
    ),
)]
struct Document;

/// The document, as JSON.
pub fn document() -> Value {
    let mut document = Document::openapi();
    document.merge(probes::Paths::openapi());
    document.merge(router::Paths::openapi());
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(add_problem);
    }
    // All that these can say may be left out.
    let clock = document.paths.paths.get_mut("/_mock/clock").and_then(|item| item.put.as_mut());
    clock.into_iter().for_each(make_body_optional);
    for item in document.paths.paths.values_mut() {
        item.patch.iter_mut().for_each(make_body_optional);
    }
    open_parts(&mut document);
    let mut document = nullability::corrected(&document);
    describe_policy_patch(&mut document);
    document
}

/// The body of PATCH /_mock/activities/policy is a merge patch (RFC 7396): null may stand for every member, at each depth.
/// Elsewhere the same type is given in full, without null.
fn describe_policy_patch(document: &mut Value) {
    let mut patches = Map::new();
    let name = patch_of("ActivityPolicyChange", &document["components"]["schemas"], &mut patches);
    let body = &mut document["paths"]["/_mock/activities/policy"]["patch"]["requestBody"]["content"];
    body["application/json"]["schema"] = json!({ "$ref": format!("{SCHEMAS}{name}") });
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.append(&mut patches);
    }
}

/// Makes the schema of a patch of a type, and of the types in it, and returns its name.
fn patch_of(name: &str, schemas: &Value, made: &mut Map<String, Value>) -> String {
    let mut schema = schemas[name].clone();
    for member in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        let inner = member["$ref"].as_str().and_then(|path| path.strip_prefix(SCHEMAS)).map(str::to_owned);
        if let Some(inner) = inner.filter(|inner| schemas[inner]["properties"].is_object()) {
            member["$ref"] = format!("{SCHEMAS}{}", patch_of(&inner, schemas, made)).into();
        }
        nullability::allow_null(member);
    }
    let patch = name.replace("Change", "Patch");
    made.insert(patch.clone(), schema);
    patch
}

/// The document as it is sent, made when it is first asked for.
static SENT: LazyLock<TaggedJson> = LazyLock::new(|| TaggedJson::of(&document()));

/// GET /_mock/openapi.json
pub async fn show_document(headers: HeaderMap) -> Response {
    SENT.answer(&headers)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}

fn make_body_optional(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(Required::False);
    }
}

/// Every refusal has this shape.
fn add_problem(operation: &mut Operation) {
    let schema = RefOr::Ref(utoipa::openapi::Ref::from_schema_name(Problem::name()));
    let problem = ResponseBuilder::new()
        .description("Why not: 400 the request is wrong, 401 the control token is missing, 403 the page or host is foreign, 404 there is no such thing, 409 it does not fit what is there.")
        .content("application/problem+json", Content::new(Some(schema)))
        .build();
    operation.responses.responses.insert("default".into(), problem.into());
}
