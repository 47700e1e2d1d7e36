//! Examples of requests and answers in the OpenAPI document, from a file that a test keeps true (`examples.json`).

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::{Content, RefOr, path::Operation as Documented};

use crate::catalogue::{JSON, Operation};

/// By operationId: `request`, and by status the answer.
static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// Adds the examples of an operation to its bodies of plain JSON.
pub fn add_examples(documented: &mut Documented, operation: &Operation) {
    let examples = &EXAMPLES[operation.id];
    if let Some(RefOr::T(body)) = &mut documented.request_body {
        add(body.content.get_mut(JSON), &examples["request"]);
    }
    for (status, response) in &mut documented.responses.responses {
        if let RefOr::T(response) = response {
            add(response.content.get_mut(JSON), &examples[status]);
        }
    }
}

fn add(content: Option<&mut RefOr<Content>>, example: &Value) {
    if let (Some(RefOr::T(content)), false) = (content, example.is_null()) {
        content.example = Some(example.clone());
    }
}
