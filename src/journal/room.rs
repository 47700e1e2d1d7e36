//! The memory that all journals of a process may take together. When there is too much, the journals that recorded nothing
//! for the longest time are emptied first.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use parking_lot::Mutex;

use super::Inner;

/// The memory of several journals.
#[derive(Debug)]
pub struct Room {
    /// The most bytes of all of them.
    limit: usize,
    used: AtomicUsize,
    /// Counts what is recorded, so that journals have an order.
    recorded: AtomicU64,
    journals: Mutex<Vec<Weak<Mutex<Inner>>>>,
}

impl Room {
    /// Room for so many bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0), recorded: AtomicU64::new(0), journals: Mutex::default() }
    }

    /// How many bytes all journals may take together.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many bytes they take.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn join(&self, journal: &Arc<Mutex<Inner>>) {
        let mut journals = self.journals.lock();
        // Journals that are gone leave from time to time.
        if journals.len() == journals.capacity() {
            journals.retain(|other| other.strong_count() > 0);
        }
        journals.push(Arc::downgrade(journal));
    }

    /// The place of what is recorded now.
    pub(super) fn next(&self) -> u64 {
        self.recorded.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn change(&self, before: usize, after: usize) {
        if after >= before {
            self.used.fetch_add(after - before, Ordering::Relaxed);
        } else {
            self.used.fetch_sub(before - after, Ordering::Relaxed);
        }
    }

    /// If there is too much, empties the oldest journals until an eighth of the room is free.
    pub(super) fn tidy(&self) {
        if self.used() <= self.limit {
            return;
        }
        let journals: Vec<_> = self.journals.lock().iter().filter_map(Weak::upgrade).collect();
        let mut by_age: Vec<_> = journals.iter().map(|journal| (journal.lock().latest, journal)).collect();
        by_age.sort_by_key(|(latest, _)| *latest);
        for (_, journal) in by_age {
            if self.used() <= self.limit - self.limit / 8 {
                break;
            }
            let gone = journal.lock().drop_all();
            drop(gone);
        }
    }
}
