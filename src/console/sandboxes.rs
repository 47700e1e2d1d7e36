//! GET /_mock/console/sandboxes: as many sandboxes as a page can show. There may be thousands, and
//! `GET /_mock/sandboxes` mints a token for each.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};

use crate::sandbox::{Sandbox, registry::Registry};

/// The most rows of an answer; the page has a filter for the others.
const MOST: usize = 50;

/// Which ones.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// What their names, or those of their scenarios, contain.
    #[serde(default)]
    filter: String,
}

/// The first of them, by name.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// How many there are.
    total: usize,
    /// How many of them the filter lets through.
    found: usize,
    sandboxes: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: Arc<str>,
    scenario: String,
}

pub async fn list_sandboxes(State(registry): State<Arc<Registry>>, Query(asked): Query<Asked>) -> Json<Listed> {
    let filter = asked.filter.to_lowercase();
    let all = registry.list();
    let total = all.len();
    let has = |text: &str| text.to_lowercase().contains(&filter);
    let found: Vec<_> = all.into_iter().filter(|sandbox| has(&sandbox.name) || has(&sandbox.scenario().name)).collect();
    let line =
        |sandbox: &Arc<Sandbox>| Line { name: Arc::clone(&sandbox.name), scenario: sandbox.scenario().name.clone() };
    Json(Listed { total, found: found.len(), sandboxes: found.iter().take(MOST).map(line).collect() })
}
