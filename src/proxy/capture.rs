//! What passed through, as rows of overrides.json: put into a scenario, it is answered without the real system.

use std::sync::Arc;

use axum::body::{Body, HttpBody};
use parking_lot::Mutex;

use crate::{
    scenario::format::{OverrideRow, Query, Tenant},
    support::body_tap::{Tap, watched},
};

/// The most rows that are kept; the oldest go first.
const MOST_ROWS: usize = 500;

/// The most bytes of an answer that is recorded.
const MOST_BYTES: usize = 1024 * 1024;

/// What passed through: of each operation, query and tenant, the last answer.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<Vec<(Arc<str>, OverrideRow)>>);

/// What is known of an answer before its body.
#[derive(Clone, Debug)]
pub struct CapturedResponse {
    /// The sandbox that was asked.
    pub sandbox: Arc<str>,
    /// Method and path.
    pub operation: String,
    /// The query, as it was sent.
    pub query: String,
    /// Who asked, if it is a tenant of the sandbox.
    pub tenant: Option<String>,
    /// The HTTP status that the upstream answered with.
    pub status: u16,
}

impl Recorded {
    /// The rows of a sandbox, in the order in which they came.
    pub fn rows(&self, sandbox: &str) -> Vec<OverrideRow> {
        self.0.lock().iter().filter(|(of, _)| **of == *sandbox).map(|(_, row)| row.clone()).collect()
    }

    /// Forgets the rows of a sandbox.
    pub fn clear(&self, sandbox: &str) {
        self.0.lock().retain(|(of, _)| **of != *sandbox);
    }

    /// The same body, which is recorded when it has gone by, if it is JSON or empty, and not too long.
    pub fn watch(self: &Arc<Self>, exchange: CapturedResponse, body: Body) -> Body {
        if body.is_end_stream() {
            self.insert(exchange, &[]);
            return body;
        }
        watched(body, Passing { seen: Some(Vec::new()), exchange, recorded: Arc::clone(self) })
    }

    fn insert(&self, exchange: CapturedResponse, body: &[u8]) {
        let body = if body.is_empty() { Ok(None) } else { serde_json::from_slice(body).map(Some) };
        let Ok(body) = body else { return };
        let CapturedResponse { sandbox, operation, query, tenant, status } = exchange;
        let tenant = tenant.map(Tenant);
        let is_same = |old: &OverrideRow| {
            (&old.operation, &old.tenant) == (&operation, &tenant)
                && old.query.as_ref().is_some_and(|old| old.is(&query))
        };
        let mut rows = self.0.lock();
        rows.retain(|(of, old)| *of != sandbox || !is_same(old));
        if rows.len() >= MOST_ROWS {
            rows.remove(0);
        }
        rows.push((sandbox, OverrideRow { operation, query: Some(Query(query)), tenant, status, body }));
    }
}

/// What was seen of an answer that passes.
struct Passing {
    /// None if it is not worth it.
    seen: Option<Vec<u8>>,
    exchange: CapturedResponse,
    recorded: Arc<Recorded>,
}

impl Tap for Passing {
    fn piece(&mut self, data: &[u8]) {
        if self.seen.as_ref().is_some_and(|seen| seen.len() + data.len() > MOST_BYTES) {
            self.seen = None;
        }
        if let Some(seen) = &mut self.seen {
            seen.extend_from_slice(data);
        }
    }

    fn end(&mut self, complete: bool) {
        if let Some(seen) = self.seen.take().filter(|_| complete) {
            self.recorded.insert(self.exchange.clone(), &seen);
        }
    }
}
