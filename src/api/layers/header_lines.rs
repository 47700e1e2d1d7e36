//! Headers as the journal keeps them: a line each, without secrets.

use std::{collections::VecDeque, fmt, sync::Arc};

use axum::http::HeaderMap;
use parking_lot::Mutex;

use crate::journal::recorded_request;

/// The headers as a message keeps them.
pub fn lines(headers: &HeaderMap) -> String {
    let length = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 3).sum();
    let mut lines = String::with_capacity(length);
    for (name, value) in headers {
        recorded_request::line(&mut lines, name.as_str(), value.as_bytes());
    }
    lines
}

/// The headers of the latest requests, and their lines: a client mostly sends the same headers again.
#[derive(Default)]
pub struct KnownLines(Mutex<VecDeque<(HeaderMap, Arc<str>)>>);

impl KnownLines {
    /// The lines of these headers, made now if they are not known.
    pub fn of(&self, headers: &HeaderMap) -> Arc<str> {
        let mut known = self.0.lock();
        let is_same = |own: &HeaderMap| own.len() == headers.len() && own.iter().eq(headers.iter());
        if let Some((_, lines)) = known.iter().find(|(own, _)| is_same(own)) {
            return Arc::clone(lines);
        }
        let lines: Arc<str> = lines(headers).into();
        if lines.len() <= LONGEST_KNOWN {
            if known.len() == MOST_KNOWN {
                known.pop_front();
            }
            known.push_back((headers.clone(), Arc::clone(&lines)));
        }
        lines
    }
}

/// The headers themselves have secrets.
impl fmt::Debug for KnownLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownLines").finish_non_exhaustive()
    }
}

/// So many requests are remembered, of so many bytes of headers at most.
const MOST_KNOWN: usize = 4;
const LONGEST_KNOWN: usize = 4096;
