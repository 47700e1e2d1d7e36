//! Every answer that a test gets is as its OpenAPI document says: the status is documented, the media type too, and the
//! body fits the schema and has no member that the schema does not name. In the documented style the answers of operations
//! that are in the published reference are as the reference has them, too.
//!
//! Left out are answers that are wrong on purpose (faults, requests to an upstream) and paths of neither document.

mod closed;
mod document;
mod known;
pub mod reference;

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use parking_lot::Mutex;

pub use self::document::{CONTROL, Document, Operation, VENDOR};
use super::Answer;

/// An answer of an operation, as far as the documents tell answers apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The operationId.
    pub operation: String,
    pub status: u16,
}

/// Whether the formats of texts count. In the observed style moments are no date-times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Formats {
    Checked,
    Ignored,
}

/// How the answers of a simulator are checked, and which came.
#[derive(Clone)]
pub struct Contract {
    pub formats: Formats,
    pub seen: Arc<Mutex<BTreeSet<Seen>>>,
    /// Whether a real system answers what is not simulated.
    has_upstream: bool,
}

impl Contract {
    pub fn new(has_upstream: bool) -> Self {
        Self { formats: Formats::Ignored, seen: Arc::default(), has_upstream }
    }

    /// Checks an answer, if it is of an operation.
    #[track_caller]
    pub fn check(&self, method: &str, uri: &str, answer: &Answer) {
        let Some((document, operation)) = operation(method, uri) else { return };
        if self.has_upstream || !is_of_the_operation(document, answer) {
            return;
        }
        let mistakes = mistakes(document, operation, answer, self.formats);
        assert!(mistakes.is_empty(), "{method} {uri} answers {} unlike its document:{mistakes}", answer.status);
        self.seen.lock().insert(Seen { operation: operation.id.clone(), status: answer.status });
    }
}

impl Document {
    /// Fails unless an answer is as documented, even one that a fault made.
    #[track_caller]
    pub fn check_answer(&'static self, id: &str, answer: &Answer) {
        let operation = self.operations.iter().find(|operation| operation.id == id).unwrap();
        let mistakes = mistakes(self, operation, answer, Formats::Checked);
        assert!(mistakes.is_empty(), "{id} answers {} unlike its document:{mistakes}", answer.status);
    }
}

fn operation(method: &str, uri: &str) -> Option<(&'static Document, &'static Operation)> {
    let path = uri.split('?').next().unwrap_or_default();
    let path = match path.strip_prefix("/sandboxes/") {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => path,
    };
    let document: &'static Document = if path.starts_with("/_mock") { &CONTROL } else { &VENDOR };
    Some((document, document.find(method, path)?))
}

/// Whether an answer is the operation's, and not a fault's, or the simulator's to a wrong `x-mock` header or sandbox.
fn is_of_the_operation(document: &Document, answer: &Answer) -> bool {
    let is_problem = answer.content_type() == "application/problem+json";
    let is_foreign = is_problem && std::ptr::eq(document, &raw const *VENDOR);
    !answer.headers.contains_key("x-mock-fault") && !answer.broke_off() && !is_foreign && answer.status != 304
}

fn mistakes(document: &'static Document, operation: &Operation, answer: &Answer, formats: Formats) -> String {
    let mut mistakes = String::new();
    let mut mistake = |text: &dyn std::fmt::Display| {
        let _ = write!(mistakes, "\n  {text}");
    };
    let Some((at, response)) = operation.response(answer.status) else {
        mistake(&format_args!("the status is not documented: {}", answer.text()));
        return mistakes;
    };
    let Some(content) = response["content"].as_object() else {
        if !answer.bytes().is_empty() {
            mistake(&format_args!("no body is documented: {}", answer.text()));
        }
        return mistakes;
    };
    let media_type = answer.content_type().split(';').next().unwrap_or_default();
    if !content.contains_key(media_type) {
        mistake(&format_args!("the media type \"{media_type}\" is not among {:?}", content.keys().collect::<Vec<_>>()));
        return mistakes;
    }
    if media_type.ends_with("json") {
        let pointer = format!("{at}/content/{}/schema", media_type.replace('/', "~1"));
        let body = answer.json();
        for error in document.validator(&pointer, formats).iter_errors(&body) {
            let text = format!("{}: {error}", error.instance_path());
            if !known::is_known(&operation.id, &text, formats) {
                mistake(&text);
            }
        }
        // The reference describes the documented style.
        if formats == Formats::Checked && std::ptr::eq(document, &raw const *VENDOR) {
            let name = format!("{} {}", operation.method, operation.path);
            for text in reference::mistakes(&name, answer.status, &body) {
                mistake(&text);
            }
        }
    }
    mistakes
}
