//! Replies that are kept because they cannot have changed: the same request, about the same state, before the moment at
//! which that state would look different. Pure apart from the shared budget.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{body::Bytes, http::HeaderMap};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use crate::model::TenantId;

/// The most replies that one sandbox keeps. When there are more, it starts anew.
const MOST: usize = 64;

/// How much memory the kept replies of a process may take, and take.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    used: AtomicUsize,
}

impl Budget {
    /// So many bytes; 0 keeps nothing.
    pub fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0) }
    }

    /// How many bytes all kept replies may take together.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The bytes in use.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes so many bytes, if they are left.
    fn take(self: &Arc<Self>, bytes: usize) -> Option<Share> {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).ok()?;
        Some(Share { budget: Arc::clone(self), bytes })
    }
}

/// Bytes of a budget, which go back when it is dropped.
#[derive(Debug)]
struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Everything that a reply depends on besides the state and the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The operationId.
    pub operation: &'static str,
    /// The tenant that it is about.
    pub tenant: TenantId,
    /// The query, as it was sent.
    pub query: Box<str>,
    /// The media type of the answer.
    pub media_type: &'static str,
    /// What stands before the path, because links in headers begin with it.
    pub prefix: Arc<str>,
}

/// By what tells most keys of one sandbox apart; each further part would cost as much as comparing two keys.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.tenant, self.operation.len()).hash(state);
        state.write(self.query.as_bytes());
    }
}

/// A reply with status 200.
#[derive(Debug)]
pub struct Reply {
    /// The headers that it always has.
    pub headers: HeaderMap,
    /// The body, as it is sent.
    pub body: Bytes,
    /// The head of the latest answer that had it.
    latest: Mutex<Option<(Arc<Head>, Share)>>,
}

/// All headers of an answer with a kept reply, and how the journal keeps them. Only the id of the request differs from one
/// such answer to the next.
#[derive(Debug)]
pub struct Head {
    /// The headers for pages among them, which depend on the origin of the caller.
    pub cors: Arc<HeaderMap>,
    /// All of them, with the id of some request.
    pub headers: HeaderMap,
    /// The lines before the id and after it.
    pub lines: [Box<str>; 2],
}

fn bytes_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

impl Reply {
    /// A reply with these headers and this body.
    pub fn new(headers: HeaderMap, body: Bytes) -> Self {
        Self { headers, body, latest: Mutex::default() }
    }

    fn bytes(&self) -> usize {
        self.body.len() + bytes_of(&self.headers)
    }

    /// The head of an answer to a caller for whose origin these headers are. `make` makes it if it is not that of the latest
    /// answer; it is kept within the budget.
    pub fn head(&self, cors: &Arc<HeaderMap>, budget: &Arc<Budget>, make: impl FnOnce() -> Head) -> Arc<Head> {
        let mut latest = self.latest.lock();
        if let Some((head, _)) = latest.as_ref().filter(|(head, _)| Arc::ptr_eq(&head.cors, cors)) {
            return Arc::clone(head);
        }
        let head = Arc::new(make());
        // First the old one goes, so that its bytes are left for this one.
        *latest = None;
        let lines: usize = head.lines.iter().map(|lines| lines.len()).sum();
        *latest = budget.take(bytes_of(&head.headers) + lines).map(|share| (Arc::clone(&head), share));
        head
    }
}

/// The kept replies of one sandbox.
#[derive(Debug, Default)]
pub struct Kept {
    /// The state that the replies are about.
    version: u64,
    /// The moment from which on they may be different; none if they stay the same for good.
    until: Option<DateTime<Utc>>,
    /// The moment at which the oldest was made: a clock that was turned back makes them worthless.
    since: DateTime<Utc>,
    replies: HashMap<Key, (Arc<Reply>, Share)>,
}

impl Kept {
    /// The reply to a request, if it is kept and still right.
    pub fn get(&self, key: &Key, version: u64, now: DateTime<Utc>) -> Option<Arc<Reply>> {
        let is_right = self.version == version && self.since <= now && self.until.is_none_or(|until| now < until);
        is_right.then(|| self.replies.get(key)).flatten().map(|(reply, _)| Arc::clone(reply))
    }

