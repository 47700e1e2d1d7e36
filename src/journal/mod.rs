//! The requests that a sandbox got and what it answered: bounded, without secrets, and able to say whether the
//! expected requests were made.
//!
//! Pure: nothing here knows HTTP. `api::layers::journal` records, `control::requests` shows.
//!
//! | file | what |
//! |---|---|
//! | `recorded_request` | a request and its answer |
//! | `matching` | which requests are meant; for faults too |
//! | `verify` | counts, orders, waits, and the nearest miss |
//! | `request_view` | requests as JSON |
//! | `curl`, `har` | requests in formats of other tools |

#[doc(hidden)]
pub mod curl;
#[doc(hidden)]
pub mod har;
#[doc(hidden)]
pub mod matching;
#[doc(hidden)]
pub mod recorded_request;
#[doc(hidden)]
pub mod request_view;
pub mod verify;

use std::{collections::VecDeque, mem, sync::Arc};

use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::{matching::Match, recorded_request::RecordedRequest};

/// The requests of one sandbox, in the order in which they were answered. Takes no memory while empty.
#[derive(Debug)]
pub struct Journal {
    inner: Mutex<Inner>,
}

/// How much a journal keeps. The oldest requests are dropped first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalLimits)]
pub struct Limits {
    /// The most requests; 0 records nothing.
    pub count: usize,
    /// The most bytes of all of them.
    pub bytes: usize,
    /// The most bytes of one body.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { count: 1_000, bytes: 8 * 1024 * 1024, body_bytes: 64 * 1024 }
    }
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    kept: VecDeque<Arc<RecordedRequest>>,
    bytes: usize,
    /// The number of the last request; it goes on when the journal is emptied, so that cursors stay valid.
    last: u64,
    /// How many were dropped because the journal was full.
    dropped: u64,
}

/// The requests in a journal at a moment.
#[derive(Debug)]
pub struct Excerpt {
    /// Oldest first.
    pub requests: Vec<Arc<RecordedRequest>>,
    /// The number of the last request that was recorded.
    pub last: u64,
    /// How many were dropped because the journal was full, since it was last emptied.
    pub dropped: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Journal {
    /// A journal without entries.
    pub fn new(limits: Limits) -> Self {
        Self { inner: Mutex::new(Inner { limits, kept: VecDeque::new(), bytes: 0, last: 0, dropped: 0 }) }
    }

    /// How much the journal keeps.
    pub fn limits(&self) -> Limits {
        self.inner.lock().limits
    }

    /// Keeps more or less from here on; what is too much is dropped now.
    pub fn set_limits(&self, limits: Limits) {
        let mut inner = self.inner.lock();
        inner.limits = limits;
        let gone = inner.shrink();
        drop(inner);
        drop(gone);
    }

    /// Adds a request and returns its number.
    pub fn record(&self, mut recorded: RecordedRequest) -> u64 {
        let mut inner = self.inner.lock();
        inner.last += 1;
        let seq = inner.last;
        recorded.seq = seq;
        inner.bytes += recorded.weight();
        inner.kept.push_back(Arc::new(recorded));
        let gone = inner.shrink();
        drop(inner);
        // Freed outside the lock.
        drop(gone);
        seq
    }

    /// The requests after the one with a number; all for 0.
    pub fn after(&self, seq: u64) -> Excerpt {
        let inner = self.inner.lock();
        let from = inner.kept.partition_point(|recorded| recorded.seq <= seq);
        Excerpt { requests: inner.kept.range(from..).cloned().collect(), last: inner.last, dropped: inner.dropped }
    }

    /// A request by its number.
    pub fn numbered(&self, seq: u64) -> Option<Arc<RecordedRequest>> {
        let inner = self.inner.lock();
        let at = inner.kept.binary_search_by_key(&seq, |recorded| recorded.seq).ok()?;
        inner.kept.get(at).cloned()
    }

    /// A request by its id; the last one, because ids begin anew when a sandbox is reset.
    pub fn with_id(&self, id: Uuid) -> Option<Arc<RecordedRequest>> {
        self.inner.lock().kept.iter().rev().find(|recorded| recorded.id == Some(id)).cloned()
    }

    /// Empties the journal.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        inner.bytes = 0;
        inner.dropped = 0;
        let gone = mem::take(&mut inner.kept);
        drop(inner);
        drop(gone);
    }
}

impl Inner {
    fn shrink(&mut self) -> Option<VecDeque<Arc<RecordedRequest>>> {
        let mut bytes = self.bytes;
        let mut gone = 0;
        for recorded in &self.kept {
            if self.kept.len() - gone <= self.limits.count && bytes <= self.limits.bytes {
                break;
            }
            bytes -= recorded.weight();
            gone += 1;
        }
        if gone == 0 {
            return None;
        }
        self.bytes = bytes;
        self.dropped += gone as u64;
        Some(self.kept.drain(..gone).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(body: usize) -> RecordedRequest {
        let mut recorded = RecordedRequest { path: "/".into(), ..RecordedRequest::default() };
        recorded.request.set_body(vec![b'x'; body], body as u64);
        recorded
    }

    fn numbers(journal: &Journal) -> Vec<u64> {
        journal.after(0).requests.iter().map(|recorded| recorded.seq).collect()
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let journal = Journal::new(Limits { count: 3, ..Limits::default() });
        for _ in 0..5 {
            journal.record(recorded(0));
        }
        assert_eq!(numbers(&journal), [3, 4, 5]);
        assert_eq!(journal.after(4).requests.len(), 1);
        assert_eq!(journal.after(0).dropped, 2);
        assert!(journal.numbered(2).is_none() && journal.numbered(3).is_some());
    }

    #[test]
    fn the_oldest_go_when_they_are_too_big_and_one_that_is_too_big_itself_is_not_kept() {
        let room = 2 * recorded(100).weight();
        let journal = Journal::new(Limits { bytes: room, ..Limits::default() });
        for _ in 0..3 {
            journal.record(recorded(100));
        }
        assert_eq!(numbers(&journal), [2, 3]);
        journal.record(recorded(room));
        assert_eq!(numbers(&journal), [0; 0]);
        assert_eq!(journal.record(recorded(100)), 5);
        assert_eq!(numbers(&journal), [5]);
    }

    #[test]
    fn numbers_go_on_when_the_journal_is_cleared() {
        let journal = Journal::default();
        journal.record(recorded(0));
        journal.clear();
        assert_eq!(numbers(&journal), [0; 0]);
        assert_eq!(journal.record(recorded(0)), 2);
    }
}
