//! What passed through, as rows of overrides.json: put into a scenario, it is answered without the real system.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use parking_lot::Mutex;

use crate::fixtures::format::{OverrideRow, Tenant};

/// The most rows that are kept; the oldest go first.
const MOST_ROWS: usize = 500;

/// The most bytes of an answer that is recorded.
const MOST_BYTES: usize = 1024 * 1024;

/// What passed through: of each operation and tenant, the last answer.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<Vec<(Arc<str>, OverrideRow)>>);

/// What is known of an answer before its body.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The sandbox that was asked.
    pub sandbox: Arc<str>,
    /// Method and path.
    pub operation: String,
    /// Who asked, if it is a tenant of the sandbox.
    pub tenant: Option<String>,
    /// The status.
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

    /// The same body, which is recorded when it has gone by, if it is JSON and not too long.
    pub fn watch(self: &Arc<Self>, exchange: Exchange, body: Body) -> Body {
        Body::new(Watched { inner: body, seen: Some(Vec::new()), exchange, recorded: Arc::clone(self) })
    }

    fn insert(&self, exchange: Exchange, body: &[u8]) {
        let Ok(body) = serde_json::from_slice(body) else { return };
        let Exchange { sandbox, operation, tenant, status } = exchange;
        let row = OverrideRow { operation, tenant: tenant.map(Tenant), status, body };
        let mut rows = self.0.lock();
        rows.retain(|(of, old)| (of, &old.operation, &old.tenant) != (&sandbox, &row.operation, &row.tenant));
        if rows.len() >= MOST_ROWS {
            rows.remove(0);
        }
        rows.push((sandbox, row));
    }
}

/// A body that is looked at while it goes by.
struct Watched {
    inner: Body,
    /// None once it is recorded or not worth it.
    seen: Option<Vec<u8>>,
    exchange: Exchange,
    recorded: Arc<Recorded>,
}

impl Watched {
    fn see(&mut self, data: &[u8]) {
        if self.seen.as_ref().is_some_and(|seen| seen.len() + data.len() > MOST_BYTES) {
            self.seen = None;
        }
        if let Some(seen) = &mut self.seen {
            seen.extend_from_slice(data);
        }
    }

    fn end(&mut self) {
        if let Some(seen) = self.seen.take() {
            self.recorded.insert(self.exchange.clone(), &seen);
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    self.see(data);
                }
                // Whoever knows the length does not ask for the end.
                if self.inner.is_end_stream() {
                    self.end();
                }
            }
            Poll::Ready(Some(Err(_))) => self.seen = None,
            Poll::Ready(None) => self.end(),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