    /// Keeps a reply, if the budget allows it. From `until` on replies may be different.
    pub fn put(&mut self, key: Key, reply: Arc<Reply>, at: Moment, budget: &Arc<Budget>) {
        let Moment { version, now, until } = at;
        let is_usable = self.version == version && self.since <= now && self.until.is_none_or(|until| now < until);
        if !is_usable || self.replies.is_empty() || self.replies.len() >= MOST {
            *self = Self { version, since: now, until, replies: HashMap::new() };
        }
        self.until = match (self.until, until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if let Some(share) = budget.take(reply.bytes()) {
            self.replies.insert(key, (reply, share));
        }
    }
}

/// When a reply was made.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The version of the state that it was made from.
    pub version: u64,
    /// When the reply is computed, by the sandbox's clock.
    pub now: DateTime<Utc>,
    /// From when on the state looks different, if it ever does.
    pub until: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: u64, now: i64, until: Option<i64>) -> Moment {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        Moment { version, now: time(now), until: until.map(time) }
    }

    fn key(query: &str) -> Key {
        Key {
            operation: "getBanners_1",
            tenant: TenantId::from(1),
            query: query.into(),
            media_type: "application/json",
            prefix: "".into(),
        }
    }

    fn reply(text: &'static str) -> Arc<Reply> {
        Arc::new(Reply::new(HeaderMap::new(), Bytes::from_static(text.as_bytes())))
    }

    #[track_caller]
    fn check(kept: &Kept, version: u64, now: i64, expected: bool) {
        let found = kept.get(&key(""), version, DateTime::from_timestamp(now, 0).unwrap());
        assert_eq!(found.is_some(), expected, "version {version} at {now}");
    }

    #[test]
    fn a_reply_is_right_for_its_version_from_its_moment_until_things_look_different() {
        let (mut kept, budget) = (Kept::default(), Arc::new(Budget::new(100)));
        kept.put(key(""), reply("[]"), at(1, 100, Some(200)), &budget);
        check(&kept, 1, 100, true);
        check(&kept, 1, 199, true);
        check(&kept, 1, 200, false);
        check(&kept, 1, 99, false);
        check(&kept, 2, 150, false);
        check(&Kept::default(), 0, 150, false);
    }

    #[test]
    fn a_head_is_made_once_for_callers_of_one_origin_and_within_the_budget() {
        let made = |cors: &Arc<HeaderMap>| Head {
            cors: Arc::clone(cors),
            headers: HeaderMap::new(),
            lines: ["1234".into(), "5678".into()],
        };
        let (one, other) = (Arc::new(HeaderMap::new()), Arc::new(HeaderMap::new()));
        let (reply, budget) = (reply("[]"), Arc::new(Budget::new(10)));
        let first = reply.head(&one, &budget, || made(&one));
        assert!(Arc::ptr_eq(&first, &reply.head(&one, &budget, || unreachable!())));
        assert!(Arc::ptr_eq(&reply.head(&other, &budget, || made(&other)).cors, &other));
        assert_eq!(budget.used(), 8);
        let small = Arc::new(Budget::new(7));
        reply.head(&one, &small, || made(&one));
        assert_eq!((small.used(), budget.used()), (0, 0));
    }

    #[test]
    fn the_budget_is_never_exceeded_and_is_given_back() {
        let (mut kept, budget) = (Kept::default(), Arc::new(Budget::new(5)));
        for query in ["a", "b", "c"] {
            kept.put(key(query), reply("[]"), at(1, 100, None), &budget);
        }
        assert_eq!((kept.replies.len(), budget.used()), (2, 4));
        kept.put(key("a"), reply("[]"), at(2, 100, None), &budget);
        assert_eq!((kept.replies.len(), budget.used()), (1, 2));
        drop(kept);
        assert_eq!(budget.used(), 0);
    }
}
