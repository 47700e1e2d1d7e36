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
//! | `room` | the memory of all journals together |

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
#[doc(hidden)]
pub mod room;
pub mod verify;

use std::{collections::VecDeque, mem, sync::Arc};

use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::room::Room;
pub use self::{matching::Match, recorded_request::RecordedRequest};

/// The requests of one sandbox, in the order in which they were answered. Takes no memory while empty.
#[derive(Debug)]
pub struct Journal {
    inner: Arc<Mutex<Inner>>,
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
    /// The memory that it shares with other journals.
    room: Option<Arc<Room>>,
    /// When it last recorded something, in the count of the room.
    latest: u64,
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
        let kept = VecDeque::new();
        let inner = Inner { limits, kept, bytes: 0, last: 0, dropped: 0, room: None, latest: 0 };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Shares memory with other journals: together they take no more than the room has.
    pub fn join(&self, room: &Arc<Room>) {
        let mut inner = self.inner.lock();
        room.change(0, inner.bytes);
        inner.room = Some(Arc::clone(room));
        inner.latest = room.next();
        drop(inner);
        room.join(&self.inner);
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
        let bytes = inner.bytes + recorded.weight();
        inner.set_bytes(bytes);
        inner.kept.push_back(Arc::new(recorded));
        let gone = inner.shrink();
        let room = inner.room.clone();
        if let Some(room) = &room {
            inner.latest = room.next();
        }
        drop(inner);
        // Freed outside the lock.
        drop(gone);
        if let Some(room) = room {
            room.tidy();
        }
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
        let gone = inner.drop_all();
        inner.dropped = 0;
        drop(inner);
        drop(gone);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.set_bytes(0);
    }
}

impl Inner {
    /// Sets how many bytes there are, and reports the change to the room, if there is one.
    fn set_bytes(&mut self, bytes: usize) {
        if let Some(room) = &self.room {
            room.change(self.bytes, bytes);
        }
        self.bytes = bytes;
    }

    /// Drops everything, as if the journal was full. The caller frees it outside the lock.
    fn drop_all(&mut self) -> VecDeque<Arc<RecordedRequest>> {
        self.set_bytes(0);
        self.dropped += self.kept.len() as u64;
        mem::take(&mut self.kept)
    }

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
        self.set_bytes(bytes);
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

    #[test]
    fn journals_in_one_room_are_emptied_from_the_oldest_on() {
        let one = recorded(100).weight();
        let room = Arc::new(Room::new(10 * one));
        let journals = [(); 3].map(|()| Journal::new(Limits::default()));
        for journal in &journals {
            journal.join(&room);
            for _ in 0..3 {
                journal.record(recorded(100));
            }
        }
        assert_eq!(room.used(), 9 * one);
        // The first one is used again, so that the second is the oldest.
        journals[0].record(recorded(100));
        journals[2].record(recorded(100));
        let kept = journals.each_ref().map(|journal| journal.after(0).requests.len());
        assert_eq!((kept, room.used()), ([4, 0, 4], 8 * one));
        assert_eq!(journals[1].after(0).dropped, 3);
        drop(journals);
        assert_eq!(room.used(), 0);
    }
}
